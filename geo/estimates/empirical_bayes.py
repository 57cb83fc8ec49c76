"""How safe is a site really: its own count, weighed against what is usual for such sites."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from geo.arrays import Floats

EMPIRICAL_BAYES = [
    "weight", "estimate", "standard_error", "lower", "upper", "excess", "probability_above",
]  # fmt: skip


def empirical_bayes(
    count: ArrayLike,
    expected: ArrayLike,
    dispersion: ArrayLike,
    expected_error: ArrayLike = 0.0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate the long-run count of each site over the time its events were counted in.

    A site's mean is taken as gamma distributed about the expected count, with variance k * expected^2; given the
    count it is gamma again. Sites without an expected count or a dispersion get nulls.

    Args:
        count: events at each site over the whole time; null where nothing was counted (estimate: the expected).
        expected: mean count of such sites over the same time, as of ``fit_expected``.
        dispersion: k, one for all or one a site. Where a model gives an overdispersion phi per km, as Hauer's
            does, k = 1 / (phi * km). With k = 0 sites do not differ: the estimate is the expected count.
        expected_error: standard error of the expected count. It widens the interval (first order, the posterior
            kept a gamma); that of k is left out.
        level: of the interval.

    Returns:
        EMPIRICAL_BAYES columns, one row a site: ``weight`` of the expected count (0 to 1); ``estimate`` and
        ``standard_error``, events over the same time; ``lower`` and ``upper``, equal tails, null where the
        variance is 0; ``excess`` = estimate - expected (potential for improvement; below 0 where fewer than
        usual); ``probability_above``, that the long-run count exceeds the expected one, null where variance is 0.

    Source: Hauer, Harwood, Council and Griffith (2002), TRR 1784:126; AASHTO Highway Safety Manual (2010), part
        C appendix; interval, gamma posterior of Christiansen and Morris (1997), JASA 92:618, first order only.
    """
    n, mean, k, error = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in (count, expected, dispersion, expected_error))
    )
    mean = np.where(mean > 0, mean, np.nan)
    k = np.where(k >= 0, k, np.nan)
    weight = np.where(np.isnan(n), 1.0, 1 / (1 + k * mean))
    estimate = weight * mean + (1 - weight) * np.where(np.isnan(n), 0.0, n)
    spread = np.where(np.isnan(n), k * mean**2, (1 - weight) * estimate)
    # How the estimate moves with the expected count it leans on.
    pull = np.where(np.isnan(n), 1.0, weight**2 * (1 + k * n))
    variance = spread + (pull * np.where(np.isnan(error), 0.0, error)) ** 2
    lower, upper, above = _gamma(estimate, variance, mean, level)
    return pd.DataFrame(
        dict(
            zip(
                EMPIRICAL_BAYES,
                (np.where(np.isnan(estimate), np.nan, weight), estimate, np.sqrt(variance), lower, upper,
                 estimate - mean, above),
                strict=True,
            )
        )
    )  # fmt: skip


def empirical_bayes_by_period(
    site: ArrayLike, count: ArrayLike, expected: ArrayLike, dispersion: float, level: float = 0.95
) -> pd.DataFrame:
    """Estimate each site's long-run count in each period from all its periods, exposure differing between them.

    What sets a site apart is taken to last: its estimate for a period is the expected count of that period times
    one factor, which all periods where both count and expected count are known tell of.

    Args:
        site: code of the site of each row; one row per site and period.
        count: events in the period; null where nothing was counted.
        expected: expected count of the period, from its own exposure and, if the model has them, its own year.
        dispersion: k of the model for counts of single periods or of sums: it is the same.
        level: of the interval.

    Returns:
        EMPIRICAL_BAYES columns, one row per row given, in the units of that period.

    Source: the full procedure of Hauer et al. (2002), TRR 1784:126.
    """
    n, mean = np.asarray(count, dtype=float), np.asarray(expected, dtype=float)
    mean = np.where(mean > 0, mean, np.nan)
    codes, sites = pd.factorize(np.asarray(site))
    both = ~np.isnan(n) & ~np.isnan(mean)
    total = np.bincount(codes[both], n[both], minlength=len(sites))
    total_mean = np.bincount(codes[both], mean[both], minlength=len(sites))
    # A site never counted stands on its expected count alone; any base will do, as all scales with it.
    unseen = total_mean == 0
    pooled = empirical_bayes(
        np.where(unseen, np.nan, total), np.where(unseen, 1.0, total_mean), dispersion, level=level
    ).iloc[codes]
    scale = mean / np.where(unseen, 1.0, total_mean)[codes]
    scaled = ["estimate", "standard_error", "lower", "upper", "excess"]
    pooled[scaled] = pooled[scaled].mul(scale, axis=0)
    pooled.loc[np.isnan(mean), :] = np.nan
    return pooled.reset_index(drop=True)


def _gamma(estimate: Floats, variance: Floats, mean: Floats, level: float) -> tuple[Floats, Floats, Floats]:
    """Limits, and probability of more than `mean`, of the gamma distribution with that estimate and variance."""
    spread = np.where(variance > 0, variance, np.nan)
    shape, scale = estimate**2 / spread, spread / estimate
    tail = (1 - level) / 2
    return (
        np.asarray(stats.gamma.ppf(tail, shape, scale=scale)),
        np.asarray(stats.gamma.ppf(1 - tail, shape, scale=scale)),
        np.asarray(stats.gamma.sf(mean, shape, scale=scale)),
    )
