"""Hotspots of the generated sample: the place that a border splits is found, and shown as missed by one side."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.building import Built


@pytest.fixture(scope="module")
def truth(demo: Path) -> dict[str, dict[str, object]]:
    read: dict[str, dict[str, object]] = json.loads((demo.parent / "truth.json").read_text("utf-8"))
    return read


@pytest.fixture(scope="module")
def codes(truth: dict[str, dict[str, dict[str, float]]]) -> set[str]:
    return set(truth["planted_places"]["hotspot_km"])


def near(truth: dict[str, dict[str, list[float]]], metres: float) -> str:
    x, y = truth["planted_places"]["hotspot_xy"]
    return f"sqrt((st_x(geom) - {x}) ** 2 + (st_y(geom) - {y}) ** 2) < {metres}"


def test_as_many_collisions_happen_there_as_are_planted(
    demo: Path, demo_built: Built, truth: dict[str, dict[str, list[float]]]
) -> None:
    links = pd.read_csv(demo.parent / "truth_links.csv")
    inside = links[(links["hotspot_km"] > 0) & (links["hotspot_km"] > 0.9 * links["length_km"])]
    planted = links.loc[links["hotspot_km"] > 0, "collisions_per_year"].sum()
    assert 0 < inside["collisions_per_year"].sum() <= planted
    # Within its radius, and as far aside as a point may lie.
    found = demo_built.one(
        f"SELECT count(*) FROM core.incident WHERE incident_kind = 'collision' AND {near(truth, 412)}"
    )
    least = 5 * inside["collisions_per_year"].sum() * 0.8
    assert least - 3 * least**0.5 < float(str(found)) < 5 * planted + 3 * (5 * planted) ** 0.5


@pytest.mark.parametrize("layer", ["grid", "stretch"])
def test_the_split_hotspot_is_found_and_missed_by_one_of_its_authorities(
    demo_built: Built, truth: dict[str, dict[str, list[float]]], codes: set[str], layer: str
) -> None:
    x, y = truth["planted_places"]["hotspot_xy"]
    rows = demo_built.rows(
        f"""
        SELECT DISTINCT hotspot.party_codes, hotspot.seen_alone_by_codes, hotspot.is_across_borders,
            hotspot.is_only_borderless, hotspot.observed_count, hotspot.expected_count,
            hotspot.excess_per_year * 5
        FROM marts.hotspot AS hotspot
        JOIN marts.hotspot_cell AS cell USING (outcome, layer, view, hotspot)
        WHERE outcome = 'collisions_against_usual' AND view = 'region' AND layer = '{layer}' AND cell.is_member
            AND (cell.site = '1000m/{x // 1000:.0f}/{y // 1000:.0f}'
                OR cell.site IN (SELECT site FROM core.stretch_place WHERE {near(truth, 400)}))
        """
    )
    [(parties, seeing, is_across, is_only_borderless, observed, expected, excess)] = rows
    assert set(str(parties).split(",")) == codes
    assert is_across
    seen_by = set(filter(None, str(seeing).split(",")))
    assert seen_by < codes
    assert is_only_borderless is (not seen_by)
    # The plain surplus flatters.
    assert 0 < float(str(excess)) < float(str(observed)) - float(str(expected))
    # Who does not see it has no hotspot of its own there.
    alone = demo_built.rows(
        f"""
        SELECT DISTINCT view FROM marts.hotspot_cell
        WHERE outcome = 'collisions_against_usual' AND layer = '{layer}' AND is_member AND view <> 'region'
            AND site IN (
                SELECT site FROM marts.hotspot_cell
                WHERE outcome = 'collisions_against_usual' AND layer = '{layer}' AND is_member AND view = 'region'
            )
        """
    )
    assert {str(view) for (view,) in alone} == seen_by


def test_every_collision_on_a_road_of_the_region_takes_part_once(demo_built: Built) -> None:
    placed = demo_built.one(
        """
        SELECT count(*) FROM core.incident_link AS link
        JOIN staging.collision AS collision ON link.source = collision.source
            AND link.incident_id = collision.collision_id
        JOIN core.incident_place AS place ON link.source = place.source AND link.incident_id = place.incident_id
            AND place.incident_kind = 'collision' AND place.area_level = 'highway_authority'
        JOIN core.area AS area ON place.area_level = area.area_level AND place.area_code = area.area_code
        JOIN core.event_period AS period ON period.event = 'collisions' AND period.is_pooled
            AND collision.occurred_on BETWEEN period.period_start AND period.period_end
        WHERE link.link_id IS NOT NULL AND NOT area.is_context
        """
    )
    used = demo_built.one(
        "SELECT sum(observed) FROM core.usual_part WHERE event = 'collisions' AND layer = 'grid' AND NOT is_context"
    )
    # Only what lies within the tolerance of the region's edge may be on the other side of it by its link.
    assert used == pytest.approx(placed, rel=0.005)


def test_what_is_published_adds_up(demo_built: Built) -> None:
    assert demo_built.one("SELECT count(*) FROM marts.hotspot_count WHERE reason IS NOT NULL") == 0
    wrong = demo_built.one(
        """
        SELECT count(*) FROM marts.hotspot_count AS count
        WHERE hotspot_count <> (
            SELECT count(*) FROM marts.hotspot AS hotspot
            WHERE hotspot.outcome = count.outcome AND hotspot.layer = count.layer AND hotspot.view = count.view
        )
        """
    )
    assert wrong == 0
    assert demo_built.one(
        """
        SELECT count(*) FROM marts.hotspot AS hotspot
        WHERE site_count <> (
            SELECT count(*) FILTER (is_member) FROM marts.hotspot_cell AS cell
            WHERE cell.outcome = hotspot.outcome AND cell.layer = hotspot.layer AND cell.view = hotspot.view
                AND cell.hotspot = hotspot.hotspot
        )
        """
    ) == 0  # fmt: skip
