"""Outlines fit for drawing: simplified together, so that neighbours keep one shared border."""

import json
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from topojson.core.topology import Topology

LON_LAT = "EPSG:4326"
GRID = 100_000  # steps across the drawn extent


@dataclass(frozen=True)
class Drawing:
    """A topology in lon/lat and what it covers (west, south, east, north)."""

    topology: dict[str, Any]
    bounds: tuple[float, float, float, float]


def tolerance_m(shapes: gpd.GeoSeries) -> float:
    """How much detail may go: less than a screen shows of the whole, or than a typical area needs."""
    west, south, east, north = shapes.total_bounds
    sides = np.sqrt(shapes.area[shapes.area > 0])
    typical = float(sides.median()) if len(sides) else 0.0
    return min(float(max(east - west, north - south)) / 3_000, typical / 40)


def simplify_coverage(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Simplify areas that share borders, in the working coordinate system, without gap or overlap."""
    simple = shapely.coverage_simplify(shapes.to_numpy(), tolerance_m(shapes))
    return gpd.GeoSeries(simple, crs=shapes.crs)


def draw_areas(shapes: gpd.GeoSeries) -> Drawing | None:
    """Make the topology of one level; its geometries stand in the order given, null where there is none.

    Returns None where no area has a shape.
    """
    present = _present(shapes)
    if not present.any():
        return None
    return _drawing(simplify_coverage(shapes[present]).to_crs(LON_LAT), present, "areas")


def draw_roads(shapes: gpd.GeoSeries) -> Drawing | None:
    """Make the topology of the base map's roads, simplified to what the whole extent can show."""
    present = _present(shapes)
    if not present.any():
        return None
    west, south, east, north = shapes.total_bounds
    simple = shapes[present].simplify(max(east - west, north - south) / 5_000)
    return _drawing(simple.to_crs(LON_LAT), present, "roads")


def _present(shapes: gpd.GeoSeries) -> npt.NDArray[np.bool_]:
    values = shapes.to_numpy()
    return np.asarray(~(shapely.is_missing(values) | shapely.is_empty(values)))


def _drawing(shapes: gpd.GeoSeries, present: npt.NDArray[np.bool_], name: str) -> Drawing:
    frame = gpd.GeoDataFrame(geometry=shapes)
    topology = json.loads(str(Topology(frame, prequantize=GRID, object_name=name).to_json()))
    drawn = iter(topology["objects"][name]["geometries"])
    # Order identifies a geometry, so what the library adds only weighs; one without a shape keeps its place.
    topology["objects"][name]["geometries"] = [
        {key: value for key, value in next(drawn).items() if key in ("type", "arcs")}
        if here
        else {"type": None}
        for here in present
    ]
    topology.pop("bbox", None)
    west, south, east, north = (round(float(side), 6) for side in shapes.total_bounds)
    return Drawing(topology, (west, south, east, north))
