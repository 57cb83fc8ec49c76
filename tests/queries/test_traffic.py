"""Traffic: which road a count stands on, how far it speaks, and the vehicle-kilometres that areas and sections have."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.queries.drawing import Bench


def test_a_road_is_known_by_its_name_and_else_by_its_category(bench: Bench) -> None:
    bench.draw(
        "raw.traffic_count",
        """
        source | count_point_id | year | road_name | road_category | estimation_method | all_motor_vehicles
        t      | 1              | 2023 | A61       | PA            | counted           | 9000
        t      | 2              | 2023 | a1 (m)    | TM            | estimated         | 9000
        t      | 3              | 2023 | B6157     | MB            |                   | 9000
        t      | 4              | 2023 | C123      | MCU           | counted           | 9000
        t      | 5              | 2023 | U         |               | counted           | 9000
        t      | 6              | 2023 |           | UU            | counted           | 9000
        t      | 7              | 2023 |           |               | counted           | 9000
        t      | 8              | 2023 | A road    | PA            | counted           | 9000
        """,
    ).expect(
        "staging.traffic_count",
        """
        count_point_id | road_number | is_numbered | is_counted | aadf
        1              | A61         | true        | true       | 9000
        2              | A1(M)       | true        | false      | 9000
        3              | B6157       | true        |            | 9000
        4              |             | false       | true       | 9000
        5              |             | false       | true       | 9000
        6              |             | false       | true       | 9000
        7              |             |             | true       | 9000
        8              |             |             | true       | 9000
        """,
    )


# The A61 runs west to east, with a slip road and a roundabout; a street leaves it, the A64 lies 40 m to the north.
STREETS = """
    source | link_id | road_class   | road_number | form_of_way        | is_carriageway | length_m | geom
    os     | A61-1   | a            | A61         | Single Carriageway | true           | 100      | line 0 0, 100 0
    os     | A61-r   | a            | A61         | Roundabout         | true           | 20       | line 100 0, 110 5, 120 0
    os     | A61-s   | a            | A61         | Slip Road          | true           | 200      | line 120 0, 320 0
    os     | A64     | a            | A64         |                    | true           | 300      | line 0 40, 300 40
    os     | path    |              |             |                    | false          | 200      | line 0 4, 200 4
    os     | street  | unclassified |             |                    | true           | 30       | line 50 0, 50 30
