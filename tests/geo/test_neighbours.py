"""Areas that touch, and the length of border they share, as shapely has them."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.neighbours import shared_borders


def shapes(*areas: Any) -> Any:
    found = np.empty(len(areas), dtype=object)
    found[:] = areas
    return found


def told(*areas: Any) -> dict[tuple[int, int], float]:
    found = shared_borders(shapes(*areas))
    rows = found.itertuples(index=False, name=None)
    return {(int(a), int(b)): round(float(m), 6) for a, b, m in rows}


def test_squares_side_by_side_share_a_side_and_diagonal_ones_a_point():
    a, b, c = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(10, 10, 20, 20)
    assert told(a, b, c) == {(0, 1): 10, (1, 0): 10, (1, 2): 10, (2, 1): 10, (0, 2): 0, (2, 0): 0}


def test_a_border_is_shared_though_its_vertices_are_not():
    long, low, high = shapely.box(0, 0, 10, 10), shapely.box(10, -5, 20, 4), shapely.box(10, 4, 20, 30)
    found = told(long, low, high)
    assert (found[0, 1], found[1, 0], found[0, 2], found[2, 0]) == (4, 4, 6, 6)


def test_an_area_in_the_hole_of_another_shares_all_its_outline():
    hole = shapely.box(3, 3, 6, 6)
    assert told(shapely.difference(shapely.box(0, 0, 10, 10), hole), hole) == {(0, 1): 12, (1, 0): 12}


def test_areas_with_a_gap_between_them_share_nothing():
    assert told(shapely.box(0, 0, 10, 10), shapely.box(10.001, 0, 20, 10)) == {}


@pytest.mark.parametrize("areas", [(), (shapely.box(0, 0, 1, 1),)])
def test_one_area_or_none_has_no_neighbour(areas: Any):
    assert told(*areas) == {}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=4, max_size=20, unique=True),
    st.booleans(),
)
def test_shared_borders_are_those_of_shapely(sites: Any, has_more_vertices: Any):
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(sites), extend_to=shapely.box(0, 0, 60, 60))
    )
    if has_more_vertices:
        # Every other cell has vertices that its neighbours have not.
        cells[::2] = shapely.segmentize(cells[::2], 7.0)
    found = told(*cells)
    outline = shapely.boundary(cells)
    for a in range(len(cells)):
        for b in range(len(cells)):
            expected = (
                shapely.length(shapely.intersection(outline[a], outline[b], grid_size=1e-7)) if a != b else 0
            )
            assert found.get((a, b), 0.0) == pytest.approx(expected, abs=1e-4)
