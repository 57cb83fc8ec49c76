"""Build the models into a warehouse, each with its comments and its promises checked, or not at all."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from geo.errors import WarehouseError
from geo.tables import Column, Table, comment_table, create_table, qualified
from geo.warehouse import quote
from queries.frames import Tables
from queries.models import Model
from queries.python_models import PythonModel


class PromiseBroken(WarehouseError):  # noqa: N818 - reads as what happened
    """A table does not keep what its header promises: unique, never-null keys, or the declared columns."""


def create_macros(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macros that models share."""
    con.execute(files("queries").joinpath("macros.sql").read_text("utf-8"))


def build_model(con: duckdb.DuckDBPyConnection, model: Model, keep: Path | None = None) -> int:
    """Create one model's table and return its number of rows; on failure the old table stays.

    Args:
        con: the build warehouse.
        model: what to build.
        keep: folder for what may be used again by a later run; None keeps nothing.

    Raises:
        PromiseBroken: two rows share a key, or a key column is null.
        WarehouseError: the SQL fails; says which model.
    """
    con.begin()
    try:
        con.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(model.schema)}")
        if model.python:
            _build_python(con, model.python, keep)
        else:
            con.execute(f"CREATE OR REPLACE TABLE {qualified(model.name)} AS {model.sql}")
        comment_table(con, model.name, model.grain, dict(model.columns))
        _hold_promises(con, model)
        found = con.execute(f"SELECT count(*) FROM {qualified(model.name)}").fetchone()
        con.commit()
    except duckdb.Error as error:
        con.rollback()
        raise WarehouseError(f"{model.name} cannot be built: {error}") from error
    except BaseException:
        con.rollback()
        raise
    return int(found[0]) if found else 0


def _hold_promises(con: duckdb.DuckDBPyConnection, model: Model) -> None:
    if not model.key:
        return
    table, key = qualified(model.name), ", ".join(quote(k) for k in model.key)
    missing = " OR ".join(f"{quote(k)} IS NULL" for k in model.key)
    if (found := con.execute(f"SELECT {key} FROM {table} WHERE {missing} LIMIT 1").fetchone()) is not None:
        raise PromiseBroken(f"{model.name}: a key column ({key}) is null: {found}")
    # Rows alike have one hash, and a table of numbers is a third as large as one of keys; keys are only counted
    # where two hashes are alike, which may be by chance.
    twice = f"SELECT count(*) > count(DISTINCT key) FROM (SELECT hash({key}) AS key FROM {table})"
    if (con.execute(twice).fetchone() or (False,))[0] and (
        found := con.execute(f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1 LIMIT 1").fetchone()
    ):
        raise PromiseBroken(f"{model.name}: more than one row has the key ({key}) = {found}")


def _build_python(con: duckdb.DuckDBPyConnection, model: PythonModel, keep: Path | None) -> None:
    """Run a Python model and write its frames one after another: geometry comes and goes as WKB."""
    found = con.execute("SELECT crs FROM raw.region").fetchone()
    crs = found[0] if found else "EPSG:27700"
    names = {
        row[0]
        for row in con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    }
    tables = Tables(
        con, [n for n in sorted(names) if n in model.inputs or n.startswith(model.families or ("\0",))]
    )
    made = model.keep(tables, keep) if model.keep and keep else model.build(tables)
    columns = tuple(
        Column(c.name, f"GEOMETRY('{crs}')" if c.type == "GEOMETRY" else c.type, c.comment)
        for c in model.table.columns
    )
    create_table(con, replace(model.table, columns=columns))
    for frame in [made] if isinstance(made, pd.DataFrame) else made:
        _append(con, model.table, crs, frame)


def _append(con: duckdb.DuckDBPyConnection, table: Table, crs: str, frame: pd.DataFrame) -> None:
    declared = [c.name for c in table.columns]
    if list(frame.columns) != declared:
        raise PromiseBroken(f"{table.name}: columns {list(frame.columns)} are not the declared {declared}")
    typed = ", ".join(
        f"st_setcrs(st_geomfromwkb({quote(c.name)}), '{crs}')" if c.type == "GEOMETRY" else quote(c.name)
        for c in table.columns
    )
    # Not register(): what was registered within a transaction is held until it ends, unregistered or not.
    con.from_arrow(pa.Table.from_pandas(frame, preserve_index=False)).project(typed).insert_into(
        qualified(table.name)
    )
