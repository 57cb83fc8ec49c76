"""Published scores: their interval from the base alone, and whether two periods differ."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from geo.arrays import Floats
from geo.estimates.intervals import wilson_interval

CHANGE = ["difference", "lower", "upper", "p"]


def score_interval(
    score: ArrayLike, base: ArrayLike, design_effect: ArrayLike = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the interval of a percentage, or of a mean score from 0 to 100, that `base` people stand behind.

    A percentage gets Wilson's interval. A mean of scores gets the same, which is too wide rather than too
    narrow: no score within 0 to 100 varies more than a yes/no one of the same mean. It assumes that people
    were drawn at random; a design effect, where one is published, shrinks the base.

    Args:
        score: 0 to 100; null passes through.
        base: people asked; null or zero where not known, which gives no interval.
        design_effect: 1 for a simple random sample.
        level: of confidence.

    Source: Wilson (1927), JASA 22:209; Bhatia and Davis (2000), Am Math Monthly 107:353; design effect as
    Kish (1965), Survey Sampling, section 8.2.
    """
    people = np.asarray(base, dtype=float) / np.asarray(design_effect, dtype=float)
    low, high = wilson_interval(np.asarray(score, dtype=float) / 100, people, level)
    return 100 * low, 100 * high


def share_interval(
    share: ArrayLike, effective_base: ArrayLike, degrees_of_freedom: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the interval of a weighted share (0 to 1) of a survey that lies near 0 or 1, or has few clusters.

    Wilson's interval, its base shrunk as Student's t is wider than the normal: unlike the mean's own
    interval it stays within 0 to 1 and has a width where everybody agrees. Null where the degrees of freedom
    are null or zero.

    Source: Korn and Graubard (1998), Survey Methodology 24:193 (effective base and its adjustment); Dean and
    Pagano (2015), J Surv Stat Methodol 3:484 (Wilson's interval with it).
    """
    df = np.asarray(degrees_of_freedom, dtype=float)
    tail = 1 - (1 - level) / 2
    wider = stats.norm.ppf(tail) / stats.t.ppf(tail, np.where(df > 0, df, np.nan))
    return wilson_interval(share, np.asarray(effective_base, dtype=float) * wider**2, level)


def score_change(
    score: ArrayLike,
    base: ArrayLike,
    earlier: ArrayLike,
    earlier_base: ArrayLike,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return how a published score changed between two periods of different people, with interval and test.

    Exact in no case, and for mean scores cautious as in `score_interval`. The interval need not agree with
    the test at its very edge. A score is null in the result where either is, interval and p where a base is.

    Args:
        score: 0 to 100, of the later period.
        base: people asked in the later period.
        earlier: 0 to 100, of the earlier period.
        earlier_base: people asked in the earlier period.
        level: of confidence.

    Returns:
        CHANGE: later minus earlier, points, with the interval from both Wilson intervals, and the two-sided
        p-value of the score test with one pooled share (1 where both are 0 or both 100).

    Source: Newcombe (1998), Stat Med 17:873, method 10 (interval); Agresti (2013), Categorical Data
    Analysis, section 3.2 (test).
    """
    p1, n1, p2, n2 = (np.asarray(v, dtype=float) for v in (score, base, earlier, earlier_base))
    p1, p2, n1, n2 = p1 / 100, p2 / 100, np.where(n1 > 0, n1, np.nan), np.where(n2 > 0, n2, np.nan)
    (low1, high1), (low2, high2) = wilson_interval(p1, n1, level), wilson_interval(p2, n2, level)
    pooled = (p1 * n1 + p2 * n2) / (n1 + n2)
    error = np.sqrt(np.clip(pooled * (1 - pooled), 0, None) * (1 / n1 + 1 / n2))
    z = np.abs(p1 - p2) / np.where(error > 0, error, np.where(np.isnan(error), np.nan, np.inf))
    return _changes(
        p1 - p2,
        p1 - p2 - np.sqrt((p1 - low1) ** 2 + (high2 - p2) ** 2),
        p1 - p2 + np.sqrt((high1 - p1) ** 2 + (p2 - low2) ** 2),
        2 * stats.norm.sf(z),
        scale=100.0,
    )


def _changes(difference: Floats, lower: Floats, upper: Floats, p: Floats, *, scale: float) -> pd.DataFrame:
    columns = np.broadcast_arrays(scale * difference, scale * lower, scale * upper, p)
    return pd.DataFrame({name: np.atleast_1d(c) for name, c in zip(CHANGE, columns, strict=True)})
