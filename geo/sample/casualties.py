"""The vehicles in each collision and the people hurt in it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.sample import stats19
from geo.sample.arrays import Ints

_MOST_VEHICLES = 5
_MOST_CASUALTIES = 6
# Of collisions without a pedestrian, the share with one vehicle.
_ALONE_SHARE = 0.28
_ROAD_USER_SHARES = (0.15, 0.12, 0.12, 0.53, 0.03, 0.05)
_VEHICLE_TYPES = (stats19.CAR, stats19.VAN, stats19.CYCLIST, stats19.MOTORCYCLIST, stats19.BUS)
_VEHICLE_SHARES = (0.78, 0.09, 0.05, 0.05, 0.03)


@dataclass(frozen=True)
class People:
    """Tables of casualties and vehicles, and how many of each a collision has."""

    casualties: pd.DataFrame
    vehicles: pd.DataFrame
    casualty_counts: Ints
    vehicle_counts: Ints


def draw_people(rng: np.random.Generator, collisions: pd.DataFrame) -> People:
    """Draw who was hurt and what was driven; the first casualty of a collision has its severity.

    Args:
        rng: random stream.
        collisions: collisions with collision_index, collision_year, collision_ref_no, collision_severity.
    """
    size = len(collisions)
    user = rng.choice(stats19.ROAD_USERS, size, p=_ROAD_USER_SHARES)
    alone = (user == stats19.PEDESTRIAN) | (rng.uniform(size=size) < _ALONE_SHARE)
    vehicle_counts = np.where(alone, 1, np.minimum(1 + rng.geometric(0.86, size), _MOST_VEHICLES))
    casualty_counts = np.minimum(rng.geometric(0.79, size), _MOST_CASUALTIES)
    vehicles = _vehicles(rng, collisions, vehicle_counts, user)
    casualties = _casualties(rng, collisions, casualty_counts, user)
    return People(casualties, vehicles, casualty_counts, vehicle_counts)


def _vehicles(rng: np.random.Generator, collisions: pd.DataFrame, counts: Ints, user: Ints) -> pd.DataFrame:
    table, reference = _rows(collisions, counts, stats19.VEHICLE_COLUMNS)
    drawn = rng.choice(_VEHICLE_TYPES, len(table), p=_VEHICLE_SHARES)
    # The first vehicle is the one the first casualty rode in; a pedestrian rode in none.
    first = np.where(user == stats19.PEDESTRIAN, stats19.CAR, user)
    age = rng.integers(17, 85, len(table))
    return table.assign(
        vehicle_reference=reference,
        vehicle_type=np.where(reference == 1, np.repeat(first, counts), drawn),
        towing_and_articulation=0,
        skidding_and_overturning=0,
        hit_object_in_carriageway=0,
        first_point_of_impact=rng.integers(0, 5, len(table)),
        vehicle_left_hand_drive=1,
        sex_of_driver=rng.choice([1, 2, 3], len(table), p=[0.62, 0.3, 0.08]),
        age_of_driver=age,
        age_band_of_driver=_band(age),
        escooter_flag=0,
    )


def _casualties(rng: np.random.Generator, collisions: pd.DataFrame, counts: Ints, user: Ints) -> pd.DataFrame:
    table, reference = _rows(collisions, counts, stats19.CASUALTY_COLUMNS)
    worst = np.repeat(collisions["collision_severity"].to_numpy(dtype=np.int64), counts)
    others = np.maximum(worst, rng.choice([stats19.SERIOUS, stats19.SLIGHT], len(table), p=[0.12, 0.88]))
    severity = np.where(reference == 1, worst, others)
    kind = np.repeat(user, counts)
    age = np.clip(np.round(rng.gamma(3.2, 12, len(table))), 0, 98).astype(np.int64)
    on_foot = kind == stats19.PEDESTRIAN
    return table.assign(
        vehicle_reference=1,
        casualty_reference=reference,
        casualty_class=np.where(on_foot, 3, np.where(reference == 1, 1, 2)),
        sex_of_casualty=rng.choice([1, 2], len(table), p=[0.6, 0.4]),
        age_of_casualty=age,
        age_band_of_casualty=_band(age),
        casualty_severity=severity,
        pedestrian_location=np.where(on_foot, 5, 0),
        pedestrian_movement=np.where(on_foot, 1, 0),
        car_passenger=np.where((kind == stats19.CAR) & (reference > 1), 1, 0),
        bus_or_coach_passenger=np.where((kind == stats19.BUS) & (reference > 1), 4, 0),
        pedestrian_road_maintenance_worker=0,
        casualty_type=kind,
        casualty_injury_based=0,
        casualty_adjusted_severity_serious=np.where(severity == stats19.SERIOUS, 1, 0),
        casualty_adjusted_severity_slight=np.where(severity == stats19.SLIGHT, 1, 0),
    )


def _rows(collisions: pd.DataFrame, counts: Ints, columns: tuple[str, ...]) -> tuple[pd.DataFrame, Ints]:
    """Repeat each collision `counts` times; also return the number of each row within its collision."""
    total = int(counts.sum())
    table = pd.DataFrame(stats19.MISSING, index=range(total), columns=list(columns), dtype=object)
    for column in ("collision_index", "collision_year", "collision_ref_no"):
        table[column] = np.repeat(collisions[column].to_numpy(), counts)
    reference = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    return table, reference


def _band(age: Ints) -> Ints:
    return np.searchsorted(stats19.AGE_BAND_STARTS, age, side="right").astype(np.int64)
