"""Traffic of the sample against the truth: flows of links, sections and authorities, and what is left unknown."""

import csv
import math
from collections import defaultdict
from pathlib import Path

import pytest

from geo.sample.service_truth import ServiceTruth
from tests.building import Built

DAYS = 366
YEAR = 2024


def true_flows(demo: Path) -> str:
    """SQL for the true traffic of a year of ratio 1: link_id, flow (both directions of its road)."""
    file = demo.parent / "truth_traffic.csv"
    return f"(select link_id, road_vehicles_per_day as flow from read_csv('{file}'))"


def number(value: object) -> float:
    return float(str(value))


def test_every_count_point_stands_on_the_road_it_is_named_for(demo: Path, demo_built: Built) -> None:
    assert demo_built.refused == []
    assert demo_built.rows("select distinct matched_as from marts.count_matching") == [("matched",)]
    other = "select * from core.count_link as c inner join staging.link as l on c.link_id = l.link_id "
    assert demo_built.rows(other + "where l.road_number is distinct from c.road_number") == []
    # A point is drawn on the middle of its link, to the metre, and its flow with an error of six percent.
    far = demo_built.rows("select max(distance_m) from core.count_link")
    assert number(far[0][0]) < 1
    errors = demo_built.rows(
        f"""
        select ln(counted.aadf / truth.flow)
        from core.count_link as point
        inner join staging.traffic_count as counted using (source, count_point_id)
        inner join {true_flows(demo)} as truth on point.link_id = truth.link_id
        where counted.year = {YEAR}
        """
    )
    assert len(errors) > 150
    assert max(abs(number(error)) for (error,) in errors) < 0.25
    assert math.sqrt(sum(number(error) ** 2 for (error,) in errors) / len(errors)) < 0.08


def test_a_count_is_nearer_the_truth_where_it_was_made(demo: Path, demo_built: Built) -> None:
    rows = demo_built.rows(
        f"""
        select
            traffic.basis, sum(traffic.length_m) / 1000,
            sqrt(sum(traffic.length_m * ln(traffic.aadf / truth.flow) ** 2) / sum(traffic.length_m)),
            sum(traffic.vehicle_km) / sum(truth.flow * {DAYS} * traffic.length_m / 1000)
        from core.link_traffic as traffic
        inner join {true_flows(demo)} as truth on traffic.link_id = truth.link_id
        where traffic.year = {YEAR} and traffic.vehicle_km is not null
        group by all
        """
    )
    km = {str(basis): number(length) for basis, length, *_ in rows}
    error = {str(basis): number(spread) for basis, _, spread, _ in rows}
    ratio = {str(basis): number(total) for basis, *_, total in rows}
    assert km["counted"] > 2 * km["nearest count"] > 80
    assert error["counted"] < 0.22 < error["nearest count"] < 0.35, error
    assert ratio["counted"] == pytest.approx(1, abs=0.05)
    assert ratio["nearest count"] == pytest.approx(1, abs=0.1)


def test_sections_come_near_their_true_vehicle_km(demo: Path, demo_built: Built) -> None:
    rows = demo_built.rows(
        f"""
        select exposure.vehicle_km / sum(truth.flow * {DAYS} * traffic.length_m / 1000)
        from core.section_exposure as exposure
        inner join core.link_traffic as traffic using (corridor, section, year)
        inner join {true_flows(demo)} as truth on traffic.link_id = truth.link_id
        where exposure.year = {YEAR} and exposure.counted_share > 0.5 and traffic.role = 'reference'
        group by exposure.corridor, exposure.section, exposure.vehicle_km
        """
    )
    ratios = [number(ratio) for (ratio,) in rows]
    assert len(ratios) > 80
    assert sum(1 / 1.25 < ratio < 1.25 for ratio in ratios) / len(ratios) > 0.8, sorted(ratios)
    assert all(1 / 2.5 < ratio < 2.5 for ratio in ratios), sorted(ratios)


def true_vehicle_km(demo: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Return vehicle-kilometres by authority, on all roads and on those with a number, from the generator's tables.

    The flow of each line as drawn, by the kilometres of it in the authority: no corridor, no count.
    """
    with (demo.parent / "truth_traffic.csv").open(encoding="utf-8") as file:
        on_line = {row["link_id"]: float(row["vehicles_per_day"]) for row in csv.DictReader(file)}
    every: dict[str, float] = defaultdict(float)
    numbered: dict[str, float] = defaultdict(float)
    with (demo.parent / "truth_links.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            vehicle_km = on_line[row["link_id"]] * float(row["length_km"]) * DAYS
            every[row["authority_code"]] += vehicle_km
            if row["road_number"]:
                numbered[row["authority_code"]] += vehicle_km
    return every, numbered


def test_authorities_have_the_vehicle_km_of_what_is_known_and_no_more(demo: Path, demo_built: Built) -> None:
    every, numbered = true_vehicle_km(demo)
    rows = demo_built.rows(
        f"""
        select area_code, vehicle_km, numbered_known_share, counted_share, known_share, road_km
        from marts.exposure
        where area_level = 'highway_authority' and period_start = '{YEAR}-01-01'
        """
    )
    assert {str(code) for code, *_ in rows} == every.keys()
    for code, vehicle_km, numbered_share, counted_share, known_share, road_km in rows:
        expected = numbered[str(code)] * number(numbered_share)
        assert 1 / 1.3 < number(vehicle_km) / expected < 1.3, (code, vehicle_km, expected)
        # Most traffic of streets is not counted, and not made up.
        assert number(vehicle_km) < 0.8 * every[str(code)]
        assert 0.6 < number(numbered_share) < 1
        assert 0.03 < number(counted_share) < number(known_share) < 0.2
        assert number(road_km) > 0
    total = sum(number(vehicle_km) for _, vehicle_km, *_ in rows)
    # Twice the flow of dual carriageways would be a fifth too much; slip roads and rings, not known, carry little.
    assert 0.85 < total / sum(numbered.values()) < 1


def test_years_differ_as_planted(demo_built: Built) -> None:
    rows = demo_built.rows("select year, sum(vehicle_km) from core.link_traffic group by year")
    by_year = {int(str(year)): number(vehicle_km) for year, vehicle_km in rows}
    planted = ServiceTruth().traffic_year_ratio
    assert by_year.keys() == planted.keys()
    for year, ratio in planted.items():
        days = DAYS if year % 4 == 0 else DAYS - 1
        assert by_year[year] / days == pytest.approx(ratio * by_year[YEAR] / DAYS, rel=0.04), year


def test_outcomes_still_have_one_exposure_an_area(demo_built: Built) -> None:
    areas = demo_built.one("select count(*) from core.area")
    assert demo_built.one("select count(*) from core.exposure") == areas
    assert demo_built.one("select count(*) from core.traffic_exposure") == 5 * int(str(areas))
