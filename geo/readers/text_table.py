"""Rows read from JSON or XML, as a temporary table of text like the one a delimited file gives."""

import json
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from geo.warehouse import quote


def text_table(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Write rows to a temporary table; ``row`` is the position from 1, what is no text is written as JSON.

    Returns:
        The names met, in the order they were met.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = {f"{n} {name}": [_as_text(row.get(name)) for row in rows] for n, name in enumerate(names)}
    given = pa.table({"row": pa.array(range(1, len(rows) + 1), pa.int64())} | {
        column: pa.array(cells, pa.string()) for column, cells in text.items()
    })  # fmt: skip
    con.register("given_rows", given)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {quote(table)} AS SELECT * FROM given_rows")
    con.unregister("given_rows")
    return names


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
