"""Spatial files as views that SQL reads, so that millions of features need not become Python objects."""

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from pyproj import CRS

from geo.errors import SourceError
from geo.readers.features import PARQUET, Bounds, checked_crs, read_features
from geo.warehouse import literal, quote

_VIEW, _FRAME = "laid", "laid_frame"
# Names that no file has for columns of its own.
_ROW, _SHAPE = "row number", "shape as wkb"


@dataclass(frozen=True)
class Laid:
    """The features of a file as the temporary view `view`, and the coordinate system they are in (``EPSG:n``).

    The view has ``row`` (position in the file, from 1), ``geom``, and the file's own columns, whose SQL names
    `columns` gives by their names in lower case, with their types. `count` is the number of features, counted
    apart from the reader.
    """

    columns: Mapping[str, tuple[str, str]]
    count: int
    crs: str
    view: str = _VIEW

    def text(self, *names: str) -> str:
        """SQL for the first of these columns that the file has, as trimmed text; for null where it has none."""
        for name in names:
            if name in self.columns:
                column, kind = self.columns[name]
                if kind == "BOOLEAN":
                    return f"CASE {column} WHEN true THEN 'True' WHEN false THEN 'False' END"
                return f"trim({column}::VARCHAR)"
        return "NULL::VARCHAR"

    def listed(self) -> str:
        """Return a sentence that lists the columns, for error messages."""
        return f"Its columns are {', '.join(self.columns)}."


@contextmanager
def laid(
    con: duckdb.DuckDBPyConnection, path: Path, *, source: str, file: str, layer: str | None, crs: str | None
) -> Iterator[Laid]:
    """Lay a view over the features of a file, for as long as it is needed.

    DuckDB itself reads GeoParquet with shapes as WKB, on all cores and without a copy in memory; everything else
    goes through a data frame.

    Raises:
        SourceError: as `read_features` does, or a Parquet file turns out to be damaged.
    """
    said = {"source": source, "file": file}
    try:
        shapes = _wkb_column(path) if path.suffix.lower() in PARQUET else None
        if shapes is None:
            scan, count, known = _by_frame(con, path, **said, layer=layer, crs=crs)
        else:
            column, own = shapes
            scan, count = _by_parquet(path, column), pq.read_metadata(path).num_rows
            if not count:
                raise SourceError(f"Source '{source}': '{file}' holds no features.")
            known = checked_crs(own, _bounds(con, scan), **said, stated=crs)
        described = con.execute(f"DESCRIBE {scan}").fetchall()
        columns = {
            str(name): (quote(f"{n} {name}"), str(kind))
            for n, (name, kind, *_) in enumerate(described)
            if name not in {_ROW, _SHAPE}
        }
        named = "".join(f", {quote(name)} AS {alias}" for name, (alias, _) in columns.items())
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {_VIEW} AS "
            f"SELECT {quote(_ROW)} AS row, st_setcrs({quote(_SHAPE)}, '{known}') AS geom{named} FROM ({scan})"
        )
        yield Laid({name.lower(): column for name, column in columns.items()}, count, known)
        con.execute(f"DROP VIEW {_VIEW}")
    except duckdb.Error as error:
        why = str(error).splitlines()[0]
        raise SourceError(f"Source '{source}': '{file}' is damaged ({why}). Fetch it again.") from error
    finally:
        con.unregister(_FRAME)


def _wkb_column(path: Path) -> tuple[str, CRS | None] | None:
    """Return the column of a GeoParquet file that has its shapes as WKB, and their CRS; null if it is no such file."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (pa.ArrowException, OSError):
        return None
    said = json.loads(metadata.get(b"geo", b"{}"))
    column = said.get("columns", {}).get(said.get("primary_column"), {})
    if column.get("encoding") != "WKB":
        return None
    # The format's own default is longitude and latitude; null says that it is not known.
    crs = column.get("crs", "OGC:CRS84")
    return str(said["primary_column"]), CRS.from_user_input(crs) if crs else None


def _by_parquet(path: Path, shape: str) -> str:
    """SQL for a GeoParquet file."""
    return (
        f"SELECT file_row_number + 1 AS {quote(_ROW)}, {quote(shape)} AS {quote(_SHAPE)}, "
        f"* EXCLUDE (file_row_number, {quote(shape)}) "
        f"FROM read_parquet({literal(str(path))}, file_row_number = true)"
    )


def _bounds(con: duckdb.DuckDBPyConnection, scan: str) -> Bounds:
    # The extent in one go: four minima and maxima would take each shape apart four times.
    found = con.execute(
        f"SELECT st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box) "
        f"FROM (SELECT st_extent_agg({quote(_SHAPE)}) AS box FROM ({scan}))"
    ).fetchall()[0]
    x0, y0, x1, y1 = (math.nan if one is None else float(one) for one in found)
    return x0, y0, x1, y1


def _by_frame(
    con: duckdb.DuckDBPyConnection, path: Path, *, source: str, file: str, layer: str | None, crs: str | None
) -> tuple[str, int, str]:
    """Read features into a registered frame; return SQL for it, their count and their CRS."""
    frame, count, known = read_features(path, source=source, file=file, layer=layer, crs=crs)
    table = pa.Table.from_pandas(frame.drop(columns=frame.geometry.name), preserve_index=False)
    table = table.append_column(_SHAPE, pa.array(shapely.to_wkb(frame.geometry.values), pa.binary()))
    con.register(_FRAME, table.append_column(_ROW, pa.array(range(1, len(frame) + 1), pa.int64())))
    shape = f"st_geomfromwkb({quote(_SHAPE)}) AS {quote(_SHAPE)}"
    return f"SELECT * REPLACE ({shape}) FROM {_FRAME}", count, known
