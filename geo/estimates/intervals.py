"""Confidence intervals for a count, a share and a mean."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Numbers = NDArray[np.float64]


def poisson_interval(count: ArrayLike, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return the exact interval for the mean of a Poisson count.

    It covers the mean at least `level` of the time, not about. For a count of 0 the lower limit is 0.

    Source: Garwood (1936), Biometrika 28:437; chi-squared form as in Ulm (1990), Am J Epidemiol 131:373.
    """
    n = np.asarray(count, dtype=float)
    tail = (1 - level) / 2
    lower = np.where(n > 0, stats.chi2.ppf(tail, 2 * np.maximum(n, 1)) / 2, 0.0)
    upper = np.asarray(stats.chi2.ppf(1 - tail, 2 * n + 2) / 2)
    return lower, upper


def weighted_poisson_interval(
    total: ArrayLike, variance: ArrayLike, next_weight: ArrayLike = 1.0, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Return an interval for the mean of a sum of weighted events, such as chances that each was serious.

    Where every weight is 1 it is that of ``poisson_interval``; for a total of 0 the lower limit is 0. What is
    not known of the weights themselves is left out.

    Args:
        total: sum of the weights of the events that happened.
        variance: sum of their squares.
        next_weight: weight of the event that might have happened too: the largest there is, and the mean is covered
            at least `level` of the time; a typical one, and it is about.
        level: of the interval.

    Source: Fay and Feuer (1997), Statistics in Medicine 16:791; typical weight, Tiwari, Clegg and Zou (2006),
        Statistical Methods in Medical Research 15:547.
    """
    y, v, w = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (total, variance, next_weight)))
    tail = (1 - level) / 2
    some = (y > 0) & (v > 0)
    sure, spread = np.where(some, y, 1.0), np.where(some, v, 1.0)
    lower = np.where(some, spread / (2 * sure) * stats.chi2.ppf(tail, 2 * sure**2 / spread), 0.0)
    scale = (v + w**2) / (2 * (y + w))
    upper = np.asarray(scale * stats.chi2.ppf(1 - tail, (y + w) / scale))
    return np.where(np.isnan(y), np.nan, lower), upper


def wilson_interval(share: ArrayLike, base: ArrayLike, level: float = 0.95) -> tuple[Numbers, Numbers]:
    """Return the score interval for a share (0 to 1) of `base` answers; nulls where the base is null or zero.

    For the mean of a score rescaled to 0 to 1 it is conservative: no variable between 0 and 1 with that
    mean varies more than a yes/no one (Bhatia and Davis 2000, Am Math Monthly 107:353).

    Source: Wilson (1927), JASA 22:209.
    """
    p, n = np.asarray(share, dtype=float), np.asarray(base, dtype=float)
    n = np.where(n > 0, n, np.nan)
    z = stats.norm.ppf(1 - (1 - level) / 2)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def mean_interval(
    mean: ArrayLike, standard_error: ArrayLike, degrees_of_freedom: ArrayLike, level: float = 0.95
) -> tuple[Numbers, Numbers]:
    """Return Student's interval for a mean from its (design-based) standard error; nulls pass through."""
    m, se, df = (np.asarray(a, dtype=float) for a in (mean, standard_error, degrees_of_freedom))
    half = stats.t.ppf(1 - (1 - level) / 2, np.where(df > 0, df, np.nan)) * se
    return m - half, m + half
