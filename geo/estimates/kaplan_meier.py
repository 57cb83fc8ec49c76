"""Time until a report is fixed, where some are still open: Kaplan-Meier for many groups at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats, Ints
from geo.estimates.intervals import wilson_interval

WITHIN_DAYS = 28.0
TIME_TO_FIX = [
    "share_fixed", "share_lower", "share_upper", "share_kind",
    "median_days", "median_lower", "median_upper", "median_kind",
    "reports", "fixed", "at_risk", "followed_days", "unusable",
]  # fmt: skip


@dataclass(frozen=True)
class _Curve:
    """Survival curves of all groups, one after another: a step at each time that something was fixed at.

    `group` (position, ascending), `days`, `survival` just after, Greenwood's `variance_sum` (the variance over
    survival squared; infinite where survival is 0).
    """

    group: Ints
    days: Floats
    survival: Floats
    variance_sum: Floats

    def first(self, where: Bools, groups: int) -> Floats:
        """Return the days of each group's first marked step; null where it has none."""
        found, at = np.unique(self.group[where], return_index=True)
        days = np.full(groups, np.nan)
        days[found] = self.days[where][at]
        return days

    def last_until(self, days: float, groups: int) -> tuple[Floats, Floats]:
        """Return survival and variance sum of each group at a time; 1 and 0 before its first step."""
        count = np.bincount(self.group[self.days <= days], minlength=groups)
        at = np.searchsorted(self.group, np.arange(groups)) + count - 1
        some = count > 0
        survival, variance_sum = np.ones(groups), np.zeros(groups)
        survival[some], variance_sum[some] = self.survival[at[some]], self.variance_sum[at[some]]
        return survival, variance_sum


def time_to_fix(
    reports: pd.DataFrame, by: Sequence[str], within_days: float = WITHIN_DAYS, level: float = 0.95
) -> pd.DataFrame:
    """Estimate, for each group, the share fixed within so many days and the median days to fix.

    A report still open counts for as long as it has been open. Being open at the end must not go with how
    long the fix will take: where the extract was cut on one day, it does not. The share's interval is
    log-log; where nothing was fixed by then, or everything, Wilson's on the reports followed all the way.
    The median's is the set of times at which the log-log interval of the curve holds one half.

    Source: Kaplan and Meier (1958), JASA 53:457; Greenwood (1926); Kalbfleisch and Prentice (2002), The
    Statistical Analysis of Failure Time Data, section 1.4 (log-log); Brookmeyer and Crowley (1982),
    Biometrics 38:29.

    Args:
        reports: the columns of `by`, ``days`` (from report to fix, or to the end of the extract; null or below
            zero makes the report unusable) and ``is_fixed``.
        by: columns that name the group; a report where one is null is in none.
        within_days: the share is of reports fixed within this time, this day included.
        level: of confidence.

    Returns:
        One row per group, ordered: its columns and TIME_TO_FIX. Shares from 0 to 1. ``share_kind`` says how
        the interval was made, or why there is no share: nobody was followed so long. A median, or a limit of
        it, that the curve does not reach is null, and ``median_kind`` says "not reached" for a median.
        ``at_risk``: reports known to be open longer than `within_days`; ``followed_days``: of the one
        followed longest.
    """
    group = reports.groupby(list(by), sort=True).ngroup().fillna(-1).to_numpy(dtype=np.int64)
    days = reports["days"].to_numpy(dtype=float, na_value=np.nan)
    named: Bools = group >= 0
    used = named & (np.nan_to_num(days, nan=-1.0) >= 0)
    names = reports.loc[named, list(by)].drop_duplicates().sort_values(list(by), ignore_index=True)
    groups = len(names)
    group, days, unusable = group[used], days[used], np.bincount(group[named & ~used], minlength=groups)
    is_fixed = reports["is_fixed"].to_numpy(dtype=bool)[used]
    counts = pd.DataFrame(
        {
            "reports": np.bincount(group, minlength=groups),
            "fixed": np.bincount(group[is_fixed], minlength=groups),
            "at_risk": np.bincount(group[days > within_days], minlength=groups),
            "followed_days": _longest(group, days, groups),
            "unusable": unusable,
        }
    )
    curve = _curve(group, days, is_fixed)
    is_early = is_fixed & (days <= within_days)
    early, later = (np.bincount(group[k], minlength=groups) for k in (is_early, days >= within_days))
    share = _share(curve, counts, (early, later), within_days, level)
    return pd.concat([names, share, _median(curve, groups, level), counts], axis=1)[[*by, *TIME_TO_FIX]]


