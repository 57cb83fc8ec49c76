"""What is usual: expected counts from exposure and class, by a negative-binomial model fitted to all sites."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from geo.arrays import Bools, Floats, Objects

# Below this the variance differs from the mean by less than a millionth of its square: Poisson.
SMALLEST_DISPERSION = 1e-6
LARGEST_DISPERSION = 1e4
_MOST_STEPS = 100
# Coefficients are logarithms of rates: a step this small moves none by more than a billionth of itself.
_SETTLED = 1e-9
# With a large dispersion the likelihood is all but flat far out, and a full step may leap there and overflow.
_LARGEST_STEP = 3.0
# How fast k may fall with the expected count.
_POWERS = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class CountModel:
    """A fitted model of counts: mean = exposure * exp(class + covariates), variance = mean + k * mean^2.

    Attributes:
        family: negative binomial, poisson (k is 0), or none (nothing could be fitted).
        reason: why this family, or why none, in words.
        coefficients: one row per term: ``term`` (class:NAME or covariate:NAME), ``estimate`` (log of events per
            unit of exposure, or change of it per unit of the covariate), ``standard_error``.
        dispersion: k by maximum likelihood; 0 for Poisson, null for none.
        dispersion_error: standard error of k; null unless negative binomial.
        overdispersion_p: one-sided p of the score test that there is no over-dispersion; null for none.
        has_converged: whether the iterations settled; what did not settle should not be published.
        used: sites that took part (exposure, count and covariates known).
        expected: mean count of each site; null where exposure or a covariate is missing.
        expected_error: its standard error, from that of the coefficients.
        fitted_class: class of each site as fitted: its own, or the pool of those with few events.
    """

    family: str
    reason: str
    coefficients: pd.DataFrame
    dispersion: float
    dispersion_error: float
    overdispersion_p: float
    has_converged: bool
    used: int
    expected: Floats
    expected_error: Floats
    fitted_class: Objects


def fit_expected(
    count: ArrayLike,
    exposure: ArrayLike,
    classes: Sequence[str | None] | Objects | pd.Series | None = None,
    covariates: pd.DataFrame | None = None,
    minimum_events: int = 10,
    *,
    chances: bool = False,
) -> CountModel:
    """Fit the expected count of every site from its exposure (proportional) and its class (a rate each).

    A class with fewer events than `minimum_events` has no rate worth the name: such classes share one rate, and
    if they still have too few, the next class by events joins them. Sites without exposure (null or not above
    zero), count or covariate take no part; nor can they be given an expected count, except that a site without
    a count has one. Without a single event no model is fitted.

    Args:
        count: events at each site; whole numbers, null where unknown.
        exposure: what events are proportional to, any unit (vehicle-km, km, residents), over the same time.
        classes: name of each site's class; null is a class of its own. Without it there is one class.
        covariates: further numeric columns, one row per site, such as the logarithm of traffic where
            exposure is length. Centre them if they are large.
        minimum_events: as above.
        chances: whether counts may be sums of chances, such as adjusted severity, and so have fractions. Such a
            sum varies a little less than a count, so k comes out a little low, and estimates lean on what is
            usual a little more than they might.

    Raises:
        ValueError: for a count that is negative, or not whole unless `chances`.

    Source: NB2 likelihood, Lawless (1987), Can J Stat 15:209; score test, Dean and Lawless (1989), JASA 84:467.
        Own iterations rather than a library's: they take k to its bound of 0 without failing.
    """
    y, size = np.asarray(count, dtype=float), np.asarray(exposure, dtype=float)
    is_whole = (y == np.floor(y)) | chances
    if ((y < 0) | ~is_whole)[~np.isnan(y)].any():
        raise ValueError("counts of events must be whole numbers, 0 or more")
    extra = np.empty((len(y), 0)) if covariates is None else covariates.to_numpy(dtype=float)
    named = ["all"] * len(y) if classes is None else list(pd.Series(classes).fillna("(unknown)").astype(str))
    known = (size > 0) & np.isfinite(size) & np.isfinite(extra).all(axis=1)
    used = known & ~np.isnan(y)
    if not y[used].sum() > 0:
        return _no_model(len(y), int(used.sum()))
    label = _pooled(np.array(named, dtype=object), np.where(used, y, 0), used, minimum_events)
    names = sorted(set(label[used]))
    # A class that no used site is of has no rate: its sites stay without an expected count.
    known &= np.isin(label, names)
    terms = [f"class:{n}" for n in names] + [
        f"covariate:{c}" for c in ([] if covariates is None else covariates)
    ]
    design = np.column_stack([*((label == n).astype(float) for n in names), extra])
    return _fit(y, np.where(known, size, np.nan), design, used, terms, label)


def dispersion_by_size(count: ArrayLike, expected: ArrayLike, dispersion: float) -> Floats:
    """Return k of each site, falling with its expected count where the counts say so.

    A long stretch of road is many short ones, whose differences even out. One k for all then makes intervals of
    short sections too narrow, and estimates of long ones follow their own count too far. k is taken as
    proportional to a power of the expected count, 0 to -1, the means as fitted; the power stays 0, and k what it
    was, unless Akaike's criterion is for it.

    Args:
        count: events at each site, null where unknown.
        expected: their means, as of ``fit_expected``; null where there is none.
        dispersion: k of that model.

    Returns:
        k of each site, null where its mean is; 0 everywhere for a Poisson model, null everywhere without a model.

    Source: Greene (2008), Economics Letters 99:585 (negative binomial P); Akaike (1974), IEEE Trans Autom
        Control 19:716.
    """
    y, mean = np.asarray(count, dtype=float), np.asarray(expected, dtype=float)
    known = ~np.isnan(y) & (mean > 0)
    k = np.where(mean > 0, dispersion, np.nan)
    if not dispersion > 0 or not known.any():
        return k
    size = np.log(np.where(mean > 0, mean, np.nan))
    size -= size[known].mean()
    best, at = _misfit(k[known], y[known], mean[known]) - 1, k
    for power in _POWERS:
        falling = np.exp(-power * size)
        found = optimize.minimize_scalar(
            lambda log_k, f=falling: _misfit(np.exp(log_k) * f[known], y[known], mean[known]),
            bounds=(np.log(SMALLEST_DISPERSION), np.log(LARGEST_DISPERSION)),
            method="bounded",
        )
        if found.fun < best:
            best, at = float(found.fun), float(np.exp(found.x)) * falling
    return at


def _misfit(k: Floats, y: Floats, mean: Floats) -> float:
    """Return minus the log likelihood."""
    return -float(np.sum(stats.nbinom.logpmf(y, 1 / k, 1 / (1 + k * mean))))


def _fit(
    y: Floats, size: Floats, design: Floats, used: Bools, terms: list[str], label: Objects
) -> CountModel:
    x, n, log_size = design[used], y[used], np.log(size[used])
    start = np.linalg.lstsq(x, np.log((n + n.mean()) / 2 / size[used]), rcond=None)[0]
    beta, settled = _mean_given(start, x, n, log_size, 0.0)
    mean = np.exp(log_size + x @ beta)
    # Positive if the likelihood rises as k leaves 0; the test stands on the same sum.
    score_test = ((n - mean) ** 2 - n).sum() / np.sqrt(2 * (mean**2).sum())
    k, k_error = 0.0, np.nan
    if score_test > 0:
        beta, k, settled = _alternate(beta, x, n, log_size)
        mean = np.exp(log_size + x @ beta)
        k_error = _dispersion_error(k, n, mean) if k > 0 else np.nan
    information = (x * (mean / (1 + k * mean))[:, None]).T @ x
    covariance = np.linalg.pinv(information)
    expected = size * np.exp(design @ beta)
    error = expected * np.sqrt(np.einsum("ij,jk,ik->i", design, covariance, design, optimize=True))
    coefficients = pd.DataFrame(
        {"term": terms, "estimate": beta, "standard_error": np.sqrt(np.diag(covariance))}
    )
    return CountModel(
        family="negative binomial" if k > 0 else "poisson",
        reason=(
            "counts vary more than a Poisson variable would" if k > 0
            else "counts vary no more than a Poisson variable would, so nothing tells sites apart"
        ),
        coefficients=coefficients, dispersion=k, dispersion_error=k_error,
        overdispersion_p=float(stats.norm.sf(score_test)), has_converged=settled, used=len(n),
        expected=expected, expected_error=error, fitted_class=label,
    )  # fmt: skip


def _alternate(beta: Floats, x: Floats, n: Floats, log_size: Floats) -> tuple[Floats, float, bool]:
    k = 0.0
    for _ in range(_MOST_STEPS):
        previous = k
        k = _dispersion_given(n, np.exp(log_size + x @ beta))
        beta, settled = _mean_given(beta, x, n, log_size, k)
        if abs(k - previous) <= 1e-8 * max(k, SMALLEST_DISPERSION):
            return beta, k, settled and k < LARGEST_DISPERSION
    return beta, k, False


def _mean_given(beta: Floats, x: Floats, n: Floats, log_size: Floats, k: float) -> tuple[Floats, bool]:
    """Fisher scoring for the coefficients, k being known; a step that lowers the likelihood is halved."""
    best = _likelihood(beta, x, n, log_size, k)
    for _ in range(_MOST_STEPS):
        mean = np.exp(log_size + x @ beta)
        weight = mean / (1 + k * mean)
        information = (x * weight[:, None]).T @ x
        step = np.linalg.pinv(information) @ (x.T @ ((n - mean) / (1 + k * mean)))
        step /= max(1.0, np.abs(x @ step).max() / _LARGEST_STEP)
        now = _likelihood(beta + step, x, n, log_size, k)
        while not now >= best - 1e-9 * abs(best) and np.abs(step).max() > _SETTLED / 1000:
            step = step / 2
            now = _likelihood(beta + step, x, n, log_size, k)
        beta, best = beta + step, now
        if np.abs(step).max() <= _SETTLED:
            return beta, True
    return beta, False


def _likelihood(beta: Floats, x: Floats, n: Floats, log_size: Floats, k: float) -> float:
    """Log likelihood but for what depends on the counts and k alone."""
    log_mean = np.minimum(log_size + x @ beta, 700)
    mean = np.exp(log_mean)
    spread = np.log1p(k * mean) * (n + 1 / k) if k > 0 else mean
    return float((n * log_mean - spread).sum())


def _dispersion_given(n: Floats, mean: Floats) -> float:
    """Maximum likelihood of k, the means being known; 0 where the likelihood falls from the start."""

    def score(log_k: float) -> float:
        return _dispersion_score(float(np.exp(log_k)), n, mean)

    low, high = np.log(SMALLEST_DISPERSION), np.log(LARGEST_DISPERSION)
    if score(low) <= 0:
        return 0.0
    return (
        LARGEST_DISPERSION
        if score(high) >= 0
        else float(np.exp(optimize.brentq(score, low, high, xtol=1e-12)))
    )


def _dispersion_score(k: float, n: Floats, mean: Floats) -> float:
    """Derivative of the log likelihood by k; the ratio of gamma functions is a sum over 0 .. count - 1.

    A fraction takes that part of the next term.
    """
    whole = n.astype(np.int64)
    below = np.arange(whole.max() + 1)
    above = len(n) - np.cumsum(np.bincount(whole)) + np.bincount(whole, n - whole)
    scaled = k * mean
    rest = (np.log1p(scaled) - scaled / (1 + scaled)) / k**2 - n * mean / (1 + scaled)
    return float((above * below / (1 + k * below)).sum() + rest.sum())


def _dispersion_error(k: float, n: Floats, mean: Floats) -> float:
    step = 1e-4 * k
    slope = (_dispersion_score(k + step, n, mean) - _dispersion_score(k - step, n, mean)) / (2 * step)
    return float(np.sqrt(-1 / slope)) if slope < 0 else float("nan")


def _pooled(label: Objects, events: Floats, used: Bools, minimum: int) -> Objects:
    per_class = {
        str(name): float(n) for name, n in pd.Series(events[used]).groupby(label[used]).sum().items()
    }
    ordered = sorted(per_class, key=lambda name: (per_class[name], name))
    few = [name for name in ordered if per_class[name] < minimum]
    while few and len(few) < len(ordered) and sum(per_class[name] for name in few) < minimum:
        few.append(ordered[len(few)])
    if not few:
        return label
    pool = "all" if len(few) == len(ordered) else "pooled: " + ", ".join(sorted(few))
    return np.where(np.isin(label, np.array(few, dtype=object)), pool, label).astype(object)


def _no_model(sites: int, used: int) -> CountModel:
    empty = pd.DataFrame({"term": [], "estimate": [], "standard_error": []}).astype({"term": str})
    return CountModel(
        family="none",
        reason="no events at sites with exposure: no rate to expect" if used else "no site has exposure and a count",
        coefficients=empty, dispersion=np.nan, dispersion_error=np.nan, overdispersion_p=np.nan,
        has_converged=False, used=used, expected=np.full(sites, np.nan), expected_error=np.full(sites, np.nan),
        fitted_class=np.full(sites, None, dtype=object),
    )  # fmt: skip
