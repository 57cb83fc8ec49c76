"""Write files that come out the same, byte for byte, whenever and wherever they are written."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.sample.coordinates import geometries_in_lon_lat
from geo.sample.geography import Level

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


def area_frame(level: Level, *, code: str, name: str, parent: str | None = None) -> gpd.GeoDataFrame:
    """Return the areas of a level under the column names a boundary file would have (EPSG:27700)."""
    columns: dict[str, list[str]] = {code: level.codes, name: level.names}
    if parent:
        columns[parent] = level.parents
    return gpd.GeoDataFrame(columns, geometry=level.polygons, crs="EPSG:27700")


def in_lon_lat(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame in EPSG:4326, longitude first."""
    geometries = geometries_in_lon_lat(frame.geometry.to_numpy())
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=geometries, crs="EPSG:4326")


def write_geopackage(frame: gpd.GeoDataFrame, path: Path, *, layer: str) -> None:
    """Write one layer, replacing the file."""
    path.unlink(missing_ok=True)
    is_areas = "Polygon" in set(frame.geom_type) | {t.removeprefix("Multi") for t in frame.geom_type}
    with stopped_clock():
        pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", promote_to_multi=is_areas)


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write features in longitude and latitude to 12 decimals, which is finer than a micrometre."""
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(
        frame, path, driver="GeoJSON", promote_to_multi=True, layer_options={"COORDINATE_PRECISION": "12"}
    )


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table with a header, UTF-8, one line feed a row."""
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


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
    # Text and lists of text are the same in TOML as in JSON.
    return json.dumps(value, ensure_ascii=False)
