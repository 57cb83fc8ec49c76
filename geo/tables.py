"""Tables described as data: name, grain, key, and a comment for every column."""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from geo.warehouse import literal, quote


@dataclass(frozen=True)
class Column:
    """One column: its DuckDB type, and what it means (unit, and what null means)."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class Table:
    """One table: `grain` says what a row is, `key` which columns identify it (empty: none do)."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()


def qualified(name: str) -> str:
    """Quote a ``schema.table`` name."""
    return ".".join(quote(part) for part in name.split("."))


def create_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create an empty table, with its comments, replacing one of the same name."""
    columns = ", ".join(f"{quote(c.name)} {c.type}" for c in table.columns)
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(table.name.split('.')[0])}")
    con.execute(f"CREATE OR REPLACE TABLE {qualified(table.name)} ({columns})")
    comment_table(con, table.name, table.grain, {c.name: c.comment for c in table.columns})


def comment_table(con: duckdb.DuckDBPyConnection, name: str, grain: str, columns: dict[str, str]) -> None:
    """Write the comments any client sees: one on the table, one on each column."""
    con.execute(f"COMMENT ON TABLE {qualified(name)} IS {literal(grain)}")
    for column, comment in columns.items():
        con.execute(f"COMMENT ON COLUMN {qualified(name)}.{quote(column)} IS {literal(comment)}")


def insert_rows(con: duckdb.DuckDBPyConnection, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
    """Append rows given as tuples in column order; for small tables only."""
    given = list(rows)
    if given:
        marks = ", ".join("?" * len(table.columns))
        con.executemany(f"INSERT INTO {qualified(table.name)} VALUES ({marks})", given)
