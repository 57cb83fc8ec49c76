"""Schemes: each way of saying where one is, and which collisions are on it."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from tests.queries.drawing import Bench

# A numbered road in two halves (L1 in A1, L2 in A2), a trunk road, a street in A1, and a footway.
LINK = """
    source | link_id | road_class   | road_number | is_trunk | is_carriageway | length_m | geom
    r      | L1      | a            | A61         | false    | true           | 1000     | line 640000 500000, 641000 500000
    r      | L2      | a            | A61         | false    | true           | 1000     | line 641000 500000, 642000 500000
    r      | L3      | a            | A1          | true     | true           | 1000     | line 640000 502000, 641000 502000
    r      | L4      | unclassified |             | false    | true           | 400      | line 640500 500000, 640500 500400
    r      | L5      |              |             |          | false          | 400      | line 640500 500000, 640900 500000
"""
PIECE = """
    source | link_id | area_level | area_code | length_m
    r      | L1      | authority  | A1        | 900
    r      | L1      | authority  | A2        | 100
    r      | L2      | authority  | A2        | 1000
    r      | L3      | authority  | A1        | 1000
    r      | L4      | authority  | A1        | 400
    r      | L1      | ward       | W1        | 1000
"""
AREA = """
    area_level | area_code | is_context
    authority  | A1        | false
    authority  | A2        | false
    ward       | W1        | false
"""
CORRIDOR = """
    source | link_id | piece | corridor | section | length_m | role
    r      | L1      | 1     | A61/1    | 1       | 600      | reference
    r      | L1      | 2     | A61/1    | 2       | 400      | reference
    r      | L2      | 1     | A61/1    | 2       | 1000     | reference
"""
COLLISION = """
    source | collision_id | occurred_on | geom
    p      | c1           | 2022-01-01  | point 640100 500001
    p      | c2           | 2022-01-02  | point 640950 500001
    p      | c3           | 2022-01-03  | point 641500 500001
    p      | c4           | 2022-01-04  | point 640500 500300
    p      | c5           | 2022-01-05  | point 640500 502001
"""
ON_LINK = """
    incident_kind | source | incident_id | link_source | link_id
    collision     | p      | c1          | r           | L1
    collision     | p      | c2          | r           | L1
    collision     | p      | c3          | r           | L2
    collision     | p      | c4          | r           | L4
    collision     | p      | c5          | r           | L3
    report        | p      | c1          | r           | L1
"""
PLACE = """
    incident_kind | source | incident_id | area_level | area_code
    collision     | p      | c1          | authority  | A1
    collision     | p      | c2          | authority  | A2
    collision     | p      | c3          | authority  | A2
    collision     | p      | c4          | authority  | A1
    collision     | p      | c5          | authority  | A1
"""
SECTION = """
    incident_kind | source | incident_id | corridor | section
    collision     | p      | c1          | A61/1    | 1
    collision     | p      | c2          | A61/1    | 2
    collision     | p      | c3          | A61/1    | 2
