"""Where and when collisions happen, drawn from the planted rates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample import stats19
from geo.sample.pieces import Pieces
from geo.sample.severity import severity_shares
from geo.sample.truth import Truth

_SIDEWAYS_SD_M = 3.5
_SIDEWAYS_MOST_M = 12.0
_JUNCTION_REACH_M = 9.0


@dataclass(frozen=True)
class Drawn:
    """Collisions as they happened: piece of road, point (EPSG:27700), time, severity, at a junction?"""

    piece: Ints
    xy: Floats
    at: pd.DatetimeIndex
    severity: Ints
    is_junction: Bools


def draw_year(rng: np.random.Generator, pieces: Pieces, expected: Floats, year: int, truth: Truth) -> Drawn:
    """Draw one year of collisions: Poisson on each piece, sorted by time.

    Args:
        rng: random stream.
        pieces: pieces of road.
        expected: collisions a year on each piece in a year of ratio 1, with its link's own factor.
        year: calendar year.
        truth: planted effects; a year without a ratio has 1.
    """
    sums = np.cumsum(expected)
    total = float(sums[-1]) if len(sums) else 0.0
    count = int(rng.poisson(total * truth.year_rate_ratio.get(year, 1.0)))
    # A Poisson total dealt out in proportion is a Poisson count on each piece. Sorted, since a large network
    # is read many times faster in its own order.
    at_sum = np.sort(rng.uniform(size=count)) * total
    piece = np.minimum(np.searchsorted(sums, at_sum, side="right"), len(sums) - 1)
    is_junction = (rng.uniform(size=count) < truth.at_junction_share) & pieces.at_node[piece].any(axis=1)
    xy = _points(rng, pieces.lines[piece], is_junction, pieces.at_node[piece])
    severity = _severity(rng, pieces.is_town[piece], truth)
    at = _moments(rng, year, count)
    order = np.argsort(at, kind="stable")
    return Drawn(piece[order], xy[order], pd.DatetimeIndex(at[order]), severity[order], is_junction[order])


def _moments(rng: np.random.Generator, year: int, count: int) -> Objects:
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
    weights = (
        np.array(stats19.MONTH_WEIGHTS)[days.month - 1] * np.array(stats19.WEEKDAY_WEIGHTS)[days.day_of_week]
    )
    hours = np.array(stats19.HOUR_WEIGHTS) / sum(stats19.HOUR_WEIGHTS)
    day = rng.choice(len(days), count, p=weights / weights.sum())
    minute = rng.choice(24, count, p=hours) * 60 + rng.integers(0, 60, count)
    moments: Objects = days.to_numpy().astype("datetime64[m]")[day] + minute.astype("timedelta64[m]")
    return moments


def _points(rng: np.random.Generator, lines: Objects, is_junction: Bools, at_node: Bools) -> Floats:
    """Place each collision along its piece, near a junction at an end if at one, a few metres to a side."""
    length = shapely.length(lines)
    near = np.minimum(rng.exponential(_JUNCTION_REACH_M, len(lines)), length / 2)
    is_first = np.where(at_node.all(axis=1), rng.integers(0, 2, len(lines)) == 0, at_node[:, 0])
    near = np.where(is_first, near, length - near)
    along = np.where(is_junction, near, rng.uniform(size=len(lines)) * length)
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    step = np.where(along > length / 2, -1.0, 1.0)
    there = shapely.get_coordinates(shapely.line_interpolate_point(lines, along + step))
    heading = (there - here) / np.maximum(np.hypot(*(there - here).T), 1e-9)[:, None]
    sideways = np.clip(rng.normal(0, _SIDEWAYS_SD_M, len(lines)), -_SIDEWAYS_MOST_M, _SIDEWAYS_MOST_M)
    # Published in whole metres.
    return np.asarray(np.round(here + sideways[:, None] * np.column_stack([-heading[:, 1], heading[:, 0]])))


def _severity(rng: np.random.Generator, is_town: Bools, truth: Truth) -> Ints:
    fatal, serious = severity_shares(is_town, truth)
    chance = rng.uniform(size=len(is_town))
    worst = np.where(chance < fatal, stats19.FATAL, stats19.SERIOUS)
    return np.where(chance < fatal + serious, worst, stats19.SLIGHT)
