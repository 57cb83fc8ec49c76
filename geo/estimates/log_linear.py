"""Rates that follow covariates: a log-linear model of counts whose errors trust no variance function."""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Floats

_MOST_STEPS = 100
_SETTLED = 1e-10


@dataclass(frozen=True)
class LogLinear:
    """Coefficients (logarithms of rate ratios; the first is the intercept), their robust covariance, deviance.

    `has_converged` is false where a covariate tells the areas with events from those without: some rate is
    then zero, and its coefficient has no bottom.
    """

    coefficients: Floats
    covariance: Floats
    deviance: float
    has_converged: bool


def fit_log_linear(count: Floats, exposure: Floats, design: Floats) -> LogLinear:
    """Fit count = exposure x exp(design @ coefficients) as if Poisson, with errors that hold if it is not.

    Iterated weighted least squares; the covariance is the sandwich, times n / (n - columns): it allows for
    counts that vary more than Poisson ones, as counts of reports do.

    Args:
        count: events, at least 0; one a row, none null, not all zero.
        exposure: above zero.
        design: one column a covariate, the first all ones; of full rank, with more rows than columns.

    Source: McCullagh and Nelder (1989), Generalized Linear Models, chapter 6; White (1982), Econometrica 50:1.
    """
    mean = (count + count.mean()) / 2
    deviance, settled, beta = np.inf, False, np.zeros(design.shape[1])
    for _ in range(_MOST_STEPS):
        working = np.log(mean / exposure) + (count - mean) / mean
        root = np.sqrt(mean)
        beta = np.linalg.lstsq(design * root[:, None], working * root)[0]
        mean = exposure * np.exp(np.clip(design @ beta, -700, 700))
        previous, deviance = deviance, _deviance(count, mean)
        settled = bool(abs(previous - deviance) <= _SETTLED * (deviance + 0.1))
        if settled:
            break
    rows, columns = design.shape
    bread = np.linalg.pinv((design * mean[:, None]).T @ design)
    score = design * (count - mean)[:, None]
    covariance = np.asarray(bread @ (score.T @ score) @ bread * rows / (rows - columns), dtype=float)
    return LogLinear(beta, covariance, deviance, settled)


def _deviance(count: Floats, mean: Floats) -> float:
    some = count > 0
    logs = np.log(np.where(some, count / np.maximum(mean, 1e-300), 1.0))
    return float(2 * (count * logs - (count - mean)).sum())
