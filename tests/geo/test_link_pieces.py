"""Links are cut at borders into pieces whose lengths add up, whatever the link does."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.link_pieces import COLUMNS, cut_at_levels, cut_links

QUICK = settings(max_examples=60, deadline=None)


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
    assert (found["length_m"] > 0).all()
    np.testing.assert_allclose(found["to_m"] - found["from_m"], found["length_m"], rtol=0, atol=0)
    # One piece goes on where the one before it ends, and something changes there.
    same = found["link"].to_numpy()[1:] == found["link"].to_numpy()[:-1]
    assert (found["from_m"].to_numpy()[1:][same] == found["to_m"].to_numpy()[:-1][same]).all()
    assert (found["from_m"].to_numpy()[1:][~same] == 0).all()
    alike = (found[["area", "other_area"]] == found[["area", "other_area"]].shift()).all(axis=1)
    assert not alike.to_numpy()[1:][same].any()
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
    np.add.at(outside, none["link"], none["length_m"])
    # A micrometre from the border counts as on it.
    land = shapely.union_all(SQUARES)
    least, most = (
        np.array(
            [shapely.length(shapely.difference(line, land.buffer(by, join_style="mitre"))) for line in simple]
        )
        for by in (2e-6, -2e-6)
    )
    assert (outside >= least - 0.001).all()
    assert (outside <= most + 0.001).all()


def test_a_link_across_a_border_is_two_pieces() -> None:
    assert pieces([(40, 50), (170, 50)], LEFT, RIGHT) == [(0, 60, False), (1, 70, False)]


def test_a_link_within_one_area_is_one_piece() -> None:
    assert pieces([(10, 10), (10, 90)], LEFT, RIGHT) == [(0, 80, False)]


def test_what_lies_in_no_area_is_a_piece_of_none() -> None:
    assert pieces([(150, 50), (230, 50)], LEFT, RIGHT) == [(1, 50, False), (-1, 30, False)]
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


def test_only_the_part_along_the_border_is_shared_and_with_whom() -> None:
    found = cut_links(
        shapes(shapely.LineString([(60, 20), (100, 20), (100, 80), (30, 80)])), shapes(LEFT, RIGHT)
    )
    told = found[["area", "from_m", "to_m", "is_shared", "other_area"]]
    assert list(told.itertuples(index=False, name=None)) == [
        (0, 0, 40, False, -1),
        (0, 40, 100, True, 1),
        (0, 100, 170, False, -1),
    ]


def test_a_border_that_is_shared_only_in_part_has_vertices_where_it_will() -> None:
    # The neighbour has no vertex at either end of what it shares, nor have the areas the same ones.
    upper = shapely.Polygon([(100, 50), (200, 50), (200, 150), (100, 150), (100, 90)])
    along = shapely.LineString([(100, 0), (100, 150)])
    found = cut_links(shapes(along), shapes(LEFT, upper))
    told = found[["area", "from_m", "to_m", "is_shared"]]
    assert list(told.itertuples(index=False, name=None)) == [
        (0, 0, 50, False),
        (0, 50, 100, True),
        (1, 100, 150, False),
    ]


def test_where_areas_overlap_a_link_is_shared() -> None:
    wide = shapely.box(90, 0, 200, 100)
    assert pieces([(40, 50), (170, 50)], LEFT, wide) == [(0, 50, False), (0, 10, True), (1, 70, False)]


def test_links_that_meet_on_a_border_do_not_take_each_other_across() -> None:
    lines = shapes(*(shapely.LineString(c) for c in ([(40, 50), (100, 50)], [(100, 50), (170, 50)])))
    found = cut_links(lines, shapes(LEFT, RIGHT))
    assert found[["link", "area"]].to_numpy().tolist() == [[0, 0], [1, 1]]


@QUICK
@given(st.lists(_line, min_size=1, max_size=4), st.permutations(list(SQUARES)))
def test_each_piece_lies_in_its_area_and_in_none_before_it(lines: list[Any], areas: list[Any]) -> None:
    found = cut_links(shapes(*lines), shapes(*areas))
    long: Any = found[found["length_m"] > 0.001]
    for row in long.itertuples():
        # No even share: a piece may touch a border in a point, and drawn lines like to do so halfway.
        at = row.from_m + 0.3718 * (row.to_m - row.from_m)
        middle = shapely.line_interpolate_point(lines[int(row.link)], at)
        near = np.flatnonzero(shapely.distance(shapes(*areas), middle) < 1e-6)
        inside = np.flatnonzero(shapely.contains_properly(shapes(*areas), middle.buffer(1e-6)))
        # So near a border that no area holds it for certain, it may lie in none.
        assert row.area in (near if len(inside) else [*near, -1])
        assert set(inside) <= {row.area, row.other_area}
        assert row.is_shared == (row.other_area >= 0)


@QUICK
@given(st.lists(_line, min_size=1, max_size=3))
def test_many_levels_at_once_are_each_level_alone(lines: list[Any]) -> None:
    halves = shapes(*(shapely.box(x, 0, x + 150, 300) for x in (0, 150)))
    together = list(cut_at_levels(shapes(*lines), [SQUARES, halves]))
    for found, level in zip(together, (SQUARES, halves), strict=True):
        # The same border, drawn with other vertices, is met within rounding of the same place.
        alone = cut_links(shapes(*lines), level)
        pd.testing.assert_frame_equal(found, alone, rtol=0, atol=1e-9)


@QUICK
@given(st.lists(_line, min_size=1, max_size=5), st.integers(1, 4))
def test_links_are_cut_alike_in_portions_of_any_size(lines: list[Any], size: int) -> None:
    whole = cut_links(shapes(*lines), SQUARES)
    parts = []
    for start in range(0, len(lines), size):
        part = cut_links(shapes(*lines[start : start + size]), SQUARES)
        parts.append(part.assign(link=part["link"] + start))
    assert pd.concat(parts, ignore_index=True).equals(whole)


def test_lengths_do_not_depend_on_what_else_is_cut() -> None:
    # 0.1 + 0.2 is rounded otherwise after a million metres of other roads.
    line = shapely.LineString([(10.1, 10), (10.2, 10), (10.4, 10.7), (90.3, 20.9)])
    long = shapely.LineString([(0, 5 + y) if n % 2 else (90, 5 + y) for n, y in enumerate(range(90))])
    alone = cut_links(shapes(line), shapes(LEFT))
    after = cut_links(shapes(*[long] * 100, line), shapes(LEFT))
    assert after["length_m"].iloc[-1] == alone["length_m"].iloc[0]


def test_a_link_through_a_hole_is_outside_there() -> None:
    ring = shapely.difference(LEFT, shapely.box(40, 40, 60, 60))
    assert pieces([(10, 50), (90, 50)], ring, RIGHT) == [(0, 30, False), (-1, 20, False), (0, 30, False)]
    filled = shapely.box(40, 40, 60, 60)
    assert pieces([(10, 50), (90, 50)], ring, filled) == [(0, 30, False), (1, 20, False), (0, 30, False)]


def test_a_link_that_comes_back_on_itself_keeps_its_whole_length() -> None:
    assert pieces([(40, 50), (170, 50), (120, 50)], LEFT, RIGHT) == [(0, 60, False), (1, 120, False)]
    assert pieces([(150, 50), (230, 50), (150, 50)], LEFT, RIGHT) == [
        (1, 50, False),
        (-1, 60, False),
        (1, 50, False),
    ]


def test_a_link_of_several_lines_is_one_link() -> None:
    two = shapely.MultiLineString([[(40, 50), (60, 50)], [(90, 50), (130, 50)]])
    found = cut_links(shapes(two), shapes(LEFT, RIGHT))
    told = found[["area", "from_m", "to_m"]]
    assert list(told.itertuples(index=False, name=None)) == [(0, 0, 30), (1, 30, 60)]


@pytest.mark.parametrize("areas", [(), (LEFT,)])
def test_no_links_and_no_areas(areas: tuple[Any, ...]) -> None:
    found = cut_links(shapes(), shapes(*areas))
    assert list(found.columns) == list(COLUMNS)
    assert len(found) == 0
    assert pieces([(0, 0), (30, 40)]) == [(-1, 50, False)]