def _longest(group: Ints, days: Floats, groups: int) -> Floats:
    longest = np.full(groups, -1.0)
    np.maximum.at(longest, group, days)
    return np.where(longest >= 0, longest, np.nan)


def _curve(group: Ints, days: Floats, is_fixed: Bools) -> _Curve:
    """Return the survival curve of every group."""
    order = np.lexsort((days, group))
    group, days, is_fixed = group[order], days[order], is_fixed[order]
    starts: Bools = np.ones(len(group), dtype=bool)
    starts[1:] = (group[1:] != group[:-1]) | (days[1:] != days[:-1])
    first = np.flatnonzero(starts)
    fixed = np.add.reduceat(is_fixed.astype(float), first) if len(first) else np.zeros(0)
    at_risk = (np.searchsorted(group, group[first], side="right") - first).astype(float)
    some = fixed > 0
    group, days, fixed, at_risk = group[first][some], days[first][some], fixed[some], at_risk[some]
    # All at risk can be fixed at a group's last step only: it is set apart, since its logarithm is infinite.
    left = at_risk - fixed
    ends = left == 0
    open_share = np.where(ends, 1.0, left / at_risk)
    of_step = np.where(ends, 0.0, fixed / (at_risk * np.where(ends, 1.0, left)))
    return _Curve(
        group,
        days,
        np.where(ends, 0.0, np.exp(_running(np.log(open_share), group))),
        np.where(ends, np.inf, _running(of_step, group)),
    )


def _running(values: Floats, group: Ints) -> Floats:
    """Return running sums within each group."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(sums[1:] - sums[np.searchsorted(group, group)])


def _band(survival: Floats, variance_sum: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the log-log interval of survival; null where it is 0 or 1."""
    inside = (survival > 0) & (survival < 1)
    log = np.log(np.where(inside, survival, 0.5))
    half = stats.norm.ppf(1 - (1 - level) / 2) * np.sqrt(np.where(inside, variance_sum, np.nan)) / -log
    return np.exp(log * np.exp(half)), np.exp(log * np.exp(-half))


def _share(
    curve: _Curve, counts: pd.DataFrame, followed: tuple[Ints, Ints], within_days: float, level: float
) -> pd.DataFrame:
    survival, variance_sum = curve.last_until(within_days, len(counts))
    low, high = _band(survival, variance_sum, level)
    # Followed all the way: those fixed in time, if all were; those open to the end of it, if none was.
    plain_low, plain_high = wilson_interval(survival, np.where(survival > 0, followed[1], followed[0]), level)
    is_flat = (survival <= 0) | (survival >= 1)
    known = (survival <= 0) | (counts["followed_days"].to_numpy() >= within_days)
    kind = np.select(
        [counts["reports"] == 0, ~known, is_flat],
        ["none: no usable report", "none: follow-up is too short", "Wilson score"],
        "Kaplan-Meier, log-log",
    )
    return pd.DataFrame(
        {
            "share_fixed": np.where(known, 1 - survival, np.nan),
            "share_lower": np.where(known, 1 - np.where(is_flat, plain_high, high), np.nan),
            "share_upper": np.where(known, 1 - np.where(is_flat, plain_low, low), np.nan),
            "share_kind": kind,
        }
    )


def _median(curve: _Curve, groups: int, level: float) -> pd.DataFrame:
    # Rounding may leave exactly one half a hair above it.
    half = 0.5 + 1e-12
    low, high = _band(curve.survival, curve.variance_sum, level)
    median = curve.first(curve.survival <= half, groups)
    return pd.DataFrame(
        {
            "median_days": median,
            "median_lower": curve.first((low <= half) | (curve.survival <= 0), groups),
            "median_upper": curve.first(high <= half, groups),
            "median_kind": np.where(np.isnan(median), "none: not reached", "Kaplan-Meier"),
        }
    )