"""


def test_a_count_stands_on_a_link_of_its_own_road_or_on_none(bench: Bench) -> None:
    bench.draw("staging.link", STREETS).draw(
        "staging.traffic_count",
        """
        source | count_point_id | year | road_number | is_numbered | geom
        t      | 1_nearer_A64   | 2023 | A61         | true        | point 30 30
        t      | 2_no_such_road | 2023 | A62         | true        | point 30 0
        t      | 3_unnumbered   | 2023 |             | false       | point 52 1
        t      | 4_street_off   | 2023 |             | false       | point 101 0
        t      | 5_plain_first  | 2023 | A61         | true        | point 108 5
        t      | 6_ring_only    | 2023 | A61         | true        | point 165 0
        t      | 7_slip_only    | 2023 | A61         | true        | point 300 0
        t      | 8_not_said     | 2023 |             |             | point 50 0
        t      | 9_nowhere      | 2023 | A61         | true        |
        """,
    ).expect(
        "core.count_link",
        """
        count_point_id | link_id | distance_m | chainage_m | candidate_count | unmatched_reason
        1_nearer_A64   | A61-1   | 30         | 30         | 1               |
        2_no_such_road |         |            |            | 0               | no carriageway of its road within the tolerance
        3_unnumbered   | street  | 2          | 1          | 1               |
        4_street_off   |         |            |            | 0               | no carriageway of its road within the tolerance
        5_plain_first  | A61-1   | 9.433981   | 100        | 2               |
        6_ring_only    | A61-r   | 45         | 20         | 1               |
        7_slip_only    |         |            |            | 0               | no carriageway of its road within the tolerance
        8_not_said     |         |            |            | 0               | its road is not said
        9_nowhere      |         |            |            | 0               | no usable coordinates
        """,
    )


def test_a_point_stands_where_its_newest_year_says(bench: Bench) -> None:
    bench.draw("staging.link", STREETS).draw(
        "staging.traffic_count",
        """
        source | count_point_id | year | road_number | is_numbered | geom
        t      | 1              | 2021 | A61         | true        | point 30 0
        t      | 1              | 2022 | A64         | true        | point 70 40
        t      | 1              | 2023 | A61         | true        |
        """,
    ).expect("core.count_link", "count_point_id | road_number | link_id | chainage_m\n1 | A64 | A64 | 70")


def test_of_two_links_as_near_the_lowest_source_and_reference_is_taken(bench: Bench) -> None:
    bench.draw(
        "staging.link",
        """
        source | link_id | road_number | is_carriageway | length_m | geom
        os     | 2       | A1          | true           | 100      | line 0 10, 100 10
        os     | 1       | A1          | true           | 100      | line 0 -10, 100 -10
        osm    | 0       | A1          | true           | 100      | line 0 10, 100 10
        """,
    ).draw(
        "staging.traffic_count",
        "source | count_point_id | year | road_number | is_numbered | geom\nt | 1 | 2023 | A1 | true | point 50 0",
    ).expect("core.count_link", "link_source | link_id | candidate_count\nos | 1 | 3")


def test_counts_are_put_on_links_by_one_spatial_join(bench: Bench) -> None:
    lines = "\n".join(f"os | {n} | A1 | true | line {n} 0, {n} 9" for n in range(200))
    points = "\n".join(f"t | {n} | 2023 | A1 | true | point {n} 5" for n in range(200))
    bench.draw("staging.link", f"source | link_id | road_number | is_carriageway | geom\n{lines}")
    bench.draw(
        "staging.traffic_count",
        f"source | count_point_id | year | road_number | is_numbered | geom\n{points}",
    )
    plan = bench.build("core.count_link").plan("core.count_link")
    assert plan.count("SPATIAL_JOIN") == 1, plan
    assert "NL_JOIN" not in plan, plan
    assert "NESTED_LOOP" not in plan, plan


# ---- along a road ----------------------------------------------------------------------------------------

# Ten kilometres of the A1 from west to east, the second link drawn from its far end, and the other carriageway of
# the first; a spur is measured on from where the road ends.
A1 = """
    source | link_id | road_number | length_m | geom
    s      | 1       | A1          | 6000     | line 0 0, 6000 0
    s      | 2       | A1          | 4000     | line 10000 0, 6000 0
    s      | 3       | A1          | 6060     | line 6000 20, 0 20
    s      | 4       | A1          | 2000     | line 6000 0, 6000 2000
"""
PIECES = """
    source | link_id | piece | from_m | to_m | length_m | corridor | road | section | strand | role      | at_from_m | at_to_m
    s      | 1       | 1     | 0      | 3000 | 3000     | A1/1     | A1   | 1       | 1      | reference | 0         | 3000
    s      | 1       | 2     | 3000   | 6000 | 3000     | A1/1     | A1   | 2       | 1      | reference | 3000      | 6000
    s      | 2       | 1     | 0      | 4000 | 4000     | A1/1     | A1   | 3       | 1      | reference | 10000     | 6000
    s      | 3       | 1     | 0      | 3030 | 3030     | A1/1     | A1   | 2       | 1      | beside    | 6000      | 3000
    s      | 3       | 2     | 3030   | 6060 | 3030     | A1/1     | A1   | 1       | 1      | beside    | 3000      | 0
    s      | 4       | 1     | 0      | 2000 | 2000     | A1/1     | A1   | 4       | 2      | reference | 10000     | 12000
