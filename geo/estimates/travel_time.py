"""How far travel times can be relied on: planning-time index, buffer index, LOTTR, with intervals over days."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats, Ints

INDICES = ["planning_time_index", "buffer_index", "lottr"]
RELIABILITY = [
    "mean_s", "p50_s", "p80_s", "p95_s", "free_flow_s",
    *[name + end for name in INDICES for end in ("", "_lower", "_upper")],
    "uncertainty_kind", "observations", "days",
]  # fmt: skip
_SHARES = np.array([0.5, 0.8, 0.95])
LEAST_DAYS = 10
_SATURDAY = 5


@dataclass(frozen=True)
class _Sorted:
    """Travel times in the order of group and time.

    By row: group (position), day (position), seconds. By group: rows before it, with the number of all rows
    last. By day: whether it is of a weekend.
    """

    group: Ints
    day: Ints
    seconds: Floats
    start: Ints
    is_weekend: Bools

    def quantiles(self, weight: Ints) -> tuple[Floats, Floats]:
        """Return mean and quantiles (groups x 3) of times repeated by weight; null where none is left."""
        ends = np.concatenate([[0], np.cumsum(weight)])
        before, size = ends[self.start[:-1]], np.diff(ends[self.start])
        some = size > 0
        at = np.where(some[:, None], (size[:, None] - 1) * _SHARES, 0.0)
        floor = np.floor(at).astype(np.int64)
        above = np.minimum(floor + 1, np.maximum(size[:, None] - 1, 0))
        low, high = (self._at(ends, before[:, None] + position) for position in (floor, above))
        total = np.bincount(self.group, weight * self.seconds, minlength=len(size))
        return (
            np.where(some, total / np.maximum(size, 1), np.nan),
            np.where(some[:, None], low + (high - low) * (at - floor), np.nan),
        )

    def _at(self, ends: Ints, position: Ints) -> Floats:
        """Return the time at a position among all times repeated by weight."""
        row = np.searchsorted(ends, position, side="right") - 1
        return np.asarray(self.seconds[np.minimum(row, len(self.seconds) - 1)])


def travel_time_reliability(
    times: pd.DataFrame, by: Sequence[str], draws: int = 200, level: float = 0.95, seed: int = 1
) -> pd.DataFrame:
    """Return how reliable travel times are in each group (a link or corridor, in a period, of one segment).

    Planning-time index: 95th percentile over free flow. Buffer index: what the 95th percentile adds to the
    mean, as a part of the mean. LOTTR: 80th percentile over the median. Percentiles interpolate linearly.
    Intervals have Student's width on the log scale, with a standard error from a bootstrap that draws whole
    days, since times of one day go together: the same days for all groups, weekends among weekends. They
    leave out the uncertainty of free flow, and are a little too narrow where days are few: of 95 % intervals
    of the 95th percentile over 30 days about 91 % held the truth. Below ten days there is none.

    Args:
        times: the columns of `by`, ``day`` (date), ``travel_time_s`` (null or not above zero: not used) and
            ``free_flow_s`` (one value a group; null where unknown). For the federal LOTTR, times are by
            quarter hour and `by` has the period of `reporting_period`.
        by: columns that name the group; a row where one is null is in none.
        draws: of the bootstrap; 0 for none. A million times and 200 draws take about five seconds.
        level: of confidence.
        seed: of the draws.

    Returns:
        One row per group that has a usable time, ordered: its columns and RELIABILITY.

    Source: FHWA (2006), Travel Time Reliability: Making It There On Time, All The Time; 23 CFR 490.511
    (LOTTR); Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapters 6 and 12.
    """
    used = times[(times["travel_time_s"] > 0) & times[list(by)].notna().all(axis=1)]
    names = used[list(by)].drop_duplicates().sort_values(list(by), ignore_index=True)
    if names.empty:
        return pd.DataFrame(columns=[*by, *RELIABILITY])
    ordered, free = _sorted(used, list(by), len(names)), _free_flow(used, list(by))
    mean, quantiles = ordered.quantiles(np.ones(len(used), dtype=np.int64))
    days = np.bincount(np.unique(np.column_stack([ordered.group, ordered.day]), axis=0)[:, 0])
    enough = (days >= LEAST_DAYS) & (draws > 0)
    columns = {"mean_s": mean, "p50_s": quantiles[:, 0], "p80_s": quantiles[:, 1], "p95_s": quantiles[:, 2]}
    ratios = _ratios(mean, quantiles, free)
    half = np.full(ratios.shape, np.nan)
    if enough.any():
        found = np.log(_drawn_ratios(ordered, free, draws, seed)[:, :, enough])
        half[:, enough] = log_half_width(found, days[enough], level)
    for name, ratio, width, less in zip(INDICES, ratios, half, (0, 1, 0), strict=True):
        columns[name] = ratio - less
        columns[f"{name}_lower"], columns[f"{name}_upper"] = ratio * np.exp([-width, width]) - less
    few = f"none: fewer than {LEAST_DAYS} days" if draws else "none: not asked for"
    return names.assign(
        **columns,
        free_flow_s=free,
        observations=np.diff(ordered.start),
        days=days,
        uncertainty_kind=np.where(enough, "bootstrap over days", few),
    )[[*by, *RELIABILITY]]


def _sorted(used: pd.DataFrame, by: list[str], groups: int) -> _Sorted:
    group = used.groupby(by, sort=True).ngroup().to_numpy(dtype=np.int64)
    dates, day = np.unique(used["day"].to_numpy(dtype="datetime64[D]"), return_inverse=True)
    seconds = used["travel_time_s"].to_numpy(dtype=float)
    order = np.lexsort((seconds, group))
    start = np.searchsorted(group[order], np.arange(groups + 1))
    is_weekend = np.asarray(pd.DatetimeIndex(dates).day_of_week >= _SATURDAY)
    return _Sorted(np.asarray(group[order]), day[order], seconds[order], start, is_weekend)


def _ratios(mean: Floats, quantiles: Floats, free: Floats) -> Floats:
    """Return what the indices are made of (ratios x groups): the buffer index is its ratio less 1."""
    half, most, nearly_all = quantiles.T
    return np.stack([nearly_all / free, nearly_all / mean, most / half])


def log_half_width(logs: Floats, days: Ints, level: float) -> Floats:
    """Return the half width of the interval of a logarithm, from values of it over drawn days (along axis 0)."""
    # The same index of days drawn varies less than that of days lived by (days - 1) / days.
    spread = np.sqrt(np.nanvar(logs, axis=0, ddof=1) * days / np.maximum(days - 1, 1))
    return np.asarray(stats.t.ppf(1 - (1 - level) / 2, np.maximum(days - 1, 1)) * spread)


def drawn_indices(
    times: pd.DataFrame, by: Sequence[str], draws: int, seed: int = 1
) -> tuple[pd.DataFrame, Floats]:
    """Return each group's indices, and the same over draws of whole days: the same days for all groups.

    Args:
        times: as for `travel_time_reliability`.
        by: columns that name the group.
        draws: of the bootstrap.
        seed: of the draws.

    Returns:
        One row per group that has a usable time, ordered: its columns, ``observations`` and ``days``; and an array
        (1 + draws, indices, groups), indices in the order of INDICES: of the days lived, then of those drawn.
    """
    used = times[(times["travel_time_s"] > 0) & times[list(by)].notna().all(axis=1)]
    names = used[list(by)].drop_duplicates().sort_values(list(by), ignore_index=True)
    ordered, free = _sorted(used, list(by), len(names)), _free_flow(used, list(by))
    lived = _ratios(*ordered.quantiles(np.ones(len(used), dtype=np.int64)), free)
    found = np.concatenate([lived[None], _drawn_ratios(ordered, free, draws, seed)])
    found[:, INDICES.index("buffer_index")] -= 1
    days = np.bincount(np.unique(np.column_stack([ordered.group, ordered.day]), axis=0)[:, 0])
    return names.assign(observations=np.diff(ordered.start), days=days), found


def _free_flow(used: pd.DataFrame, by: list[str]) -> Floats:
    free = used.groupby(by, sort=True)["free_flow_s"].first().to_numpy(dtype=float, na_value=np.nan)
    return np.where(free > 0, free, np.nan)


def _drawn_ratios(times: _Sorted, free: Floats, draws: int, seed: int) -> Floats:
    """Return what the indices are made of over draws of days (draws x ratios x groups)."""
    rng, found = np.random.default_rng(seed), np.empty((draws, len(INDICES), len(free)))
    for draw in found:
        weight = np.zeros(len(times.is_weekend), dtype=np.int64)
        for kind in (False, True):
            of_kind = np.flatnonzero(times.is_weekend == kind)
            if len(of_kind):
                weight[of_kind] = rng.multinomial(len(of_kind), np.full(len(of_kind), 1 / len(of_kind)))
        draw[:] = _ratios(*times.quantiles(weight[times.day]), free)
    return found
