"""Read tables in Parquet as text, so that the same rules hold for them as for delimited files."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from geo.contract import Contract
from geo.errors import SourceError
from geo.warehouse import literal, quote

_NUMBERS = ("FLOAT", "DOUBLE", "DECIMAL")
_DATED = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_ZONED = "TIMESTAMP WITH TIME ZONE"
# Below it every whole number is exact, and shorter without a point.
_EXACT = 1e15


def read_parquet(
    con: duckdb.DuckDBPyConnection, path: Path, *, source: str, file: str, table: str
) -> tuple[list[str], int, int]:
    """Lay a temporary view of text over a Parquet table, with row numbers as of a CSV (the first row is 2).

    Only the columns that are then asked for are read. Whole numbers are written without a point, dates and
    times as ISO 8601 has them, and instants with a time zone in UTC, which is all that Parquet keeps of them.

    Returns:
        The column names, the number of rows (by the file's own metadata), and zero (no row can be torn).

    Raises:
        SourceError: not a Parquet file, cut off, or without columns.
    """
    try:
        count = pq.read_metadata(path).num_rows
        types = column_types(con, path)
    except (pa.ArrowException, OSError, duckdb.Error) as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise SourceError(
            f"Source '{source}': '{file}' cannot be read as a Parquet file ({why}). "
            "It was cut off, or is no Parquet file. Fetch it again."
        ) from error
    text = "".join(
        f", {_as_text(quote(name), kind)} AS {quote(f'{n} {name}')}"
        for n, (name, kind) in enumerate(types.items())
    )
    con.execute(
        f"CREATE OR REPLACE TEMP VIEW {quote(table)} AS SELECT file_row_number + 2 AS row{text} FROM {_scan(path)}"
    )
    return list(types), int(count), 0


def column_types(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the DuckDB type of each column of a Parquet file, in the file's order."""
    described = con.execute(f"DESCRIBE SELECT * EXCLUDE (file_row_number) FROM {_scan(path)}").fetchall()
    return {str(name): str(kind) for name, kind, *_ in described}


def dated_fields(
    types: dict[str, str], contract: Contract, headers: dict[str, str], where: Iterable[str], *, file: str
) -> frozenset[str]:
    """Return the fields whose columns hold dates or times, so that no date format of the source's applies.

    Raises:
        SourceError: a column that is asked for holds lists, shapes or the like; or a local date or time is
            asked of instants with a time zone, whose local day is not known.
    """
    for name in (*headers.values(), *(c for c in where if c in types)):
        if not _is_plain(types[name]):
            raise SourceError(
                f"'{file}': column '{name}' holds {types[name]}, not text, numbers or dates. "
                "Save it as a plain column, or give each part a column of its own."
            )
    for field in contract.fields:
        header = headers.get(field.name)
        if header and types[header] == _ZONED and field.type in {"date", "time"}:
            raise SourceError(
                f"'{file}': column '{header}' ({field.name}) holds instants in UTC, so the local day and time "
                "are not known. Save local dates and times without a time zone."
            )
    return frozenset(field for field, header in headers.items() if types[header] in (*_DATED, _ZONED))


def _scan(path: Path) -> str:
    # A view cannot have parameters. Text without the mark of UTF-8 is text all the same.
    return f"read_parquet({literal(str(path))}, file_row_number = true, binary_as_string = true)"


def _is_plain(kind: str) -> bool:
    return not kind.endswith("]") and not kind.startswith(("STRUCT", "MAP", "UNION", "GEOMETRY", "BLOB"))


def _as_text(column: str, kind: str) -> str:
    if not _is_plain(kind):
        return "NULL::VARCHAR"
    if kind.startswith(_NUMBERS):
        # A column of codes with a gap in it is often stored as 1.0, 2.0 ...
        is_whole = f"abs({column}) < {_EXACT} AND {column} = floor({column})"
        return f"CASE WHEN {is_whole} THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if kind == _ZONED:
        return f"make_timestamp(epoch_us({column}))::VARCHAR"
    return f"{column}::VARCHAR"
