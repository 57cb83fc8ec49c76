"""Scores of small areas from clustered survey answers: direct, borrowing from like areas, or predicted alone."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Floats
from geo.estimates.fay_herriot import EBLUP, NONE, FayHerriot, fay_herriot

SMALL_AREA_SCORE = [
    "area_code", "value", "lower", "upper", "standard_error", "kind", "direct", "direct_error", "direct_weight",
    "base", "covariates", "fitted_areas", "model_variance", "variance_method", "problem",
]  # fmt: skip
# Fewer answers than this are not used: what one of so few said could be worked out from the estimate.
LEAST_ANSWERS = 10
LEAST_AREAS = 20
# A covariate for every so many areas asked.
_AREAS_A_COVARIATE = 10
# Share of all areas that a covariate must be known for.
_LEAST_KNOWN = 0.9


@dataclass(frozen=True)
class AnswerVariance:
    """Variance of answers within a cluster, and of true means of clusters of one area.

    `clusters_compared`: clusters of areas that have several, which show it; with none, `between_clusters` is 0.
    """

    within_clusters: float
    between_clusters: float
    clusters_compared: int


def answer_variance(clusters: pd.DataFrame) -> AnswerVariance:
    """Split the variance of answers, pooled over areas, by moments.

    Args:
        clusters: ``area_code``, ``base``, ``weight``, ``squared_weight``, ``weighted_score``,
            ``weighted_square``: sums over the answers of a cluster, as core.survey_cluster gives them.

    Source: moments of a one-way layout, as Searle, Casella and McCulloch (1992), Variance Components, chapter 3,
    with weights.
    """
    weight, score, square = (
        clusters[c].to_numpy(dtype=float) for c in ("weight", "weighted_score", "weighted_square")
    )
    sampling = clusters["squared_weight"].to_numpy(dtype=float) / weight
    mean = score / weight
    squares = float(np.maximum(square - weight * mean**2, 0).sum())
    freedom = float((weight - sampling)[clusters["base"] > 1].sum())
    within = squares / freedom if freedom > 0 else float("nan")
    code = pd.factorize(clusters["area_code"])[0]
    several = np.bincount(code)[code] > 1
    if not several.any():
        return AnswerVariance(within, 0.0, 0)
    code, weight, mean, sampling = code[several], weight[several], mean[several], sampling[several]
    total = np.bincount(code, weight)
    area_mean = np.bincount(code, weight * mean) / np.where(total > 0, total, 1)
    seen = float((weight * (mean - area_mean[code]) ** 2).sum())
    share = weight / total[code]
    by_chance = within * float((sampling * (1 - share)).sum())
    between = (seen - by_chance) / float((weight * (1 - share)).sum())
    return AnswerVariance(within, max(between, 0.0), len(code))


def direct_scores(clusters: pd.DataFrame, variance: AnswerVariance) -> pd.DataFrame:
    """Return the weighted mean of each area that anybody answered in, with a variance smoothed over areas.

    A cluster's own scatter is too much a matter of chance to weigh a small area by.

    Returns:
        By area code: ``direct``, ``variance`` and ``base``.
    """
    parts = clusters.assign(weight_twice=clusters["weight"].astype(float) ** 2)
    names = ["base", "weight", "squared_weight", "weighted_score", "weight_twice"]
    sums = parts.groupby("area_code")[names].sum().astype(float)
    of_answers = variance.within_clusters * sums["squared_weight"]
    of_clusters = variance.between_clusters * sums["weight_twice"]
    return pd.DataFrame(
        {
            "direct": sums["weighted_score"] / sums["weight"],
            "variance": (of_answers + of_clusters) / sums["weight"] ** 2,
            "base": sums["base"].astype(np.int64),
        }
    )


def small_area_scores(clusters: pd.DataFrame, areas: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Estimate the score of every area of one level, for one outcome and period.

    An area that at least LEAST_ANSWERS people answered in is drawn towards what its covariates predict, the
    more the fewer answered; any other gets the prediction alone, which is not evidence of the area. Clusters of
    one area tell how clusters differ; where no area has two, each is taken to be the whole of its area.

    Args:
        clusters: as `answer_variance` takes them.
        areas: by area code, the covariates, most wanted first (null where not known).
        level: of confidence.

    Returns:
        SMALL_AREA_SCORE, ordered by area, within 0 to 100. ``kind`` is eblup, synthetic, direct (a covariate is
        not known) or none; ``problem`` says why there is no model, and is null otherwise. ``base`` counts all who
        answered, ``direct`` is their mean, used or not.

    Source: see `fay_herriot`; the variance smoothed as Rao and Molina (2015), Small Area Estimation, chapter 6.
    """
    variance = answer_variance(clusters)
    found = areas.join(direct_scores(clusters, variance)).sort_index()
    enough = found["base"] >= LEAST_ANSWERS
    usable = enough & (found["variance"] > 0)
    names = _chosen(areas.columns.tolist(), found, usable)
    problem = None
    if usable.sum() < LEAST_AREAS:
        problem = f"{usable.sum()} areas have {LEAST_ANSWERS} answers or more; {LEAST_AREAS} are needed"
    elif not names:
        problem = "nothing is known of the areas to predict from"
    model = None
    if problem is None:
        given = found.assign(variance=found["variance"].where(enough))
        model = fay_herriot(given, names, level)
        problem = model.problem
    return _table(found, None if problem else model, names, problem, int(usable.sum()))


def _chosen(names: list[str], found: pd.DataFrame, usable: pd.Series) -> list[str]:
    asked = found[usable]
    known = [
        name
        for name in names
        if found[name].notna().mean() >= _LEAST_KNOWN
        and asked[name].notna().all()
        and asked[name].min() < asked[name].max()
    ]
    return known[: int(usable.sum()) // _AREAS_A_COVARIATE]


def _table(
    found: pd.DataFrame, model: FayHerriot | None, names: list[str], problem: str | None, fitted: int
) -> pd.DataFrame:
    nothing = pd.Series(np.nan, index=found.index)
    estimates = model.estimates if model else None
    kind = estimates["kind"] if estimates is not None else pd.Series(NONE, index=found.index)

    def of_model(column: str) -> Floats:
        values = estimates[column] if estimates is not None else nothing
        return np.asarray(values.to_numpy(dtype=float))

    return pd.DataFrame(
        {
            "area_code": found.index,
            **{name: np.clip(of_model(name), 0, 100) for name in ("value", "lower", "upper")},
            "standard_error": np.sqrt(of_model("mse")),
            "kind": kind.to_numpy(),
            "direct": found["direct"].to_numpy(),
            "direct_error": np.sqrt(found["variance"].to_numpy(dtype=float)),
            "direct_weight": np.where(kind == EBLUP, of_model("direct_weight"), np.nan),
            "base": found["base"].fillna(0).astype(np.int64).to_numpy(),
            "covariates": ", ".join(names) if model else None,
            "fitted_areas": fitted,
            "model_variance": model.model_variance if model else np.nan,
            "variance_method": model.variance_method if model else None,
            "problem": problem,
        }
    )[SMALL_AREA_SCORE]
