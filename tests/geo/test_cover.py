"""The grid cover against shapely: a point's cell gives exactly the polygons that hold the point."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo import cover
from geo.cover import grid_cover
from geo.cover_cache import forget_others, kept_cover

CELL = 1000.0
QUICK = settings(max_examples=120, deadline=None)


def shapes(*given: Any) -> NDArray[np.object_]:
    found = np.empty(len(given), dtype=object)
    found[:] = given
    return found


def rows_of(polygons: NDArray[np.object_]) -> list[tuple[int, int, int, Any]]:
    found = grid_cover(polygons, CELL)
    columns = (found[name].tolist() for name in ("shape", "cell_x", "cell_y", "piece"))
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


# ---- ragged borders, with many stretches in a cell ----


def coast(rng: np.random.Generator, x: float, y: float, radius: float, steps: int) -> Any:
    """A ring whose radius jumps about, so that a cell is entered and left many times."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, steps))
    radii = radius * rng.uniform(0.8, 1.0, steps)
    return shapely.make_valid(
        shapely.Polygon(np.column_stack([x + radii * np.cos(angles), y + radii * np.sin(angles)]))
    )


def archipelago(seed: int) -> NDArray[np.object_]:
    """A land with lakes and islands in them, its exclave at sea, and the neighbour round it all."""
    rng = np.random.default_rng(seed)
    land = coast(rng, 123.4, -77.7, 6000, 700)
    middles = rng.uniform(-3500, 3500, (12, 2)).tolist()
    lakes = [coast(rng, x, y, rng.uniform(30, 900), 40) for x, y in middles]
    isles = [shapely.affinity.scale(lake, 0.4, 0.4) for lake in lakes]
    exclave = coast(rng, 9100, 8300, 400, 60)
    land = shapely.union_all([land.difference(shapely.union_all(lakes)), *isles, exclave])
    around = shapely.box(-8000.5, -8000.5, 11000.5, 10000.5).difference(land)
    return shapes(land, around)


def by_geos(polygon: Any) -> dict[tuple[int, int], Any]:
    """The oracle: the polygon cut with the square of every cell."""
    x0, y0, x1, y1 = np.floor(np.array(polygon.bounds) / CELL).astype(int)
    cells = [(x, y) for x in range(x0 - 1, x1 + 2) for y in range(y0 - 1, y1 + 2)]
    cut = {
        (x, y): polygon.intersection(shapely.box(x * CELL, y * CELL, (x + 1) * CELL, (y + 1) * CELL))
        for x, y in cells
    }
    return {cell: piece for cell, piece in cut.items() if not piece.is_empty}


@pytest.mark.parametrize("seed", range(4))
def test_every_piece_is_what_geos_cuts(seed: int) -> None:
    polygons = archipelago(seed)
    assert_sound(polygons)
    found = rows_of(polygons)
    for shape, polygon in enumerate(polygons):
        truth = by_geos(polygon)
        pieces = {(x, y): piece for of, x, y, piece in found if of == shape}
        assert pieces.keys() == truth.keys()
        for (x, y), piece in pieces.items():
            square = shapely.box(x * CELL, y * CELL, (x + 1) * CELL, (y + 1) * CELL)
            made = square if piece is None else piece
            assert shapely.is_valid(made)
            assert made.symmetric_difference(truth[x, y]).area < 1e-6


def test_a_vertex_on_a_border_that_two_areas_share_is_in_both() -> None:
    polygons = archipelago(9)
    points = shapely.get_coordinates(polygons[0])
    truth = held(polygons, points)
    assert all(len(areas) == 2 for areas in truth)
    cells: dict[tuple[int, int], list[tuple[int, Any]]] = {}
    for shape, x, y, piece in rows_of(polygons):
        cells.setdefault((x, y), []).append((shape, piece))
    near = [
        {s for s, piece in cells[*np.floor(p / CELL).astype(int)] if piece.distance(shapely.Point(p)) < 1e-6}
        for p in points
    ]
    assert near == truth


