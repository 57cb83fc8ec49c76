"""Where and when collisions happen, drawn from the planted rates."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.sample import stats19
from geo.sample.arrays import Bools, Floats, Ints, Objects
from geo.sample.exposure import Pieces
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


def draw_collisions(rng: np.random.Generator, pieces: Pieces, expected: Floats, truth: Truth) -> Drawn:
    """Draw five years of collisions: Poisson on each piece and year, sorted by time.

    Args:
        rng: random stream.
        pieces: pieces of road.
        expected: collisions a year on each piece, with its link's own factor.
        truth: planted effects.
    """
    piece, at = [], []
    for year, ratio in truth.year_rate_ratio.items():
        counts = rng.poisson(expected * ratio)
        piece.append(np.repeat(np.arange(len(expected)), counts))
        at.append(_moments(rng, year, int(counts.sum())))
    moments = np.concatenate(at)
    order = np.argsort(moments, kind="stable")
    pieces_hit = np.concatenate(piece)[order]
    is_junction = rng.uniform(size=len(order)) < truth.at_junction_share
    xy = _points(rng, pieces.lines[pieces_hit], is_junction)
    severity = _severity(rng, pieces.is_town[pieces_hit], truth)
    return Drawn(pieces_hit, xy, pd.DatetimeIndex(moments[order]), severity, is_junction)


def _moments(rng: np.random.Generator, year: int, count: int) -> Objects:
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
    weights = (
        np.array(stats19.MONTH_WEIGHTS)[days.month - 1] * np.array(stats19.WEEKDAY_WEIGHTS)[days.day_of_week]
    )
    hours = np.array(stats19.HOUR_WEIGHTS) / sum(stats19.HOUR_WEIGHTS)
    day = rng.choice(len(days), count, p=weights / weights.sum())
    minute = rng.choice(24, count, p=hours) * 60 + rng.integers(0, 60, count)
    moments: Objects = days.to_numpy()[day] + minute.astype("timedelta64[m]")
    return moments


def _points(rng: np.random.Generator, lines: Objects, is_junction: Bools) -> Floats:
    """Place each collision along its piece, near an end if at a junction, a few metres to either side."""
    length = shapely.length(lines)
    near = np.minimum(rng.exponential(_JUNCTION_REACH_M, len(lines)), length / 2)
    near = np.where(rng.integers(0, 2, len(lines)) == 0, near, length - near)
    along = np.where(is_junction, near, rng.uniform(size=len(lines)) * length)
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    step = np.where(along > length / 2, -1.0, 1.0)
    there = shapely.get_coordinates(shapely.line_interpolate_point(lines, along + step))
    heading = (there - here) / np.maximum(np.hypot(*(there - here).T), 1e-9)[:, None]
    sideways = np.clip(rng.normal(0, _SIDEWAYS_SD_M, len(lines)), -_SIDEWAYS_MOST_M, _SIDEWAYS_MOST_M)
    # Published in whole metres.
    return np.asarray(np.round(here + sideways[:, None] * np.column_stack([-heading[:, 1], heading[:, 0]])))


def _severity(rng: np.random.Generator, is_town: Bools, truth: Truth) -> Ints:
    fatal = np.where(is_town, truth.fatal_share_town, truth.fatal_share_country)
    serious = np.where(is_town, truth.serious_share_town, truth.serious_share_country)
    chance = rng.uniform(size=len(is_town))
    worst = np.where(chance < fatal, stats19.FATAL, stats19.SERIOUS)
    return np.where(chance < fatal + serious, worst, stats19.SLIGHT)