"""


@pytest.fixture
def road(bench: Bench) -> Bench:
    bench.draw("core.numbered_link", A1).draw("core.corridor_piece", PIECES)
    return bench.draw("staging.link", A1)


def counted(bench: Bench, points: str, counts: str) -> Bench:
    bench.draw(
        "core.count_link",
        f"source | count_point_id | link_source | link_id | distance_m | chainage_m\n{points}",
    )
    return bench.draw(
        "staging.traffic_count", f"source | count_point_id | year | stretch_km | is_counted | aadf\n{counts}"
    )


TWO_POINTS = "t | 1 | s | 1 | 2 | 1000\nt | 2 | s | 2 | 2 | 3000"


def test_a_count_speaks_for_its_own_length_and_then_to_half_way_or_as_far_as_it_reaches(road: Bench) -> None:
    road.set(count_reach_m=2500)
    counted(road, TWO_POINTS, "t | 1 | 2023 | 1 | true | 9000\nt | 2 | 2023 | 8 | false | 7000").expect(
        "core.count_stretch",
        """
        corridor | strand | year | from_m | to_m  | basis         | count_point_id | at_m | is_counted | aadf
        A1/1     | 1      | 2023 | -1500  | 500   | nearest count | 1              | 1000 | true       | 9000
        A1/1     | 1      | 2023 | 500    | 1500  | counted       | 1              | 1000 | true       | 9000
        A1/1     | 1      | 2023 | 1500   | 3500  | nearest count | 1              | 1000 | true       | 9000
        A1/1     | 1      | 2023 | 4000   | 11000 | counted       | 2              | 7000 | false      | 7000
        """,
    )


def test_the_road_is_divided_anew_for_the_counts_of_each_year(road: Bench) -> None:
    counted(
        road,
        TWO_POINTS,
        "t | 1 | 2022 | 1 | true | 9000\nt | 1 | 2023 | 1 | true | 9000\nt | 2 | 2023 | | true | 7000",
    )
    road.build("core.count_stretch")
    rows = road.rows("core.count_stretch", "year from_m to_m count_point_id basis")
    assert [r for r in rows if r[0] == 2022] == [
        (2022, -4000, 500, "1", "nearest count"),
        (2022, 500, 1500, "1", "counted"),
        (2022, 1500, 6000, "1", "nearest count"),
    ]
    # A count that is published for no length has none of its own.
    assert [r[1:] for r in rows if r[0] == 2023 and r[3] == "2"] == [
        (4000, 7000, "2", "nearest count"),
        (7000, 12000, "2", "nearest count"),
    ]


def test_links_take_the_flow_of_the_stretches_they_lie_in(road: Bench) -> None:
    road.set(count_reach_m=2500)
    counted(road, TWO_POINTS, "t | 1 | 2023 | 1 | true | 10000\nt | 2 | 2023 | 8 | false | 7000").build(
        "core.count_stretch"
    ).expect(
        "core.link_traffic",
        """
        link_id | piece | from_m | to_m | section | role      | basis         | count_point_id | aadf  | vehicle_km
        1       | 1     | 0      | 500  | 1       | reference | nearest count | 1              | 10000 | 1825000
        1       | 2     | 500    | 1500 | 1       | reference | counted       | 1              | 10000 | 3650000
        1       | 3     | 1500   | 3000 | 1       | reference | nearest count | 1              | 10000 | 5475000
        1       | 4     | 3000   | 3500 | 2       | reference | nearest count | 1              | 10000 | 1825000
        1       | 5     | 4000   | 6000 | 2       | reference | counted       | 2              | 7000  | 5110000
        2       | 1     | 0      | 4000 | 3       | reference | counted       | 2              | 7000  | 10220000
        3       | 1     | 0      | 2020 | 2       | beside    | counted       | 2              | 7000  |
        3       | 2     | 2525   | 3030 | 2       | beside    | nearest count | 1              | 10000 |
        3       | 3     | 3030   | 4545 | 1       | beside    | nearest count | 1              | 10000 |
        3       | 4     | 4545   | 5555 | 1       | beside    | counted       | 1              | 10000 |
        3       | 5     | 5555   | 6060 | 1       | beside    | nearest count | 1              | 10000 |
        """,
    )


def test_sections_tell_how_much_of_them_is_known_and_scale_nothing_up(road: Bench) -> None:
    road.set(count_reach_m=2500)
    counted(
        road,
        TWO_POINTS,
        "t | 1 | 2023 | 1 | true | 10000\nt | 2 | 2023 | 8 | false | 7000\nt | 3 | 2022 | 1 | true | 1",
    )
    road.build("core.count_stretch", "core.link_traffic", "core.corridor_section").expect(
        "core.section_exposure",
        """
        corridor | section | year | length_m | counted_share      | known_share        | aadf  | vehicle_km
        A1/1     | 1       | 2022 | 3000     | 0                  | 0                  |       |
        A1/1     | 1       | 2023 | 3000     | 0.3333333333333333 | 1                  | 10000 | 10950000
        A1/1     | 2       | 2022 | 3000     | 0                  | 0                  |       |
        A1/1     | 2       | 2023 | 3000     | 0.6666666666666666 | 0.8333333333333334 | 7600  | 6935000
        A1/1     | 3       | 2022 | 4000     | 0                  | 0                  |       |
        A1/1     | 3       | 2023 | 4000     | 1                  | 1                  | 7000  | 10220000
        A1/1     | 4       | 2022 | 2000     | 0                  | 0                  |       |
        A1/1     | 4       | 2023 | 2000     | 0                  | 0                  |       |
        """,
    )


def test_a_link_without_a_number_has_only_its_own_count_and_a_leap_year_has_366_days(bench: Bench) -> None:
    bench.draw(
        "staging.link",
        """
        source | link_id | road_number | length_m | geom
        s      | 1       |             | 500      | line 0 0, 500 0
        s      | 2       |             | 500      | line 500 0, 1000 0
        """,
    )
    points = "t | 1 | s | 1 | 2.5 | 100\nt | 2 | s | 1 | 2 | 300\nt | 3 | | | |"
    flows = "t | 1 | 2023 | 0.2 | true | 800\nt | 1 | 2024 | 0.2 | true | 800\nt | 2 | 2024 | 0.2 | true | 1000\nt | 3 | 2024 | 9 | true | 9"
    counted(bench, points, flows).expect(
        "core.link_traffic",
        """
        link_id | year | piece | from_m | to_m | role | corridor | basis   | count_point_id | vehicle_km
        1       | 2023 | 1     | 0      | 500  |      |          | counted | 1              | 146000
        1       | 2024 | 1     | 0      | 500  |      |          | counted | 2              | 183000
        """,
    )


def test_a_piece_with_one_place_on_the_road_takes_one_flow_whole(road: Bench) -> None:
    road.draw(
        "core.corridor_piece",
        """
        source | link_id | piece | from_m | to_m | length_m | corridor | section | strand | role   | at_from_m | at_to_m
        s      | 1       | 1     | 0      | 6000 | 6000     | A1/1     | 1       | 1      | reference | 0      | 6000
        s      | 3       | 1     | 0      | 6060 | 6060     | A1/1     | 1       | 1      | beside | 4000      | 4000
        """,
    )
    counted(
        road,
        "t | 1 | s | 1 | 0 | 2000\nt | 2 | s | 1 | 0 | 6000",
        "t | 1 | 2023 | 4 | true | 9000\nt | 2 | 2023 | 4 | true | 7000",
    )
    road.build("core.count_stretch", "core.link_traffic")
    rows = road.rows("core.link_traffic", "link_id from_m to_m count_point_id")
    assert [r for r in rows if r[0] == "3"] == [("3", 0, 6060, "2")]


def nearest(at: Sequence[float], own: Sequence[float], place: float, reach: float) -> tuple[int, str] | None:
    """Which count speaks for a place on the road, and how; None if none does."""
    first = int(np.argmin([abs(place - a) for a in at]))
    away = abs(place - at[first])
    if away < own[first] * 500:
        return first, "counted"
    return (first, "nearest count") if away < reach else None


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    counts=st.lists(
        st.tuples(st.integers(0, 6000), st.sampled_from([0.0, 0.5, 2.0, 9.0])),
        min_size=1,
        max_size=6,
        unique_by=lambda c: c[0],
    ),
    reach=st.sampled_from([0, 700, 5000]),
)
def test_every_place_on_a_road_takes_the_flow_of_its_nearest_count(
    road: Bench, counts: list[tuple[int, float]], reach: int
) -> None:
    road.set(count_reach_m=reach)
    points = "\n".join(f"t | {n} | s | 1 | 0 | {at}" for n, (at, _) in enumerate(counts))
    flows = "\n".join(f"t | {n} | 2023 | {own} | true | {n}" for n, (_, own) in enumerate(counts))
    counted(road, points, flows).build("core.count_stretch", "core.link_traffic")
    found = road.rows("core.link_traffic", "link_id from_m to_m count_point_id basis")
    # Places at odd centimetres: half way between whole metres is a border that belongs to either.
    for place in np.arange(13.37, 10_000, 97.0):
        link, along = ("1", place) if place < 6000 else ("2", 10_000 - place)
        there = [(int(point), basis) for at, a, b, point, basis in found if at == link and a < along < b]
        expected = nearest([at for at, _ in counts], [own for _, own in counts], place, reach)
        assert there == ([expected] if expected else [])
    along_both = sum(b - a for at, a, b, *_ in found if at in {"1", "2"})
    assert along_both <= 10_000 + 1e-6


# ---- areas -----------------------------------------------------------------------------------------------

LINK_PIECES = """
    source | link_id | area_level | piece | area_code | from_m | to_m | length_m
    s      | 1       | authority  | 1     | a         | 0      | 2000 | 2000
    s      | 1       | authority  | 2     | b         | 2000   | 5000 | 3000
    s      | 1       | authority  | 3     |           | 5000   | 6000 | 1000
    s      | 3       | authority  | 1     | b         | 0      | 6000 | 6000
    s      | 9       | authority  | 1     | b         | 0      | 500  | 500
    s      | 9       | authority  | 2     | c         | 500    | 900  | 400
