"""The grid cover against shapely: a point's cell gives exactly the polygons that hold the point."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.cover import grid_cover

CELL = 1000.0
QUICK = settings(max_examples=120, deadline=None)


def shapes(*given: Any) -> NDArray[np.object_]:
    found = np.empty(len(given), dtype=object)
    found[:] = given
    return found


def rows_of(polygons: NDArray[np.object_]) -> list[tuple[int, int, int, Any]]:
    cover = grid_cover(polygons, CELL)
    columns = (cover[name].tolist() for name in ("shape", "cell_x", "cell_y", "piece"))
    return list(zip(*columns, strict=True))


def placed(polygons: NDArray[np.object_], points: NDArray[np.float64]) -> list[set[int]]:
    """Place points as the warehouse does: by cell, and by the cell's piece where it has one."""
    cells: dict[tuple[int, int], list[tuple[int, Any]]] = {}
    for shape, cell_x, cell_y, piece in rows_of(polygons):
        cells.setdefault((cell_x, cell_y), []).append((shape, piece))
    return [
        {
            shape
            for shape, piece in cells.get((int(np.floor(x / CELL)), int(np.floor(y / CELL))), [])
            if piece is None or shapely.intersects_xy(piece, x, y)
        }
        for x, y in points
    ]


def held(polygons: NDArray[np.object_], points: NDArray[np.float64]) -> list[set[int]]:
    """The oracle: the polygons that each point touches or lies in."""
    return [
        {n for n, polygon in enumerate(polygons) if shapely.intersects_xy(polygon, x, y)} for x, y in points
    ]


def assert_sound(polygons: NDArray[np.object_]) -> None:
    cover = grid_cover(polygons, CELL)
    assert not cover.duplicated(["shape", "cell_x", "cell_y"]).any()
    whole = cover["piece"].isna()
    areas = np.where(whole, CELL**2, shapely.area(cover["piece"].to_numpy(dtype=object)))
    sums = np.bincount(cover["shape"].to_numpy(dtype=int), areas, minlength=len(polygons))
    np.testing.assert_allclose(sums, shapely.area(polygons), rtol=1e-9, atol=1e-3)
    x, y = cover["cell_x"].to_numpy(dtype=float) * CELL, cover["cell_y"].to_numpy(dtype=float) * CELL
    box = shapely.box(x, y, x + CELL, y + CELL)
    pieces = cover["piece"].to_numpy(dtype=object)
    assert shapely.covers(shapely.buffer(box[~whole], 1e-6), pieces[~whole]).all()
    filled = polygons[cover["shape"].to_numpy(dtype=int)[whole]]
    assert shapely.covers(filled, box[whole]).all()


# ---- polygons with corners on a lattice, so that borders run along cell edges and through cell corners ----

_lattice = st.integers(-6, 6).map(lambda n: n * 500.0)


@st.composite
def squared(draw: st.DrawFn) -> Any:
    """Rectangles on the lattice, some taken out again: multipolygons, holes, slivers, corners that touch."""
    shape = shapely.Polygon()
    for _ in range(draw(st.integers(1, 4))):
        x0, x1, y0, y1 = (draw(_lattice) for _ in range(4))
        thin = draw(st.sampled_from([0.0, 0.0, 0.25]))
        box = shapely.box(min(x0, x1), min(y0, y1), max(x0, x1) + thin, max(y0, y1) + thin)
        shape = shape.difference(box) if draw(st.booleans()) else shape.union(box)
    # A box without width leaves no valid polygon, and the cover is of valid ones.
    return shape if shape.geom_type in {"Polygon", "MultiPolygon"} and shape.is_valid else shapely.Polygon()


lattice_points = np.array([(x * 250.0, y * 250.0) for x in range(-13, 14) for y in range(-13, 14)])


@QUICK
@given(st.lists(squared(), min_size=1, max_size=3))
def test_lattice_points_on_edges_corners_vertices_and_rims(given: list[Any]) -> None:
    polygons = shapes(*given)
    assert placed(polygons, lattice_points) == held(polygons, lattice_points)
    assert_sound(polygons)


# ---- polygons of any shape ----

_anywhere = st.floats(-3500, 3500, allow_nan=False, width=32)


