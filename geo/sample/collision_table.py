"""Collisions as the police record them: STATS19 columns and codes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import Bools, Ints, Objects
from geo.sample import stats19
from geo.sample.collisions import Drawn
from geo.sample.coordinates import lon_lat
from geo.sample.digits import numbered
from geo.sample.links import Links
from geo.sample.pieces import Pieces
from geo.sample.plan import CLASSES
from geo.sample.recorded_places import Recorded as Where
from geo.sample.recorded_places import RecordedPlaces, record_places
from geo.sample.severity import Recorded as Severity
from geo.sample.severity import record_severity
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


@dataclass(frozen=True)
class Roads:
    """Numbered roads, in the order of `links.route`: number (17 of the B17), and whether trunk.

    A link of no route takes the last entry: number 0, not trunk.
    """

    number: Ints
    trunk: Bools


def numbered_roads(numbers: list[str], trunk: Bools) -> Roads:
    """Return roads as STATS19 numbers them, without letters; see `Roads`."""
    digits = [int("".join(filter(str.isdigit, name)) or 0) for name in numbers]
    return Roads(np.array([*digits, 0], dtype=np.int64), np.append(trunk, False))


def collision_table(
    rng: np.random.Generator,
    drawn: Drawn,
    links: Links,
    pieces: Pieces,
    *,
    roads: Roads,
    places: RecordedPlaces,
    truth: Truth,
    first: int = 1,
) -> pd.DataFrame:
    """Return one year's collisions in STATS19 columns and codes, but for the counts of vehicles and casualties.

    References count from `first` in each year.
    """
    link, is_town = pieces.link[drawn.piece], pieces.is_town[drawn.piece]
    where = record_places(rng, drawn, pieces, places, truth)
    severity = record_severity(
        rng, drawn.severity, at=drawn.at, force=where.force, is_town=is_town, truth=truth
    )
    given = (
        _what(drawn, severity, where, first)
        | _where(drawn, where)
        | _road(rng, drawn, links, link, roads=roads, is_town=is_town)
        | _circumstances(rng, drawn, is_town)
    )
    return pd.DataFrame({column: given.get(column, stats19.MISSING) for column in stats19.COLLISION_COLUMNS})


def _what(drawn: Drawn, severity: Severity, where: Where, first: int) -> dict[str, Any]:
    reference = numbered("DL", np.arange(first, first + len(drawn.at)), 6)
    minutes = drawn.at.to_numpy().astype("datetime64[m]")
    days = minutes.astype("datetime64[D]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return {
        "collision_index": np.strings.add(numbered("", year, 4), reference),
        "collision_year": year,
        "collision_ref_no": reference,
        "police_force": where.force,
        "collision_severity": severity.severity,
        "date": _dates(days),
        # Sunday is 1; the first of 1970 was a Thursday.
        "day_of_week": (days.astype(np.int64) + 4) % 7 + 1,
        "time": _times((minutes - days).astype(np.int64)),
        "collision_injury_based": severity.is_injury_based.astype(np.int64),
        "collision_adjusted_severity_serious": severity.serious,
        "collision_adjusted_severity_slight": severity.slight,
    }


def _dates(days: Objects) -> Objects:
    """Write days DD/MM/YYYY: each day of the span once, then taken for every row."""
    if not len(days):
        return np.array([], dtype="U10")
    span = pd.DatetimeIndex(np.arange(days.min(), days.max() + 1))
    written = np.array(span.strftime("%d/%m/%Y"), dtype="U10")
    dates: Objects = written[(days - days.min()).astype(np.int64)]
    return dates


def _times(minutes: Ints) -> Objects:
    """Write minutes of the day HH:MM."""
    written = np.array([f"{n // 60:02}:{n % 60:02}" for n in range(24 * 60)])
    return written[minutes]


def _where(drawn: Drawn, where: Where) -> dict[str, Any]:
    degrees = np.round(lon_lat(drawn.xy), 6)
    return {
        "location_easting_osgr": drawn.xy[:, 0].astype(np.int64),
        "location_northing_osgr": drawn.xy[:, 1].astype(np.int64),
        "longitude": degrees[:, 0],
        "latitude": degrees[:, 1],
        "local_authority_ons_district": where.district,
        "local_authority_highway": where.authority,
        "local_authority_highway_current": where.authority_now,
        "lsoa_of_accident_location": where.small_area,
    }


def _road(
    rng: np.random.Generator, drawn: Drawn, links: Links, link: Ints, *, roads: Roads, is_town: Bools
) -> dict[str, Any]:
    number, is_trunk = roads.number[links.route[link]], roads.trunk[links.route[link]]
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


def _speed_limit(road_class: Ints, *, is_town: Bools, is_trunk: Bools) -> Ints:
    """Speed limit in miles an hour."""
    country = np.where(is_trunk | (road_class == 0), 70, 60)
    is_street = road_class < CLASSES.index("Not Classified")
    town = np.where(is_trunk, 40, np.where(is_street, 30, 20))
    return np.where(is_town, town, country)