def test_a_hole_and_an_island_within_one_cell() -> None:
    lake = shapely.box(1300, 1300, 1700, 1700)
    island = shapely.box(1400, 1400, 1500, 1500)
    land = shapely.box(10, 10, 2990, 2990).difference(lake).union(island)
    points = np.array([(1450, 1450), (1350, 1350), (1200, 1200), (1300, 1500), (1500, 1500)], dtype=float)
    assert placed(shapes(land), points) == [{0}, set(), {0}, {0}, {0}]
    assert_sound(shapes(land))


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    polygons = np.concatenate([archipelago(seed) for seed in range(3)])
    whole = rows_of(polygons)
    monkeypatch.setattr("geo.cover._BATCH", 500)
    assert rows_of(polygons) == whole


def test_geos_cuts_only_cells_that_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    clip = cover._clip

    def counted(shapes: Any, cells: Any, number: NDArray[np.int64]) -> Any:
        asked.append(len(number))
        return clip(shapes, cells, number)

    monkeypatch.setattr(cover, "_clip", counted)
    found = rows_of(shapes(coast(np.random.default_rng(5), 0.5, 0.5, 20_000, 5000)))
    assert len(found) > 1000
    assert sum(asked) == 0


def test_cells_may_be_of_another_size() -> None:
    polygons = archipelago(2)
    areas = [shapely.area(polygons).tolist()]
    for side in (250.0, 3000.0):
        found = grid_cover(polygons, side)
        piece = found["piece"].to_numpy(dtype=object)
        size = np.where(found["piece"].isna(), side * side, shapely.area(piece))
        areas.append(np.bincount(found["shape"], size).tolist())
    assert areas[1] == pytest.approx(areas[0], rel=1e-9)
    assert areas[2] == pytest.approx(areas[0], rel=1e-9)


# ---- covers kept between runs ----


def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    built: list[int] = []

    def counted(shapes: NDArray[np.object_], cell_m: float) -> Any:
        built.append(len(shapes))
        return grid_cover(shapes, cell_m)

    monkeypatch.setattr("geo.cover_cache.grid_cover", counted)
    return built


def test_a_kept_cover_is_the_same_and_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, polygons = counting(monkeypatch), archipelago(1)
    plain, _ = kept_cover(polygons, None)
    first, file = kept_cover(polygons, tmp_path)
    again, same = kept_cover(polygons, tmp_path)
    assert built == [2, 2]
    assert file == same
    pd.testing.assert_frame_equal(first, plain)
    pd.testing.assert_frame_equal(again, plain)


def test_a_moved_vertex_another_order_or_cell_side_misses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, polygons = counting(monkeypatch), archipelago(1)
    moved = polygons.copy()
    xy = shapely.get_coordinates(moved)
    xy[5, 0] += 1e-9
    moved = shapely.set_coordinates(moved, xy)
    for drawn, side in (
        (polygons, 1000.0),
        (moved, 1000.0),
        (archipelago(1)[::-1], 1000.0),
        (polygons, 500.0),
    ):
        kept_cover(drawn, tmp_path, side)
    assert len(built) == 4


def _overwritten(file: Path) -> None:
    file.write_bytes(b"nonsense")


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def _one_byte_wrong(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _another_table(file: Path) -> None:
    pd.DataFrame({"shape": [1]}).to_parquet(file)


@pytest.mark.parametrize("damage", [_overwritten, _cut_short, _one_byte_wrong, _another_table])
def test_a_damaged_file_is_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    polygons = archipelago(1)
    right, file = kept_cover(polygons, tmp_path)
    assert file is not None
    damage(file)
    built = counting(monkeypatch)
    pd.testing.assert_frame_equal(kept_cover(polygons, tmp_path)[0], right)
    pd.testing.assert_frame_equal(kept_cover(polygons, tmp_path)[0], right)
    assert built == [2]


def test_covers_no_longer_used_are_deleted(tmp_path: Path) -> None:
    _, old = kept_cover(archipelago(1), tmp_path)
    _, new = kept_cover(archipelago(2), tmp_path)
    assert old is not None
    assert new is not None
    forget_others(tmp_path, [new])
    assert [*tmp_path.iterdir()] == [new]
