"""Marks along a measured road, as milestones: what is near is measured against the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints
from geo.contacts import Lines

_MARK_M = 20.0
# Corridors lie so far apart on an axis of their own that no search by distance finds two at once, metres.
_APART_M = 1e7


class Stretches(Protocol):
    """Stretches of parts of lines."""

    @property
    def part(self) -> Ints: ...  # noqa: D102
    @property
    def from_m(self) -> Floats: ...  # noqa: D102
    @property
    def to_m(self) -> Floats: ...  # noqa: D102


@dataclass(frozen=True)
class Marks:
    """Marks: where each is (metres), how far along its corridor, its stretch, strand and corridor."""

    xy: Floats
    at_m: Floats
    stretch: Ints
    strand: Ints
    corridor: Ints
    tree: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tree", cKDTree(_apart(self.xy, self.corridor)))

    def are_within(self, xy: Floats, corridor: Ints, distance_m: float) -> NDArray[np.bool_]:
        """Return which points are within a distance of a mark of their corridor."""
        if not len(xy):
            return np.empty(0, dtype=bool)
        far, _ = self.tree.query(_apart(xy, corridor), distance_upper_bound=distance_m)
        return np.asarray(np.isfinite(far))

    def nearest(self, xy: Floats, corridor: Ints) -> tuple[Floats, Ints]:
        """Return for each point the nearest place along its corridor, metres, and the strand it is on."""
        if not len(xy):
            return np.empty(0), np.empty(0, dtype=np.int64)
        _, mark = self.tree.query(_apart(xy, corridor))
        mark = np.asarray(mark, dtype=np.int64)
        best, at = np.hypot(*(xy - self.xy[mark]).T), self.at_m[mark].copy()
        last = len(self.xy) - 1
        for other in (np.maximum(mark - 1, 0), np.minimum(mark + 1, last)):
            step = self.xy[other] - self.xy[mark]
            size = np.where(self.stretch[other] == self.stretch[mark], (step**2).sum(axis=1), 0.0)
            along = ((xy - self.xy[mark]) * step).sum(axis=1)
            share = np.clip(np.divide(along, size, out=np.zeros(len(xy)), where=size > 0), 0, 1)
            far = np.hypot(*(xy - self.xy[mark] - share[:, None] * step).T)
            place = self.at_m[mark] + share * (self.at_m[other] - self.at_m[mark])
            at, best = np.where(far < best, place, at), np.minimum(far, best)
        return at, self.strand[mark]


def marks_along(placed: pd.DataFrame, steps: Stretches, lines: Lines, part: Ints) -> Marks:
    """Return marks every 20 m of steps whose places along the corridor are known.

    Args:
        placed: ``step``, ``strand``, ``at_from_m``, ``at_to_m``.
        steps: every step.
        lines: the lines that the steps are of.
        part: the corridor of every step.
    """
    step = placed["step"].to_numpy()
    length = steps.to_m[step] - steps.from_m[step]
    count = np.ceil(length / _MARK_M).astype(np.int64) + 1
    row = np.repeat(np.arange(len(step)), count)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    share = nth / np.repeat(count - 1, count)
    start, end = (placed[c].to_numpy()[row] for c in ("at_from_m", "at_to_m"))
    along = steps.from_m[step[row]] + share * length[row]
    return Marks(
        lines.points_at(steps.part[step[row]], along),
        start + share * (end - start),
        step[row],
        placed["strand"].to_numpy()[row],
        part[step[row]],
    )


def all_marks(marks: Sequence[Marks]) -> Marks:
    """Return several sets of marks as one."""
    return Marks(
        *(
            np.concatenate([getattr(m, name) for m in marks])
            for name in ("xy", "at_m", "stretch", "strand", "corridor")
        )
    )


def _apart(xy: Floats, corridor: Ints) -> Floats:
    return np.column_stack([xy, corridor * _APART_M])
