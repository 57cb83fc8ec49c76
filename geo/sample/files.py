"""Write files that come out the same, byte for byte, whenever and wherever they are written."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from geo.sample.coordinates import geometries_in_lon_lat
from geo.sample.geography import Level

_ROWS_IN_GROUP = 122_880
_WRITTEN_AT = "2025-01-01T00:00:00Z"


@contextmanager
def stopped_clock() -> Iterator[None]:
    """Keep GDAL from writing the time of day into GeoPackages."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _WRITTEN_AT})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def area_frame(level: Level, code: str, name: str, parent: str | None) -> gpd.GeoDataFrame:
    """Return the areas of a level under the column names a boundary file would have (EPSG:27700)."""
    columns: dict[str, list[str]] = {code: level.codes, name: level.names}
    if parent:
        columns[parent] = level.parents
    return gpd.GeoDataFrame(columns, geometry=level.polygons, crs="EPSG:27700")


def write_features(frame: gpd.GeoDataFrame, path: Path, *, layer: str | None = None) -> None:
    """Write a frame in EPSG:27700 (or longitude and latitude), replacing the file: GeoPackage, GeoJSON or GeoParquet by its name.

    GeoJSON is in longitude and latitude to 12 decimals, which is finer than a micrometre. The layer of a
    GeoPackage is called as the file if not said otherwise.
    """
    path.unlink(missing_ok=True)
    is_areas = bool({"Polygon", "MultiPolygon"} & set(frame.geom_type))
    if path.suffix == ".parquet":
        _write_geoparquet(frame, path)
    elif path.suffix == ".geojson":
        frame = frame if frame.crs.is_geographic else _in_lon_lat(frame)
        options = {"COORDINATE_PRECISION": "12"}
        pyogrio.write_dataframe(frame, path, driver="GeoJSON", promote_to_multi=True, layer_options=options)
    else:
        with stopped_clock():
            pyogrio.write_dataframe(
                frame, path, layer=layer or path.stem, driver="GPKG", promote_to_multi=is_areas
            )


def _write_geoparquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoParquet 1.0 a portion at a time: a copy of a whole country's roads would not fit beside them."""
    column = {
        "encoding": "WKB",
        "crs": frame.crs.to_json_dict(),
        "geometry_types": sorted(set(frame.geom_type)),
    }
    about = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    portions = (
        pa.Table.from_pandas(_with_wkb(frame.iloc[n : n + _ROWS_IN_GROUP]), preserve_index=False)
        for n in range(0, len(frame), _ROWS_IN_GROUP)
    )
    first = next(portions)
    schema = first.schema.with_metadata({"geo": json.dumps(about)})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for portion in chain([first], portions):
            writer.write_table(portion.cast(schema))


def _with_wkb(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame.drop(columns="geometry")).assign(
        geometry=shapely.to_wkb(frame.geometry.to_numpy())
    )


def _in_lon_lat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    degrees = geometries_in_lon_lat(frame.geometry.to_numpy())
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=degrees, crs="EPSG:4326")


def write_table(table: pd.DataFrame, path: Path, *, encoding: str = "utf-8") -> None:
    """Write a table, replacing the file: Parquet, or CSV with a header and one line feed a row."""
    if path.suffix == ".parquet":
        table.to_parquet(path, index=False, compression="zstd", row_group_size=_ROWS_IN_GROUP)
    else:
        table.to_csv(path, index=False, lineterminator="\n", encoding=encoding)


def write_json(value: object, path: Path) -> None:
    """Write JSON, indented for reading."""
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n")


def write_toml(head: Mapping[str, Any], sources: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write a region file: its own keys, then one [[source]] table each."""
    blocks = [_keys(head), *(f"[[source]]\n{_keys(source)}" for source in sources)]
    path.write_text("\n".join(blocks), "utf-8", newline="\n")


def _keys(values: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # Text is the same in TOML as in JSON.
    return json.dumps(value, ensure_ascii=False)
