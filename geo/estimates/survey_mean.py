"""Means of survey answers with design-based uncertainty: weights, clusters, strata, and subsets of a survey."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints
from geo.estimates.intervals import mean_interval

SURVEY_MEAN = [
    "value", "standard_error", "lower", "upper", "degrees_of_freedom", "design_effect",
    "observations", "effective_base", "clusters", "strata", "lonely_strata",
]  # fmt: skip


@dataclass(frozen=True)
class _Answers:
    """Answers that count: positions of domain, stratum and cluster, weight and score of each."""

    domain: Ints
    stratum: Ints
    cluster: Ints
    weight: Floats
    score: Floats

    def sums(self, values: Floats) -> Floats:
        """Add up by domain."""
        return np.asarray(np.bincount(self.domain, values), dtype=float)


def survey_means(
    answers: pd.DataFrame, domain: Sequence[str], survey: Sequence[str] = (), level: float = 0.95
) -> pd.DataFrame:
    """Estimate the weighted mean of answers in every domain of every survey.

    The variance is linearised (Taylor), clusters taken as drawn with replacement within strata: no finite
    population correction, which is cautious. A domain is a subset of its survey, so every cluster of the
    survey counts, also those where nobody of the domain answered: keep the rows whose score is null. A
    stratum of one cluster cannot show how clusters vary; its cluster is held against the mean of all of the
    domain, and counted in ``lonely_strata``. For a share, scores are 0 and 1.

    Source: Lohr (2021), Sampling: Design and Analysis, sections 4.3 and 9.1; degrees of freedom of a domain
    as Korn and Graubard (1999), Analysis of Health Surveys, section 5.2; effective base from weights alone
    as Kish (1965), Survey Sampling, section 11.7.

    Args:
        answers: the columns of `survey` and `domain`, ``score`` (null where not answered), ``weight`` (an
            answer of weight null or 0 does not count), ``cluster`` (null: drawn singly) and ``stratum``
            (null is a stratum of its own). Names of clusters need be unique within a stratum only.
        domain: columns that name the domain; a row where one is null is in none, but is of the survey.
        survey: columns that tell surveys drawn apart (source, outcome, year); none if all are one.
        level: of confidence.

    Returns:
        One row per survey and domain that anybody answered in, ordered by them: their columns and SURVEY_MEAN.
        ``design_effect`` is against simple random sampling with replacement; null where answers are equal.
        ``effective_base`` is observations over it, or Kish's where it is null or zero. Standard error and
        interval are null where ``degrees_of_freedom`` (clusters less strata that the domain has answers in)
        is zero.

    Raises:
        ValueError: a weight is below zero.
    """
    keys = [*survey, *domain]
    weight, score = (answers[c].to_numpy(dtype=float, na_value=np.nan) for c in ("weight", "score"))
    if (weight < 0).any():
        raise ValueError("A survey weight cannot be below zero.")
    stratum, cluster = _design(answers, list(survey))
    # A row with a null key is in no group.
    group = answers.groupby(keys, sort=True).ngroup().fillna(-1).to_numpy(dtype=np.int64)
    used = (group >= 0) & np.isfinite(score) & (weight > 0)
    if not used.any():
        return pd.DataFrame(columns=[*keys, *SURVEY_MEAN])
    _, first, position = np.unique(group[used], return_index=True, return_inverse=True)
    chosen = _Answers(position, stratum[used], cluster[used], weight[used], score[used])
    named: pd.DataFrame = answers.loc[used, keys].iloc[first].reset_index(drop=True)
    return pd.concat([named, _estimate(chosen, _clusters_in(stratum, cluster), level)], axis=1)


def _design(answers: pd.DataFrame, survey: list[str]) -> tuple[Ints, Ints]:
    """Number strata across surveys, and clusters across strata; an answer without a cluster is one."""
    stratum, named = (
        answers.groupby([*survey, *columns], dropna=False).ngroup().to_numpy(dtype=np.int64)
        for columns in (["stratum"], ["stratum", "cluster"])
    )
    alone = answers["cluster"].isna().to_numpy(dtype=bool)
    return np.asarray(stratum), np.where(alone, len(answers) + np.arange(len(answers)), np.asarray(named))


def _clusters_in(stratum: Ints, cluster: Ints) -> Ints:
    """Return how many clusters each stratum has."""
    _, first = np.unique(cluster, return_index=True)
    return np.bincount(stratum[first])


def _estimate(answers: _Answers, clusters_in: Ints, level: float) -> pd.DataFrame:
    count = answers.sums(np.ones(len(answers.domain)))
    total = answers.sums(answers.weight)
    mean = answers.sums(answers.weight * answers.score) / total
    residual = answers.score - mean[answers.domain]
    # Rounding of a mean leaves equal scores a hair apart.
    residual[np.abs(residual) < 1e-12 * np.abs(answers.score)] = 0.0
    table = _between_clusters(answers, answers.weight * residual / total[answers.domain], clusters_in)
    df = table["clusters"] - table["strata"]
    error = np.where(df > 0, np.sqrt(table.pop("variance")), np.nan)
    lower, upper = mean_interval(mean, error, df, level)
    within = answers.sums(answers.weight * residual**2) / total
    simple = np.divide(within, count - 1, out=np.full(len(count), np.nan), where=(within > 0) & (count > 1))
    effect = error**2 / simple
    kish = total**2 / answers.sums(answers.weight**2)
    known = np.nan_to_num(effect) > 0
    return table.assign(
        value=mean,
        standard_error=error,
        lower=lower,
        upper=upper,
        degrees_of_freedom=df,
        design_effect=effect,
        observations=count.astype(np.int64),
        effective_base=np.where(known, count / np.where(known, effect, 1.0), kish),
    )[SURVEY_MEAN]


def _between_clusters(answers: _Answers, parts: Floats, clusters_in: Ints) -> pd.DataFrame:
    """Return by domain: the variance of the sum of `parts`, and the clusters, strata and lonely strata met."""
    rows = pd.DataFrame(
        {"domain": answers.domain, "stratum": answers.stratum, "cluster": answers.cluster, "sum": parts}
    )
    clusters = rows.groupby(["domain", "stratum", "cluster"], as_index=False)["sum"].sum()
    clusters["squares"] = clusters["sum"] ** 2
    clusters["clusters"] = 1
    strata = clusters.groupby(["domain", "stratum"])[["sum", "squares", "clusters"]].sum().reset_index()
    n = clusters_in[strata["stratum"].to_numpy()].astype(float)
    # The clusters of a stratum where nobody of the domain answered have the sum 0, and belong to its mean.
    inside = (strata["squares"] - strata["sum"] ** 2 / n).clip(lower=0) * n / np.maximum(n - 1, 1)
    strata["variance"] = np.where(n > 1, inside, strata["squares"])
    strata["strata"], strata["lonely_strata"] = 1, (n == 1).astype(np.int64)
    columns = ["variance", "clusters", "strata", "lonely_strata"]
    return strata.groupby("domain")[columns].sum()
