"""Borders and corridors on small drawn tables: where a road changes hands, and who its events count for."""

import pytest

from tests.queries.drawing import Bench


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


SECTIONS = """
    corridor | section | strand | area_code | from_m | to_m
    A1/1     | 1       | 1      | A1        | 0      | 2000
    A1/1     | 2       | 1      | A2        | 2000   | 4000
    A1/1     | 3       | 1      |           | 4000   | 5000
    A1/1     | 4       | 1      | A1        | 5000   | 6000
    A1/1     | 5       | 2      | A1        | 0      | 500
    A2/1     | 1       | 1      | A1        | 0      | 1000
    A2/1     | 2       | 1      | A2        | 1300   | 2000
"""


def test_a_corridor_is_cut_where_it_changes_hands(bench: Bench) -> None:
    # Not across land of nobody, nor where the road has a gap too wide to be bridged, nor from one way to another.
    bench.reset()
    bench.draw("core.corridor_section", SECTIONS)
    bench.expect(
        "core.border_cut",
        """
        corridor | strand | at_m | before_code | after_code
        A1/1     | 1      | 2000 | A1          | A2
        """,
    )


def test_borders_and_the_corridors_across_them_are_numbered_once(bench: Bench) -> None:
    bench.reset()
    bench.draw(
        "core.area_neighbour",
        """
        area_level | area_code | neighbour_code | border_m
        authority  | A1        | A2             | 900
        authority  | A2        | A1             | 900
        authority  | A1        | A3             | 0
        ward       | W1        | W2             | 100
        """,
    )
    bench.draw(
        "core.border_cut",
        """
        corridor | strand | at_m | before_code | after_code
        A1/1     | 1      | 2000 | A2          | A1
        A1/1     | 1      | 2500 | A1          | A2
        A5/1     | 1      | 100  | A2          | A4
        """,
    )
    bench.expect(
        "core.border_line",
        """
        line | area_code | neighbour_code | corridor
        1    | A1        | A2             |
        2    | A1        | A2             | A1/1
        3    | A2        | A4             | A5/1
        """,
    )


def test_parts_count_for_the_side_their_points_lie_on(bench: Bench) -> None:
    """A road along the border is halved; a point across the border counts there; a corridor is measured along it."""
    bench.reset()
    bench.draw(
        "core.border_line", "line | area_code | neighbour_code | corridor\n1 | A1 | A2 |\n2 | A1 | A2 | A1/1"
    )
    bench.draw(
        "core.road_part",
        """
        part_number | area_code | shared_with | road_class | road_km | corridor | strand | at_m | cell_x | cell_y
        1           | A1        |             | a          | 0.2     | A1/1     | 1      | 1900 | 0      | 0
        2           | A2        |             | a          | 0.2     | A1/1     | 1      | 2300 | 0      | 0
        3           | A1        | A2          | c          | 0.4     |          |        |      | 0      | 0
        4           | A1        |             | a          | 0.2     | A1/1     | 1      | 8000 | 0      | 0
        """,
    )
    bench.draw(
        "core.border_cut", "corridor | strand | at_m | before_code | after_code\nA1/1 | 1 | 2000 | A1 | A2"
    )
    bench.draw(
        "core.border_distance",
        "part_number | neighbour_code | distance_m\n1 | A2 | 70\n2 | A1 | 200\n3 | A2 | 0",
    )
    bench.draw(
        "core.road_site",
        """
        site | cell_x | cell_y | area_code | road_class
        1    | 0      | 0      | A1        | a
        2    | 0      | 0      | A1        | c
        3    | 0      | 0      | A2        | a
        """,
    )
    bench.draw(
        "core.part_event",
        """
        part_number | area_code | outcome    | event_count | near_count
        1           | A1        | collisions | 5           | 1
        1           | A2        | collisions | 1           | 1
        3           | A2        | reports    | 2           | 2
        4           | A1        | collisions | 9           | 0
        """,
    )
    bench.build("core.border_part")
    found = bench.con.sql(
        """
        select line, is_first, part_number, site, is_along, distance_m, road_km, collisions, collisions_near, reports
        from core.border_part order by all
        """
    ).fetchall()
    assert found == [
        (1, False, 1, 1, False, 70.0, 0.0, 1.0, 1.0, 0.0),
        (1, False, 2, 3, False, 200.0, 0.2, 0.0, 0.0, 0.0),
        (1, False, 3, 2, False, 0.0, 0.2, 0.0, 0.0, 2.0),
        (1, True, 1, 1, False, 70.0, 0.2, 5.0, 1.0, 0.0),
        (1, True, 3, 2, False, 0.0, 0.2, 0.0, 0.0, 0.0),
        (2, False, 1, 1, True, 100.0, 0.0, 1.0, 1.0, 0.0),
        (2, False, 2, 3, True, 300.0, 0.2, 0.0, 0.0, 0.0),
        (2, True, 1, 1, True, 100.0, 0.2, 5.0, 1.0, 0.0),
    ]
