"""The network across borders: who neighbours whom, what crosses, and what happened on which section."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from tests.queries.drawing import Bench

THREE = """
    area_level | area_code | geom
    authority  | a         | box 0 0 1000 1000
    authority  | b         | box 1000 0 2000 1000
    authority  | c         | box 2000 0 3000 1000
"""
ROADS = """
    source | link_id | road_class   | road_number | is_carriageway | length_m | geom
    s      | m1      | motorway     | M1          | true           | 1000     | line 500 900, 1500 900
    s      | m2      | motorway     | M1          | true           | 1000     | line 1500 880, 500 880
    s      | a1      | a            | A1          | true           | 500      | line 500 500, 1000 500
    s      | a2      | a            | A1          | true           | 500      | line 1000 500, 1500 500
    s      | a3      | unclassified |             | true           | 100      | line 1000 500, 1000 600
    s      | u1      | unclassified |             | true           | 400      | line 900 100, 1100 100, 1100 200, 1000 200
    s      | u2      | unclassified |             | true           | 600      | line 1900 100, 2100 100, 2100 300, 1900 300
    s      | foot    |              |             | false          | 1000     | line 500 700, 1500 700
"""


@pytest.fixture
def network(bench: Bench) -> Bench:
    return bench.draw("staging.area", THREE).draw("staging.link", ROADS).build("core.link_piece")


def test_pieces_say_where_they_begin_and_end_and_who_shares_them(network: Bench):
    rows = network.rows("core.link_piece", "link_id piece area_code from_m to_m is_shared shared_with")
    assert [r for r in rows if r[0] in {"a3", "u2"}] == [
        ("a3", 1, "a", 0, 100, True, "b"),
        ("u2", 1, "b", 0, 100, False, None),
        ("u2", 2, "c", 100, 500, False, None),
        ("u2", 3, "b", 500, 600, False, None),
    ]


@pytest.mark.parametrize("links", [1, 2, 3, 100])
def test_links_are_cut_alike_however_many_are_taken_at_a_time(
    network: Bench, monkeypatch: pytest.MonkeyPatch, links: int
):
    rows = network.rows("core.link_piece")
    assert len(rows) == 12
    monkeypatch.setattr("queries.network_models.LINKS_AT_A_TIME", links)
    assert network.build("core.link_piece").rows("core.link_piece") == rows


def test_roads_along_a_border_are_told_with_both_areas(network: Bench):
    network.expect(
        "core.border_road",
        """
        link_id | area_code | other_code | road_class   | length_m
        a3      | a         | b          | unclassified | 100
        """,
    )


def test_neighbours_have_their_border_and_the_roads_that_cross_it(network: Bench):
    network.build("core.area_border", "core.border_road", "core.border_junction", "core.border_crossing")
    network.expect(
        "core.area_neighbour",
        """
        area_code | neighbour_code | border_m | motorway_count | a_road_count | b_road_count | minor_road_count | crossing_count | shared_road_m
        a         | b              | 1000     | 1              | 1            | 0            | 1                | 4              | 100
        b         | a              | 1000     | 1              | 1            | 0            | 1                | 4              | 100
        b         | c              | 1000     | 0              | 0            | 0            | 2                | 2              | 0
        c         | b              | 1000     | 0              | 0            | 0            | 2                | 2              | 0
        """,
    )


def test_links_that_meet_on_a_border_from_two_sides_are_a_junction_there(network: Bench):
    # The side road along the border belongs to neither side, and m1 passes without ending.
    network.expect(
        "core.border_junction",
        """
        area_level | source | link_id | is_start | area_code | x    | y
        authority  | s      | a1      | false    | a         | 1000 | 500
        authority  | s      | a2      | true     | b         | 1000 | 500
        """,
    )
    network.expect(
        "core.border_crossing",
        """
        area_level | low_code | high_code | place         | road_class   | road_number
        authority  | a        | b         | 1000.0 500.0  | a            | A1
        authority  | a        | b         | s/m1/2        | motorway     | M1
        authority  | a        | b         | s/m2/2        | motorway     | M1
        authority  | a        | b         | s/u1/2        | unclassified |
        authority  | b        | c         | s/u2/2        | unclassified |
        authority  | b        | c         | s/u2/3        | unclassified |
        """,
    )


def test_a_link_that_ends_within_a_millimetre_beyond_a_border_has_one_end(bench: Bench):
    bench.draw("staging.area", THREE).draw(
        "staging.link",
        """
        source | link_id | road_class | is_carriageway | length_m | geom
        s      | 1       | a          | true           | 500.0005 | line 500 300, 1000.0005 300
        s      | 2       | a          | true           | 499.9995 | line 1000.0005 300, 1500 300
        s      | 3       | a          | true           | 500      | line 500 600, 1000 600
        s      | 4       | a          | true           | 500      | line 1000 600, 1500 600
        """,
    ).build("core.link_piece")
    bench.expect(
        "core.border_junction",
        """
        link_id | is_start | area_code | x    | y
        3       | false    | a         | 1000 | 600
        4       | true     | b         | 1000 | 600
        """,
    )
    bench.expect(
        "core.border_crossing",
        """
        low_code | high_code | place
        a        | b         | 1000.0 600.0
        a        | b         | s/1/2
        """,
    )


CORRIDOR = """
    source | link_id | piece | from_m | to_m | length_m | area_code | corridor | road | section | strand | role       | at_from_m | at_to_m
    s      | 1       | 1     | 0      | 600  | 600      | a         | A1/1     | A1   | 1       | 1      | reference  | 600       | 0
    s      | 1       | 2     | 600    | 900  | 300      | b         | A1/1     | A1   | 2       | 1      | reference  | 900       | 600
    s      | 2       | 1     | 0      | 500  | 500      | a         | A1/1     | A1   | 1       | 1      | beside     | 0         | 600
    s      | 3       | 1     | 0      | 50   | 50       | c         | A1/1     | A1   | 2       | 1      | roundabout | 900       | 900
