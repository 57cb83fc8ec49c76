"""Neighbours keep one border, whatever is left out of it."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.warehouse import connect
from maps.read import Warehouse
from maps.shapes import draw_areas, simplify_coverage
from tests.maps.test_payload import catalogue, delivered


def rings(topology: dict[str, Any]) -> list[shapely.Geometry]:
    """Build the areas of a topology back, on its own grid."""
    arcs = [np.cumsum(np.array(arc), axis=0) for arc in topology["arcs"]]

    def ring(indexes: list[int]) -> np.ndarray[Any, Any]:
        return np.vstack([arcs[at] if at >= 0 else arcs[~at][::-1] for at in indexes])

    def polygon(parts: list[list[int]]) -> shapely.Polygon:
        return shapely.Polygon(ring(parts[0]), [ring(part) for part in parts[1:]])

    return [
        shapely.MultiPolygon([polygon(one) for one in geometry["arcs"]])
        if geometry["type"] == "MultiPolygon"
        else polygon(geometry["arcs"])
        for geometry in topology["objects"]["areas"]["geometries"]
    ]


def wards(warehouse: Path) -> gpd.GeoSeries:
    con = connect(warehouse, read_only=True)
    found = Warehouse(con).shapes("ward", "EPSG:27700")
    con.close()
    return found


def test_simplifying_leaves_no_gap_and_no_overlap(warehouse: Path) -> None:
    full = wards(warehouse)
    simple = simplify_coverage(full)
    assert shapely.coverage_is_valid(simple.to_numpy())
    assert shapely.get_num_coordinates(simple).sum() < shapely.get_num_coordinates(full).sum()
    assert len(simple.union_all().interiors) == 0
    assert np.isclose(simple.area.sum(), full.area.sum(), rtol=0.01)


def test_what_is_drawn_is_still_a_coverage(run: Path) -> None:
    for level in catalogue(run)["levels"]:
        areas = rings(delivered(run / level["file"])["topology"])
        assert len(areas) == level["area_count"]
        assert shapely.coverage_is_valid(areas)
        assert len(shapely.union_all(areas).interiors) == 0


def test_a_shared_border_is_held_once(run: Path) -> None:
    ward = next(level for level in catalogue(run)["levels"] if level["area_level"] == "ward")
    topology = delivered(run / ward["file"])["topology"]
    used = [
        at if at >= 0 else ~at
        for shape in topology["objects"]["areas"]["geometries"]
        for ring in shape["arcs"]
        for at in ring
    ]
    assert max(np.bincount(used)) == 2


def test_nothing_to_draw_is_no_drawing() -> None:
    assert draw_areas(gpd.GeoSeries([], crs="EPSG:27700")) is None
    assert draw_areas(gpd.GeoSeries([None, shapely.Polygon()], crs="EPSG:27700")) is None


def test_an_area_without_a_shape_keeps_its_place() -> None:
    box = shapely.box(640_000, 470_000, 650_000, 480_000)
    drawing = draw_areas(gpd.GeoSeries([None, box, shapely.Polygon()], crs="EPSG:27700"))
    assert drawing
    assert [shape["type"] for shape in drawing.topology["objects"]["areas"]["geometries"]] == [
        None,
        "Polygon",
        None,
    ]
