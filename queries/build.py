"""Build the models into a warehouse, each with its comments and its promises checked, or not at all."""

from importlib.resources import files
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from geo.errors import WarehouseError
from geo.tables import comment_table, qualified
from geo.warehouse import quote
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
    found = con.execute(f"SELECT {key} FROM {table} GROUP BY ALL HAVING count(*) > 1 LIMIT 1").fetchone()
    if found is not None:
        raise PromiseBroken(f"{model.name}: more than one row has the key ({key}) = {found}")


def _build_python(con: duckdb.DuckDBPyConnection, model: PythonModel, keep: Path | None) -> None:
    """Run a Python model: tables in and out as data frames, geometry as WKB."""
    found = con.execute("SELECT crs FROM raw.region").fetchone()
    crs = found[0] if found else "EPSG:27700"
    names = {
        row[0]
        for row in con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    }
    wanted = [n for n in sorted(names) if n in model.inputs or n.startswith(model.families or ("\0",))]
    frames = {name: _frame(con, name) for name in wanted}
    frame = model.keep(frames, keep) if model.keep and keep else model.build(frames)
    columns = {c.name: c.type for c in model.table.columns}
    if list(frame.columns) != list(columns):
        raise PromiseBroken(
            f"{model.table.name}: columns {list(frame.columns)} are not the declared {list(columns)}"
        )
    con.register("given", pa.Table.from_pandas(frame, preserve_index=False))
    typed = ", ".join(
        f"st_setcrs(st_geomfromwkb({quote(name)}), '{crs}') AS {quote(name)}"
        if kind == "GEOMETRY"
        else f"CAST({quote(name)} AS {kind}) AS {quote(name)}"
        for name, kind in columns.items()
    )
    con.execute(f"CREATE OR REPLACE TABLE {qualified(model.table.name)} AS SELECT {typed} FROM given")
    con.unregister("given")


def _frame(con: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    described = con.execute(f"DESCRIBE {qualified(table)}").fetchall()
    columns = ", ".join(
        f"st_aswkb({quote(name)}) AS {quote(name)}" if kind.startswith("GEOMETRY") else quote(name)
        for name, kind, *_ in described
    )
    # By way of Arrow, which hands WKB over as bytes; DuckDB's own df() gives bytearrays.
    rows: pa.Table = con.execute(f"SELECT {columns} FROM {qualified(table)} ORDER BY ALL").to_arrow_table()
    frame: pd.DataFrame = rows.to_pandas()
    return frame
