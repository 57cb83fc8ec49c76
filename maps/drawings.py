"""Small pictures inside a table's rows: where a value lies, and how it went over the years. Text beside each says the same."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from maps.read import Row

WIDTH, HEIGHT, EDGE = 120.0, 16.0, 5.0
SPARK_WIDTH, SPARK_HEIGHT = 70.0, 18.0


@dataclass(frozen=True)
class Bullet:
    """Places across a picture of WIDTH, null where there is nothing to show; pairs are ends of a stretch."""

    value: float
    interval: tuple[float, float] | None
    usual: tuple[float, float] | None
    comparator: float | None


@dataclass(frozen=True)
class Spark:
    """Lines that may be drawn through, and every point."""

    lines: tuple[str, ...]
    points: tuple[tuple[float, float], ...]


Scale = tuple[float, float]


def scale_of(figures: Iterable[Row]) -> Scale | None:
    """Return what a picture of one outcome spans: all areas' values, and of their intervals so much as leaves them apart."""
    rows = [row for row in figures if row["value"] is not None]
    if not rows:
        return None
    inner = [row["value"] for row in rows] + [
        row["comparator_value"] for row in rows if row["comparator_value"] is not None
    ]
    low, high = min(inner), max(inner)
    outer = [x for row in rows for x in (row["lower"], row["upper"]) if x is not None] or inner
    room = (high - low) / 2
    return (max(min(*outer, low), low - room), min(max(*outer, high), high + room))


def bullet(row: Row, scale: Scale | None) -> Bullet | None:
    """Place one figure and what it is held against; None where there is no value."""
    if row["value"] is None or scale is None:
        return None
    low, high = scale

    def across(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(EDGE + min(max(share, 0.0), 1.0) * (WIDTH - 2 * EDGE), 1)

    def stretch(start: float | None, end: float | None) -> tuple[float, float] | None:
        return None if start is None or end is None else (across(start), across(end))

    held = row["comparator_value"]
    return Bullet(
        across(row["value"]),
        stretch(row["lower"], row["upper"]),
        stretch(row["usual_low"], row["usual_high"]),
        None if held is None else across(held),
    )


def spark(points: Sequence[Row]) -> Spark | None:
    """Draw years on a scale of their own; no line crosses a missing year, a change of method or of series."""
    known = [row for row in points if row["value"] is not None]
    if len(known) < 2:  # noqa: PLR2004 - one point is no course
        return None
    low, high = min(row["value"] for row in known), max(row["value"] for row in known)
    first, last = known[0]["period_start"], known[-1]["period_start"]

    def at(row: Row) -> tuple[float, float]:
        along = (row["period_start"] - first) / max(last - first, dt.timedelta(days=1))
        up = (row["value"] - low) / (high - low) if high > low else 0.5
        return round(3 + along * (SPARK_WIDTH - 6), 1), round(SPARK_HEIGHT - 3 - up * (SPARK_HEIGHT - 6), 1)

    runs = [[known[0]]]
    for before, row in pairwise(known):
        if _joins(before, row):
            runs[-1].append(row)
        else:
            runs.append([row])
    lines = tuple("M" + "L".join("{} {}".format(*at(row)) for row in run) for run in runs if len(run) > 1)
    return Spark(lines, tuple(at(row) for row in known))


def _joins(before: Row, row: Row) -> bool:
    adjoins = row["period_start"] - before["period_end"] == dt.timedelta(days=1)
    return adjoins and all(before[key] == row[key] for key in ("method", "series"))
