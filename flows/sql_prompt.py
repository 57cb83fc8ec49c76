"""Queries of an analyst at the command line: one to standard output, or many at a prompt."""

import contextlib
import csv
import json
import sys
from collections.abc import Iterator
from enum import StrEnum

import duckdb
from rich.console import Console

from geo.errors import PlacelineError


class Format(StrEnum):
    """How a query's rows are written."""

    table = "table"
    csv = "csv"
    json = "json"


def answer(con: duckdb.DuckDBPyConnection, query: str, form: Format) -> None:
    """Run one query and write its rows to standard output.

    Raises:
        PlacelineError: DuckDB refuses the query.
    """
    try:
        _print_rows(con, query, form)
    except duckdb.Error as error:
        raise PlacelineError(str(error)) from error


def converse(con: duckdb.DuckDBPyConnection, form: Format, console: Console) -> None:
    """Answer queries typed at a prompt until its end; a wrong one is told and forgotten."""
    for query in _typed():
        try:
            _print_rows(con, query, form)
        except duckdb.Error as error:
            console.print(str(error), style="red", highlight=False)


def _print_rows(con: duckdb.DuckDBPyConnection, query: str, form: Format) -> None:
    # DuckDB's stubs leave out that a statement without rows gives None.
    relation: duckdb.DuckDBPyRelation | None = con.sql(query)
    if relation is None:
        return
    if form is Format.table:
        relation.show(max_width=10_000 if not sys.stdout.isatty() else None)
        return
    columns, rows = relation.columns, relation.fetchall()
    if form is Format.csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        json.dump([dict(zip(columns, row, strict=True)) for row in rows], sys.stdout, default=str, indent=1)
        sys.stdout.write("\n")


def _typed() -> Iterator[str]:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415 - its import gives input() a history and editing, where there is one

    asked = ""
    while True:
        try:
            asked += input("placeline> " if not asked else "      ...> ") + "\n"
        except EOFError:
            return
        except KeyboardInterrupt:
            asked = ""
            continue
        if asked.strip().endswith(";"):
            yield asked
            asked = ""
