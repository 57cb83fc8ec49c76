"""The one place that opens DuckDB, with the settings every query relies on."""

from importlib.resources import files
from pathlib import Path

import duckdb

from geo.errors import WarehouseError

SPATIAL_EXTENSION = files("duckdb_extension_spatial").joinpath(
    "extensions", f"v{duckdb.__version__}", "spatial.duckdb_extension"
)


def connect(path: Path | str = ":memory:", *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB file so that geometry keeps its coordinate system and x comes before y.

    The spatial extension is loaded from its own wheel: neither network nor home folder is used.

    Raises:
        WarehouseError: the file is missing, locked by a writer, or not a DuckDB file.
    """
    if read_only and not Path(path).is_file():
        raise WarehouseError(f"'{path}' does not exist, so there is no warehouse to open.")
    try:
        # Older storage drops the CRS from a geometry column's type when the file is reopened.
        con = duckdb.connect(
            str(path), read_only=read_only, config={"storage_compatibility_version": "v1.5.0"}
        )
    except duckdb.Error as error:
        raise WarehouseError(f"'{path}' cannot be opened as a DuckDB file: {error}") from error
    con.load_extension(str(SPATIAL_EXTENSION))
    # Without it EPSG:4326 is (latitude, longitude) and a lon/lat transform returns nonsense, silently.
    # GLOBAL, because cursors do not inherit what plain SET changes.
    con.execute("SET GLOBAL geometry_always_xy = true")
    return con


def quote(identifier: str) -> str:
    """Return an identifier quoted for SQL, whatever characters a source file put in it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a string literal, for the statements DuckDB cannot prepare (COMMENT ON, COPY)."""
    return "'" + text.replace("'", "''") + "'"
