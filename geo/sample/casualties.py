"""The vehicles in each collision and the people hurt in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import Bools, Ints, Objects
from geo.sample import stats19

_MOST_VEHICLES = 5
_MOST_CASUALTIES = 6
# Of collisions without a pedestrian, the share with one vehicle.
_ALONE_SHARE = 0.16
# Of those hurt besides the first, the share seriously, in a collision that bad.
_OTHERS_SERIOUS_SHARE = 0.12
_ROAD_USER_SHARES = (0.17, 0.12, 0.08, 0.587, 0.015, 0.028)
_VEHICLE_TYPES = (stats19.CAR, stats19.VAN, stats19.CYCLIST, stats19.MOTORCYCLIST, stats19.BUS)
_VEHICLE_SHARES = (0.78, 0.09, 0.05, 0.05, 0.03)


@dataclass(frozen=True)
class People:
    """Tables of casualties and vehicles, and how many of each a collision has."""

    casualties: pd.DataFrame
    vehicles: pd.DataFrame
    casualty_counts: Ints
    vehicle_counts: Ints


def draw_people(rng: np.random.Generator, collisions: pd.DataFrame, severity: Ints) -> People:
    """Draw who was hurt and what was driven; the first casualty of a collision has its severity.

    Args:
        rng: random stream.
        collisions: collisions in STATS19 columns, with severity as recorded and adjusted.
        severity: true severity of each.
    """
    size = len(collisions)
    user = rng.choice(stats19.ROAD_USERS, size, p=_ROAD_USER_SHARES)
    alone = (user == stats19.PEDESTRIAN) | (rng.uniform(size=size) < _ALONE_SHARE)
    vehicle_counts = np.where(alone, 1, np.minimum(1 + rng.geometric(0.86, size), _MOST_VEHICLES))
    casualty_counts = np.minimum(rng.geometric(0.79, size), _MOST_CASUALTIES)
    vehicles = _vehicles(rng, collisions, vehicle_counts, user)
    casualties = _casualties(rng, collisions, casualty_counts, user, severity)
    return People(casualties, vehicles, casualty_counts, vehicle_counts)


def _vehicles(rng: np.random.Generator, collisions: pd.DataFrame, counts: Ints, user: Ints) -> pd.DataFrame:
    keys, reference = _keys(collisions, counts)
    size = len(reference)
    drawn = rng.choice(_VEHICLE_TYPES, size, p=_VEHICLE_SHARES)
    # The first vehicle is the one the first casualty rode in; a pedestrian rode in none.
    first = np.where(user == stats19.PEDESTRIAN, stats19.CAR, user)
    age = rng.integers(17, 85, size)
    given = keys | {
        "vehicle_reference": reference,
        "vehicle_type": np.where(reference == 1, np.repeat(first, counts), drawn),
        "towing_and_articulation": 0,
        "skidding_and_overturning": 0,
        "hit_object_in_carriageway": 0,
        "first_point_of_impact": rng.integers(0, 5, size),
        "vehicle_left_hand_drive": 1,
        "sex_of_driver": rng.choice([1, 2, 3], size, p=[0.62, 0.3, 0.08]),
        "age_of_driver": age,
        "age_band_of_driver": _band(age),
        "escooter_flag": 0,
    }
    return _table(given, stats19.VEHICLE_COLUMNS)


def _casualties(
    rng: np.random.Generator, collisions: pd.DataFrame, counts: Ints, user: Ints, severity: Ints
) -> pd.DataFrame:
    keys, reference = _keys(collisions, counts)
    size = len(reference)
    kind = np.repeat(user, counts)
    age = np.clip(np.round(rng.gamma(4, 9, size)), 0, 98).astype(np.int64)
    on_foot = kind == stats19.PEDESTRIAN
    is_first = reference == 1
    given = keys | {
        "vehicle_reference": 1,
        "casualty_reference": reference,
        "casualty_class": np.where(on_foot, 3, np.where(is_first, 1, 2)),
        "sex_of_casualty": rng.choice([1, 2], size, p=[0.6, 0.4]),
        "age_of_casualty": age,
        "age_band_of_casualty": _band(age),
        "pedestrian_location": np.where(on_foot, 5, 0),
        "pedestrian_movement": np.where(on_foot, 1, 0),
        "car_passenger": np.where((kind == stats19.CAR) & ~is_first, 1, 0),
        "bus_or_coach_passenger": np.where((kind == stats19.BUS) & ~is_first, 4, 0),
        "pedestrian_road_maintenance_worker": 0,
        "casualty_type": kind,
    }
    return _table(given | _injuries(rng, collisions, counts, is_first, severity), stats19.CASUALTY_COLUMNS)


def _injuries(
    rng: np.random.Generator, collisions: pd.DataFrame, counts: Ints, is_first: Bools, severity: Ints
) -> dict[str, Objects]:
    """Draw each person's injury, and record it as the collision was: all slight, where that was missed."""
    worst = np.repeat(severity, counts)
    drawn = np.where(rng.uniform(size=len(worst)) < _OTHERS_SERIOUS_SHARE, stats19.SERIOUS, stats19.SLIGHT)
    true = np.where(is_first, worst, np.maximum(worst, drawn))
    of_collision = np.repeat(collisions["collision_severity"].to_numpy(), counts)
    recorded = np.where(of_collision > worst, stats19.SLIGHT, true)
    chance = np.repeat(collisions["collision_adjusted_severity_serious"].to_numpy(), counts)
    unsure = np.where(is_first, chance, np.round(chance * _OTHERS_SERIOUS_SHARE, 6))
    # Where the collision was recorded as worse than slight, nothing was missed.
    unsure = np.where(of_collision == stats19.SLIGHT, unsure, 0.0)
    serious = np.where(recorded == stats19.SERIOUS, 1.0, np.where(recorded == stats19.SLIGHT, unsure, 0.0))
    return {
        "casualty_severity": recorded,
        "casualty_injury_based": np.repeat(collisions["collision_injury_based"].to_numpy(), counts),
        "casualty_adjusted_severity_serious": serious,
        "casualty_adjusted_severity_slight": np.where(
            recorded == stats19.FATAL, 0.0, np.round(1 - serious, 6)
        ),
    }


def _keys(collisions: pd.DataFrame, counts: Ints) -> tuple[dict[str, Any], Ints]:
    """Repeat each collision's key `counts` times; also return the number of each row within its collision."""
    row = np.repeat(np.arange(len(counts)), counts)
    keys = {
        column: collisions[column].take(row).array
        for column in ("collision_index", "collision_year", "collision_ref_no")
    }
    reference = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    return keys, reference


def _table(given: dict[str, Any], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({column: given.get(column, stats19.MISSING) for column in columns})


def _band(age: Ints) -> Ints:
    return np.searchsorted(stats19.AGE_BAND_STARTS, age, side="right").astype(np.int64)
