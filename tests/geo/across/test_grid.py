"""The grid: every metre and every point in one cell, wherever borders run."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.across.grid import (
    cell_of_points,
    cells_of_lines,
    neighbours_in_grid,
    runs_in_cells,
)


def shapes(*given):
    found = np.empty(len(given), dtype=object)
    found[:] = given
    return found


def test_a_cell_owns_its_left_and_lower_edges():
    x, y = cell_of_points([0, 999.999, 1000, -0.5], [2000, 1999.999, 0, -1000], 1000)
    assert x.tolist() == [0, 0, 1, -1]
    assert y.tolist() == [2, 1, 0, -1]


@pytest.mark.parametrize(("x", "cell_m"), [(np.nan, 1000.0), (np.inf, 1000.0), (1.0, 0.0), (1.0, -5.0)])
def test_what_has_no_cell_is_refused(x, cell_m):
    with pytest.raises(ValueError, match="cell"):
        cell_of_points([x], [1.0], cell_m)


def test_a_line_by_hand():
    line = shapely.LineString([(500, 500), (2500, 500), (2500, 1500)])
    found = cells_of_lines(shapes(line), 1000)
    assert found.to_numpy().tolist() == [[0, 0, 0, 500], [0, 1, 0, 1000], [0, 2, 0, 1000], [0, 2, 1, 500]]


def test_a_line_along_the_grid_and_lines_without_length():
    along = shapely.LineString([(1000, 200), (1000, 700)])
    found = cells_of_lines(
        shapes(shapely.LineString(), along, None, shapely.LineString([(5, 5), (5, 5)])), 1000
    )
    assert found.to_numpy().tolist() == [[1, 1, 0, 500]]


coordinate = st.one_of(st.integers(-30, 30).map(lambda n: n * 50.0), st.floats(-1500, 1500, width=32))
walk = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=6)


@settings(max_examples=50, deadline=None)
@given(st.lists(walk, min_size=1, max_size=4), st.sampled_from([100.0, 250.0, 333.0]))
def test_the_lengths_add_up_and_are_those_of_geos(walks, cell_m):
    """GEOS clips to closed squares; what runs along an edge it gives to both sides, so that is left out here."""
    lines = shapes(*(shapely.LineString(w) for w in walks))
    found = cells_of_lines(lines, cell_m)
    total = found.groupby("line")["length_m"].sum().reindex(range(len(lines)), fill_value=0.0)
    assert total.to_numpy() == pytest.approx(shapely.length(lines), abs=1e-6)
    assert not found.duplicated(["line", "cell_x", "cell_y"]).any()
    for line, cell_x, cell_y, length_m in found.itertuples(index=False):
        square = shapely.box(cell_x * cell_m, cell_y * cell_m, (cell_x + 1) * cell_m, (cell_y + 1) * cell_m)
        parts = [shapely.LineString(p) for p in zip(walks[line][:-1], walks[line][1:], strict=True)]
        inside = sum(shapely.intersection(square, part).length for part in parts)
        assert length_m <= inside + 1e-6


@settings(max_examples=30, deadline=None)
@given(st.sets(st.tuples(st.integers(-4, 4), st.integers(-4, 4)), max_size=25))
def test_neighbours_are_those_at_most_one_step_off(cells):
    ordered = np.array(sorted(cells), dtype=np.int64).reshape(-1, 2)
    pairs = neighbours_in_grid(ordered[:, 0], ordered[:, 1])
    apart = np.abs(ordered[:, None] - ordered[None]).max(axis=2)
    assert pairs.tolist() == np.argwhere(apart == 1).tolist()


def test_a_cell_given_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        neighbours_in_grid(np.array([1, 1]), np.array([2, 2]))


def test_points_and_the_line_through_them_are_in_the_same_cells():
    rng = np.random.default_rng(4)
    xy = rng.uniform(-5000, 5000, (200, 2))
    tiny = shapes(*(shapely.LineString([p, p + 1e-3]) for p in xy))
    x, y = cell_of_points(xy[:, 0], xy[:, 1])
    found = cells_of_lines(tiny)
    pd.testing.assert_frame_equal(found[["cell_x", "cell_y"]], pd.DataFrame({"cell_x": x, "cell_y": y}))


def test_runs_follow_a_line_through_cells():
    # Out of the first cell, back into it, and up: 0 to 12 and back to 8 along y = 5, then to y = 15.
    line = shapely.LineString([(0, 5), (12, 5), (8, 5), (8, 15)])
    runs = runs_in_cells(np.array([line, None, shapely.LineString([(1, 1), (2, 2)])], dtype=object), 10)
    assert runs[["line", "cell_x", "cell_y"]].to_numpy().tolist() == [
        [0, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1], [2, 0, 0]
    ]  # fmt: skip
    assert runs["from_m"].tolist() == pytest.approx([0, 10, 14, 21, 0])
    assert runs["to_m"].tolist() == pytest.approx([10, 14, 21, 26, 2**0.5])


def test_runs_add_up_to_what_lies_in_cells():
    rng = np.random.default_rng(3)
    lines = np.array([shapely.LineString(xy) for xy in rng.uniform(-3000, 3000, (200, 5, 2))], dtype=object)
    runs = runs_in_cells(lines, 1000)
    each = runs.assign(length_m=runs["to_m"] - runs["from_m"])
    total = each.groupby(["line", "cell_x", "cell_y"])[["length_m"]].sum().reset_index()
    cells = cells_of_lines(lines, 1000)
    assert total[["line", "cell_x", "cell_y"]].equals(cells[["line", "cell_x", "cell_y"]])
    assert total["length_m"].to_numpy() == pytest.approx(cells["length_m"].to_numpy())
    is_first = ~runs["line"].duplicated()
    assert (runs["from_m"][is_first] == 0).all()
    assert (runs["from_m"].to_numpy()[1:] == runs["to_m"].to_numpy()[:-1])[~is_first.to_numpy()[1:]].all()
    ends = runs.groupby("line")["to_m"].last()
    assert ends.to_numpy() == pytest.approx(shapely.length(lines))
    assert runs_in_cells(np.array([], dtype=object)).empty
