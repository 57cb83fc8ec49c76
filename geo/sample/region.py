"""The region file of the sample: its sources, what they are and what may be published."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from geo.sample.truth import BOTNEY, LEMAN, SILVERPIT, TAILEND

COMBINED_AUTHORITIES = "combined_authorities.gpkg"
AUTHORITIES = "authorities.gpkg"
WARDS = "wards.geojson"
SMALL_AREAS = "small_areas.gpkg"
AREA_FACTS = "area_facts.csv"
ROADS = "roads.gpkg"
COLLISIONS = "collisions.csv"
CASUALTIES = "casualties.csv"
VEHICLES = "vehicles.csv"
OPEN311 = "reports_open311.json"
FIXMYSTREET = "reports_fixmystreet.csv"
SCORES = "satisfaction_scores.csv"
SURVEY = "satisfaction_survey.csv"
NEIGHBOURS = "neighbours.gpkg"

HEAD: Mapping[str, Any] = {
    "name": "doggerland",
    "title": "Doggerland (generated sample)",
    "crs": "EPSG:27700",
    "basis_on": date(2024, 12, 31),
    "authority_level": "highway_authority",
    "comparators": ["all_areas", "parent"],
}

_INDICATORS = {
    "overall satisfaction with roads": "satisfaction_highways",
    "condition of road surfaces": "satisfaction_road_surface",
}
_FIVE_YEARS = (date(2020, 1, 1), date(2024, 12, 31))
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
            code="LAD24CD",
            name="LAD24NM",
            parent="CAUTH24CD",
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
            "roads",
            "roads",
            "Road links",
            ROADS,
            period=_LAST_YEAR,
            layer="road_link",
            format="os_open_roads",
        ),
        _source(
            "collisions",
            "collisions",
            "Injury collisions",
            COLLISIONS,
            period=_FIVE_YEARS,
            recorded_level="highway_authority",
        ),
        _source(
            "casualties",
            "casualties",
            "People hurt in collisions",
            CASUALTIES,
            period=_FIVE_YEARS,
            of="collisions",
        ),
        _source(
            "vehicles", "vehicles", "Vehicles in collisions", VEHICLES, period=_FIVE_YEARS, of="collisions"
        ),
        _source(
            "reports-open311",
            "reports",
            "Citizen reports to one council (Open311)",
            OPEN311,
            period=_FIVE_YEARS,
            recorded_level="highway_authority",
            complete_for=[BOTNEY],
        ),
        _source(
            "reports-fixmystreet",
            "reports",
            "Citizen reports to three councils",
            FIXMYSTREET,
            period=_FIVE_YEARS,
            recorded_level="highway_authority",
            complete_for=[SILVERPIT, LEMAN, TAILEND],
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
            indicators=_INDICATORS,
        ),
    ]


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
    source_id: str, kind: str, title: str, path: str, *, period: tuple[date, date], **more: object
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
