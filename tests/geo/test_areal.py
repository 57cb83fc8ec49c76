"""Land and people that areas share, against a count of the cells of a fine chequerboard."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areal import LAND, RESIDENTS, SMALL_AREAS, Peopled, land_between, people_on, share_land

SIDE, STEP = 12, 500.0
CUTS = st.lists(st.integers(1, SIDE - 1), min_size=1, max_size=3, unique=True)


def strips(cuts: list[int], *, across: bool = False) -> np.ndarray:
    """A square of 6 km cut into strips."""
    edges = np.array([0, *sorted(cuts), SIDE]) * STEP
    end = SIDE * STEP
    pairs = pairwise(edges)
    return np.array([shapely.box(0, a, end, b) if across else shapely.box(a, 0, b, end) for a, b in pairs])


def cells() -> np.ndarray:
    x, y = (side.ravel() * STEP for side in np.meshgrid(np.arange(SIDE), np.arange(SIDE)))
    found: np.ndarray = shapely.box(x, y, x + STEP, y + STEP)
    return found


@settings(max_examples=25, deadline=None)
@given(one=CUTS, other=CUTS, across=st.booleans(), seed=st.integers(0, 9))
def test_people_and_land_that_two_areas_share_are_those_of_the_cells_in_both(one, other, across, seed):
    """Small areas that no border cuts give exact people, and shares of one area add up to it."""
    people = np.random.default_rng(seed).integers(1, 100, SIDE * SIDE).astype(float)
    small = Peopled(cells(), people)
    points = shapely.centroid(small.shapes)
    sides = []
    for shapes in (strips(one), strips(other, across=across)):
        held = np.array([shapely.contains(shape, points) for shape in shapes])
        sides.append((Peopled(shapes, held @ people), held))
    (first, in_first), (second, in_second) = sides
    found = share_land(first, second, small)
    both = (in_first[:, None] & in_second[None]).astype(float)
    expected = {(i, j): both[i, j] @ people for i in range(len(first)) for j in range(len(second))}
    rows = dict(zip(zip(found["one"], found["other"], strict=True), found["residents"], strict=True))
    assert rows == pytest.approx({pair: n for pair, n in expected.items() if n})
    assert found.groupby("one")["share_of_one"].sum().to_numpy() == pytest.approx(1)
    assert found.groupby("other")["share_of_other"].sum().to_numpy() == pytest.approx(1)
    assert found["shared_km2"].sum() == pytest.approx(36)
    assert (found["share_error"] == 0).all()


NOBODY = Peopled(np.array([], dtype=object), np.array([]))


def test_a_cut_small_area_leaves_a_doubt_as_if_its_people_lived_on_one_side():
    one = Peopled(strips([4]), np.array([400.0, 800.0]))
    other = Peopled(strips([3, 9]), np.array([300.0, 600.0, 300.0]))
    small = Peopled(strips([6]), np.array([500.0, 700.0]))
    found = share_land(one, other, small).set_index(["one", "other"])
    assert found["method"].tolist() == [RESIDENTS, SMALL_AREAS, SMALL_AREAS, RESIDENTS]
    # A sixth of the first half's people lives from 1,500 to 2,000 m.
    assert found.loc[(0, 1), "residents"] == pytest.approx(500 / 6)
    assert found.loc[(0, 1), "share_error"] == pytest.approx(500 * np.sqrt(5) / 6 / 400)


def test_without_people_land_stands_in_and_all_of_them_may_be_on_either_side():
    unknown = Peopled(strips([4]), np.full(2, np.nan))
    found = share_land(unknown, Peopled(strips([3]), np.full(2, np.nan)), NOBODY)
    assert found["method"].unique().tolist() == [LAND]
    assert found["residents"].isna().all()
    assert found["share_of_one"].to_numpy() == pytest.approx([0.75, 0.25, 1])
    assert found["share_error"].to_numpy() == pytest.approx([np.sqrt(0.1875)] * 2 + [0])


def test_ribbons_are_no_land():
    drawn = np.array([shapely.box(0, 0, 2000, 2000), shapely.box(2000, 0, 4000, 2000)])
    again = np.array([shapely.box(0, 0, 2010, 2000), shapely.box(2010, 0, 4000, 2000)])
    nobody = np.full(2, np.nan)
    found = share_land(Peopled(drawn, nobody), Peopled(again, nobody), NOBODY)
    assert found[["one", "other", "share_of_one"]].to_numpy().tolist() == [[0, 0, 1], [1, 1, 1]]
    assert land_between(drawn, again[::-1])[1].tolist() == [0, 0]


def test_where_no_small_area_lies_or_its_people_are_unknown_nobody_is_counted():
    land = np.array([shapely.box(0, 0, 100, 100), shapely.box(9000, 0, 9100, 100)])
    people, doubt = people_on(land, Peopled(np.array([shapely.box(0, 0, 100, 100)]), np.array([7.0])))
    assert (people[0], doubt[0]) == (7, 0)
    assert np.isnan([people[1], doubt[1]]).all()
    unknown = Peopled(np.array([shapely.box(0, 0, 100, 100)]), np.array([np.nan]))
    assert np.isnan(people_on(land[:1], unknown)[0]).all()
