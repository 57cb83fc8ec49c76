"""Tests of one area against the others, and what many of them together may claim."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Numbers = NDArray[np.float64]


def rate_ratio_p(
    count: ArrayLike, exposure: ArrayLike, other_count: ArrayLike, other_exposure: ArrayLike
) -> Numbers:
    """Return the two-sided exact p-value that two Poisson rates are equal; null where exposure is missing.

    Given the sum of both counts, the first is binomial with the share of exposure; p is twice the smaller
    tail, at most 1.

    Source: Przyborowski and Wilenski (1940), Biometrika 31:313.
    """
    a, t, b, u = (np.asarray(v, dtype=float) for v in (count, exposure, other_count, other_exposure))
    known = (t > 0) & (u > 0)
    share = np.where(known, t / np.where(known, t + u, 1), 0.5)
    below = stats.binom.cdf(a, a + b, share)
    above = stats.binom.sf(a - 1, a + b, share)
    return np.where(known, np.minimum(1, 2 * np.minimum(below, above)), np.nan)


def difference_p(
    mean: ArrayLike, standard_error: ArrayLike, other_mean: ArrayLike, other_standard_error: ArrayLike
) -> Numbers:
    """Return the two-sided normal p-value that two independent means are equal; nulls pass through."""
    m, s, o, r = (
        np.asarray(v, dtype=float) for v in (mean, standard_error, other_mean, other_standard_error)
    )
    spread = np.sqrt(s**2 + r**2)
    z = np.divide(np.abs(m - o), spread, out=np.full_like(spread, np.nan), where=spread > 0)
    return np.asarray(2 * stats.norm.sf(z))


def false_discovery_q(p: ArrayLike) -> Numbers:
    """Return the Benjamini-Hochberg q-value of each p-value; nulls take no part and stay null.

    Source: Benjamini and Hochberg (1995), JRSS B 57:289.
    """
    values = np.asarray(p, dtype=float)
    known = ~np.isnan(values)
    q = np.full_like(values, np.nan)
    if known.any():
        q[known] = stats.false_discovery_control(values[known])
    return q
