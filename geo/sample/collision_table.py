"""Collisions as the police record them: STATS19 columns and codes."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.sample import stats19
from geo.sample.arrays import Bools, Ints, Objects
from geo.sample.collisions import Drawn
from geo.sample.coordinates import lon_lat
from geo.sample.exposure import Pieces
from geo.sample.geography import Geography, Level
from geo.sample.network import Links
from geo.sample.routes import CLASSES
from geo.sample.sketch import ROUTES
from geo.sample.truth import Truth

# Hours between which it is light, by month.
_LIGHT = (
    (8, 16), (7, 17), (6, 18), (6, 20), (5, 21), (4, 22),
    (4, 22), (5, 21), (6, 20), (7, 18), (7, 16), (8, 16),
)  # fmt: skip
_WET_SHARE = 0.27
_RAINING_SHARE_OF_WET = 0.6
_POLICE_CAME_SHARE = 0.66
_T_JUNCTION_SHARE = 0.8


def collision_table(
    rng: np.random.Generator,
    drawn: Drawn,
    links: Links,
    pieces: Pieces,
    *,
    geography: Geography,
    truth: Truth,
) -> pd.DataFrame:
    """Return the collisions in STATS19 columns and codes, without the counts of vehicles and casualties."""
    link, is_town = pieces.link[drawn.piece], pieces.is_town[drawn.piece]
    codes = np.array(geography.authorities.codes)
    authority = codes[_recorded_authority(rng, drawn, pieces, geography.authorities, truth)]
    given = (
        _what(drawn)
        | _where(drawn, authority, geography.small_areas)
        | _road(rng, drawn, links, link, is_town=is_town)
        | _circumstances(rng, drawn, is_town)
    )
    return pd.DataFrame({column: given.get(column, stats19.MISSING) for column in stats19.COLLISION_COLUMNS})


def _what(drawn: Drawn) -> dict[str, Any]:
    reference = [f"DL{n:06}" for n in range(1, len(drawn.at) + 1)]
    year = drawn.at.year.to_numpy()
    return {
        "collision_index": [f"{y}{r}" for y, r in zip(year, reference, strict=True)],
        "collision_year": year,
        "collision_ref_no": reference,
        "police_force": stats19.POLICE_FORCE,
        "collision_severity": drawn.severity,
        "date": drawn.at.strftime("%d/%m/%Y"),
        # Sunday is 1.
        "day_of_week": (drawn.at.day_of_week.to_numpy() + 1) % 7 + 1,
        "time": drawn.at.strftime("%H:%M"),
        "collision_injury_based": 0,
        "collision_adjusted_severity_serious": np.where(drawn.severity == stats19.SERIOUS, 1, 0),
        "collision_adjusted_severity_slight": np.where(drawn.severity == stats19.SLIGHT, 1, 0),
    }


def _where(drawn: Drawn, authority: Objects, small_areas: Level) -> dict[str, Any]:
    degrees = np.round(lon_lat(drawn.xy), 6)
    return {
        "location_easting_osgr": drawn.xy[:, 0].astype(np.int64),
        "location_northing_osgr": drawn.xy[:, 1].astype(np.int64),
        "longitude": degrees[:, 0],
        "latitude": degrees[:, 1],
        "local_authority_ons_district": authority,
        "local_authority_highway": authority,
        "local_authority_highway_current": authority,
        "lsoa_of_accident_location": _small_area(drawn, small_areas),
    }


def _road(
    rng: np.random.Generator, drawn: Drawn, links: Links, link: Ints, *, is_town: Bools
) -> dict[str, Any]:
    number = np.array([int(r.number[1:]) for r in ROUTES] + [0])[links.route[link]]
    is_trunk = np.array([r.trunk for r in ROUTES] + [False])[links.route[link]]
    carriageways = np.where(is_trunk, stats19.TWO_CARRIAGEWAYS, stats19.ONE_CARRIAGEWAY)
    shape = np.where(
        rng.uniform(size=len(link)) < _T_JUNCTION_SHARE, stats19.AT_T_JUNCTION, stats19.AT_CROSSROADS
    )
    detail = np.where(drawn.is_junction, shape, stats19.NOT_AT_JUNCTION)
    return {
        "first_road_class": np.array(stats19.FIRST_ROAD_CLASS)[links.road_class[link]],
        "first_road_number": number,
        "road_type": np.where(links.is_roundabout[link], stats19.ROUNDABOUT, carriageways),
        "speed_limit": _speed_limit(links.road_class[link], is_town=is_town, is_trunk=is_trunk),
        "junction_detail": np.where(links.is_roundabout[link], stats19.AT_ROUNDABOUT, detail),
        "second_road_class": np.where(drawn.is_junction, stats19.FIRST_ROAD_CLASS[-1], 0),
        "second_road_number": np.where(drawn.is_junction, 0, stats19.MISSING),
        "trunk_road_flag": np.where(is_trunk, 1, 2),
        "urban_or_rural_area": np.where(is_town, stats19.URBAN, stats19.RURAL),
    }


def _circumstances(rng: np.random.Generator, drawn: Drawn, is_town: Bools) -> dict[str, Any]:
    light = np.array(_LIGHT)[drawn.at.month.to_numpy() - 1]
    hour = drawn.at.hour.to_numpy()
    is_dark = (hour < light[:, 0]) | (hour >= light[:, 1])
    is_wet = rng.uniform(size=len(hour)) < _WET_SHARE
    is_raining = is_wet & (rng.uniform(size=len(hour)) < _RAINING_SHARE_OF_WET)
    dark = np.where(is_town, stats19.DARK_LIT, stats19.DARK_UNLIT)
    return {
        "light_conditions": np.where(is_dark, dark, stats19.DAYLIGHT),
        "weather_conditions": np.where(is_raining, 2, 1),
        "road_surface_conditions": np.where(is_wet, 2, 1),
        "special_conditions_at_site": 0,
        "carriageway_hazards": 0,
        "did_police_officer_attend_scene_of_accident": np.where(
            rng.uniform(size=len(hour)) < _POLICE_CAME_SHARE, 1, 2
        ),
    }


def _recorded_authority(
    rng: np.random.Generator, drawn: Drawn, pieces: Pieces, authorities: Level, truth: Truth
) -> Ints:
    """Say which authority each collision is recorded under: near a border, sometimes the neighbour."""
    true = pieces.authority[drawn.piece]
    points = shapely.points(drawn.xy)
    recorded = true.copy()
    for n in np.where(rng.uniform(size=len(true)) < truth.misrecorded_share)[0]:
        gaps = shapely.distance(authorities.polygons, points[n])
        gaps[true[n]] = np.inf
        if gaps.min() < truth.misrecorded_within_m:
            recorded[n] = gaps.argmin()
    return recorded


def _small_area(drawn: Drawn, small_areas: Level) -> Objects:
    """Return the code of the small area around each point; -1 outside all."""
    point, area = shapely.STRtree(small_areas.polygons).query(shapely.points(drawn.xy), predicate="within")
    found: Objects = np.full(len(drawn.xy), str(stats19.MISSING), dtype=object)
    found[point] = np.array(small_areas.codes)[area]
    return found


def _speed_limit(road_class: Ints, *, is_town: Bools, is_trunk: Bools) -> Ints:
    """Speed limit in miles an hour."""
    country = np.where(is_trunk | (road_class == 0), 70, 60)
    is_street = road_class < CLASSES.index("Not Classified")
    town = np.where(is_trunk, 40, np.where(is_street, 30, 20))
    return np.where(is_town, town, country)
