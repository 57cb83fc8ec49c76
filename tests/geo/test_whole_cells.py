"""What keeps to cells wholly in one area is known to lie in it; all else is left to the geometry."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.whole_cells import WholeCells

# Four cells in a row of area 0, then two of area 1; the cell at (6, 0) is nobody's.
CELLS = WholeCells.of(
    np.array([5, 4, 3, 2, 1, 0]), np.zeros(6, dtype=np.int64), np.array([1, 1, 0, 0, 0, 0]), 10.0
)


def test_a_box_in_one_cell_or_two_of_the_same_area_lies_in_it():
    boxes = np.array(
        [[1, 1, 9, 9], [1, 1, 11, 9], [31, 1, 41, 9], [41, 1, 59, 9], [55, 1, 65, 9]], dtype=float
    )
    assert CELLS.holding(boxes).tolist() == [0, 0, -1, 1, -1]


def test_a_wide_box_a_high_one_and_one_that_is_not_known_are_left_open():
    boxes = np.array([[1, 1, 21, 9], [1, 1, 9, 11], [np.nan, 1, 9, 9], [-1, 1, 5, 9]], dtype=float)
    assert CELLS.holding(boxes).tolist() == [-1, -1, -1, -1]


def test_no_cells_tell_nothing():
    none = np.empty(0, dtype=np.int64)
    assert WholeCells.of(none, none, none, 10.0).holding(np.array([[1.0, 1, 2, 2]])).tolist() == [-1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-30, 90)] * 4), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(-3, 8), st.integers(-3, 8), st.integers(0, 2)), min_size=1, max_size=60),
)
def test_a_box_is_only_said_to_lie_where_it_does(corners, cells):
    area_of = {(x, y): area for x, y, area in cells}
    x, y = (np.array(c) for c in zip(*area_of, strict=True))
    found = WholeCells.of(x, y, np.array(list(area_of.values())), 10.0).holding(
        np.array([[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in corners])
    )
    for (a, b, c, d), area in zip(corners, found, strict=True):
        if area >= 0:
            held = shapely.union_all(
                [
                    shapely.box(10 * i, 10 * j, 10 * i + 10, 10 * j + 10)
                    for (i, j), n in area_of.items()
                    if n == area
                ]
            )
            assert held.covers(shapely.MultiPoint([(a, b), (a, d), (c, b), (c, d)]))
