"""Hotspots in the warehouse: where roads and collisions lie in the grid, what is published, and why nothing is."""

import pytest

from tests.queries.drawing import Bench

LINKS = """
    source | link_id | geom                          | length_m | road_class | is_carriageway
    roads  | inside  | line 100 500, 900 500         | 800      | a          | true
    roads  | out     | line 500 500, 1500 500, 500 500.5 | 2000 | b          | true
    roads  | path    | line 0 0, 3000 0              | 3000     | b          | false
"""
AREAS = """
    area_level | area_code | region | is_context
    authority  | E1        | here   | false
    authority  | E2        | here   | true
"""
COVER = """
    area_level | area_code | cell_x | cell_y | piece
    authority  | E1        | 0      | 0      |
    authority  | E1        | 1      | 0      | box 1000 0 1250 1000
    authority  | E2        | 1      | 0      | box 1250 0 2000 1000
    authority  | E2        | 2      | 0      |
"""


def test_links_are_cut_at_the_lines_of_the_grid(bench: Bench) -> None:
    bench.draw("staging.link", LINKS).build("core.link_run", "core.link_cell")
    found = bench.rows("core.link_cell", "link_id run cell_x cell_y from_m to_m")
    assert [row[:4] for row in found] == [
        ("inside", 1, 0, 0),
        ("out", 1, 0, 0),
        ("out", 2, 1, 0),
        ("out", 3, 0, 0),
    ]
    assert [row[4] for row in found] == pytest.approx([0, 0, 500, 1500], abs=0.01)
    assert [row[5] for row in found] == pytest.approx([800, 500, 1500, 2000], abs=0.01)


def test_squares_are_those_that_own_authorities_reach(bench: Bench) -> None:
    bench.draw("core.area", AREAS).draw("core.area_cover", COVER)
    bench.expect(
        "core.grid_cell",
        """
        cell_x | cell_y | site      | area_codes | own_share
        0      | 0      | 1000m/0/0 | E1         | 1.0
        1      | 0      | 1000m/1/0 | E1         | 0.25
        """,
    )


def test_density_is_of_the_square_and_those_around_it(bench: Bench) -> None:
    bench.draw(
        "core.link_cell",
        """
        source | link_id | run | cell_x | cell_y | from_m | to_m
        roads  | one     | 1   | 0      | 0      | 0      | 900
        roads  | one     | 2   | 1      | 1      | 900    | 1800
        roads  | far     | 1   | 9      | 9      | 0      | 450
        """,
    )
    bench.expect(
        "core.cell_density",
        """
        cell_x | cell_y | road_km | around_km_per_km2
        0      | 0      | 0.9     | 0.2
        1      | 1      | 0.9     | 0.2
        9      | 9      | 0.45    | 0.05
        """,
    )


def counted(bench: Bench) -> Bench:
    """A square in which a road of each authority has collisions, one of known traffic."""
    bench.draw("core.area", AREAS)
    bench.draw(
        "core.event_period",
        """
        region | event      | period_start | period_end | years | is_adjusted | is_pooled
        here   | collisions | 2023-01-01   | 2024-12-31 | 2     | false       | true
        """,
    )
    bench.draw(
        "core.coverage",
        """
        area_level | area_code | kind       | is_covered
        authority  | E1        | roads      | true
        authority  | E1        | collisions | true
        authority  | E2        | roads      | true
        authority  | E2        | collisions | true
        """,
    )
    bench.draw("staging.link", LINKS)
    bench.draw(
        "core.cell_piece",
        """
        source | link_id | from_m | to_m | cell_x | cell_y | area_code | road_class
        roads  | inside  | 0      | 800  | 0      | 0      | E1        | a
        roads  | out     | 0      | 500  | 0      | 0      | E1        | b
        roads  | out     | 500    | 1500 | 1      | 0      | E2        | b
        """,
    )
    bench.draw(
        "core.link_traffic",
        """
        source | link_id | year | from_m | to_m | length_m | vehicle_km
        roads  | inside  | 2023 | 0      | 400  | 400      | 1000
        roads  | inside  | 2024 | 0      | 400  | 400      | 3000
        roads  | inside  | 2019 | 0      | 400  | 400      | 9999
        """,
    )
    bench.draw(
        "core.cell_density", "cell_x | cell_y | road_km | around_km_per_km2\n0 | 0 | 1.3 | 2\n1 | 0 | 1 | 2"
    )
    bench.draw(
        "core.incident_link",
        """
        incident_kind | source | incident_id | link_source | link_id | chainage_m
        collision     | police | one         | roads       | inside  | 100
        collision     | police | two         | roads       | inside  | 700
        collision     | police | three       | roads       | out     | 501
        collision     | police | four        | roads       | out     |
        collision     | police | old         | roads       | inside  | 100
        """,
    )
    bench.draw(
        "core.collision_road",
        """
        source | collision_id | is_known
        police | one          | true
        police | two          | false
        police | three        | false
        police | four         | false
        police | old          | true
        """,
    )
    return bench.draw(
        "staging.collision",
        """
        source | collision_id | occurred_on | is_ksi
        police | one          | 2023-05-01  | false
        police | two          | 2024-05-01  | false
        police | three        | 2024-05-01  | true
        police | four         | 2024-05-01  | true
        police | old          | 2019-05-01  | true
        """,
    )