"""
LENGTHS = """
    area_level | area_code | road_km
    authority  | a         | 4
    authority  | b         | 9.5
    authority  | c         | 0.4
    authority  | d         |
"""
TRAFFIC = """
    source | link_id | year | piece | from_m | to_m | length_m | corridor | role      | basis         | vehicle_km
    s      | 1       | 2023 | 1     | 500    | 1500 | 1000     | A1/1     | reference | counted       | 1000
    s      | 1       | 2023 | 2     | 1500   | 5500 | 4000     | A1/1     | reference | nearest count | 8000
    s      | 3       | 2023 | 1     | 0      | 1000 | 1000     | A1/1     | beside    | counted       |
    s      | 9       | 2023 | 1     | 0      | 600  | 600      |          |           | counted       | 60
"""


def test_each_area_has_the_vehicle_km_of_its_own_stretches(bench: Bench) -> None:
    bench.draw("core.link_piece", LINK_PIECES).draw("core.exposure", LENGTHS).draw(
        "core.link_traffic", TRAFFIC
    )
    bench.draw("core.numbered_link", "source | link_id\ns | 1\ns | 3")
    bench.draw("staging.traffic_count", "source | count_point_id | year\nt | 1 | 2022\nt | 1 | 2023").expect(
        "core.traffic_exposure",
        """
        area_code | year | road_km | numbered_km | counted_km | nearest_km | counted_share       | known_share         | numbered_known_share | vehicle_km | counted_vehicle_km
        a         | 2022 | 4       | 2           | 0          | 0          | 0                   | 0                   | 0                    |            |
        a         | 2023 | 4       | 2           | 1          | 0.5        | 0.25                | 0.375               | 0.75                 | 2000       | 1000
        b         | 2022 | 9.5     | 9           | 0          | 0          | 0                   | 0                   | 0                    |            |
        b         | 2023 | 9.5     | 9           | 1.5        | 3          | 0.15789473684210525 | 0.47368421052631576 | 0.4444444444444444   | 6050       | 50
        c         | 2022 | 0.4     | 0           | 0          | 0          | 0                   | 0                   |                      |            |
        c         | 2023 | 0.4     | 0           | 0.1        | 0          | 0.25                | 0.25                |                      | 10         | 10
        d         | 2022 |         |             | 0          | 0          |                     |                     |                      |            |
        d         | 2023 |         |             | 0          | 0          |                     |                     |                      |            |
        """,
    )


def test_the_published_exposure_says_what_it_rests_on_and_leaves_context_out(bench: Bench) -> None:
    bench.draw("raw.source", "source | kind\nr | roads\nt | traffic_counts\np | collisions").draw(
        "core.area",
        """
        area_level | area_code | population | is_context
        authority  | a         | 100        | false
        authority  | b         |            | false
        authority  | c         | 300        | false
        authority  | d         | 400        | false
        authority  | z         | 900        | true
        """,
    ).draw(
        "core.traffic_exposure",
        """
        area_level | area_code | year | road_km | counted_km | nearest_km | vehicle_km | counted_vehicle_km
        authority  | a         | 2023 | 4       | 1          | 0.5        | 2000.125   | 1000
        authority  | b         | 2023 | 4       | 1          | 0          | 1000       | 1000
        authority  | c         | 2023 | 4       | 0          | 0.5        | 1000       |
        authority  | d         | 2023 | 4       | 0          | 0          |            |
        authority  | z         | 2023 | 4       | 1          | 0          | 9          | 9
        """,
    ).expect(
        "marts.exposure",
        """
        area_code | period_start | period_end | population | vehicle_km | counted_vehicle_km | vehicle_km_basis          | source
        a         | 2023-01-01   | 2023-12-31 | 100        | 2000.125   | 1000               | counted and nearest count | r,t
        b         | 2023-01-01   | 2023-12-31 |            | 1000       | 1000               | counted                   | r,t
        c         | 2023-01-01   | 2023-12-31 | 300        | 1000       |                    | nearest count             | r,t
        d         | 2023-01-01   | 2023-12-31 | 400        |            |                    |                           | r,t
        """,
    )


def test_matching_is_told_by_kind_of_road_and_reason(bench: Bench) -> None:
    bench.draw(
        "core.count_link",
        """
        source | count_point_id | road_number | link_id | distance_m | unmatched_reason
        t      | 1              | A1          | 1       | 2          |
        t      | 2              | A61         | 2       | 5          |
        t      | 3              | A61         |         |            | no usable coordinates
        t      | 4              |             | 3       | 1          |
        """,
    ).expect(
        "marts.count_matching",
        """
        source | road_kind | matched_as            | count_point_count | median_distance_m | greatest_distance_m
        t      | A         | matched               | 2                 | 3.5               | 5
        t      | A         | no usable coordinates | 1                 |                   |
        t      | no number | matched               | 1                 | 1                 | 1
        """,
    )


def test_sections_outside_the_region_are_not_published(bench: Bench) -> None:
    bench.draw("raw.source", "source | kind\nr | roads\nt | traffic_counts\nf | area_facts").draw(
        "core.corridor_section",
        """
        corridor | section | area_code
        A1/1     | 1       | a
        A1/1     | 2       |
        A1/1     | 3       | z
        """,
    ).draw(
        "core.area",
        """
        area_level | area_code | is_context
        authority  | a         | false
        ward       | a         | false
        authority  | z         | true
        """,
    ).draw(
        "core.section_exposure",
        """
        corridor | section | year | length_m | counted_share | known_share | aadf | vehicle_km
        A1/1     | 1       | 2022 | 2000     | 0             | 0           |      |
        A1/1     | 1       | 2023 | 2000     | 0.5           | 1           | 9000 | 6570000
        A1/1     | 2       | 2023 | 2000     | 0.5           | 1           | 9000 | 6570000
        A1/1     | 3       | 2023 | 2000     | 0.5           | 1           | 9000 | 6570000
        """,
    ).expect(
        "marts.section_exposure",
        """
        corridor | section | period_start | period_end | length_km | counted_share | known_share | aadf | vehicle_km | source
        A1/1     | 1       | 2022-01-01   | 2022-12-31 | 2         | 0             | 0           |      |            | r,t
        A1/1     | 1       | 2023-01-01   | 2023-12-31 | 2         | 0.5           | 1           | 9000 | 6570000    | r,t
        """,
    )
