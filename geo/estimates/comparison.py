"""Is an area really different? Each against all others of its level, or of its parent."""

import numpy as np
import pandas as pd

from geo.estimates.significance import difference_p, false_discovery_q, rate_ratio_p

FALSE_DISCOVERY_RATE = 0.05
COMPARISON = [
    "outcome", "area_level", "area_code", "period_start", "period_end",
    "comparator", "comparator_value", "p", "q", "verdict",
]  # fmt: skip
_CELL = ["outcome", "area_level", "period_start", "period_end"]


def compare(
    estimates: pd.DataFrame, areas: pd.DataFrame, definitions: pd.DataFrame, comparators: list[str]
) -> pd.DataFrame:
    """Compare every estimate with its comparators.

    An area is tested against the others of its group, itself left out, so the two sides are independent;
    the comparator value shown is that of the whole group (for scores, of those whose uncertainty is known,
    if two are). Groups of one are not compared. The verdict is
    better or worse where the false discovery rate over the group's outcome, level and period is below 5 %.

    Args:
        estimates: core.estimate.
        areas: ``area_level``, ``area_code``, ``parent_code`` (null for none).
        definitions: ``outcome``, ``direction``, ``minimum_observations``.
        comparators: all_areas, parent.

    Returns:
        COMPARISON columns; a missing value has no row, a suppressed one the verdict "too few data".
    """
    rows = estimates.merge(areas[["area_level", "area_code", "parent_code"]], on=["area_level", "area_code"])
    rows = rows.merge(definitions[["outcome", "direction", "minimum_observations"]], on="outcome")
    rows = rows[rows["value"].notna() | rows["is_suppressed"]]
    groups = {"all_areas": _CELL, "parent": [*_CELL, "parent_code"]}
    parts = [_against(rows, groups[name]).assign(comparator=name) for name in comparators]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=COMPARISON)
    return pd.concat(parts, ignore_index=True)[COMPARISON]


def _against(rows: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    rows = rows[rows[group].notna().all(axis=1)]
    rows = rows[rows.groupby(group)["area_code"].transform("size") > 1].copy()
    if rows.empty:
        return rows
    is_rate = rows["exposure"].notna()
    tested = pd.concat([_rates(rows[is_rate], group), _scores(rows[~is_rate], group)])
    tested["q"] = tested.groupby(group)["p"].transform(false_discovery_q)
    tested["verdict"] = _verdict(tested)
    return tested


def _rates(rows: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    totals = rows.groupby(group)[["observations", "exposure"]].transform("sum").astype(float)
    n, t = rows["observations"].astype(float), rows["exposure"].astype(float)
    rate = totals["observations"] / totals["exposure"]
    # Few events say little, unless many were to be expected: none where thirty are usual is a finding.
    few = np.maximum(n, rate * t) < rows["minimum_observations"]
    return rows.assign(
        comparator_value=rate * rows["per"],
        p=rate_ratio_p(n, t, totals["observations"] - n, totals["exposure"] - t),
        too_few=few,
    )


def _scores(rows: pd.DataFrame, group: list[str]) -> pd.DataFrame:
    value, error = rows["value"].astype(float), rows["standard_error"].astype(float)
    keys = [rows[g] for g in group]
    known = value.notna() & error.notna()
    # People weigh equally among areas that say how many they asked. Where fewer than two do, areas weigh
    # equally in the value shown, and nothing is tested.
    testable = known.groupby(keys).transform("sum") > 1
    people = rows["observations"].astype(float).where(known, 0.0)
    weight = people.where(testable, value.notna().astype(float))
    parts = pd.DataFrame(
        {"w": weight, "wx": weight * value.fillna(0), "ww": (weight * error.fillna(0)) ** 2}, index=rows.index
    )
    sums = parts.groupby(keys).transform("sum")
    others = (sums["w"] - parts["w"]).where(lambda w: w > 0)
    other_mean = (sums["wx"] - parts["wx"]) / others
    other_error = np.sqrt((sums["ww"] - parts["ww"]).clip(lower=0)) / others
    return rows.assign(
        comparator_value=sums["wx"] / sums["w"].where(sums["w"] > 0),
        p=np.where(testable & known, difference_p(value, error, other_mean, other_error), np.nan),
        too_few=rows["is_suppressed"].astype(bool),
    )


def _verdict(rows: pd.DataFrame) -> np.ndarray:
    higher = rows["value"].astype(float) > rows["comparator_value"].astype(float)
    good = higher == (rows["direction"] == "higher")
    different = rows["q"] < FALSE_DISCOVERY_RATE
    return np.select(
        [rows["too_few"].astype(bool), rows["p"].isna(), different & good, different & ~good],
        ["too few data", "uncertainty unknown", "better", "worse"],
        "similar",
    )
