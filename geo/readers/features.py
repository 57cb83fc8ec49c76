"""Read spatial files (GeoPackage, GeoJSON, Shapefile, GeoParquet, OpenStreetMap PBF) with their CRS checked."""

from pathlib import Path

import duckdb
import geopandas as gpd
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from geo.errors import SourceError
from geo.readers.points import area_of_use
from geo.warehouse import quote

# Of longitude; of latitude half as many.
_MOST_DEGREES = 180

PARQUET = {".parquet", ".geoparquet"}
Bounds = tuple[float, float, float, float]


def read_features(
    path: Path, *, source: str, file: str, layer: str | None, crs: str | None
) -> tuple[gpd.GeoDataFrame, int, str]:
    """Read all features, with the file's own columns.

    Returns:
        The features, their number counted apart from the reader, and the coordinate system (``EPSG:n``).

    Raises:
        SourceError: not a spatial file, no such layer, no CRS, another CRS than stated, no features, or
            coordinates outside where the CRS may be used.
    """
    try:
        if path.suffix.lower() in PARQUET:
            frame = gpd.read_parquet(path)
            count = pa.parquet.read_metadata(path).num_rows
        else:
            layer = layer or _only_layer(path, source, file)
            frame = pyogrio.read_dataframe(path, layer=layer, encoding="utf-8")
            count = pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"]
    except (DataSourceError, DataLayerError, ValueError, OSError) as error:
        raise SourceError(
            f"Source '{source}': '{file}' cannot be read as a spatial file: {error}."
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        raise SourceError(f"Source '{source}': '{file}'{_of(layer)} holds a table without shapes.")
    if frame.empty:
        raise SourceError(f"Source '{source}': '{file}'{_of(layer)} holds no features.")
    own = None if crs and _only_implies_crs(path) else frame.crs
    known = checked_crs(own, tuple(frame.total_bounds), source=source, file=file, stated=crs)
    return frame, int(count), known


def keep_where(frame: gpd.GeoDataFrame, where: dict[str, list[str]], *, file: str) -> gpd.GeoDataFrame:
    """Return the features whose columns have one of the wanted values.

    Raises:
        SourceError: a column is not there, or nothing is left.
    """
    kept = frame
    for column, wanted in where.items():
        if column not in frame.columns:
            raise SourceError(f"'{file}': where: there is no column '{column}'. {columns_of(frame)}")
        kept = kept[kept[column].astype("string").str.strip().isin(wanted)]
    if kept.empty:
        raise SourceError(f"'{file}': where: no feature has {where}.")
    return kept


def columns_of(frame: gpd.GeoDataFrame) -> str:
    """Return a sentence that lists the columns, for error messages."""
    ours = {frame.geometry.name, "row"}
    return f"Its columns are {', '.join(c for c in frame.columns if c not in ours)}."


def as_temp_table(
    con: duckdb.DuckDBPyConnection,
    columns: dict[str, object],
    shapes: object,
    *,
    crs: str,
    working_crs: str,
    table: str,
) -> None:
    """Write columns and shapes to a temporary table whose ``geom`` is typed in the working CRS."""
    wkb = pa.array(shapely.to_wkb(shapes), pa.binary())
    arrays = {name: pa.array(cells, from_pandas=True) for name, cells in columns.items()}
    con.register("features", pa.table({**arrays, "wkb": wkb}))
    geom = f"st_setcrs(st_geomfromwkb(wkb), '{crs}')"
    if crs != working_crs:
        geom = f"st_transform({geom}, '{working_crs}')"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {quote(table)} AS SELECT * EXCLUDE (wkb), {geom} AS geom FROM features"
    )
    con.unregister("features")


def _only_layer(path: Path, source: str, file: str) -> str | None:
    layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if path.name.lower().endswith(".pbf"):
        return "lines"
    if len(layers) > 1:
        raise SourceError(
            f"Source '{source}': '{file}' has several layers ({', '.join(layers)}). Choose one with layer = \"...\"."
        )
    return layers[0] if layers else None


def _only_implies_crs(path: Path) -> bool:
    # GeoJSON is in longitude and latitude unless it says otherwise, and many a file in metres does not.
    if path.suffix.lower() not in {".json", ".geojson"}:
        return False
    with path.open("rb") as file:
        return b'"crs"' not in file.read(4096)


def checked_crs(own: CRS | None, bounds: Bounds, *, source: str, file: str, stated: str | None) -> str:
    """Return the coordinate system (``EPSG:n``) of a file that names `own`, and whose features lie within `bounds`.

    Raises:
        SourceError: neither the file nor the region file says one, they disagree, it has no EPSG code, or the
            coordinates lie outside where it may be used.
    """
    if own is None and stated is None:
        raise SourceError(
            f"Source '{source}': '{file}' does not say its coordinate system. State it: crs = \"EPSG:...\"."
        )
    code = own and own.to_epsg()
    # GeoJSON's CRS84 is EPSG:4326 with x first, which is how every layer is read here.
    if own is not None and code is None and own.to_authority() == ("OGC", "CRS84"):
        code = 4326
    if stated and code and stated != f"EPSG:{code}":
        raise SourceError(
            f"Source '{source}': '{file}' says it is in EPSG:{code}, the region file says {stated}. One of them is wrong."
        )
    if not code and not stated:
        raise SourceError(
            f"Source '{source}': '{file}' has a coordinate system without an EPSG code. State it: crs = \"EPSG:...\"."
        )
    crs = stated or f"EPSG:{code}"
    use = area_of_use(crs)
    x0, y0, x1, y1 = bounds
    if not (use.x_min <= x0 and x1 <= use.x_max and use.y_min <= y0 and y1 <= use.y_max):
        raise SourceError(
            f"Source '{source}': '{file}' is read as {crs}, but its coordinates (x {x0:g} to {x1:g}, y {y0:g} to {y1:g}) "
            f"lie outside where that may be used (x {use.x_min:g} to {use.x_max:g}, y {use.y_min:g} to {use.y_max:g}). "
            'It is in another coordinate system: state the right one with crs = "EPSG:...", or fetch the file again.'
        )
    # The grid of Britain may be used around its origin, in the sea: there, within metres, no area lies.
    if CRS(crs).is_projected and max(abs(x0), abs(x1), 2 * abs(y0), 2 * abs(y1)) <= _MOST_DEGREES:
        raise SourceError(
            f"Source '{source}': '{file}' is read as {crs}, in metres, but its coordinates (x {x0:g} to {x1:g}, y {y0:g} "
            f'to {y1:g}) can only be degrees. State it: crs = "EPSG:4326", or fetch the file again.'
        )
    return crs


def _of(layer: str | None) -> str:
    return f", layer '{layer}'," if layer else ""
