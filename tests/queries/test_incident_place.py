"""Where an incident lies: once at every level, or nowhere and why."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from tests.queries.drawing import Bench

# Two authorities side by side, b with a hole, and a ward in a; the border runs at x = 1500.
AREAS = """
    area_level | area_code | source | is_context | geom
    authority  | a         | areas  | false      | box 200 200 1500 3500
    authority  | b         | areas  | false      | POLYGON ((1500 200, 4500 200, 4500 3500, 1500 3500, 1500 200), (2500 1200, 2700 1200, 2700 1400, 2500 1400, 2500 1200))
    ward       | w         | areas  | false      | box 200 200 1500 2000
"""
SOURCES = """
    source | region | kind
    areas  | here   | areas
    s      | here   | collisions
    far    | there  | collisions
"""
KNOWN = """
    area_level | area_code | region
    authority  | a         | here
    authority  | b         | here
    ward       | w         | here
    authority  | t         | there
"""
TWO_LEVELS = """
    area_level | position | is_authority
    authority  | 1        | true
    ward       | 2        | false
"""


@pytest.fixture
def placing(bench: Bench) -> Bench:
    bench.draw("raw.level", TWO_LEVELS).draw("raw.source", SOURCES)
    return bench.draw("staging.area", AREAS).build("core.area_cover").draw("core.area", KNOWN)


def incidents(bench: Bench, text: str) -> Bench:
    return bench.draw("core.incident", text)


def test_inside_one_area(placing):
    incidents(
        placing,
        """
        incident_kind | source | incident_id | geom
        collision     | s      | in_a        | point 700 2500
        collision     | s      | in_a_and_w  | point 700 700
        collision     | s      | in_b        | point 3700 2200
        """,
    ).expect(
        "core.incident_place",
        """
        incident_kind | source | incident_id | area_level | area_code | is_tied | unplaced_reason
        collision     | s      | in_a        | authority  | a         | false   |
        collision     | s      | in_a        | ward       |           | false   | outside every area, within the buffer
        collision     | s      | in_a_and_w  | authority  | a         | false   |
        collision     | s      | in_a_and_w  | ward       | w         | false   |
        collision     | s      | in_b        | authority  | b         | false   |
        collision     | s      | in_b        | ward       |           | false   | outside every area, beyond the buffer
        """,
    )


def test_on_a_border_the_lowest_code_has_it_and_it_is_marked(placing):
    incidents(
        placing,
        """
        incident_kind | source | incident_id        | geom
        collision     | s      | 1_on_shared_border | point 1500 700
        collision     | s      | 2_on_shared_vertex | point 1500 200
        collision     | s      | 3_border_and_cell  | point 1500 2000
        collision     | s      | 4_on_outer_border  | point 200 3000
        collision     | s      | 5_on_outer_vertex  | point 4500 3500
        collision     | s      | 6_on_hole_border   | point 2500 1300
        """,
    ).build("core.incident_place")
    rows = placing.rows("core.incident_place", "incident_id area_level area_code is_tied")
    assert [(i, code, tied) for i, level, code, tied in rows if level == "authority"] == [
        ("1_on_shared_border", "a", True),
        ("2_on_shared_vertex", "a", True),
        ("3_border_and_cell", "a", True),
        ("4_on_outer_border", "a", False),
        ("5_on_outer_vertex", "b", False),
        ("6_on_hole_border", "b", False),
    ]


def test_the_edges_and_corners_of_cells_lose_nothing(placing):
    points = [(x, y) for x in (1000, 2000, 3000, 4000) for y in (1000, 1500, 2000, 3000)]
    drawn = "\n".join(f"collision | s | {x:04}/{y:04} | point {x} {y}" for x, y in points)
    incidents(placing, f"incident_kind | source | incident_id | geom\n{drawn}").build("core.incident_place")
    rows = placing.rows("core.incident_place", "incident_id area_level area_code is_tied")
    assert [(i, code, tied) for i, level, code, tied in rows if level == "authority"] == [
        (f"{x:04}/{y:04}", "a" if x == 1000 else "b", False) for x, y in points
    ]


def test_outside_says_why(placing):
    placing.set(buffer_m=100)
    incidents(
        placing,
        """
        incident_kind | source | incident_id   | geom
        collision     | s      | 1_at_buffer   | point 100 1000
        collision     | s      | 2_past_buffer | point 99.9 1000
        collision     | s      | 3_in_the_hole | point 2600 1300
        collision     | s      | 4_no_point    |
        collision     | far    | 5_no_level    | point 90000 90000
        """,
    ).build("core.incident_place")
    rows = placing.rows("core.incident_place", "incident_id area_level area_code is_tied unplaced_reason")
    assert rows == [
        ("5_no_level", "authority", None, False, "outside every area, beyond the buffer"),
        ("5_no_level", "ward", None, False, "its region has no areas of this level"),
        ("1_at_buffer", "authority", None, False, "outside every area, within the buffer"),
        ("1_at_buffer", "ward", None, False, "outside every area, within the buffer"),
        ("2_past_buffer", "authority", None, False, "outside every area, beyond the buffer"),
        ("2_past_buffer", "ward", None, False, "outside every area, beyond the buffer"),
        ("3_in_the_hole", "authority", None, False, "outside every area, within the buffer"),
        ("3_in_the_hole", "ward", None, False, "outside every area, beyond the buffer"),
        ("4_no_point", "authority", None, False, "no usable coordinates"),
        ("4_no_point", "ward", None, False, "no usable coordinates"),
    ]


@pytest.mark.parametrize(
    ("x", "y"),
    [(999, 1500), (1500, 999), (3001, 1500), (1500, 3001)],
)
def test_a_region_whose_outline_runs_along_cell_edges_has_a_buffer_too(bench, x, y):
    bench.draw("raw.source", SOURCES).draw("core.area", KNOWN)
    bench.draw(
        "staging.area", "area_level | area_code | geom\nauthority | a | box 1000 1000 3000 3000"
    ).build("core.area_cover")
    incidents(bench, f"incident_kind | source | incident_id | geom\ncollision | s | 1 | point {x} {y}")
    bench.build("core.incident_place", "core.incident_near_area")
    reasons = dict(bench.rows("core.incident_place", "area_level unplaced_reason"))
    assert reasons["authority"] == "outside every area, within the buffer"
    assert bench.rows("core.incident_near_area", "area_code distance_m") == [("a", 1.0)]


def test_the_same_id_of_two_sources_or_kinds_is_two_incidents(placing):
    incidents(
        placing,
        """
        incident_kind | source | incident_id | geom
        collision     | far    | 1           | point 3700 700
        collision     | s      | 1           | point 700 700
        report        | s      | 1           | point 3700 700
        """,
    ).build("core.incident_place")
    rows = placing.rows("core.incident_place", "incident_kind source area_level area_code")
    assert [r for r in rows if r[2] == "authority"] == [
        ("collision", "far", "authority", "b"),
        ("collision", "s", "authority", "a"),
        ("report", "s", "authority", "b"),
    ]
