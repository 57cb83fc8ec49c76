"""Outcome per pound: what an authority's roads and residents get, against what others spend no more for."""

import numpy as np
import pandas as pd

from geo.estimates.frontier import FRONTIER, order_m_frontier

# The outcome of each road class that says how much of it should be considered for maintenance, in percent.
CONDITION_CLASSES = {
    "condition_a_roads": ("a",),
    "condition_b_c_roads": ("b", "c"),
    "condition_unclassified_roads": ("unclassified",),
}
GOOD_ROAD = "road in good condition"
VALUE = [
    "area_code", "period_start", "period_end", "output", "value", "value_lower", "value_upper", "spend",
    "spend_unit", "per_1000_gbp", "per_1000_gbp_lower", "per_1000_gbp_upper", *FRONTIER,
]  # fmt: skip
_NORMAL = 1.959964
_DAYS_OF_A_YEAR = 366


def good_road_share(estimates: pd.DataFrame, road: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each authority's road that need not be considered for maintenance, by year.

    Args:
        estimates: ``outcome`` (the keys of CONDITION_CLASSES; others are left out), ``area_code``, ``period_start``,
            ``value`` (percent to be considered for maintenance), ``lower``, ``upper``, ``standard_error`` (null where
            the uncertainty is not known).
        road: ``area_code``, ``road_class``, ``road_km``.

    Returns:
        ``area_code``, ``year`` that the period begins in, ``outcome`` (percent in good condition) with
        ``outcome_lower``, ``outcome_upper`` (null where the uncertainty of any class is not known). A year for which
        any class of road that the authority has is not known is left out. The classes are taken as measured apart.
    """
    of = {c: outcome for outcome, classes in CONDITION_CLASSES.items() for c in classes}
    classed = road.assign(outcome=road["road_class"].map(of)).dropna(subset="outcome")
    km = classed.groupby(["area_code", "outcome"])[["road_km"]].sum().reset_index()
    rows = estimates[estimates["outcome"].isin(CONDITION_CLASSES)].copy()
    rows["year"] = pd.to_datetime(rows["period_start"]).dt.year
    rows["error"] = _error(rows)
    # Of periods that begin in one year the shortest is that year's own.
    rows = rows.sort_values(["period_start", "period_end"]).drop_duplicates(["area_code", "outcome", "year"])
    years = rows[["area_code", "year"]].drop_duplicates()
    every = years.merge(km, on="area_code").merge(rows, on=["area_code", "outcome", "year"], how="left")
    weight = every["road_km"] / every.groupby(["area_code", "year"])["road_km"].transform("sum")
    every = every.assign(poor=weight * every["value"].astype(float), variance=(weight * every["error"]) ** 2)
    # A sum that lacks a part is no sum.
    lacks = every[["poor", "variance"]].isna().groupby([every["area_code"], every["year"]]).any()
    sums = every.groupby(["area_code", "year"])[["poor", "variance"]].sum().mask(lacks).reset_index()
    sums = sums[sums["poor"].notna()]
    half = _NORMAL * np.sqrt(sums["variance"].astype(float))
    good = 100 - sums["poor"].astype(float)
    return sums[["area_code", "year"]].assign(
        outcome=good, outcome_lower=(good - half).clip(lower=0), outcome_upper=(good + half).clip(upper=100)
    )


def value_for_money(spend: pd.DataFrame, estimates: pd.DataFrame, road: pd.DataFrame) -> pd.DataFrame:
    """Hold what authorities get against what others get who spend no more, year by year.

    Two outputs, each with the spend it goes with: road in good condition (per km of road), and every outcome of
    satisfaction (per resident).

    Args:
        spend: ``area_code``, ``period_start``, ``period_end``, ``spend_gbp``, ``road_km``, ``population`` (null where
            not known).
        estimates: as of `good_road_share`, of authorities; outcomes whose name begins with ``satisfaction`` too.
        road: as of `good_road_share`.

    Returns:
        VALUE columns: ``value`` of the output in percent or points, ``spend`` in ``spend_unit``; ``per_1000_gbp`` is
        kilometres of road in good condition for each thousand pounds of the year's spend, with limits from those of
        the condition (null for satisfaction, whose points are no quantity to divide). Then those of
        ``order_m_frontier``, among the authorities of the year.
    """
    of_year = spend.assign(year=pd.to_datetime(spend["period_start"]).dt.year)
    of_year["per_km"] = _ratio(of_year["spend_gbp"], of_year["road_km"])
    of_year["per_person"] = _ratio(of_year["spend_gbp"], of_year["population"])
    good = good_road_share(estimates, road).assign(output=GOOD_ROAD)
    liked = estimates[estimates["outcome"].str.startswith("satisfaction")].copy()
    liked["year"] = pd.to_datetime(liked["period_start"]).dt.year
    one_year = (
        pd.to_datetime(liked["period_end"]) - pd.to_datetime(liked["period_start"])
    ).dt.days <= _DAYS_OF_A_YEAR
    liked = liked[one_year & liked["value"].notna()].rename(columns={"outcome": "output"})
    liked = liked.rename(columns={"value": "outcome", "lower": "outcome_lower", "upper": "outcome_upper"})
    columns = ["area_code", "year", "output", "outcome", "outcome_lower", "outcome_upper"]
    got = (
        pd.concat([part[columns] for part in (good, liked) if len(part)]) if len(good) + len(liked) else good
    )
    parts = [
        _frontier(of_year.merge(of_output, on=["area_code", "year"]), str(output))
        for (output, _), of_output in got.groupby(["output", "year"], sort=True)
    ]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True)[VALUE] if parts else pd.DataFrame(columns=VALUE)


def _frontier(rows: pd.DataFrame, output: str) -> pd.DataFrame:
    rows = rows.sort_values("area_code", ignore_index=True)
    is_road = output == GOOD_ROAD
    spend = rows["per_km" if is_road else "per_person"]
    found = order_m_frontier(spend, rows["outcome"], higher_is_better=True)
    # Percent of the road, so a hundredth of it for each km that a thousand pounds are spent on.
    a_percent = 10 / spend.where(spend > 0) if is_road else np.nan
    named = {"outcome": "value", "outcome_lower": "value_lower", "outcome_upper": "value_upper"}
    return pd.concat([rows.rename(columns=named), found], axis=1).assign(
        spend=spend,
        spend_unit="pounds per km of road a year" if is_road else "pounds per resident a year",
        per_1000_gbp=rows["outcome"] * a_percent,
        per_1000_gbp_lower=rows["outcome_lower"] * a_percent,
        per_1000_gbp_upper=rows["outcome_upper"] * a_percent,
    )


def _ratio(pounds: pd.Series, amount: pd.Series) -> pd.Series:
    below = amount.astype(float)
    return pounds.astype(float) / below.where(below > 0)


def _error(rows: pd.DataFrame) -> pd.Series:
    spread = (rows["upper"].astype(float) - rows["lower"].astype(float)) / (2 * _NORMAL)
    return rows["standard_error"].astype(float).fillna(spread)
