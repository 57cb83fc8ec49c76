"""Corridors of the sample: what was planted along them is found on their sections."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from geo.region import read_region
from queries.build import build_model
from queries.models import load_models
from tests.building import Built, build_in_memory

CORRIDOR = "A8002"


def planted_km(demo: Path, column: str) -> Mapping[tuple[str, str], float]:
    """Return kilometres of both carriageways by road and authority, as they were planted."""
    with (demo.parent / "truth_sections.csv").open(encoding="utf-8") as file:
        return {(r["road_number"], r["authority_code"]): float(r[column]) for r in csv.DictReader(file)}


def test_every_a_road_and_motorway_is_one_corridor_or_says_what_carries_it_between(demo_built: Built) -> None:
    unexplained = demo_built.rows(
        "select corridor, gap_m from core.corridor where part_count > 1 and carried_by is null"
    )
    assert unexplained == []
    roads = demo_built.rows(
        "select distinct road_number from staging.link where road_class in ('motorway', 'a') and road_number is not null "
        "except select road from core.corridor"
    )
    assert roads == []
    # Parts of a road are farther apart than what is bridged.
    assert demo_built.one("select min(gap_m) > getvariable('corridor_gap_m') from core.corridor") is True


def test_all_carriageway_of_numbered_roads_is_on_sections_of_its_authority(
    demo: Path, demo_built: Built
) -> None:
    found = demo_built.rows(
        "select road, area_code, sum(length_m) / 1000 from core.corridor_piece where area_code is not null group by all"
    )
    expected = planted_km(demo, "length_km")
    assert {(r, a) for r, a, _ in found} == expected.keys()
    for road, area, km in found:
        assert float(str(km)) == pytest.approx(expected[str(road), str(area)], abs=0.001), (road, area)


def test_dual_carriageways_count_once(demo_built: Built) -> None:
    # The motorway has two carriageways, and slip roads; single carriageways have neither.
    rows = demo_built.rows(
        "select road, road_class, sum(length_m), sum(carriageway_m) from core.corridor group by all"
    )
    share = {str(road): float(str(length)) / float(str(every)) for road, _, length, every in rows}
    assert share["M88"] == pytest.approx(0.46, abs=0.03)
    assert 0.55 < share["A88"] < 0.75
    assert all(0.9 < share[road] <= 1 for road in ("A8001", "A8002", "A8004", "B8011"))
    published = {str(r): km for r, km in demo_built.rows("select road, length_km from marts.numbered_road")}
    for road, _, length, _ in rows:
        assert float(str(published[str(road)])) == pytest.approx(float(str(length)) / 1000)


def test_sections_are_cut_at_borders_and_one_to_three_kilometres_long(demo_built: Built) -> None:
    crossing = demo_built.rows(
        "select corridor, section from core.corridor_piece where role = 'reference' "
        "group by all having count(distinct coalesce(area_code, '')) > 1"
    )
    assert crossing == []
    assert demo_built.one("select max(length_m) <= 3000 from core.corridor_section") is True
    # Shorter ones lie alone between two borders, or make up a whole strand.
    short = """
        with run as (
            select *, lag(area_code) over same as before, lead(area_code) over same as after
            from core.corridor_section
            window same as (partition by corridor, strand order by section)
        )
        select corridor, section from run
        where length_m < 1000 and (before is not distinct from area_code or after is not distinct from area_code)
    """
    assert demo_built.rows(short) == []


def test_collisions_on_the_planted_corridor_are_found_on_its_sections(demo: Path, demo_built: Built) -> None:
    planted = [
        area for (road, area), km in planted_km(demo, "corridor_km").items() if road == CORRIDOR and km > 0
    ]
    among = ", ".join(f"'{area}'" for area in planted)
    # What was recorded as on the road, in the authorities where the corridor was planted.
    [(true, found, both)] = demo_built.rows(
        f"""
        with recorded as (
            select place.incident_id, published.first_road_class || published.first_road_number as road
            from core.incident_place as place
            inner join (
                select collision_index as collision_id, 'A' as first_road_class, first_road_number::varchar as first_road_number
                from read_csv('{demo.parent / "collisions.csv"}', all_varchar = true, union_by_name = true)
                where first_road_class = '3'
            ) as published on place.incident_id = published.collision_id
            where place.area_level = 'highway_authority' and place.area_code in ({among})
        ),
        truth as (select incident_id from recorded where road = '{CORRIDOR}'),
        found as (
            select section.incident_id
            from core.incident_section as section
            inner join core.corridor_section as stretch using (corridor, section)
            where stretch.road = '{CORRIDOR}' and stretch.area_code in ({among})
                and section.incident_id in (
                    select collision_index from read_csv('{demo.parent / "collisions.csv"}', all_varchar = true)
                )
        )
        select
            (select count(*) from truth),
            (select count(*) from found),
            (select count(*) from truth inner join found using (incident_id))
        """
    )
    recall, precision = int(str(both)) / int(str(true)), int(str(both)) / int(str(found))
    said = f"{both} of {true} recorded on the {CORRIDOR} found (recall {recall:.3f}), of {found} (precision {precision:.3f})"
    assert int(str(true)) > 100, said
    assert recall > 0.9, said
    assert precision > 0.9, said


def test_the_planted_corridor_has_more_collisions_than_the_rest_of_the_road(
    demo: Path, demo_built: Built
) -> None:
    planted = {a for (road, a), km in planted_km(demo, "corridor_km").items() if road == CORRIDOR and km > 0}
    rows = demo_built.rows(
        f"select area_code, sum(collision_count), sum(carriageway_km) from marts.corridor_section "
        f"where road = '{CORRIDOR}' group by all"
    )
    assert {str(a) for a, _, _ in rows} > planted
    truth = planted_km(demo, "collisions_per_year_with_link_factor")
    for area, count, _ in rows:
        expected = 5 * truth[CORRIDOR, str(area)]
        # Poisson noise, years that differ, and points snapped to side roads at junctions.
        assert abs(int(str(count)) - expected) < 5 * expected**0.5 + 0.1 * expected, (area, count, expected)


def test_links_that_keep_to_whole_cells_are_cut_as_if_none_did(sample: Path) -> None:
    built = build_in_memory(read_region(sample), sample.parent)
    columns = (
        "link_id, area_level, piece, area_code, round(from_m, 6), round(to_m, 6), is_shared, shared_with"
    )
    query = f"select {columns} from core.link_piece order by all"
    with_cells = built.rows(query)
    [(settled,)] = built.rows(
        """
        select count(*) from staging.link as link
        inner join core.whole_cell as cell
            on cell.area_level = 'highway_authority'
                and cell_of(st_xmin(link.geom)) = cell.cell_x and cell_of(st_xmax(link.geom)) = cell.cell_x
                and cell_of(st_ymin(link.geom)) = cell.cell_y and cell_of(st_ymax(link.geom)) = cell.cell_y
        """
    )
    assert isinstance(settled, int)
    assert settled > 500
    built.con.execute("DELETE FROM core.whole_cell")
    build_model(built.con, load_models()["core.link_piece"])
    assert built.rows(query) == with_cells