@st.composite
def ragged(draw: st.DrawFn) -> Any:
    """A star around a centre, at times with a hole or a second part."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        x, y = draw(_anywhere), draw(_anywhere)
        radii = draw(st.lists(st.floats(20, 3000), min_size=3, max_size=12))
        angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
        ring = np.column_stack([x + np.array(radii) * np.cos(angles), y + np.array(radii) * np.sin(angles)])
        hole = (ring - [x, y]) * 0.4 + [x, y]
        parts.append(shapely.make_valid(shapely.Polygon(ring, [hole] if draw(st.booleans()) else [])))
    found = shapely.union_all(parts)
    return found if found.geom_type in {"Polygon", "MultiPolygon"} else shapely.Polygon()


@QUICK
@given(
    st.lists(ragged(), min_size=1, max_size=3),
    st.lists(st.tuples(_anywhere, _anywhere), min_size=1, max_size=30),
)
def test_points_anywhere(given: list[Any], drawn: list[tuple[float, float]]) -> None:
    polygons = shapes(*given)
    points = np.vstack([np.array(drawn, dtype=float), lattice_points])
    borders = shapely.union_all(shapely.boundary(polygons))
    clear = shapely.distance(borders, shapely.points(points)) > 1e-6
    clear |= np.isnan(shapely.distance(borders, shapely.points(points)))
    assert placed(polygons, points[clear]) == held(polygons, points[clear])
    assert_sound(polygons)


# ---- cases drawn by hand ----


def rows(*given: Any) -> list[tuple[int, int, int, bool]]:
    return [(shape, x, y, piece is None) for shape, x, y, piece in rows_of(shapes(*given))]


def test_a_polygon_that_is_a_cell_fills_it_and_borders_all_eight_around_it() -> None:
    around = [(x, y) for x in (0, 1, 2) for y in (1, 2, 3)]
    assert rows(shapely.box(1000, 2000, 2000, 3000)) == [(0, x, y, (x, y) == (1, 2)) for x, y in around]


def test_a_square_of_cells_is_filled_by_all_of_them() -> None:
    found = rows(shapely.box(-2000, -2000, 2000, 2000))
    assert [r[1:3] for r in found if r[3]] == [(x, y) for x in range(-2, 2) for y in range(-2, 2)]


def test_a_hole_the_size_of_a_cell_is_not_filled() -> None:
    hole = shapely.box(1000, 1000, 2000, 2000)
    ring = shapely.difference(shapely.box(0, 0, 3000, 3000), hole)
    found = rows(ring)
    assert (0, 1, 1, True) not in found
    points = np.array([(1500, 1500), (1000, 1000), (2000, 2000), (1000, 1500), (1999.5, 1500)], dtype=float)
    assert placed(shapes(ring), points) == [set(), {0}, {0}, {0}, set()]


def test_a_point_on_a_border_along_a_cell_edge_is_in_both_neighbours() -> None:
    left, right = shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)
    points = np.array([(1000, 500), (1000, 1000), (999, 500), (0, 0), (2000, 1000)], dtype=float)
    assert placed(shapes(left, right), points) == [{0, 1}, {0, 1}, {0}, {0}, {1}]


def test_a_sliver_thinner_than_a_millimetre_keeps_its_area() -> None:
    assert_sound(shapes(shapely.box(10.0, 10.0, 5000.0, 10.0005), shapely.box(999.9999, 0, 1000.0001, 4000)))


def test_an_area_far_out_at_sea_is_covered_by_its_own_cells() -> None:
    assert rows(shapely.box(690100, 569100, 690900, 569900)) == [(0, 690, 569, False)]


@pytest.mark.parametrize("given", [(), (shapely.Polygon(), shapely.Polygon())])
def test_nothing_is_covered_by_nothing(given: tuple[Any, ...]) -> None:
    cover = grid_cover(shapes(*given), CELL)
    assert list(cover.columns) == ["shape", "cell_x", "cell_y", "piece"]
    assert len(cover) == 0


def test_an_empty_shape_keeps_the_positions_of_the_others() -> None:
    found = rows(shapely.Polygon(), shapely.box(100, 100, 200, 200))
    assert found == [(1, 0, 0, False)]