"""


@pytest.mark.parametrize(
    ("scheme", "links", "collisions"),
    [
        ("link_ids\nL2, L4;L5 X9", {"L2": 1000, "L4": 400}, ["c3", "c4"]),
        ("corridor\nA61/1", {"L1": 1000, "L2": 1000}, ["c1", "c2", "c3"]),
        ("corridor | section\nA61/1 | 2", {"L1": 400, "L2": 1000}, ["c2", "c3"]),
        ("road_number\na 61", {"L1": 1000, "L2": 1000}, ["c1", "c2", "c3"]),
        ("road_number | area_code\nA61 | A1", {"L1": 900}, ["c1"]),
        ("area_code\nA1", {"L1": 900, "L4": 400}, ["c1", "c4"]),
        ("radius_m | geom\n200 | point 640500 500200", {"L4": 400}, ["c4"]),
        ("radius_m | geom\n500 | point 640500 500000", {"L1": 1000, "L4": 400}, ["c1", "c2", "c4"]),
        ("radius_m | geom\n420 | point 640500 500000", {"L1": 840, "L4": 400}, ["c1", "c4"]),
        ("area_code\nX9", {}, []),
        ("change\nnowhere", {}, []),
    ],
    ids=[
        "links",
        "corridor",
        "section",
        "road",
        "road in an area",
        "area",
        "small circle",
        "circle",
        "part of a link",
        "no such area",
        "not placed",
    ],
)
def test_where_a_scheme_is(bench: Bench, scheme: str, links: dict[str, float], collisions: list[str]) -> None:
    head, row = scheme.split("\n")
    bench.draw(
        "raw.scheme",
        f"source | file | row | scheme_id | opened_on | {head}\ns | f | 2 | 1 | 2023-01-01 | {row}",
    )
    bench.draw("staging.link", LINK).draw("core.link_piece", PIECE).draw("core.area", AREA)
    bench.draw("core.corridor_piece", CORRIDOR).draw("staging.collision", COLLISION)
    bench.draw("core.incident_link", ON_LINK).draw("core.incident_place", PLACE).draw(
        "core.incident_section", SECTION
    )
    bench.build("staging.scheme", "core.scheme_link", "core.scheme_collision")
    found = {str(link): float(length) for link, length in bench.rows("core.scheme_link", "link_id length_m")}
    assert found.keys() == links.keys()
    # A circle is drawn with 32 corners, so it is a little small.
    assert all(abs(found[link] - length) < 1 for link, length in links.items())
    assert [c for (c,) in bench.rows("core.scheme_collision", "collision_id")] == collisions


def test_the_first_of_several_places_counts_and_works_never_start_after_the_opening(bench: Bench) -> None:
    bench.draw(
        "raw.scheme",
        """
        source | file | row | scheme_id | opened_on  | works_start_on | link_ids | road_number | area_code | radius_m
        s      | f    | 2   | 1         | 2023-01-01 | 2022-06-01     | L1 L2    | A61         | A1        |
        s      | f    | 3   | 2         | 2023-01-01 | 2023-06-01     |          | A61         | A1        |
        s      | f    | 4   | 3         | 2023-01-01 |                |          |             | A1        | 50
        """,
    ).expect(
        "staging.scheme",
        """
        scheme_id | placed_by | works_start_on | opened_on
        1         | links     | 2022-06-01     | 2023-01-01
        2         | road      | 2023-01-01     | 2023-01-01
        3         | area      | 2023-01-01     | 2023-01-01
        """,
    )


def test_like_links_are_of_the_classes_of_schemes_and_of_the_region(bench: Bench) -> None:
    bench.draw("staging.link", LINK).draw("core.link_piece", PIECE)
    bench.draw(
        "core.area", "area_level | area_code | is_context\nauthority | A1 | false\nauthority | A2 | true"
    )
    bench.draw(
        "core.scheme_link",
        "source | scheme_id | link_source | link_id | length_m\ns | 1 | r | L2 | 10\ns | 2 | r | L3 | 10",
    )
    bench.expect(
        "core.like_link",
        """
        source | link_id | class   | length_m
        r      | L1      | a       | 1000
        r      | L3      | a trunk | 1000
        """,
    )
    bench.draw("staging.collision", COLLISION).draw("core.incident_link", ON_LINK)
    bench.expect("core.like_collision", "collision_id | link_id\nc1 | L1\nc2 | L1\nc5 | L3")


def test_without_schemes_nothing_is_held_against_anything(bench: Bench) -> None:
    bench.draw("staging.link", LINK).draw("core.link_piece", PIECE).draw("core.area", AREA)
    bench.expect("core.like_link", "link_id")
    bench.expect("marts.scheme_effect", "scheme_id")


def test_a_scheme_s_part_of_its_links_is_told_in_the_mart_and_why_nothing_more(bench: Bench) -> None:
    bench.draw("raw.source", "source | region\ns | here")
    bench.draw(
        "core.period",
        "region | incident_kind | period_start | period_end\nhere | collision | 2020-01-01 | 2023-06-30",
    )
    bench.draw(
        "staging.scheme",
        "source | scheme_id | scheme_name | works_start_on | opened_on | placed_by\ns | 1 | One | 2023-01-01 | 2023-01-01 | links\ns | 2 | Two | 2022-01-01 | 2022-01-01 |",
    )
    bench.draw(
        "core.scheme_link", "source | scheme_id | link_source | link_id | length_m\ns | 1 | r | L1 | 250"
    )
    bench.draw("core.like_link", "source | link_id | class | length_m\nr | L1 | a | 1000")
    bench.expect(
        "marts.scheme_effect",
        """
        source | scheme_id | scheme_name | links | km   | before_end | after_start | verdict | reason
        s      | 1         | One         | 1     | 0.25 | 2022-12-31 | 2023-01-01  |         | too little time after it: less than a year of collisions is known
        s      | 2         | Two         | 0     | 0    | 2021-12-31 | 2022-01-01  |         | the file does not say where it is
        """,
    )
