"""Each part of the sample, drawn and written to its files."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from geo.sample import dirt, exposure, files, region, reports, survey
from geo.sample.casualties import draw_people
from geo.sample.collision_table import collision_table
from geo.sample.collisions import draw_collisions
from geo.sample.geography import Geography
from geo.sample.network import Links, link_ids
from geo.sample.planted import SCORE_WITHOUT_BASE
from geo.sample.truth import Truth

Streams = Mapping[str, np.random.Generator]


def write_areas(geography: Geography, out: Path) -> None:
    """Write the boundaries of every level, and one table of facts about all areas."""
    combined = files.area_frame(geography.combined, code="CAUTH24CD", name="CAUTH24NM")
    authorities = files.area_frame(geography.authorities, code="LAD24CD", name="LAD24NM", parent="CAUTH24CD")
    wards = files.area_frame(geography.wards, code="WD24CD", name="WD24NM", parent="LAD24CD")
    small_areas = files.area_frame(geography.small_areas, code="LSOA21CD", name="LSOA21NM", parent="WD24CD")
    files.write_geopackage(combined, out / region.COMBINED_AUTHORITIES, layer="combined_authorities")
    files.write_geopackage(authorities, out / region.AUTHORITIES, layer="authorities")
    files.write_geojson(files.in_lon_lat(wards), out / region.WARDS)
    files.write_geopackage(small_areas, out / region.SMALL_AREAS, layer="small_areas")
    levels = (geography.combined, geography.authorities, geography.wards, geography.small_areas)
    facts = [
        pd.DataFrame(
            {
                "area_code": level.codes,
                "area_name": level.names,
                "parent_code": level.parents,
                "population": level.people,
                "deprivation": level.deprivation,
            }
        )
        for level in levels
    ]
    files.write_csv(pd.concat(facts), out / region.AREA_FACTS)


def write_collisions(
    random: Streams, geography: Geography, links: Links, truth: Truth, out: Path
) -> tuple[pd.DataFrame, list[dirt.Dirt]]:
    """Write collisions, casualties, vehicles and each link's true rate.

    Returns:
        What was planted by authority and road class, and the dirt.
    """
    rng = random["collisions"]
    pieces = exposure.cut_at_borders(links, geography.authorities)
    expected = exposure.expected_per_year(links, pieces, geography, truth)
    with_factor = expected * exposure.link_factors(rng, len(links.lines), truth)[pieces.link]
    drawn = draw_collisions(rng, pieces, with_factor, truth)
    table = collision_table(rng, drawn, links, pieces, geography=geography, truth=truth)
    people = draw_people(random["casualties"], table)
    table["number_of_vehicles"] = people.vehicle_counts
    table["number_of_casualties"] = people.casualty_counts
    table, spoiled = dirt.soil_collisions(random["dirt"], table, region.COLLISIONS)
    files.write_csv(table, out / region.COLLISIONS)
    files.write_csv(people.casualties, out / region.CASUALTIES)
    files.write_csv(people.vehicles, out / region.VEHICLES)
    true_rates = pd.DataFrame(
        {
            "link_id": np.array(link_ids(links))[pieces.link],
            "authority_code": np.array(geography.authorities.codes)[pieces.authority],
            "road_class": np.array(links.class_names)[pieces.link],
            "length_km": pieces.km,
            "collisions_per_year": expected,
            "collisions_per_year_with_link_factor": with_factor,
        }
    )
    files.write_csv(true_rates.round(6), out / "truth_links.csv")
    by_authority = true_rates.groupby(["authority_code", "road_class"], as_index=False)
    return by_authority.sum(numeric_only=True), spoiled


def write_reports(
    random: Streams, geography: Geography, links: Links, truth: Truth, out: Path
) -> list[dirt.Dirt]:
    """Write citizen reports, one authority's as Open311, and where people report how readily.

    Returns:
        The dirt.
    """
    rng = random["reports"]
    rate = reports.propensity(rng, geography, truth)
    made = reports.draw_reports(rng, geography, links, rate, truth)
    is_open311 = made.authority == geography.authorities.codes.index(reports.OPEN311_AUTHORITY)
    files.write_json(reports.open311_requests(rng, made.of(is_open311), geography), out / region.OPEN311)
    table = reports.fixmystreet_table(rng, made.of(~is_open311), geography)
    table, spoiled = dirt.soil_reports(random["dirt"], table, region.FIXMYSTREET)
    files.write_csv(table, out / region.FIXMYSTREET)
    true_rates = pd.DataFrame(
        {"area_code": geography.small_areas.codes, "reports_per_1000_people_year": rate.round(6)}
    )
    files.write_csv(true_rates, out / "truth_small_areas.csv")
    return spoiled


def write_survey(rng: np.random.Generator, geography: Geography, truth: Truth, out: Path) -> None:
    """Write the published scores, one of them without its base, and the survey's answers."""
    scores = survey.score_table(rng, geography, truth)
    unsaid = np.logical_and.reduce([scores[column] == value for column, value in SCORE_WITHOUT_BASE.items()])
    scores.loc[unsaid, "base"] = pd.NA
    files.write_csv(scores, out / region.SCORES)
    files.write_csv(survey.response_table(rng, geography, truth), out / region.SURVEY)
