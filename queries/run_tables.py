"""Tables that the run itself writes about its night: gates, revisions, and what each source was read from."""

from collections.abc import Iterable

import duckdb

from geo.gates import GateResult
from geo.profile import Revision
from geo.tables import Column, Table, create_table, insert_rows

GATE = Table(
    "run.gate",
    "One row per thing that a gate looked at this night, the files it refused included.",
    (
        Column("gate", "VARCHAR", "Name of the gate. Never null."),
        Column("source", "VARCHAR", "Source id; empty where a whole release is looked at. Never null."),
        Column("subject", "VARCHAR", "Column, total or outcome; empty where it is the whole. Never null."),
        Column("measured", "DOUBLE", "What was measured; NaN where it cannot be."),
        Column("allowed", "DOUBLE", "The limit. Never null."),
        Column("bound", "VARCHAR", "at least or at most. Never null."),
        Column("severity", "VARCHAR", "fail or warn. Never null."),
        Column("result", "VARCHAR", "ok, warn or fail. Never null."),
    ),
    key=("gate", "source", "subject"),
)

REVISION = Table(
    "run.revision",
    "One row per source that was held against its last good version.",
    (
        Column("source", "VARCHAR", "Source id. Never null."),
        Column("compared_with", "TIMESTAMP", "When that version was taken, UTC. Never null."),
        Column("was_provisional", "BOOLEAN", "True where that version was provisional. Never null."),
        Column("rows_added", "BIGINT", "Rows whose key that version lacks. Never null."),
        Column("rows_removed", "BIGINT", "Rows of that version whose key is gone. Never null."),
        Column("rows_changed", "BIGINT", "Rows of the same key that hold something else. Never null."),
        Column("rows_unchanged", "BIGINT", "Rows that are the same. Never null."),
    ),
    key=("source",),
)

SOURCE_STATE = Table(
    "run.source_state",
    "One row per source: which version of it was read.",
    (
        Column("source", "VARCHAR", "Source id. Never null."),
        Column("taken_at", "TIMESTAMP", "When that version was taken into the snapshots, UTC. Never null."),
        Column("is_provisional", "BOOLEAN", "True where its publisher will revise it. Never null."),
        Column("is_stale", "BOOLEAN", "True where it stands in for one that cannot be used. Never null."),
        Column("is_download", "BOOLEAN", "True where it was fetched by address. Never null."),
        Column("why_stale", "VARCHAR", "Why, for the operator; null where it is not stale."),
    ),
    key=("source",),
)


def create_run_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create them, empty."""
    for table in (GATE, REVISION, SOURCE_STATE):
        create_table(con, table)


def write_gates(con: duckdb.DuckDBPyConnection, results: Iterable[GateResult]) -> None:
    """Append what gates measured."""
    insert_rows(
        con,
        GATE,
        [
            (r.gate, r.source, r.subject, r.measured, r.allowed, r.bound, r.severity, r.result)
            for r in results
        ],
    )


def write_revision(
    con: duckdb.DuckDBPyConnection, revision: Revision, compared_with: object, *, was_provisional: bool
) -> None:
    """Append how one source differs from its last good version."""
    counts = (revision.rows_added, revision.rows_removed, revision.rows_changed, revision.rows_unchanged)
    insert_rows(con, REVISION, [(revision.source, compared_with, was_provisional, *counts)])
