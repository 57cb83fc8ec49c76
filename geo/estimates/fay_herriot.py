"""Small-area estimates: a direct survey estimate drawn towards what covariates predict (Fay and Herriot 1979)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from geo.arrays import Bools, Floats

SMALL_AREA = ["value", "mse", "lower", "upper", "direct_weight", "kind"]
EBLUP, SYNTHETIC, DIRECT, NONE = "eblup", "synthetic", "direct", "none"
# Fewer degrees of freedom than this say next to nothing of the variance between areas.
_LEAST_DF = 5
_GRID = 60


@dataclass(frozen=True)
class FayHerriot:
    """A model: a row per area, coefficients, and the variance between areas of one prediction.

    `estimates`: SMALL_AREA. ``direct_weight`` is the part of the direct estimate in the value; ``kind`` is
    eblup, synthetic (no usable direct estimate), direct (a covariate is null, or there is no model) or none.
    `coefficients`: ``covariate`` ("(intercept)" first), ``value``, ``standard_error``.
    `model_variance` is null where there is no model; `variance_method` says how it was estimated; `problem`
    says why there is no model, and is None where there is one.
    """

    estimates: pd.DataFrame
    coefficients: pd.DataFrame
    model_variance: float
    variance_method: str
    problem: str | None


@dataclass(frozen=True)
class _Sample:
    """Direct estimates, their sampling variances, and the design matrix, of areas that the model is fitted to."""

    direct: Floats
    variance: Floats
    design: Floats

    def coefficients(self, between: float) -> tuple[Floats, Floats]:
        """Return generalised least squares coefficients and their covariance."""
        weight = 1 / (between + self.variance)
        covariance: Floats = np.asarray(
            np.linalg.inv((self.design * weight[:, None]).T @ self.design), dtype=float
        )
        return covariance @ (self.design.T @ (weight * self.direct)), covariance

    def log_likelihood(self, between: float) -> float:
        """Return the restricted log-likelihood, less a constant."""
        beta, covariance = self.coefficients(between)
        total = between + self.variance
        residual = self.direct - self.design @ beta
        determinant = np.linalg.slogdet(covariance)[1]
        return float(-0.5 * (np.log(total).sum() - determinant + (residual**2 / total).sum()))

    def slope(self, between: float) -> float:
        """Return the derivative of the restricted log-likelihood."""
        beta, covariance = self.coefficients(between)
        weight = 1 / (between + self.variance)
        trace = weight.sum() - np.trace(covariance @ ((self.design * weight[:, None] ** 2).T @ self.design))
        residual = weight * (self.direct - self.design @ beta)
        return float(0.5 * ((residual**2).sum() - trace))


def fay_herriot(areas: pd.DataFrame, covariates: Sequence[str], level: float = 0.95) -> FayHerriot:
    """Fit the area-level model and predict every area, sampled or not.

    The variance between areas is the REML estimate; where that is zero, which would leave no room for any
    area to differ, the adjusted one of Li and Lahiri, which never is. The mean squared error is that of Datta
    and Lahiri for REML; the adjusted estimate gets the same, without the correction downwards for its bias,
    and is cautious so. Sampling variances are taken as known: smooth those of small samples first.

    Args:
        areas: ``direct`` (null where nobody was asked), ``variance`` (sampling variance of it; null or zero
            makes the direct estimate unusable) and the covariates.
        covariates: columns to predict from; an intercept is added.
        level: of confidence of the normal interval.

    Returns:
        The model; `estimates` has the index and order of `areas`. Without a model the direct estimates stand.

    Source: Fay and Herriot (1979), JASA 74:269; Prasad and Rao (1990), JASA 85:163; Datta and Lahiri (2000),
    Statistica Sinica 10:613; Li and Lahiri (2010), J Multivariate Analysis 101:882; the second variance only
    where the first is zero as in Rubin-Bleuer and You (2016), Survey Methodology 42:63.
    """
    direct, variance, *described_by = (
        areas[c].to_numpy(dtype=float, na_value=np.nan) for c in ("direct", "variance", *covariates)
    )
    design = np.column_stack([np.ones(len(areas)), *described_by])
    usable: Bools = np.isfinite(direct) & (np.nan_to_num(variance) > 0)
    variance = np.where(usable, variance, np.inf)
    fitted = usable & np.isfinite(design).all(axis=1)
    sample = _Sample(direct[fitted], variance[fitted], design[fitted])
    problem = _problem(sample.design)
    size = design.shape[1]
    between, method = float("nan"), "none"
    beta, covariance = np.full(size, np.nan), np.full((size, size), np.nan)
    if problem is None:
        between, method = _between_variance(sample)
        beta, covariance = sample.coefficients(between)
    # The variance of the variance between areas, which nobody knows exactly either.
    doubt = 2 / float((1 / (between + sample.variance) ** 2).sum()) if problem is None else float("nan")
    table = _predict(direct, variance, design, between, beta, covariance, doubt)
    half = stats.norm.ppf(1 - (1 - level) / 2) * np.sqrt(table["mse"])
    table = table.assign(lower=table["value"] - half, upper=table["value"] + half)[SMALL_AREA]
    coefficients = pd.DataFrame(
        {
            "covariate": ["(intercept)", *covariates],
            "value": beta,
            "standard_error": np.sqrt(np.diag(covariance)),
        }
    )
    return FayHerriot(table.set_index(areas.index), coefficients, between, method, problem)


def _problem(design: Floats) -> str | None:
    rows, columns = design.shape
    if rows < columns + _LEAST_DF:
        return f"{rows} areas have a direct estimate and all covariates; {columns + _LEAST_DF} are needed"
    scaled = design / np.maximum(np.abs(design).max(axis=0), np.finfo(float).tiny)
    if np.linalg.matrix_rank(scaled) < columns:
        return "one covariate follows from the others, or is the same everywhere"
    return None


def _between_variance(sample: _Sample) -> tuple[float, str]:
    """Return the variance between areas and how it was found."""
    residual = sample.direct - sample.design @ np.linalg.lstsq(sample.design, sample.direct)[0]
    most = 10 * float(residual @ residual) / (len(residual) - sample.design.shape[1])
    # Restricted likelihoods may have more than one top: look everywhere first, then go up the highest.
    least, most = 1e-6 * float(sample.variance.min()), max(most, float(sample.variance.max()))
    grid = np.concatenate([[0.0], np.geomspace(least, most, _GRID)])
    found = _top(sample, grid, 0.0)
    if found > 0:
        return found, "REML"
    return _top(sample, grid[1:], 1.0), "adjusted REML, as REML is zero"


def _top(sample: _Sample, grid: Floats, adjusted: float) -> float:
    """Return where log-likelihood + adjusted x log(variance) is highest, at or above the grid's first value."""

    def height(at: float) -> float:
        return sample.log_likelihood(at) + (adjusted * float(np.log(at)) if adjusted else 0.0)

    def slope(at: float) -> float:
        return sample.slope(at) + (adjusted / at if adjusted else 0.0)

    best = int(np.argmax([height(float(at)) for at in grid]))
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    if slope(low) <= 0 or slope(high) >= 0:
        return float(grid[best])
    return float(optimize.brentq(slope, low, high, xtol=1e-14 * high, rtol=1e-12))


def _predict(
    direct: Floats,
    variance: Floats,
    design: Floats,
    between: float,
    beta: Floats,
    covariance: Floats,
    doubt: float,
) -> pd.DataFrame:
    """Return value, mse, direct_weight and kind; the variance is infinite where the direct estimate is unusable."""
    usable, expected = np.isfinite(variance), design @ beta
    weight = between / (between + variance)
    value = expected + np.where(usable, weight * (direct - expected), 0.0)
    own = between * (1 - weight)
    of_beta = (1 - weight) ** 2 * np.einsum("ij,jk,ik->i", design, covariance, design)
    known = np.where(usable, variance, 0.0)
    of_variance = 2 * doubt * known**2 / (between + known) ** 3
    described = np.isfinite(expected)
    return pd.DataFrame(
        {
            "value": np.where(described, value, np.where(usable, direct, np.nan)),
            "mse": np.where(described, own + of_beta + of_variance, np.where(usable, variance, np.nan)),
            "direct_weight": np.where(described, weight, np.where(usable, 1.0, np.nan)),
            "kind": np.select([described & usable, described, usable], [EBLUP, SYNTHETIC, DIRECT], NONE),
        }
    )
