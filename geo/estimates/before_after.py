"""Did it work: counts after a scheme, against what they would have been without it."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Floats
from geo.estimates.empirical_bayes import empirical_bayes

BEFORE_AFTER = [
    "sites", "observed_before", "estimated_before", "observed_after", "expected_after", "expected_after_error",
    "effectiveness", "standard_error", "lower", "upper", "p", "naive_effectiveness", "regression_to_mean", "verdict",
]  # fmt: skip
_SUMS = [
    "sites", "observed_before", "estimated_before", "observed_after", "without", "variance", "naive_without",
]  # fmt: skip


def before_after(
    sites: pd.DataFrame, by: list[str], trend: float = 1.0, trend_error: float = 0.0, level: float = 0.95
) -> pd.DataFrame:
    """Estimate the index of effectiveness of each scheme: 0.8 is a fifth fewer events than without it.

    Sites are often treated because they had many events, and would have had fewer anyway. So what they would
    have had is not their count before but its empirical Bayes estimate, carried to the time after by the ratio
    of the expected counts. The years in which work went on belong to neither time.

    Args:
        sites: `by` columns (say, scheme_code), ``count_before``, ``count_after``, ``expected_before``,
            ``expected_after`` (expected counts over each time, from their own exposure and years), ``dispersion``.
            Sites with a null, or nothing expected, take no part.
        by: one row of the result for each combination of these; an empty list for one row in all.
        trend: ratio of what happened after to what the expected counts say, among sites without schemes; as of
            ``comparison_trend``. 1 if the expected counts follow the years themselves.
        trend_error: standard error of it; it is shared by all sites.
        level: of the interval, and of the verdict.

    Returns:
        `by` and BEFORE_AFTER columns. ``estimated_before`` and ``expected_after`` are events;
        ``effectiveness`` is corrected for the bias of a ratio; ``lower`` to ``upper`` are limits of what it would
        have to be for the count after not to be extreme, ``p`` is two-sided that it is 1, both given that the
        expected count is a gamma variable; ``naive_effectiveness`` leaves regression to the mean in and
        ``regression_to_mean`` is how much of the change it was (estimated / observed before; null if none were).
        ``verdict``: fewer, more, or no difference shown.

    Source: Hauer (1997), Observational Before-After Studies in Road Safety, chapters 6 (ratio and its variance)
        and 11 (empirical Bayes); AASHTO Highway Safety Manual (2010), appendix 9A.
    """
    needed = sites[["count_before", "count_after", "expected_before", "expected_after", "dispersion"]].astype(
        float
    )
    whole = needed.notna().all(axis=1) & (needed["expected_before"] > 0) & (needed["expected_after"] > 0)
    needed = needed[whole]
    bayes = empirical_bayes(needed["count_before"], needed["expected_before"], needed["dispersion"])
    bayes.index = needed.index
    ratio = trend * needed["expected_after"] / needed["expected_before"]
    parts = sites.loc[whole, by].assign(
        sites=1,
        observed_before=needed["count_before"],
        estimated_before=bayes["estimate"],
        observed_after=needed["count_after"],
        without=ratio * bayes["estimate"],
        variance=(ratio * bayes["standard_error"]) ** 2,
        naive_without=ratio * needed["count_before"],
    )
    if by:
        sums = parts.groupby(by, sort=True, as_index=False)[_SUMS].sum()
    else:
        sums = parts[_SUMS].sum().to_frame().T.astype({"sites": int})
    sums["variance"] += (sums["without"] * trend_error / trend) ** 2
    return _effect(sums, level)[[*by, *BEFORE_AFTER]]


def comparison_trend(
    before: float, after: float, expected_before: float, expected_after: float
) -> tuple[float, float]:
    """Return how much events changed at sites without schemes beyond what was expected, and its standard error.

    Args:
        before: events at the comparison sites in the time before; chosen without regard to their counts.
        after: the same in the time after.
        expected_before: expected counts over the time before, summed.
        expected_after: expected counts over the time after, summed.

    Raises:
        ValueError: where there were no events before or after, or none was expected.

    Source: Hauer (1997), chapter 9; no allowance for comparison sites that would not have followed the others.
    """
    if not min(before, after, expected_before, expected_after) > 0:
        raise ValueError("a comparison needs events before and after, and expected counts above zero")
    ratio = (after / before) * (expected_before / expected_after) / (1 + 1 / before)
    return ratio, ratio * float(np.sqrt(1 / before + 1 / after))


def _effect(sums: pd.DataFrame, level: float) -> pd.DataFrame:
    after, without, variance = (
        sums[c].to_numpy(dtype=float) for c in ("observed_after", "without", "variance")
    )
    uneven = variance / without**2
    index = after / without / (1 + uneven)
    # Var(count) is the count; 0 events after are taken as 1 here, so that nothing is certain.
    relative = 1 / np.maximum(after, 1) + uneven
    error = np.maximum(after, 1) / without / (1 + uneven) * np.sqrt(relative) / (1 + uneven)
    lower, upper = _limits(after, without, variance, level)
    p = _p_of_one(after, without, variance)
    before = sums["observed_before"].to_numpy(dtype=float)
    naive = sums["naive_without"].to_numpy(dtype=float)
    return sums.assign(
        expected_after=without,
        expected_after_error=np.sqrt(variance),
        effectiveness=index,
        standard_error=error,
        lower=lower,
        upper=upper,
        p=p,
        naive_effectiveness=np.divide(after, naive, out=np.full_like(after, np.nan), where=naive > 0),
        regression_to_mean=np.divide(
            sums["estimated_before"], before, out=np.full_like(after, np.nan), where=before > 0
        ),
        verdict=np.select([upper < 1, lower > 1], ["fewer", "more"], "no difference shown"),
    )


def _limits(after: Floats, without: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of the index: a Poisson count over a gamma mean is negative binomial, its tails beta integrals."""
    tail = (1 - level) / 2
    sure = variance <= 0
    shape = np.where(sure, 1.0, without**2 / np.where(sure, 1.0, variance))
    fewest = stats.beta.ppf(1 - tail, shape, np.maximum(after, 1))
    most = stats.beta.ppf(tail, shape, after + 1)
    lower = np.where(
        sure,
        stats.gamma.ppf(tail, np.maximum(after, 1)),
        shape * (1 - fewest) / np.where(fewest > 0, fewest, np.nan),
    )
    upper = np.where(
        sure, stats.gamma.ppf(1 - tail, after + 1), shape * (1 - most) / np.where(most > 0, most, np.nan)
    )
    return np.where(after > 0, lower / without, 0.0), upper / without


def _p_of_one(after: Floats, without: Floats, variance: Floats) -> Floats:
    sure = variance <= 0
    shape = np.where(sure, 1.0, without**2 / np.where(sure, 1.0, variance))
    share = shape / (shape + without)
    below = np.where(sure, stats.poisson.cdf(after, without), stats.nbinom.cdf(after, shape, share))
    above = np.where(sure, stats.poisson.sf(after - 1, without), stats.nbinom.sf(after - 1, shape, share))
    return np.asarray(np.minimum(1, 2 * np.minimum(below, above)))
