"""Write the published warehouse and the exports from a build file: only what licences allow."""

import os
from collections.abc import Mapping
from pathlib import Path

import duckdb

from geo.tables import Column, Table, comment_table, create_table, qualified
from geo.warehouse import connect, literal, quote
from queries.models import Model

DICTIONARY = Table(
    "meta.dictionary",
    "One row per column of this file: what it means, its unit, and what null means.",
    (
        Column("table_name", "VARCHAR", "Table, with its schema. Never null."),
        Column("column_name", "VARCHAR", "Column, as a query writes it. Never null."),
        Column("position", "BIGINT", "Place of the column in its table, from 1. Never null."),
        Column(
            "data_type", "VARCHAR", "DuckDB type; geometry types name their coordinate system. Never null."
        ),
        Column("table_comment", "VARCHAR", "What a row of the table is. Never null."),
        Column("column_comment", "VARCHAR", "What the column holds. Never null."),
    ),
    key=("table_name", "column_name"),
)


def write_warehouse(build: Path, target: Path, models: Mapping[str, Model]) -> None:
    """Write the published warehouse: marts, meta, and core rows of sources that are open row by row.

    The file is complete when this returns: checkpointed, closed, synced to disk, read-only, without a
    write-ahead log beside it.
    """
    with connect(target) as con:
        con.execute(f"ATTACH {literal(str(build))} AS build (READ_ONLY)")
        for model in sorted(models.values(), key=lambda m: m.name):
            _copy(con, model)
        _write_dictionary(con)
        con.execute("DETACH build")
        con.execute("CHECKPOINT")
    wal = target.with_name(target.name + ".wal")
    if wal.exists():
        # Left beside a published file it would be replayed onto it.
        raise AssertionError(f"{wal} is left after closing")
    with target.open("rb") as file:
        os.fsync(file.fileno())
    target.chmod(0o444)


def write_exports(warehouse: Path, folder: Path) -> list[Path]:
    """Write every table of marts and meta as CSV and Parquet (GeoParquet where it has geometry).

    CSV files hold no geometry. Text that a spreadsheet would take for a formula gets an apostrophe in CSV.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with connect(warehouse, read_only=True) as con:
        tables = con.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name IN ('marts', 'meta') ORDER BY ALL"
        ).fetchall()
        for schema, table in tables:
            name = f"{schema}.{table}"
            stem = table if schema == "marts" else f"meta_{table}"
            written += [
                _write_csv(con, name, folder / f"{stem}.csv"),
                _write_parquet(con, name, folder / f"{stem}.parquet"),
            ]
    for path in written:
        path.chmod(0o444)
    return written


def _copy(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    if model.schema not in {"marts", "meta"} and not model.rows_of_sources:
        return
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(model.schema)}")
    columns = ", ".join(_shown(c, model) for c in model.columns)
    open_rows = _of_open_sources(model) if model.rows_of_sources else ""
    key = ", ".join(quote(k) for k in model.key)
    con.execute(
        f"CREATE TABLE {qualified(model.name)} AS SELECT {columns} FROM build.{qualified(model.name)} {open_rows} ORDER BY {key}"
    )
    comment_table(con, model.name, model.grain, dict(model.columns))


def _shown(column: str, model: Model) -> str:
    # By source, authority and year counts are small, and add up to totals that are shown: all are hidden, not some.
    if column not in model.counts:
        return quote(column)
    is_closed = "source IN (SELECT source FROM build.raw.source WHERE publish = 'aggregates')"
    is_asked = "(SELECT small_count_threshold FROM build.raw.region) > 1"
    return f"CASE WHEN NOT ({is_closed} AND {is_asked}) THEN {quote(column)} END AS {quote(column)}"


def _of_open_sources(model: Model) -> str:
    # A row may name a second source (link_source): its reference is a row of that source too.
    named = [quote(c) for c in model.columns if c == "source" or c.endswith("_source")]
    is_open = "IN (SELECT source FROM build.raw.source WHERE publish = 'rows')"
    return "WHERE " + " AND ".join(f"({c} IS NULL OR {c} {is_open})" for c in named)


def _write_dictionary(con: duckdb.DuckDBPyConnection) -> None:
    create_table(con, DICTIONARY)
    con.execute(
        f"""
        INSERT INTO {qualified(DICTIONARY.name)}
        SELECT c.schema_name || '.' || c.table_name, c.column_name, c.column_index, c.data_type, t.comment, c.comment
        FROM duckdb_columns() AS c
        INNER JOIN duckdb_tables() AS t
            ON c.database_name = t.database_name AND c.schema_name = t.schema_name AND c.table_name = t.table_name
        WHERE c.database_name = current_database()
        ORDER BY 1, 3
        """
    )


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {qualified(table)}").fetchall()}


def _write_csv(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> Path:
    shown = []
    for name, kind in _columns(con, table).items():
        if kind.startswith("GEOMETRY"):
            continue
        risky = f"regexp_matches({quote(name)}, '^[=+@\\t\\r-]')"
        text = f"CASE WHEN {risky} THEN '''' || {quote(name)} ELSE {quote(name)} END AS {quote(name)}"
        shown.append(text if kind == "VARCHAR" else quote(name))
    con.execute(
        f"COPY (SELECT {', '.join(shown)} FROM {qualified(table)} ORDER BY ALL) TO {literal(str(path))} (FORMAT csv, HEADER)"
    )
    return path


def _write_parquet(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> Path:
    con.execute(f"COPY (FROM {qualified(table)}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
    return path