"""


def test_a_section_is_as_long_as_its_reference_and_names_every_authority(bench: Bench):
    bench.draw("core.corridor_piece", CORRIDOR).expect(
        "core.corridor_section",
        """
        corridor | section | area_code | area_codes | from_m | to_m | length_m | carriageway_m
        A1/1     | 1       | a         | a          | 0      | 600  | 600      | 1100
        A1/1     | 2       | b         | b,c        | 600    | 900  | 300      | 350
        """,
    )


def test_incidents_are_put_on_the_section_that_holds_their_place_on_the_link(bench: Bench):
    bench.draw("core.corridor_piece", CORRIDOR).draw(
        "core.numbered_link",
        """
        source | link_id | road_number | length_m | geom
        s      | 1       | A1          | 900      | line 900 0, 0 0
        s      | 2       | A1          | 500      | line 0 20, 500 20
        s      | 3       | A1          | 50       | MULTILINESTRING ((900 0, 925 0), (930 0, 955 0))
        """,
    ).draw(
        "core.incident_link",
        """
        incident_kind | source | incident_id | link_source | link_id | chainage_m
        collision     | p      | 1           | s           | 1       | 100
        collision     | p      | 2           | s           | 1       | 800
        collision     | p      | 3           | s           | 2       | 250
        collision     | p      | 4           | s           | 3       |
        collision     | p      | 5           |             |         |
        """,
    ).expect(
        "core.incident_section",
        """
        incident_id | corridor | section | role       | at_m
        1           | A1/1     | 1       | reference  | 500
        2           | A1/1     | 2       | reference  | 700
        3           | A1/1     | 1       | beside     | 300
        4           | A1/1     | 2       | roundabout | 900
        """,
    )


def test_a_road_in_parts_says_how_far_apart_they_are_and_what_carries_it_between(bench: Bench):
    bench.draw(
        "core.numbered_link",
        """
        source | link_id | road_number | road_class | length_m | geom
        s      | 1       | A1          | a          | 2000     | line 0 0, 2000 0
        s      | 2       | A1          | a          | 1000     | line 4000 0, 5000 0
        s      | 3       | A2          | a          | 2000     | line 2000 0, 4000 0
        """,
    ).draw("staging.area", THREE)
    bench.build(
        "core.numbered_piece", "core.corridor_piece", "core.corridor_section", "core.corridor_gap"
    ).expect(
        "core.corridor",
        """
        corridor | road | length_m | part_count | gap_m | carried_by
        A1/1     | A1   | 2000     | 2          | 2000  | A2
        A1/2     | A1   | 1000     | 2          | 2000  | A2
        A2/1     | A2   | 2000     | 1          |       |
        """,
    )


ENDS = """
    source | link_id | is_carriageway | road_number | geom
    s      | 1       | true           | A1          | line 100 500, 900 500
    s      | 2       | true           | A1          | line 900 500, 1900 500
    s      | 3       | true           | A2          | line 900 500, 1000 990
    s      | 4       | true           | A3          | line 500 100, 500 999.5
    s      | 5       | true           | A4          | line 500 200, 500 1500
    s      | 6       | true           |             | line 100 500, 100 600
    s      | 7       | true           | A5          | MULTILINESTRING ((10 10, 20 10), (30 10, 40 10))
"""


@pytest.mark.parametrize("east", ["own", "context"])
def test_a_road_is_cut_off_where_it_ends_outside_the_region_or_at_its_edge(bench: Bench, east: str):
    bench.draw("staging.link", ENDS).build("core.numbered_link").draw(
        "core.area",
        f"""
        area_level | area_code | is_context        | geom
        authority  | a         | false             | box 0 0 1000 1000
        authority  | b         | {east == "context"} | box 1000 0 2000 1000
        ward       | w         | false             | box -5000 -5000 5000 5000
        """,
    ).expect(
        "core.road_end",
        f"""
        link_id | is_start | is_cut_off        | x    | y
        2       | false    | {east == "context"} | 1900 | 500
        3       | false    | {east == "context"} | 1000 | 990
        4       | false    | true              | 500  | 999.5
        4       | true     | false             | 500  | 100
        5       | false    | true              | 500  | 1500
        5       | true     | false             | 500  | 200
        """,
    )


def test_a_corridor_counts_the_ends_at_which_it_may_go_on(bench: Bench):
    bench.draw("core.corridor_piece", CORRIDOR).draw(
        "core.numbered_link",
        """
        source | link_id | road_number | road_class | length_m | geom
        s      | 1       | A1          | a          | 900      | line 900 0, 0 0
        s      | 2       | A1          | a          | 500      | line 0 20, 500 20
        s      | 3       | A1          | a          | 50       | line 900 0, 925 0
        """,
    ).draw(
        "core.road_end",
        """
        source | link_id | is_start | is_cut_off
        s      | 1       | true     | true
        s      | 1       | false    | false
        s      | 2       | false    | true
        """,
    ).build("core.corridor_section").expect(
        "core.corridor",
        """
        corridor | cut_off_count
        A1/1     | 1
        """,
    )
