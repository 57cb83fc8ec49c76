"""The account every reader keeps: one row per file read, one row per thing wrong in it."""

from dataclasses import astuple, dataclass
from datetime import date, datetime

import duckdb

from geo.tables import Column, Table, create_table, insert_rows

ISSUE = Table(
    "raw.issue",
    "One row per fault found in a source file: what was wrong, where, and what was done about it.",
    (
        Column("source", "VARCHAR", "Source id in the region file. Never null."),
        Column("file", "VARCHAR", "Path of the file below the data root. Never null."),
        Column("row", "BIGINT", "Row in the file, header as row 1; null where the whole file is meant."),
        Column("column_name", "VARCHAR", "Header of the column at fault; null where the whole row is."),
        Column("value", "VARCHAR", "The value as read; null where there was none."),
        Column("rule", "VARCHAR", "What the value breaks, in words. Never null."),
        Column(
            "severity",
            "VARCHAR",
            "rejected (the row was left out), blanked (the value was, the row was kept), repaired, or note.",
        ),
        Column("who_can_fix", "VARCHAR", "publisher or operator. Never null."),
    ),
)

SOURCE_FILE = Table(
    "raw.source_file",
    "One row per file read: what it held and what became of its rows.",
    (
        Column("source", "VARCHAR", "Source id in the region file. Never null."),
        Column("file", "VARCHAR", "Path of the file below the data root. Never null."),
        Column("sha256", "VARCHAR", "SHA-256 of the file's bytes, hexadecimal. Never null."),
        Column("bytes", "BIGINT", "Size of the file in bytes. Never null."),
        Column("rows_read", "BIGINT", "Records in the file, counted apart from the parser. Never null."),
        Column("rows_accepted", "BIGINT", "Records that fit the contract. Never null."),
        Column("rows_quarantined", "BIGINT", "Records left out, each with a rejected issue. Never null."),
        Column(
            "rows_left_out",
            "BIGINT",
            "Records the region file's own filter leaves out, or that a file of the same bytes, read before, holds. "
            "Never null.",
        ),
        Column("period_start", "DATE", "First day the file covers; null where it has no dates."),
        Column("period_end", "DATE", "Last day the file covers; null where it has no dates."),
        Column("read_at", "TIMESTAMP", "When it was read, UTC. Never null."),
    ),
    key=("source", "file"),
)


@dataclass(frozen=True)
class SourceFile:
    """One row of raw.source_file."""

    source: str
    file: str
    sha256: str
    bytes: int
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_left_out: int
    period_start: date | None
    period_end: date | None
    read_at: datetime


@dataclass(frozen=True)
class Issue:
    """One row of raw.issue."""

    source: str
    file: str
    row: int | None
    column_name: str | None
    value: str | None
    rule: str
    severity: str
    who_can_fix: str = "publisher"


def create_ledger(con: duckdb.DuckDBPyConnection) -> None:
    """Create both tables, empty."""
    create_table(con, ISSUE)
    create_table(con, SOURCE_FILE)


def add_issues(con: duckdb.DuckDBPyConnection, issues: list[Issue]) -> None:
    """Append issues found in Python; those found in SQL are inserted there."""
    insert_rows(con, ISSUE, (astuple(issue) for issue in issues))


def add_source_file(con: duckdb.DuckDBPyConnection, file: SourceFile) -> None:
    """Append the account of one file.

    Raises:
        AssertionError: records were lost between reading and accepting; a fault of ours, never the file's.
    """
    kept = file.rows_accepted + file.rows_quarantined + file.rows_left_out
    if file.rows_read != kept:
        raise AssertionError(f"'{file.file}': {file.rows_read} rows read but {kept} accounted for")
    insert_rows(con, SOURCE_FILE, [astuple(file)])