def test_collisions_and_exposure_are_counted_where_the_link_lies(bench: Bench) -> None:
    # Of a link without one measure (four) collisions go to its middle. Of 'inside' half is known, in both years.
    counted(bench).expect(
        "core.cell_count",
        """
        event      | cell_x | area_code | road_class | basis   | exposure | is_context | observed
        collisions | 0      | E1        | a          | length  | 0.8      | false      | 1.0
        collisions | 0      | E1        | a          | traffic | 4000     | false      | 1.0
        collisions | 0      | E1        | b          | length  | 1.0      | false      | 0.0
        collisions | 1      | E2        | b          | length  | 2.0      | true       | 2.0
        """,
    )
    assert bench.value("SELECT flow FROM core.cell_count WHERE basis = 'traffic'") == pytest.approx(
        4000 / (0.4 * 2 * 365.25)
    )


def test_an_authority_whose_roads_are_not_complete_takes_no_part(bench: Bench) -> None:
    counted(bench)
    bench.con.execute("UPDATE core.coverage SET is_covered = false WHERE area_code = 'E1' AND kind = 'roads'")
    bench.build("core.cell_count")
    assert {row[0] for row in bench.rows("core.cell_count", "area_code")} == {"E2"}


def test_a_region_without_roads_or_corridors_is_told_why(bench: Bench) -> None:
    bench.build("core.hotspot_reason", "marts.hotspot_count")
    assert bench.rows("marts.hotspot_count", "outcome layer view hotspot_count reason")[0] == (
        "collisions_against_usual", "grid", "region", None, "no source of collisions",
    )  # fmt: skip
    bench.draw("raw.source", "source | region | kind\npolice | here | collisions")
    bench.build("core.hotspot_reason", "marts.hotspot_count")
    reasons = bench.rows("marts.hotspot_count", "layer reason")
    assert {reason for _, reason in reasons} == {"no source of roads: nothing to set collisions against"}
    bench.draw("raw.source", "source | region | kind\npolice | here | collisions\nroads | here | roads")
    bench.build("core.hotspot_reason", "marts.hotspot_count")
    found: dict[str, str] = dict(bench.rows("marts.hotspot_count", "layer reason"))
    assert found["stretch"] == "no numbered roads to follow"
    assert found["grid"].startswith("no authority of the region")


def chain(bench: Bench) -> Bench:
    """Forty squares in a row, a border in the middle, and many collisions on both sides of it."""
    rows = [
        f"collisions | grid | 1000m/{n}/0 | {'E1' if n < 20 else 'E2'} | a by length | false | 2023-01-01 | 2024-12-31"
        f" | 2 | false | {8 if n in (19, 20) else 2} | 2"
        for n in range(40)
    ]
    names = (
        "event | layer | site | area_code | label | is_context | period_start | period_end | years | is_adjusted"
        " | observed | expected"
    )
    return bench.draw("core.usual_part", "\n".join([names, *rows]))


def test_a_split_hotspot_is_published_with_who_must_act(bench: Bench) -> None:
    bench.draw(
        "raw.source",
        "source | region | kind | publish\npolice | here | collisions | rows\nroads | here | roads | rows",
    )
    bench.draw("core.area", AREAS)
    names = ["hotspot_site", "hotspot", "hotspot_shape", "hotspot_reason"]
    chain(bench).build(
        *(f"core.{n}" for n in names), *(f"marts.{n}" for n in ("hotspot", "hotspot_cell", "hotspot_count"))
    )
    [row] = bench.rows("marts.hotspot", "view hotspot site_count observed_count party_codes seen_alone_by_codes "
                       "is_across_borders is_only_borderless is_only_alone")  # fmt: skip
    assert row[:4] == ("region", "1000m/19/0", 2, 16)
    assert row[4:] == ("E1,E2", "", True, True, False)
    cells: dict[str, bool] = dict(bench.rows("marts.hotspot_cell", "site is_member"))
    assert cells["1000m/19/0"]
    assert cells["1000m/20/0"]
    assert not cells.get("1000m/18/0", False)
    counts = {
        row[0]: row[1:]
        for row in bench.rows("marts.hotspot_count", "view hotspot_count only_borderless_across_count reason")
        if row[1] is not None
    }
    assert counts == {"E1": (0, 0, None), "E2": (0, 0, None), "region": (1, 1, None)}
    shapes: dict[str, str] = dict(bench.rows("core.hotspot_shape", "site geom"))
    assert shapes["1000m/19/0"].startswith("POLYGON ((19000 0")
    # All other places are as usual, so nothing says how much of the surplus will stay.
    assert bench.value("SELECT excess_per_year FROM marts.hotspot") is None


def test_small_counts_of_a_closed_source_are_not_shown(bench: Bench) -> None:
    bench.set(small_count_threshold=30)
    bench.draw(
        "raw.source",
        "source | region | kind | publish\npolice | here | collisions | aggregates\nroads | here | roads | rows",
    )
    names = ["hotspot_site", "hotspot", "hotspot_shape", "hotspot_reason"]
    chain(bench).build(*(f"core.{n}" for n in names), "marts.hotspot", "marts.hotspot_cell")
    assert bench.rows("marts.hotspot", "observed_count excess_per_year q") == [(None, None, None)]
    assert {row[0] for row in bench.rows("marts.hotspot_cell", "observed_count")} == {None}
