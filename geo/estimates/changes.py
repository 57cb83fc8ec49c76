"""Is each outcome of each area getting better: trends through its yearly values, by whatever fits their scale."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from geo.estimates.significance import FALSE_DISCOVERY_RATE, false_discovery_q
from geo.estimates.trend import MINIMUM_POINTS, rate_trends, score_trends

_BY = ["outcome", "area_level", "area_code", "series"]
_POOL = ["outcome", "area_level"]
CHANGE = [
    "outcome", "area_level", "area_code", "series", "points", "first_on", "last_on", "change_per_year", "lower", "upper",
    "change_unit", "p", "q", "verdict", "dispersion", "degrees_of_freedom", "reason",
]  # fmt: skip
# Where nothing changed in the way of measuring.
WHOLE = "whole"
# A calendar or financial year, leap or not.
_YEAR_DAYS = (365, 366)


def changes(estimates: pd.DataFrame, definitions: pd.DataFrame) -> pd.DataFrame:
    """Fit a trend to every series of yearly estimates.

    Args:
        estimates: core.estimate; values of other spans than a year take no part, since spans that overlap share
            their data.
        definitions: ``outcome``, ``direction``.

    Returns:
        CHANGE columns, one row a series (WHOLE where there is but one) that has a yearly value: ``first_on`` and
        ``last_on`` (first day of its first year, last day of its last one); ``change_per_year``, as
        ``change_unit`` says (a share of the value for rates and ratios, else the outcome's own unit), with its
        95 % interval; ``p`` that there is none, ``q`` over the series of one outcome and level; ``verdict``
        improving, worsening, no clear change, not judged or too few data, with the ``reason``. Areas of one
        outcome and level are taken to scatter alike.
    """
    days = (pd.to_datetime(estimates["period_end"]) - pd.to_datetime(estimates["period_start"])).dt.days + 1
    yearly = estimates[days.isin(_YEAR_DAYS) & estimates["value"].notna()]
    if yearly.empty:
        return pd.DataFrame(columns=CHANGE)
    start = pd.to_datetime(yearly["period_start"])
    yearly = yearly.assign(series=yearly["series"].fillna(WHOLE).astype("str"))
    points = yearly.assign(period=start.dt.year + (start.dt.month - 1) / 12)
    parts = [
        fit(points[points["scale"].isin(scales)])
        for scales, fit in _FITS
        if points["scale"].isin(scales).any()
    ]
    found = pd.concat(parts, ignore_index=True).merge(_spans(yearly), on=_BY)
    found = found.merge(definitions[["outcome", "direction"]], on="outcome")
    found = found.rename(columns={"change": "change_per_year"}).astype({"degrees_of_freedom": "Int64"})
    found["q"] = found.groupby(_POOL)["p"].transform(false_discovery_q)
    found["verdict"] = _verdict(found)
    return found.sort_values(_BY, ignore_index=True)[CHANGE]


def _rates(points: pd.DataFrame) -> pd.DataFrame:
    counted = points.assign(count=points["observations"].astype(float))
    return rate_trends(counted, _BY, _POOL, MINIMUM_POINTS).assign(change_unit="share of the value a year")


def _scores(points: pd.DataFrame) -> pd.DataFrame:
    scored = points.assign(score=points["value"].astype(float))
    return score_trends(scored, _BY, _POOL, MINIMUM_POINTS).assign(change_unit="unit of the outcome a year")


def _ratios(points: pd.DataFrame) -> pd.DataFrame:
    above = points[points["value"].astype(float) > 0]
    value = above["value"].astype(float)
    logs = above.assign(score=np.log(value), standard_error=above["standard_error"] / value)
    found = score_trends(logs, _BY, _POOL, MINIMUM_POINTS)
    found[["change", "lower", "upper"]] = np.expm1(found[["change", "lower", "upper"]])
    return found.assign(change_unit="share of the value a year")


_FITS: tuple[tuple[list[str], Callable[[pd.DataFrame], pd.DataFrame]], ...] = (
    (["rate"], _rates),
    (["share", "score"], _scores),
    (["ratio"], _ratios),
)


def _spans(yearly: pd.DataFrame) -> pd.DataFrame:
    spans = yearly.groupby(_BY, dropna=False).agg(
        first_on=("period_start", "min"), last_on=("period_end", "max")
    )
    return spans.reset_index()


def _verdict(found: pd.DataFrame) -> np.ndarray:
    better = (found["change_per_year"] > 0) == (found["direction"] == "higher")
    clear = found["q"] < FALSE_DISCOVERY_RATE
    return np.select(
        [found["reason"].notna(), found["direction"] == "neither", clear & better, clear & ~better],
        ["too few data", "not judged", "improving", "worsening"],
        "no clear change",
    )
