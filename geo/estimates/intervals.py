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
