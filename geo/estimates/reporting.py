"""Reports measure people as well as roads: how readily an area reports, and its rate if it were average in that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Floats
from geo.estimates.intervals import poisson_interval
from geo.estimates.log_linear import LogLinear, fit_log_linear

REPORTING = [
    "raw_per_1000", "raw_lower", "raw_upper", "propensity_ratio",
    "adjusted_per_1000", "adjusted_lower", "adjusted_upper", "kind",
]  # fmt: skip
EFFECT = ["covariate", "role", "rate_ratio", "lower", "upper"]
_LEAST_DF = 10


@dataclass(frozen=True)
class Reporting:
    """Rates of reports beside what they would be with average propensity to report.

    `estimates`: REPORTING. ``propensity_ratio`` is how readily people there report against the average
    resident, so far as covariates tell. ``kind`` is adjusted, or says why there is no adjustment.
    `effects`: EFFECT; the ratio of rates for one standard deviation (among people) more of a covariate.
    `explained_share`: of what is left of the deviance given need, the part that propensity explains, 0 to 1;
    null without a model. `problem` says why there is no model, and is None where there is one.
    """

    estimates: pd.DataFrame
    effects: pd.DataFrame
    explained_share: float
    problem: str | None


def adjust_for_reporting(
    areas: pd.DataFrame, propensity: Sequence[str], need: Sequence[str] = (), level: float = 0.95
) -> Reporting:
    """Adjust rates of reports for how readily people report.

    Reports are modelled as people x exp(covariates). What belongs to propensity (deprivation, rurality, age)
    is taken out of the rate; what belongs to need (measured condition, traffic) is in the model only so that
    the former does not stand in for it. The whole is no more than this division of covariates: it does not
    measure need. Where deprived areas have worse roads that no need covariate tells of, the adjustment takes
    that out as well; people who never report for reasons of their own stay hidden. Show it beside the raw
    rate, not in its place.

    Args:
        areas: ``reports``, ``people`` (null or zero: no rate; times years if reports are of several) and the
            covariates (null: no adjustment).
        propensity: covariates of how readily people report.
        need: covariates of how much there is to report.
        level: of confidence.

    Returns:
        Rates per 1,000 people, in the index and order of `areas`. The raw rate's interval is exact; the
        adjusted one's joins it to the uncertainty of the ratio as Zou and Donner (2008), Stat Med 27:1693.

    Source: indirect standardisation by a log-linear model, as Breslow and Day (1987), Statistical Methods in
    Cancer Research II, chapter 4.
    """
    reports, people, *given = (
        areas[c].to_numpy(dtype=float, na_value=np.nan) for c in ("reports", "people", *propensity, *need)
    )
    people = np.where(people > 0, people, np.nan)
    covariates = np.column_stack([*given, np.zeros((len(areas), 0))])
    used = np.isfinite(np.column_stack([reports, people, covariates])).all(axis=1)
    standard = _standardised(covariates, np.where(used, people, 0.0))
    design, own = np.column_stack([np.ones(len(areas)), standard]), len(propensity)
    problem = _problem(reports[used], design[used])
    model, explained = None, float("nan")
    if problem is None:
        model = fit_log_linear(reports[used], people[used], design[used])
        without = fit_log_linear(
            reports[used], people[used], np.delete(design[used], np.s_[1 : 1 + own], axis=1)
        )
        explained = 1 - model.deviance / max(without.deviance, np.finfo(float).tiny)
        if not model.has_converged:
            model, explained, problem = (
                None,
                float("nan"),
                "the model did not settle: some rate is nearly zero",
            )
    roles = ["propensity"] * own + ["need"] * len(need)
    return Reporting(
        _rates(reports, people, standard[:, :own], model, level).set_index(areas.index),
        _effects([*propensity, *need], roles, model, level),
        explained,
        problem,
    )


def _standardised(covariates: Floats, people: Floats) -> Floats:
    """Return covariates with mean 0 and standard deviation 1 among people of the areas used."""
    share = people / max(people.sum(), 1.0)
    known = np.where(share[:, None] > 0, covariates, 0.0)
    mean = share @ known
    spread = np.sqrt(share @ (known - mean) ** 2)
    return np.asarray((covariates - mean) / np.where(spread > 1e-9 * np.abs(mean), spread, np.nan))


def _problem(reports: Floats, design: Floats) -> str | None:
    rows, columns = design.shape
    if rows < columns + _LEAST_DF:
        return f"{rows} areas have reports, people and all covariates; {columns + _LEAST_DF} are needed"
    if not reports.any():
        return "there are no reports"
    if np.isnan(design).any() or np.linalg.matrix_rank(design) < columns:
        return "one covariate follows from the others, or is the same everywhere"
    return None


def _rates(
    reports: Floats, people: Floats, own: Floats, model: LogLinear | None, level: float
) -> pd.DataFrame:
    known = np.isfinite(reports) & np.isfinite(people)
    count, per = np.where(known, reports, np.nan), 1000 / people
    low, high = poisson_interval(np.where(known, reports, 0), level)
    low, high = np.where(known, low, np.nan), np.where(known, high, np.nan)
    ratio, doubt = np.full(len(reports), np.nan), np.full(len(reports), np.nan)
    if model is not None:
        z = stats.norm.ppf(1 - (1 - level) / 2)
        of_own = slice(1, 1 + own.shape[1])
        ratio, covariance = np.exp(own @ model.coefficients[of_own]), model.covariance[of_own, of_own]
        doubt = z * np.sqrt(np.einsum("ij,jk,ik->i", own, covariance, own))
    with np.errstate(divide="ignore", invalid="ignore"):
        # On the log scale; a limit of zero stays zero, and a count of zero has its limit from the limit alone.
        down = np.hypot(np.log(count / low), doubt)
        up = np.where(count > 0, np.hypot(np.log(high / count), doubt), 0.0)
    adjusted = count * per / ratio
    return pd.DataFrame(
        {
            "raw_per_1000": count * per,
            "raw_lower": low * per,
            "raw_upper": high * per,
            "propensity_ratio": ratio,
            "adjusted_per_1000": adjusted,
            "adjusted_lower": np.where(count > 0, adjusted * np.exp(-down), 0 * adjusted),
            "adjusted_upper": np.where(count > 0, adjusted * np.exp(up), high * per / ratio * np.exp(doubt)),
            "kind": np.select(
                [~known, np.isfinite(adjusted), np.full(len(reports), model is None)],
                ["none: reports or people are missing", "adjusted", "raw only: no model"],
                "raw only: a covariate is missing",
            ),
        }
    )[REPORTING]


def _effects(names: list[str], roles: list[str], model: LogLinear | None, level: float) -> pd.DataFrame:
    beta, half = np.full(len(names), np.nan), np.full(len(names), np.nan)
    if model is not None:
        beta = model.coefficients[1:]
        half = stats.norm.ppf(1 - (1 - level) / 2) * np.sqrt(np.diag(model.covariance)[1:])
    columns = [names, roles, np.exp(beta), np.exp(beta - half), np.exp(beta + half)]
    return pd.DataFrame(dict(zip(EFFECT, columns, strict=True)))
