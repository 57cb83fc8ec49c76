"""The region file of the sample: its sources, what they are and what may be published."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from geo.sample.doggerland import DOGGERLAND
from geo.sample.reports import OPEN311_AUTHORITY
from geo.sample.truth import Truth

COMBINED_AUTHORITIES = "combined_authorities.gpkg"
AUTHORITIES = "authorities.gpkg"
DISTRICTS = "districts.gpkg"
WARDS = "wards.geojson"
SMALL_AREAS = "small_areas.gpkg"
AREA_FILES = (COMBINED_AUTHORITIES, AUTHORITIES, DISTRICTS, WARDS, SMALL_AREAS)
AREA_FACTS = "area_facts.csv"
AREA_CHANGES = "area_changes.csv"
FORMER_AUTHORITIES = "former_authorities.gpkg"
ROADS = "roads.gpkg"
OSM_ROADS = "roads_osm.gpkg"
COLLISIONS = "collisions.csv"
CASUALTIES = "casualties.csv"
VEHICLES = "vehicles.csv"
COLLISION_FILES = (COLLISIONS, CASUALTIES, VEHICLES)
# One year is published as it was at the time.
OLD_FILES = ("accidents_2020.csv", "casualties_2020.csv", "vehicles_2020.csv")
OPEN311 = "reports_open311.json"
FIXMYSTREET = "reports_fixmystreet.csv"
SCORES = "satisfaction_scores.csv"
SURVEY = "satisfaction_survey.csv"
TRAFFIC_COUNTS = "traffic_counts.csv"
TRAVEL_TIMES = "travel_times.csv"
AVERAGE_SPEEDS = "average_speeds.csv"
CONDITION = "condition.csv"
SPEND = "spend.csv"
CONTRACTS = "contracts.json"
BUYER_ALIASES = "buyer_aliases.csv"
SCHEMES = "schemes.csv"
NEIGHBOURS = "neighbours.gpkg"

# What a country of its own has: everything in Parquet, and its newest year of collisions in CSV as well.
COUNTRY_AREA_FILES = tuple(f"{Path(name).stem}.parquet" for name in AREA_FILES)
COUNTRY_ROADS, COUNTRY_COLLISIONS = "roads.parquet", "collisions.parquet"

HEAD: Mapping[str, Any] = {
    "name": "doggerland",
    "title": "Doggerland (generated sample)",
    "crs": "EPSG:27700",
    "basis_on": date(2024, 12, 31),
    "authority_level": "highway_authority",
    "comparators": ["all_areas", "parent", "statistical_neighbours"],
}

_INDICATORS = {
    "overall satisfaction with roads": "satisfied_highways",
    "condition of road surfaces": "satisfied_road_surface",
}
_FIVE_YEARS = (date(2020, 1, 1), date(2024, 12, 31))
_FIVE_ACCOUNTS = (date(2020, 4, 1), date(2025, 3, 31))
_LAST_YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def sources() -> list[Mapping[str, Any]]:
    """Return the [[source]] tables, levels of areas coarse to fine."""
    return [
        _source(
            "combined-authorities",
            "areas",
            "Combined authority boundaries",
            COMBINED_AUTHORITIES,
            period=_LAST_YEAR,
            level="combined_authority",
            layer="combined_authorities",
            code="CAUTH24CD",
            name="CAUTH24NM",
        ),
        _source(
            "authorities",
            "areas",
            "Highway authority boundaries",
            AUTHORITIES,
            period=_LAST_YEAR,
            level="highway_authority",
            layer="authorities",
            code="CTYUA24CD",
            name="CTYUA24NM",
            parent="CAUTH24CD",
        ),
        _source(
            "districts",
            "areas",
            "District boundaries",
            DISTRICTS,
            period=_LAST_YEAR,
            level="district",
            layer="districts",
            code="LAD24CD",
            name="LAD24NM",
            parent="CTYUA24CD",
        ),
        _source(
            "wards",
            "areas",
            "Ward boundaries",
            WARDS,
            period=_LAST_YEAR,
            level="ward",
            crs="EPSG:4326",
            code="WD24CD",
            name="WD24NM",
            parent="LAD24CD",
        ),
        _source(
            "small-areas",
            "areas",
            "Small area boundaries",
            SMALL_AREAS,
            period=_LAST_YEAR,
            level="small_area",
            layer="small_areas",
            code="LSOA21CD",
            name="LSOA21NM",
            parent="WD24CD",
        ),
        _source(
            "area-facts", "area_facts", "Residents and deprivation of areas", AREA_FACTS, period=_LAST_YEAR
        ),
        _source(
            "area-changes",
            "area_changes",
            "Changes of the areas and their codes",
            AREA_CHANGES,
            period=_FIVE_YEARS,
        ),
        _source(
            "roads",
            "roads",
            "Road links",
            ROADS,
            period=_LAST_YEAR,
            layer="roads",
            format="os_open_roads",
        ),
        _source(
            "collisions",
            "collisions",
            "Injury collisions",
            [COLLISIONS, OLD_FILES[0]],
            period=_FIVE_YEARS,
            recorded_level="highway_authority",
        ),
        _source(
            "casualties",
            "casualties",
            "People hurt in collisions",
            [CASUALTIES, OLD_FILES[1]],
            period=_FIVE_YEARS,
            of="collisions",
        ),
        _source(
            "vehicles",
            "vehicles",
            "Vehicles in collisions",
            [VEHICLES, OLD_FILES[2]],
            period=_FIVE_YEARS,
            of="collisions",
        ),
        _source(
            "reports-open311",
            "reports",
            "Citizen reports to one council (Open311)",
            OPEN311,
            period=_FIVE_YEARS,
            recorded_level="highway_authority",
            complete_for=[OPEN311_AUTHORITY],
        ),
        _source(
            "reports-fixmystreet",
            "reports",
            "Citizen reports to the other councils",
            FIXMYSTREET,
            period=_FIVE_YEARS,
            recorded_level="highway_authority",
            complete_for=[a.code for a in DOGGERLAND.authorities if a.code != OPEN311_AUTHORITY],
        ),
        _source(
            "traffic-counts",
            "traffic_counts",
            "Traffic counts",
            TRAFFIC_COUNTS,
            period=_FIVE_YEARS,
        ),
        _source("travel-times", "travel_times", "Travel times", TRAVEL_TIMES, period=_LAST_YEAR),
        _source(
            "average-speeds",
            "average_speeds",
            "Average speed and delay on A roads",
            AVERAGE_SPEEDS,
            period=(date(2016, 1, 1), date(2024, 12, 31)),
            breaks=[date(2019, 1, 1)],
        ),
        _source(
            "condition",
            "road_condition",
            "Road condition",
            CONDITION,
            period=(date(2020, 4, 1), date(2025, 3, 31)),
            breaks=[date(2026, 4, 1)],
        ),
        _source(
            "scores",
            "satisfaction_scores",
            "Published satisfaction scores",
            SCORES,
            period=_FIVE_YEARS,
            indicators=_INDICATORS,
        ),
        _source(
            "survey",
            "satisfaction_responses",
            "Answers to the satisfaction survey",
            SURVEY,
            period=_FIVE_YEARS,
            publish="aggregates",
            satisfied_from=4,
            indicators=_INDICATORS,
        ),
        *_value_sources(),
    ]


def _value_sources() -> list[Mapping[str, Any]]:
    return [
        _source("spend", "spend", "Spend on roads", SPEND, period=_FIVE_ACCOUNTS, unit="thousands of pounds"),
        _source("contracts", "contracts", "Contracts for road works", CONTRACTS, period=_FIVE_YEARS),
        _source(
            "buyer-aliases", "buyer_aliases", "Other names of authorities", BUYER_ALIASES, period=_FIVE_YEARS
        ),
        _source("schemes", "schemes", "Schemes on roads", SCHEMES, period=_FIVE_YEARS),
    ]


def former_authorities(truth: Truth) -> Mapping[str, Any]:
    """Return the [[source]] table of the authorities that were merged, as they were."""
    return _source(
        "former-authorities",
        "area_vintages",
        "Former highway authority boundaries",
        FORMER_AUTHORITIES,
        period=_FIVE_YEARS,
        level="highway_authority",
        layer="former_authorities",
        code="CTYUA21CD",
        name="CTYUA21NM",
        valid_to=truth.merged_on - timedelta(days=1),
    )


def neighbours() -> Mapping[str, Any]:
    """Return the [[source]] table of areas beyond the region, which a sample full of dirt has."""
    return _source(
        "neighbours",
        "areas",
        "Neighbours",
        NEIGHBOURS,
        period=_LAST_YEAR,
        level="highway_authority",
        layer="neighbours",
        code="LAD24CD",
        name="LAD24NM",
        context=True,
    )


def _source(
    source_id: str, kind: str, title: str, path: str | list[str], *, period: tuple[date, date], **more: object
) -> Mapping[str, Any]:
    return {
        "id": source_id,
        "kind": kind,
        "title": f"{title} of Doggerland",
        "path": path,
        "publisher": "Placeline sample generator",
        "licence": "CC0 1.0",
        "attribution": "Invented data from the Placeline sample generator; no real place or person.",
        "publish": "rows",
        "period_start": period[0],
        "period_end": period[1],
    } | more


def with_osm_roads(tables: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the [[source]] tables with the roads as OpenStreetMap would have them."""
    osm: dict[str, Any] = {"path": OSM_ROADS, "layer": "lines", "format": "openstreetmap"}
    return [{**table, **osm} if table["kind"] == "roads" else table for table in tables]


def country(
    name: str, title: str, years: tuple[int, int]
) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """Return head and [[source]] tables of a country: areas, facts, roads and collisions, in Parquet.

    Args:
        name: of the region.
        title: for readers.
        years: first and last year of the collisions.
    """
    paths = dict(zip(AREA_FILES, COUNTRY_AREA_FILES, strict=True))
    paths |= {AREA_FACTS: AREA_FACTS, ROADS: COUNTRY_ROADS}
    period = {"period_start": date(years[0], 1, 1), "period_end": date(years[1], 12, 31)}
    tables: list[Mapping[str, Any]] = []
    for table in sources():
        changes: dict[str, Any] = {"title": table["title"].replace("Doggerland", title)}
        if table["kind"] == "collisions":
            changes |= period | {"path": COUNTRY_COLLISIONS}
        elif table["path"] in paths if isinstance(table["path"], str) else False:
            changes["path"] = paths[table["path"]]
        else:
            continue
        tables.append({k: v for k, v in {**table, **changes}.items() if k not in {"layer", "crs"}})
    return {**HEAD, "name": name, "title": f"{title} (generated)"}, tables
