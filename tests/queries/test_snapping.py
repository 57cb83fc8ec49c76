"""Which road an incident was on: the recorded one where it is near enough, else the nearest, and all at a junction."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import numpy as np
import pytest
import shapely

from tests.queries.drawing import CRS, MODELS, Bench

# The A61 runs west to east, a side street leaves it northwards at x = 100, the A64 lies 40 m to the north.
STREETS = """
    source | link_id | road_class   | road_number | is_carriageway | length_m | geom
    os     | A61-1   | a            | A61         | true           | 100      | line 0 0, 100 0
    os     | A61-2   | a            | A61         | true           | 100      | line 100 0, 200 0
    os     | side    | unclassified |             | true           | 30       | line 100 0, 100 30
    os     | A64     | a            | A64         | true           | 200      | line 0 40, 200 40
    os     | path    |              |             | false          | 200      | line 0 4, 200 4
"""


@pytest.fixture
def streets(bench: Bench) -> Bench:
    return bench.draw("staging.link", STREETS)


def collided(bench: Bench, text: str) -> Bench:
    """Draw collisions with what was recorded of their roads."""
    bench.draw("staging.collision", text)
    bench.draw("core.incident", "source")
    bench.con.execute(
        "INSERT INTO core.incident (incident_kind, source, incident_id, recorded_road_class, recorded_road_number, geom) "
        "SELECT 'collision', source, collision_id, road_class, road_number, geom FROM staging.collision"
    )
    return bench


def test_the_recorded_road_goes_before_a_nearer_one(streets):
    collided(
        streets,
        """
        source | collision_id         | road_class   | road_number | geom
        s      | 1_on_the_A61         | a            | 61          | point 97 20
        s      | 2_on_the_A64         | a            | 64          | point 50 5
        s      | 3_class_only         | a            | 99          | point 97 25
        s      | 4_no_number_recorded | a            |             | point 97 25
        s      | 5_other_class        | b            | 61          | point 98 25
        s      | 6_nothing_recorded   |              |             | point 98 25
        s      | 7_number_no_class    |              | 61          | point 98 25
        s      | 8_recorded_too_far   | a            | 61          | point 50 60
        """,
    ).build("core.incident_rank").expect(
        "core.incident_link",
        """
        incident_id          | link_id | distance_m | chainage_m | matched_by | candidate_count | nearest_link_id | nearest_distance_m | unmatched_reason
        1_on_the_A61         | A61-1   | 20         | 97         | number     | 4               | side            | 3                  |
        2_on_the_A64         | A64     | 35         | 50         | number     | 3               | A61-1           | 5                  |
        3_class_only         | A64     | 15         | 97         | class      | 4               | side            | 3                  |
        4_no_number_recorded | A64     | 15         | 97         | class      | 4               | side            | 3                  |
        5_other_class        | side    | 2          | 25         | nearest    | 4               | side            | 2                  |
        6_nothing_recorded   | side    | 2          | 25         | nearest    | 4               | side            | 2                  |
        7_number_no_class    | side    | 2          | 25         | nearest    | 4               | side            | 2                  |
        8_recorded_too_far   | A64     | 20         | 50         | class      | 1               | A64             | 20                 |
        """,
    )


def test_reports_are_put_on_the_nearest_road(streets):
    streets.draw("core.incident", "incident_kind | source | incident_id | geom\nreport | s | 1 | point 97 20")
    streets.build("core.incident_rank").expect(
        "core.incident_link", "incident_kind | link_id | matched_by\nreport | side | nearest"
    )


def test_the_unmatched_are_kept_with_the_reason(streets):
    streets.draw(
        "core.incident",
        """
        incident_kind | source | incident_id    | geom
        collision     | s      | 1_at_tolerance | point 50 90
        collision     | s      | 2_past_it      | point 50 90.1
        collision     | s      | 3_no_point     |
        response      | s      | 4_no_incident  | point 50 0
        """,
    ).build("core.incident_rank").expect(
        "core.incident_link",
        """
        incident_id    | link_source | link_id | distance_m | chainage_m | matched_by | candidate_count | confidence | nearest_link_id | unmatched_reason
        1_at_tolerance | os          | A64     | 50         | 50         | nearest    | 1               | 1          | A64             |
        2_past_it      |             |         |            |            |            | 0               |            |                 | no carriageway within the tolerance
        3_no_point     |             |         |            |            |            | 0               |            |                 | no usable coordinates
        """,
    )


def test_a_motorway_is_known_by_its_number_whatever_letters_it_has(bench):
    bench.draw(
        "staging.link",
        """
        source | link_id | road_class | road_number | is_carriageway | length_m | geom
        os     | 1       | motorway   | A1(M)       | true           | 100      | line 0 10, 100 10
        os     | 2       | motorway   | M62         | true           | 100      | line 0 0, 100 0
        """,
    )
    collided(
        bench,
        "source | collision_id | road_class | road_number | geom\ns | 1 | motorway | 1 | point 50 1",
    ).build("core.incident_rank").expect("core.incident_link", "link_id | matched_by\n1 | number")


def test_equals_to_the_micrometre_go_to_the_lowest_source_and_reference(bench):
    bench.draw(
        "staging.link",
        """
        source | link_id | is_carriageway | length_m | geom
        os     | 9       | true           | 100      | line 0 10, 100 10
        osm    | 1       | true           | 100      | line 0 0, 100 0
        os     | 10      | true           | 100      | line 0 0, 100 0
        """,
    ).draw(
        "core.incident",
        """
        incident_kind | source | incident_id | geom
        collision     | s      | 1           | point 5 5
        collision     | s      | 2           | point 5 5.0000001
        collision     | s      | 3           | point 5 5.00001
        """,
    ).build("core.incident_rank").expect(
        "core.incident_link", "link_source | link_id | candidate_count\nos | 10 | 3\nos | 10 | 3\nos | 9 | 3"
    )


def test_confidence_falls_as_the_next_link_that_matches_as_well_comes_nearer(bench):
    bench.draw(
        "staging.link",
        """
        source | link_id | road_class | road_number | is_carriageway | length_m | geom
        os     | 1       | a          | A1          | true           | 100      | line 0 0, 100 0
        os     | 2       | a          | A2          | true           | 100      | line 0 30, 100 30
        """,
    )
    collided(
        bench,
        """
        source | collision_id   | road_class | road_number | geom
        s      | 1_beside       | a          |             | point 50 0
        s      | 2_nearer       | a          |             | point 50 10
        s      | 3_between      | a          |             | point 50 15
        s      | 4_number_known | a          | 1           | point 50 15
        """,
    ).build("core.incident_rank").expect(
        "core.incident_link",
        # exp(-(20² - 10²) / (2 · 10²)) = 0.223; exp(-30² / (2 · 10²)) = 0.011.
        """
        incident_id    | link_id | next_distance_m | confidence
        1_beside       | 1       | 30              | 0.989
        2_nearer       | 1       | 20              | 0.818
        3_between      | 1       | 15              | 0.5
        4_number_known | 1       |                 | 1
        """,
    )


def test_a_link_of_several_lines_has_no_chainage(bench):
    bench.draw(
        "staging.link",
        "source | link_id | is_carriageway | length_m | geom\nos | 1 | true | 20 | MULTILINESTRING ((0 0, 10 0), (20 0, 30 0))",
    ).draw("core.incident", "incident_kind | source | incident_id | geom\nreport | s | 1 | point 25 1")
    bench.build("core.incident_rank").expect(
        "core.incident_link", "link_id | distance_m | chainage_m\n1 | 1 |"
    )


# ---- roads touched -----------------------------------------------------------------------------------------


def test_a_junction_collision_keeps_all_the_roads_it_touches(streets):
    collided(
        streets,
        """
        source | collision_id   | road_class | road_number | second_road_class | second_road_number | is_at_junction | geom
        s      | 1_at_junction  | a          | 61          | unclassified      |                    | true           | point 102 2
        s      | 2_mid_link     | a          | 61          |                   |                    | false          | point 30 2
        s      | 3_far_from_its | a          | 61          |                   |                    |                | point 97 25
        s      | 4_second_a     | a          | 61          | a                 | 64                 | true           | point 50 20
        """,
    ).build("core.incident_rank", "core.incident_link").expect(
        "core.incident_road",
        """
        incident_id    | road         | road_class   | distance_m | link_count | is_matched | recorded_as
        1_at_junction  | A61          | a            | 2          | 2          | true       | first
        1_at_junction  | unclassified | unclassified | 2          | 1          | false      | second
        2_mid_link     | A61          | a            | 2          | 1          | true       | first
        3_far_from_its | A61          | a            | 25         | 1          | true       | first
        3_far_from_its | A64          | a            | 15         | 1          | false      |
        3_far_from_its | unclassified | unclassified | 3          | 1          | false      |
        4_second_a     | A61          | a            | 20         | 1          | true       | first
        4_second_a     | A64          | a            | 20         | 1          | false      | second
        """,
    )


def test_the_other_road_recorded_at_a_junction_is_kept_though_the_point_strayed(streets):
    collided(
        streets,
        """
        source | collision_id       | road_class | road_number | second_road_class | second_road_number | is_at_junction | geom
        s      | 1_strayed          | a          | 61          | a                 | 64                 | true           | point 50 2
        s      | 2_detail_unknown   | a          | 61          | a                 | 64                 |                | point 50 2
        s      | 3_not_at_junction  | a          | 61          | a                 | 64                 | false          | point 50 2
        s      | 4_other_number     | a          | 61          | a                 | 65                 | true           | point 50 2
        s      | 5_both_far         | a          | 61          | a                 | 64                 | true           | point 150 -30
        s      | 6_beyond_tolerance | a          | 61          | a                 | 64                 | true           | point 150 -10.1
        s      | 7_no_number        | a          | 61          | unclassified      |                    | true           | point 60 2
        """,
    ).build("core.incident_rank", "core.incident_link").expect(
        "core.incident_road",
        """
        incident_id        | road         | distance_m | link_count | is_matched | recorded_as
        1_strayed          | A61          | 2          | 1          | true       | first
        1_strayed          | A64          | 38         | 1          | false      | second
        2_detail_unknown   | A61          | 2          | 1          | true       | first
        2_detail_unknown   | A64          | 38         | 1          | false      | second
        3_not_at_junction  | A61          | 2          | 1          | true       | first
        4_other_number     | A61          | 2          | 1          | true       | first
        5_both_far         | A61          | 30         | 1          | true       | first
        6_beyond_tolerance | A61          | 10.1       | 1          | true       | first
        7_no_number        | A61          | 2          | 1          | true       | first
        7_no_number        | unclassified | 40         | 1          | false      | second
        """,
    )


# ---- what plain nearest would have done --------------------------------------------------------------------


def test_snapping_says_how_often_plain_nearest_would_have_chosen_another_road(streets):
    collided(
        streets,
        """
        source | collision_id | road_class   | road_number | geom
        s      | 1            | a            | 61          | point 97 20
        s      | 2            | a            | 61          | point 50 2
        s      | 3            | unclassified |             | point 106 4
        s      | 4            |              |             | point 50 2
        s      | 5            | a            | 61          |
        s      | 6            | a            | 61          | point 900 900
        """,
    ).build("core.incident_rank", "core.incident_link").expect(
        "marts.snapping",
        """
        source | incident_kind | recorded_road_class | matched_by                          | incident_count | other_link_count | other_road_count | unsure_count | median_distance_m
        s      | collision     | a                   | no carriageway within the tolerance | 1              | 0                | 0                | 0            |
        s      | collision     | a                   | no usable coordinates               | 1              | 0                | 0                | 0            |
        s      | collision     | a                   | number                              | 2              | 1                | 1                | 0            | 11
        s      | collision     | not recorded        | nearest                             | 1              | 0                | 0                | 0            | 2
        s      | collision     | unclassified        | class                               | 1              | 1                | 1                | 0            | 6
        """,
    )


# ---- who answers for the road ------------------------------------------------------------------------------


def test_the_strategic_operator_answers_for_trunk_roads_and_the_links_authority_for_others(bench):
    bench.draw(
        "staging.link",
        """
        source | link_id | road_class | is_trunk | is_carriageway
        os     | trunk   | a          | true     | true
        os     | m       | motorway   |          | true
        os     | local_m | motorway   | false    | true
        os     | street  | c          |          | true
        os     | both    | c          | false    | true
        os     | border  | c          | false    | true
        os     | nowhere | c          | false    | true
        """,
    ).draw(
        "core.link_piece",
        """
        source | link_id | area_level | piece | area_code | from_m | to_m | is_shared | shared_with
        os     | trunk   | authority  | 1     | E1        | 0      | 9    | false     |
        os     | local_m | authority  | 1     | E1        | 0      | 9    | false     |
        os     | street  | authority  | 1     | E2        | 0      | 9    | false     |
        os     | street  | ward       | 1     | W9        | 0      | 9    | false     |
        os     | both    | authority  | 1     | E1        | 0      | 3    | false     |
        os     | both    | authority  | 2     | E2        | 3      | 9    | false     |
        os     | border  | authority  | 1     | E1        | 0      | 9    | true      | E2
        os     | nowhere | authority  | 1     |           | 0      | 9    | false     |
        """,
    ).draw(
        "core.incident_link",
        """
        incident_kind | source | incident_id | link_source | link_id
        collision     | s      | 1           | os          | trunk
        collision     | s      | 2           | os          | m
        collision     | s      | 3           | os          | local_m
        collision     | s      | 4           | os          | street
        collision     | s      | 5           | os          | both
        collision     | s      | 6           | os          | both
        collision     | s      | 7           | os          | border
        collision     | s      | 8           | os          | nowhere
        collision     | s      | 9           |             |
        report        | s      | 9           |             |
        """,
    ).draw(
        "core.incident_place",
        """
        incident_kind | source | incident_id | area_level | area_code
        collision     | s      | 1           | authority  | E1
        collision     | s      | 1           | ward       | W1
        collision     | s      | 2           | authority  | E1
        collision     | s      | 3           | authority  | E1
        collision     | s      | 4           | authority  | E1
        collision     | s      | 5           | authority  | E1
        collision     | s      | 6           | authority  |
        collision     | s      | 7           | authority  | E2
        collision     | s      | 8           | authority  | E2
        collision     | s      | 9           | authority  | E2
        report        | s      | 9           | authority  |
        response      | s      | 9           | authority  | E1
        """,
    ).expect(
        "core.incident_responsible",
        """
        incident_kind | incident_id | located_code | responsible_code | is_strategic | is_shared | reason
        collision     | 1           | E1           |                  | true         | false     | trunk road or motorway
        collision     | 2           | E1           |                  | true         | false     | trunk road or motorway
        collision     | 3           | E1           | E1               | false        | false     | authority of the link
        collision     | 4           | E1           | E2               | false        | false     | authority of the link
        collision     | 5           | E1           | E1               | false        | false     | authority of the link
        collision     | 6           |              | E2               | false        | false     | authority of the link
        collision     | 7           | E2           | E1               | false        | true      | authority of the link
        collision     | 8           | E2           | E2               | false        | false     | authority of the point
        collision     | 9           | E2           | E2               | false        | false     | authority of the point
        report        | 9           |              |                  | false        | false     | not known
        """,
    )
    bench.expect(
        "marts.responsible_authority",
        """
        source | incident_kind | located_code | responsible_code   | shared_with_code | reason                 | incident_count | shared_count
        s      | collision     | E1           | E1                 | none             | authority of the link  | 2              | 0
        s      | collision     | E1           | E2                 | none             | authority of the link  | 1              | 0
        s      | collision     | E1           | strategic operator | none             | trunk road or motorway | 2              | 0
        s      | collision     | E2           | E1                 | E2               | authority of the link  | 1              | 1
        s      | collision     | E2           | E2                 | none             | authority of the point | 2              | 0
        s      | collision     | none         | E2                 | none             | authority of the link  | 1              | 0
        s      | report        | none         | none               | none             | not known              | 1              | 0
        """,
    )


# A link that lies in E1, then along the border of E1 and E2, then in E2, then in none, then in E2 again.
CUT_LINK = """
    source | link_id | area_level | piece | area_code | from_m | to_m | length_m | is_shared | shared_with
    os     | cut     | authority  | 1     | E1        | 0      | 100  | 100      | false     |
    os     | cut     | authority  | 2     | E1        | 100    | 200  | 100      | true      | E2
    os     | cut     | authority  | 3     | E2        | 200    | 500  | 300      | false     |
    os     | cut     | authority  | 4     |           | 500    | 700  | 200      | false     |
    os     | cut     | authority  | 5     | E3        | 700    | 900  | 200      | false     |
    os     | cut     | ward       | 1     | W1        | 0      | 900  | 900      | false     |
