"""Links are cut at borders into pieces whose lengths add up, whatever the link does."""

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.link_pieces import cut_links

QUICK = settings(max_examples=150, deadline=None)


def shapes(*given: Any) -> NDArray[np.object_]:
    found = np.empty(len(given), dtype=object)
    found[:] = given
    return found


SQUARES = shapes(*(shapely.box(x, y, x + 100, y + 100) for x in (0, 100, 200) for y in (0, 100, 200)))
LEFT, RIGHT = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)


def pieces(line: list[tuple[float, float]], *areas: Any) -> list[tuple[int, float, bool]]:
    found = cut_links(shapes(shapely.LineString(line)), shapes(*areas))
    assert (found["link"] == 0).all()
    columns = (found["area"], found["length_m"].round(6), found["is_shared"])
    return list(zip(*(column.tolist() for column in columns), strict=True))


_lattice = st.integers(-1, 7).map(lambda n: n * 50.0)
_anywhere = st.floats(-50, 350, allow_nan=False, width=32)
_point = st.one_of(st.tuples(_lattice, _lattice), st.tuples(_anywhere, _anywhere))
_line = (
    st.lists(_point, min_size=2, max_size=7).map(shapely.LineString).filter(lambda line: line.length > 0.01)
)


@QUICK
@given(st.lists(_line, min_size=1, max_size=4), st.permutations(list(SQUARES)))
def test_lengths_add_up_to_the_link_within_a_millimetre(lines: list[Any], areas: list[Any]) -> None:
    found = cut_links(shapes(*lines), shapes(*areas))
    sums = np.bincount(found["link"], found["length_m"], minlength=len(lines))
    np.testing.assert_allclose(sums, shapely.length(shapes(*lines)), rtol=0, atol=0.001)
    assert not found.duplicated(["link", "area"]).any()
    assert (found["length_m"] > 0).all()
    inside = found[found["area"] >= 0]
    longest = shapely.length(shapes(*lines))[inside["link"].to_numpy()]
    assert (inside["length_m"] <= longest + 0.001).all()


@QUICK
@given(st.lists(_line, min_size=1, max_size=4))
def test_what_lies_in_no_area_is_what_shapely_leaves(lines: list[Any]) -> None:
    simple = [line for line in lines if line.is_simple]
    found = cut_links(shapes(*simple), SQUARES)
    outside = np.zeros(len(simple))
    none = found[found["area"] == -1]
    outside[none["link"]] = none["length_m"]
    land = shapely.union_all(SQUARES)
    expected = [shapely.length(shapely.difference(line, land)) for line in simple]
    np.testing.assert_allclose(outside, expected, rtol=0, atol=0.001)


def test_a_link_across_a_border_is_two_pieces() -> None:
    assert pieces([(40, 50), (170, 50)], LEFT, RIGHT) == [(0, 60, False), (1, 70, False)]


def test_a_link_within_one_area_is_one_piece() -> None:
    assert pieces([(10, 10), (10, 90)], LEFT, RIGHT) == [(0, 80, False)]


def test_what_lies_in_no_area_is_a_piece_of_none() -> None:
    assert pieces([(150, 50), (230, 50)], LEFT, RIGHT) == [(-1, 30, False), (1, 50, False)]
    assert pieces([(300, 50), (330, 50)], LEFT, RIGHT) == [(-1, 30, False)]


def test_a_link_along_a_border_is_shared_and_goes_to_the_area_given_first() -> None:
    along = [(100.0, 20.0), (100.0, 80.0)]
    assert pieces(along, LEFT, RIGHT) == [(0, 60, True)]
    assert pieces(along, RIGHT, LEFT) == [(0, 60, True)]
    assert pieces(along, LEFT) == [(0, 60, False)]


def test_a_link_that_leaves_the_border_is_shared_only_on_the_side_that_holds_it() -> None:
    assert pieces([(100, 20), (100, 80), (150, 80)], LEFT, RIGHT) == [(0, 60, True), (1, 50, False)]


def test_a_link_that_touches_a_border_in_a_point_is_whole() -> None:
    assert pieces([(50, 50), (100, 60), (50, 70)], LEFT, RIGHT) == [
        (0, round(2 * np.hypot(50, 10), 6), False)
    ]


def test_a_link_through_a_hole_is_outside_there() -> None:
    ring = shapely.difference(LEFT, shapely.box(40, 40, 60, 60))
    assert pieces([(10, 50), (90, 50)], ring, RIGHT) == [(-1, 20, False), (0, 60, False)]
    filled = shapely.box(40, 40, 60, 60)
    assert pieces([(10, 50), (90, 50)], ring, filled) == [(0, 60, False), (1, 20, False)]


def test_a_link_that_comes_back_on_itself_keeps_its_whole_length() -> None:
    assert pieces([(40, 50), (170, 50), (120, 50)], LEFT, RIGHT) == [(0, 60, False), (1, 120, False)]
    assert pieces([(150, 50), (230, 50), (150, 50)], LEFT, RIGHT) == [(-1, 60, False), (1, 100, False)]


def test_a_link_of_several_lines_is_one_link() -> None:
    two = shapely.MultiLineString([[(40, 50), (60, 50)], [(90, 50), (130, 50)]])
    found = cut_links(shapes(two), shapes(LEFT, RIGHT))
    assert list(found.itertuples(index=False, name=None)) == [(0, 0, 30, False), (0, 1, 30, False)]


@pytest.mark.parametrize("areas", [(), (LEFT,)])
def test_no_links_and_no_areas(areas: tuple[Any, ...]) -> None:
    found = cut_links(shapes(), shapes(*areas))
    assert list(found.columns) == ["link", "area", "length_m", "is_shared"]
    assert len(found) == 0
    assert pieces([(0, 0), (30, 40)]) == [(-1, 50, False)]
