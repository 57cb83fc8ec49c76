"""From counts, shares, scores and figures to published estimates: value, interval, and what may not be shown."""

import numpy as np
import pandas as pd

from geo.estimates.intervals import (
    mean_interval,
    poisson_interval,
    weighted_poisson_interval,
    wilson_interval,
)
from geo.estimates.score_interval import share_interval

LEVEL_OF_CONFIDENCE = 0.95
KEY = ["outcome", "area_level", "area_code", "period_start", "period_end"]
ESTIMATE = [
    *KEY, "value", "lower", "upper", "observations", "exposure", "exposure_unit", "low", "high",
    "uncertainty_kind", "is_suppressed", "method", "source", "standard_error", "per", "raw_value", "scale",
    "series",
]  # fmt: skip


def estimate_rates(counts: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """Estimate rates from counts of events and the exposure they arose in.

    Args:
        counts: KEY, ``observations``, ``low_observations``, ``high_observations`` (counts under border
            tolerance; null where it does not apply), ``exposure`` (null or zero where unknown),
            ``exposure_unit``, ``per`` (the rate is given per so many units), ``source``. Where events are
            sums of chances: ``chances``, ``low_chances``, ``high_chances``, of which those are the nearest whole.
            Where events weigh differently (chances, or people of one collision): ``variance``, the sum of squared weights, and
            ``next_weight``, the weight of one event more; null or absent where each weighs 1. And
            ``method``, where it is not plain events / exposure: it names the series, which none may be
            compared across.
        definitions: ``outcome``, ``minimum_observations``, ``below_minimum``.

    Returns:
        ESTIMATE columns, in the order given. Without exposure, value and interval are null: missing, not zero.
        The standard error is null but where events weigh differently.
    """
    exposure = counts["exposure"].to_numpy(dtype=float, na_value=np.nan)
    exposure = np.where(exposure > 0, exposure, np.nan)
    scale = counts["per"].to_numpy(dtype=float) / exposure
    n, low, high = (
        np.where(np.isnan(exact := _number(counts, chances)), _number(counts, whole), exact)
        for whole, chances in (
            ("observations", "chances"),
            ("low_observations", "low_chances"),
            ("high_observations", "high_chances"),
        )
    )
    variance, next_weight = _number(counts, "variance"), _number(counts, "next_weight")
    is_weighted = ~np.isnan(variance)
    one = poisson_interval(n, LEVEL_OF_CONFIDENCE)
    other = weighted_poisson_interval(n, variance, next_weight, LEVEL_OF_CONFIDENCE)
    lower, upper = (np.where(is_weighted, b, a) for a, b in zip(one, other, strict=True))
    kind = np.where(is_weighted, "gamma, for weighted counts (Fay and Feuer)", "exact Poisson (Garwood)")
    made = counts.assign(
        value=n * scale,
        lower=lower * scale,
        upper=upper * scale,
        exposure=exposure,
        low=low * scale,
        high=high * scale,
        uncertainty_kind=np.where(np.isnan(exposure), "none: exposure is missing", kind),
        is_suppressed=_is_suppressed(counts, definitions),
        method=_said(counts, "method").fillna("events / exposure"),
        standard_error=np.sqrt(variance) * scale,
        raw_value=n * scale,
        scale="rate",
        series=_said(counts, "series"),
    )
    return _hide_suppressed(made)[ESTIMATE]


def estimate_shares(shares: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """Estimate shares, in percent, from so many of so many.

    Args:
        shares: KEY, ``successes`` and ``observations`` (of how many; null or zero where there are none),
            ``source``.
        definitions: ``outcome``, ``minimum_observations``, ``below_minimum``.

    Returns:
        ESTIMATE columns, in the order given. A share of none is null: missing, not zero.

    Source: Wilson (1927), JASA 22:209.
    """
    base = shares["observations"].to_numpy(dtype=float, na_value=np.nan)
    base = np.where(base > 0, base, np.nan)
    share = shares["successes"].to_numpy(dtype=float, na_value=np.nan) / base
    lower, upper = wilson_interval(share, base, LEVEL_OF_CONFIDENCE)
    suppressed = _is_suppressed(shares, definitions)
    made = shares.assign(
        value=share * 100,
        lower=lower * 100,
        upper=upper * 100,
        exposure=np.nan,
        exposure_unit=None,
        low=np.nan,
        high=np.nan,
        uncertainty_kind=np.where(np.isnan(share), "none: nothing to take a share of", "Wilson score"),
        is_suppressed=suppressed,
        method="share",
        standard_error=_share_error(share, base),
        per=100.0,
        raw_value=share * 100,
        scale="share",
        series=_said(shares, "series"),
    )
    return _hide_suppressed(made)[ESTIMATE]


def estimate_figures(figures: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """Take over figures that a model has already estimated, or that are published as they are.

    Args:
        figures: KEY, ``value``, ``lower`` and ``upper`` (null where the uncertainty is unknown), ``standard_error``
            (likewise), ``observations`` (null if not said), ``exposure`` and ``exposure_unit`` (null where there is
            none), ``raw_value`` (before any modelling), ``uncertainty_kind``, ``method``, ``source``, and ``scale``:
            score where areas differ by so much, ratio where they differ by so many times (values above zero); and
            ``series`` (null where the outcome has none) and ``is_suppressed`` (withheld by the publisher), if any.
            Where ``is_borrowing`` is given and true, the value leans on other areas too: few observations of its
            own then hide the raw value only.
        definitions: ``outcome``, ``minimum_observations``, ``below_minimum``.

    Returns:
        ESTIMATE columns, in the order given.
    """
    withheld = _said(figures, "is_suppressed").isin([True]).to_numpy(dtype=bool)
    few = _is_suppressed(figures, definitions)
    borrowing = _number(figures, "is_borrowing") == 1
    made = figures.assign(
        low=np.nan,
        high=np.nan,
        per=1.0,
        is_suppressed=(few & ~borrowing) | withheld,
        raw_value=np.where(few, np.nan, _number(figures, "raw_value")),
        series=_said(figures, "series"),
    )
    return _hide_suppressed(made)[ESTIMATE]


def _is_suppressed(rows: pd.DataFrame, definitions: pd.DataFrame) -> np.ndarray:
    of = definitions.set_index("outcome")
    few = rows["observations"].astype(float) < rows["outcome"].map(of["minimum_observations"]).astype(float)
    return (few & (rows["outcome"].map(of["below_minimum"]) == "suppress")).to_numpy(dtype=bool)


def _hide_suppressed(rows: pd.DataFrame) -> pd.DataFrame:
    hidden = rows["is_suppressed"].to_numpy(dtype=bool)
    shown = {
        name: np.where(hidden, np.nan, rows[name].to_numpy(dtype=float, na_value=np.nan))
        for name in ("value", "lower", "upper", "standard_error", "raw_value", "low", "high")
    }
    return rows.assign(**shown, uncertainty_kind=rows["uncertainty_kind"].mask(hidden, "none: suppressed"))


def _share_error(share: np.ndarray, base: np.ndarray) -> np.ndarray:
    # Two successes and two failures added (Agresti and Coull 1998): 0 or 100 % is not certain.
    drawn_in, people = (share * base + 2) / (base + 4), np.where(base > 0, base + 4, np.nan)
    error: np.ndarray = np.sqrt(drawn_in * (1 - drawn_in) / people) * 100
    return error


def estimate_scores(scores: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """Estimate scores (0 to 100) from published scores or survey answers.

    A score whose base is below the outcome's minimum is suppressed: its value and interval become null.

    Args:
        scores: KEY, ``score`` (null where the publisher gave none), ``base`` (people; null if not said),
            ``standard_error`` (null for published scores) and ``degrees_of_freedom`` (null but for answers, whose
            error is design-based), ``source``; for answers ``effective_base`` (used where all are alike); and where
            a score was carried from other areas ``method`` and ``uncertainty_kind`` (null otherwise; an error
            without degrees of freedom is taken as normal).
        definitions: ``outcome``, ``minimum_observations``, ``below_minimum``.

    Returns:
        ESTIMATE columns, in the order given.
    """
    base = scores["base"].to_numpy(dtype=float, na_value=np.nan)
    score = scores["score"].to_numpy(dtype=float, na_value=np.nan)
    error = scores["standard_error"].to_numpy(dtype=float, na_value=np.nan)
    df = scores["degrees_of_freedom"].to_numpy(dtype=float, na_value=np.nan)
    sampled = ~np.isnan(df)
    carried = _said(scores, "uncertainty_kind").notna().to_numpy()
    has_error = sampled | carried
    suppressed = _is_suppressed(scores.assign(observations=scores["base"]), definitions)
    low_share, high_share = wilson_interval(score / 100, base, LEVEL_OF_CONFIDENCE)
    low_mean, high_mean = mean_interval(score, error, np.where(carried, np.inf, df), LEVEL_OF_CONFIDENCE)
    # Answers that are all alike have no error to see, and are not certain for that.
    alike = sampled & (error == 0)
    effective = _number(scores, "effective_base")
    low_alike, high_alike = share_interval(score / 100, effective, df, LEVEL_OF_CONFIDENCE)
    low_mean, high_mean = np.where(alike, [low_alike * 100, high_alike * 100], [low_mean, high_mean])
    error = np.where(alike, _share_error(score / 100, effective), error)
    binomial_error = _share_error(score / 100, base)
    kind = np.select(
        # One cluster says nothing of how clusters differ: no interval, whatever its base.
        [
            suppressed,
            np.isnan(score),
            np.where(has_error, np.isnan(error), np.isnan(base)),
            alike,
            sampled,
            carried,
        ],
        [
            "none: suppressed",
            "none: score is missing",
            "unknown",
            "Wilson score of the effective base, as all answers are alike",
            "design-based (Student t)",
            _said(scores, "uncertainty_kind"),
        ],
        "Wilson score, conservative for means",
    )

    def shown(values: np.ndarray) -> np.ndarray:
        return np.where(suppressed | np.isnan(score), np.nan, values)

    return scores.assign(
        value=shown(score),
        lower=shown(np.clip(np.where(has_error, low_mean, low_share * 100), 0, 100)),
        upper=shown(np.clip(np.where(has_error, high_mean, high_share * 100), 0, 100)),
        observations=scores["base"],
        exposure=np.nan,
        exposure_unit=None,
        low=np.nan,
        high=np.nan,
        uncertainty_kind=kind,
        is_suppressed=suppressed,
        method=_said(scores, "method").fillna(
            pd.Series(np.where(sampled, "weighted mean of answers", "published score"), index=scores.index)
        ),
        standard_error=shown(np.where(has_error, error, binomial_error)),
        per=100.0,
        raw_value=shown(score),
        scale="score",
        series=_said(scores, "series"),
    )[ESTIMATE]


def _number(rows: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column of numbers that not every model has; null where it is not there."""
    if column not in rows:
        return np.full(len(rows), np.nan)
    found: np.ndarray = rows[column].to_numpy(dtype=float, na_value=np.nan)
    return found


def _said(rows: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of text that not every model has; null where it is not there."""
    none = pd.Series(None, index=rows.index, dtype="object")
    return rows[column].astype("object") if column in rows else none
