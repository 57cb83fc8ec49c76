"""Tests of one area against the others, and what many of them together may claim."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Numbers = NDArray[np.float64]
# q below this is a finding.
FALSE_DISCOVERY_RATE = 0.05


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


def share_difference_p(
    successes: ArrayLike, people: ArrayLike, other_successes: ArrayLike, other_people: ArrayLike
) -> Numbers:
    """Return the two-sided exact p-value that two shares are equal; null where nobody was asked.

    Given the sum of both successes, the first is hypergeometric; p is twice the smaller tail, at most 1. What is
    not whole is rounded.

    Source: Fisher (1935), The Design of Experiments.
    """
    k, n, j, m = (
        np.rint(np.asarray(v, dtype=float)) for v in (successes, people, other_successes, other_people)
    )
    known = (n > 0) & (m > 0)
    drawn = stats.hypergeom(*(np.where(known, v, 1) for v in (n + m, k + j, n)))
    p = np.minimum(1, 2 * np.minimum(drawn.cdf(k), drawn.sf(k - 1)))
    return np.where(known, p, np.nan)


def false_discovery_q(p: ArrayLike, group: ArrayLike | None = None) -> Numbers:
    """Return the Benjamini-Hochberg q-value of each p-value; nulls take no part and stay null.

    Args:
        p: p-values.
        group: whole number of the group of each, within which many are tested; by default all are one group.

    Source: Benjamini and Hochberg (1995), JRSS B 57:289.
    """
    values = np.asarray(p, dtype=float)
    of = np.zeros(values.shape, dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.lexsort((values[known], of[known]))]
    ordered, ordered_of = values[order], of[order]
    _, first, tested = np.unique(ordered_of, return_index=True, return_counts=True)
    rank = np.arange(1, len(order) + 1) - np.repeat(first, tested)
    scaled = ordered * (np.repeat(tested, tested) / rank)
    # From the largest of a group down: never more than a larger one's. All groups at once, as there are many.
    least = pd.Series(scaled[::-1]).groupby(ordered_of[::-1]).cummin().to_numpy()[::-1]
    q = np.full_like(values, np.nan)
    q[order] = np.minimum(least, 1)
    return q
