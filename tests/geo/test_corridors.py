"""Numbered roads are followed from end to end, each length once, and cut into sections where areas change."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.corridor_sections import corridor_pieces
from geo.corridors import BESIDE, MAIN, ON_ROUNDABOUT, ON_SLIP, REFERENCE, ROUNDABOUT, SLIP, STUB, corridors
from geo.link_pieces import cut_links

Line = list[tuple[float, float]]


def shapes(*lines: Any) -> Any:
    found = np.empty(len(lines), dtype=object)
    found[:] = [shapely.LineString(line) for line in lines]
    return found


def followed(
    *lines: Any, form: dict[int, int] | None = None, road: Any = None, gap: float = 250
) -> pd.DataFrame:
    kind = np.full(len(lines), MAIN)
    for n, of in (form or {}).items():
        kind[n] = of
    number = np.zeros(len(lines), dtype=np.int64) if road is None else np.array(road)
    return corridors(shapes(*lines), number, kind, gap)


def length(steps: pd.DataFrame, role: int = REFERENCE) -> float:
    chosen = steps[steps["role"] == role]
    return round(float((chosen["to_m"] - chosen["from_m"]).sum()), 6)


def places(steps: pd.DataFrame, link: int) -> list[float]:
    mine = steps[steps["link"] == link]
    return [round(float(mine["at_from_m"].iloc[0]), 6), round(float(mine["at_to_m"].iloc[-1]), 6)]


def test_links_are_put_in_order_from_the_west_whichever_way_they_are_drawn():
    steps = followed([(1000, 0), (600, 0)], [(0, 0), (600, 0)], [(1000, 0), (1500, 0)])
    assert set(steps["corridor"]) == {1}
    assert length(steps) == 1500
    assert places(steps, 1) == [0, 600]
    assert places(steps, 0) == [1000, 600]
    assert places(steps, 2) == [1000, 1500]


def test_a_dual_carriageway_counts_once():
    steps = followed(
        [(0, 0), (1000, 0)],
        [(1000, 0), (1010, 10), (2990, 10), (3000, 0)],
        [(3000, 0), (2990, -12), (1010, -12), (1000, 0)],
        [(3000, 0), (4000, 0)],
    )
    assert length(steps) == pytest.approx(4000, abs=15)
    assert length(steps, BESIDE) == pytest.approx(2000, abs=30)
    # The other carriageway is measured the same way along, against its own direction.
    start, end = places(steps, 2)
    assert start == pytest.approx(3000, abs=15)
    assert end == pytest.approx(1000, abs=15)


def test_carriageways_that_never_meet_are_one_road():
    steps = followed([(0, 0), (5000, 0)], [(5000, 26), (0, 26)])
    assert set(steps["corridor"]) == {1}
    assert (length(steps), length(steps, BESIDE)) == (5000, 5000)


def test_a_gap_is_bridged_up_to_the_setting_and_adds_no_length():
    ends = ([(0, 0), (1000, 0)], [(1200, 0), (2000, 0)])
    joined = followed(*ends, gap=200)
    assert set(joined["corridor"]) == {1}
    assert length(joined) == 1800
    assert places(joined, 1) == [1000, 1800]
    apart = followed(*ends, gap=199)
    assert apart.groupby("corridor")["at_to_m"].max().to_dict() == {1: 1000, 2: 800}


def test_roundabouts_and_slip_roads_join_but_add_no_length():
    steps = followed(
        [(0, 0), (1000, 0)],
        [(1000, 0), (1030, 30), (1060, 0)],
        [(1060, 0), (1030, -30), (1000, 0)],
        [(1060, 0), (2000, 0)],
        [(1500, 0), (1600, 60), (1700, 90)],
        form={1: ROUNDABOUT, 2: ROUNDABOUT, 4: SLIP},
        gap=0,
    )
    assert set(steps[steps["link"] < 4]["corridor"]) == {1}
    assert length(steps) == 1940
    assert length(steps, ON_ROUNDABOUT) == pytest.approx(4 * 30 * 2**0.5)
    assert places(steps, 1)[0] == pytest.approx(1000)


def test_a_slip_road_that_joins_is_placed_beside_the_road():
    steps = followed([(0, 0), (1500, 0)], [(1500, 0), (3000, 0)], [(1500, 0), (1700, 90)], form={2: SLIP})
    assert places(steps, 2) == [1500, 1700]
    assert length(steps, ON_SLIP) == pytest.approx(np.hypot(200, 90))


def test_a_spur_is_a_strand_and_a_stub_is_not():
    main = ([(0, 0), (2000, 0)], [(2000, 0), (5000, 0)])
    spur = followed(*main, [(2000, 0), (2000, 1500)])
    assert spur.groupby("strand")["at_to_m"].max().to_dict() == {1: 5000, 2: 6500}
    assert places(spur, 2) == [5000, 6500]
    stub = followed(*main, [(2000, 0), (2000, 200)])
    assert set(stub["strand"]) == {1}
    assert length(stub, STUB) == 200


def test_a_ring_is_two_strands_that_hold_all_of_it():
    corner = [(0.0, 0.0), (3000.0, 0.0), (3000.0, 3000.0), (0.0, 3000.0), (0.0, 0.0)]
    steps = followed(*([a, b] for a, b in pairwise(corner)))
    assert set(steps["corridor"]) == {1}
    assert length(steps) + length(steps, BESIDE) == pytest.approx(12_000)
    assert length(steps) > 11_000


def test_a_link_that_ends_on_the_middle_of_another_joins_it():
    # As OpenStreetMap has it: ways go on past a junction that has a vertex.
    steps = followed([(0, 0), (2000, 0), (5000, 0)], [(2000, 0), (2000, 2000)], gap=0)
    assert set(steps["corridor"]) == {1}
    assert length(steps) == 7000


def test_roads_of_other_numbers_are_other_corridors():
    steps = followed([(0, 0), (1000, 0)], [(1000, 0), (2000, 0)], road=[0, 1])
    assert steps.groupby("road")["at_to_m"].max().to_dict() == {0: 1000, 1: 1000}


_turns = st.lists(st.tuples(st.integers(1, 20), st.integers(-10, 10)), min_size=2, max_size=12)


def chain(turns: list[tuple[int, int]]) -> list[Line]:
    points = np.cumsum([(0, 0), *turns], axis=0) * 100.0
    return [[tuple(a), tuple(b)] for a, b in pairwise(points)]


@settings(max_examples=40, deadline=None)
@given(_turns, st.randoms(use_true_random=False))
def test_every_metre_is_somewhere_and_the_measure_is_as_long_as_the_road(turns: Any, random: Any):
    lines = [line[::-1] if random.random() < 0.5 else line for line in chain(turns)]
    random.shuffle(lines)
    steps = followed(*lines)
    each = (steps["to_m"] - steps["from_m"]).groupby(steps["link"]).sum()
    np.testing.assert_allclose(each, shapely.length(shapes(*lines)), rtol=0, atol=1e-6)
    reference = steps[steps["role"] == REFERENCE]
    assert np.ptp(np.r_[reference["at_from_m"], reference["at_to_m"]]) == pytest.approx(length(steps))
    assert length(steps) == pytest.approx(sum(shapely.length(shapes(*lines))))


@settings(max_examples=40, deadline=None)
@given(_turns)
def test_sections_add_up_and_are_cut_at_borders(turns: Any):
    lines = shapes(*chain(turns))
    areas = np.array([shapely.box(x, -99_999, x + 3_300, 99_999) for x in range(-50, 24_000, 3_300)])
    steps = corridors(lines, np.zeros(len(lines), dtype=np.int64), np.zeros(len(lines), dtype=np.int64), 250)
    pieces = corridor_pieces(steps, cut_links(lines, areas))
    pieces["length_m"] = pieces["to_m"] - pieces["from_m"]
    by_section = pieces.groupby("section").agg(length_m=("length_m", "sum"), areas=("area", "nunique"))
    assert (by_section["areas"] == 1).all()
    assert (by_section["length_m"] < 3000.001).all()
    np.testing.assert_allclose(
        pieces.groupby("link")["length_m"].sum(), shapely.length(lines), rtol=0, atol=0.001
    )
    # A run within one area is cut evenly, so sections are under a kilometre only where the run is.
    order = pieces.groupby("section")["area"].first()
    run = (order != order.shift()).cumsum()
    whole = by_section["length_m"].groupby(run).transform("sum")
    assert (by_section["length_m"] >= np.minimum(1000, whole) - 0.001).all()
    assert by_section.index.tolist() == list(range(1, len(by_section) + 1))


def test_a_carriageway_across_the_border_stays_in_the_section_beside_it():
    lines = shapes([(0, 10), (4000, 10)], [(4000, -10), (0, -10)])
    areas = np.array([shapely.box(-1, 0, 5000, 100), shapely.box(-1, -100, 5000, 0)])
    steps = corridors(lines, np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64), 250)
    pieces = corridor_pieces(steps, cut_links(lines, areas))
    assert pieces.groupby("section")["area"].nunique().tolist() == [2, 2]
    assert pieces.groupby("link")["section"].apply(list).tolist() == [[1, 2], [2, 1]]


def test_no_links_have_no_corridors():
    steps = followed()
    assert len(steps) == 0
    pieces = pd.DataFrame({"link": [], "from_m": [], "to_m": [], "area": []}).astype({"link": "int64"})
    assert len(corridor_pieces(steps, pieces)) == 0