"""


@pytest.mark.parametrize(
    ("chainage", "located", "responsible", "shared_with"),
    [
        pytest.param("50", "E1", "E1", None, id="in its piece"),
        pytest.param("300", "E1", "E2", None, id="the point across the border from its road"),
        pytest.param("150", "E2", "E1", "E2", id="on the shared piece"),
        pytest.param(
            "199.9999", "E2", "E2", None, id="where two pieces meet, to the millimetre: the point's"
        ),
        pytest.param("200", "E1", "E1", "E2", id="where two pieces meet: the point's"),
        pytest.param("200", "E9", "E2", None, id="where two pieces meet: else the longer"),
        pytest.param("590", "", "E2", None, id="on a part in no area: the nearest along the link"),
        pytest.param("610", "", "E3", None, id="on a part in no area: the nearest on the other side"),
        pytest.param("900.0000001", "E3", "E3", None, id="at its end, by rounding past it"),
        pytest.param("", "E3", "E3", None, id="no chainage: the point's"),
        pytest.param("", "E9", "E2", None, id="no chainage: else the longest"),
    ],
)
def test_the_authority_of_a_link_cut_by_borders_is_that_of_the_piece_the_incident_was_on(
    bench, chainage, located, responsible, shared_with
):
    bench.draw("staging.link", "source | link_id | road_class | is_carriageway\nos | cut | c | true").draw(
        "core.link_piece", CUT_LINK
    )
    bench.draw(
        "core.incident_link",
        f"incident_kind | source | incident_id | link_source | link_id | chainage_m\ncollision | s | 1 | os | cut | {chainage}",
    ).draw(
        "core.incident_place",
        f"incident_kind | source | incident_id | area_level | area_code\ncollision | s | 1 | authority | {located}",
    )
    bench.build("core.incident_responsible")
    [found] = bench.rows("core.incident_responsible", "responsible_code shared_with_code is_shared reason")
    assert found == (responsible, shared_with, shared_with is not None, "authority of the link")


# ---- the plan, and an oracle -------------------------------------------------------------------------------


@pytest.mark.parametrize(("model", "joins"), [("core.incident_rank", 1), ("core.incident_road", 2)])
def test_links_are_found_by_spatial_joins_and_nothing_by_a_nested_loop(bench, model, joins):
    scatter(bench, np.random.default_rng(1), incidents=500, links=400)
    bench.build("core.incident_rank", "core.incident_link")
    plan = bench.plan(model)
    assert plan.count("SPATIAL_JOIN") == joins, plan
    assert "NL_JOIN" not in plan, plan
    assert "NESTED_LOOP" not in plan, plan


CLASSES = np.array(["a", "b", "unclassified", None], dtype=object)


def scatter(bench: Bench, rng: np.random.Generator, *, incidents: int, links: int):
    """Draw incidents and bent links by dice in a square kilometre; return points, lines and their roads."""
    starts = rng.uniform(0, 1000, (links, 2))
    steps = rng.normal(0, 40, (links, 3, 2)).cumsum(axis=1)
    lines = shapely.linestrings(np.round(np.concatenate([starts[:, None], starts[:, None] + steps], axis=1)))
    points = shapely.points(np.round(rng.uniform(-40, 1040, (incidents, 2))))
    link_class, link_number = rng.integers(0, 3, links), rng.integers(0, 4, links)
    road_class, road_number = rng.integers(0, 4, incidents), rng.integers(0, 4, incidents)
    bench.draw("staging.link", "source").draw("staging.collision", "source").draw("core.incident", "source")
    for n, line in enumerate(lines):
        number = f"A{link_number[n]}" if link_number[n] else None
        bench.con.execute(
            "INSERT INTO staging.link (source, link_id, road_class, road_number, is_carriageway, length_m, geom) "
            f"SELECT 'os', ?, ?, ?, true, st_length(g), g FROM (SELECT st_setcrs(st_geomfromtext(?), '{CRS}') AS g)",
            [f"{n:04}", CLASSES[link_class[n]], number, line.wkt],
        )
    for n, point in enumerate(points):
        given = [f"{n:04}", CLASSES[road_class[n]], int(road_number[n]) or None, point.wkt]
        bench.con.execute(
            "INSERT INTO staging.collision (source, collision_id, road_class, road_number, geom) "
            f"VALUES ('s', ?, ?, ?, st_setcrs(st_geomfromtext(?), '{CRS}'))",
            given,
        )
    bench.con.execute(
        "INSERT INTO core.incident (incident_kind, source, incident_id, recorded_road_class, recorded_road_number, geom) "
        "SELECT 'collision', source, collision_id, road_class, road_number, geom FROM staging.collision"
    )
    return points, lines, (link_class, link_number), (road_class, road_number)


@pytest.mark.parametrize(("seed", "tolerance"), [(1, 50), (2, 12), (3, 1000)])
def test_links_are_those_that_shapely_finds(bench, seed, tolerance):
    bench.set(snap_tolerance_m=tolerance)
    points, lines, of_link, recorded = scatter(
        bench, np.random.default_rng(seed), incidents=150 if tolerance > 100 else 600, links=300
    )
    bench.build("core.incident_rank", "core.incident_link")
    found = bench.rows(
        "core.incident_link",
        "link_id distance_m chainage_m matched_by candidate_count nearest_link_id nearest_distance_m next_distance_m",
    )
    gaps = np.round(shapely.distance(points[:, None], lines[None, :]), 6)
    same_class = recorded[0][:, None] == of_link[0][None, :]
    same_number = same_class & (recorded[1][:, None] == of_link[1][None, :]) & (recorded[1][:, None] > 0)
    grade = np.where(same_number, 1, np.where(same_class, 2, 3))
    for n, row in enumerate(found):
        within = np.flatnonzero(gaps[n] <= tolerance)
        best = sorted(within, key=lambda k: (grade[n, k], gaps[n, k], k))
        if not best:
            assert row == (None, None, None, None, 0, None, None, None)
            continue
        nearest = min(within, key=lambda k: (gaps[n, k], k))
        after = next((gaps[n, k] for k in best[1:] if grade[n, k] == grade[n, best[0]]), None)
        chainage = shapely.line_locate_point(lines[best[0]], points[n])
        assert row[0] == f"{best[0]:04}"
        assert row[1] == pytest.approx(gaps[n, best[0]], abs=1e-6)
        assert row[2] == pytest.approx(chainage, abs=1e-6)
        assert row[3] == ("number", "class", "nearest")[grade[n, best[0]] - 1]
        assert row[4] == len(within)
        assert (row[5], row[6]) == (f"{nearest:04}", pytest.approx(gaps[n, nearest], abs=1e-6))
        assert row[7] == (None if after is None else pytest.approx(after, abs=1e-6))
    assert {row[3] for row in found} >= {"number", "class", "nearest"}


def test_the_models_are_published_row_by_row():
    names = ("core.incident_link", "core.incident_road", "core.incident_responsible")
    assert [MODELS[n].rows_of_sources for n in names] == [True, True, True]
