"""Each outcome for a region as a whole: areas of one level put together, with what stays uncertain."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.estimates.intervals import poisson_interval, wilson_interval
from geo.estimates.outcomes import LEVEL_OF_CONFIDENCE

_BY = ["outcome", "series", "region", "area_level", "period_start", "period_end"]
REGION_OUTCOME = [
    *_BY, "value", "lower", "upper", "observations", "exposure", "exposure_unit", "area_count", "valued_area_count",
    "suppressed_area_count", "weighed_by", "uncertainty_kind",
]  # fmt: skip


def region_outcomes(estimates: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Put the areas of each level together.

    Args:
        estimates: core.estimate.
        areas: ``area_level``, ``area_code``, ``region``, ``population`` (null where not known), of the region's own.

    Returns:
        REGION_OUTCOME columns. Rates are events of all over exposure of all, shares likewise; scores and ratios are
        means over areas (of the logarithm, for ratios) ``weighed_by`` residents where all are known, else by
        observations where all are, else alike. Areas without a value take no part and are counted; a suppressed one
        stays out too, so that it cannot be got back from the total. Limits are null where one area's error is
        unknown. ``series`` is null where there is but one.
    """
    rows = estimates.merge(
        areas[["area_level", "area_code", "region", "population"]], on=["area_level", "area_code"]
    )
    if rows.empty:
        return pd.DataFrame(columns=REGION_OUTCOME)
    rows = rows.assign(series=rows["series"].fillna("").astype("str"))
    counted = rows.groupby(_BY).agg(
        area_count=("area_code", "size"),
        valued_area_count=("value", "count"),
        suppressed_area_count=("is_suppressed", "sum"),
    )
    valued = rows[rows["value"].notna()]
    # A score of all is the same figure whatever stands beside it: only a rate has an exposure of all.
    parts = [
        made(valued[valued["scale"].isin(scales)])
        for scales, made in ((["rate"], _rates), (["share"], _shares), (["score", "ratio"], _means))
        if valued["scale"].isin(scales).any()
    ]
    empty = pd.DataFrame(index=counted.index[:0])
    found = counted.join(pd.concat(parts) if parts else empty).reset_index().reindex(columns=REGION_OUTCOME)
    none = found["valued_area_count"] == 0
    kind = found["uncertainty_kind"].astype("object").mask(none, "none: no area has a value")
    return found.assign(uncertainty_kind=kind, series=found["series"].where(found["series"] != ""))


def _rates(rows: pd.DataFrame) -> pd.DataFrame:
    found = rows.groupby(_BY).agg(
        observations=("observations", "sum"), exposure=("exposure", "sum"), exposure_unit=("exposure_unit", "first"),
        per=("per", "first"),
    )  # fmt: skip
    scale = found["per"] / found["exposure"]
    lower, upper = poisson_interval(found["observations"].astype(float), LEVEL_OF_CONFIDENCE)
    return found.assign(
        value=found["observations"].astype(float) * scale, lower=lower * scale, upper=upper * scale,
        weighed_by="exposure", uncertainty_kind="exact Poisson (Garwood)",
    ).drop(columns="per")  # fmt: skip


def _shares(rows: pd.DataFrame) -> pd.DataFrame:
    hits = rows["value"].astype(float) / 100 * rows["observations"].astype(float)
    found = (
        rows.assign(hits=hits).groupby(_BY).agg(observations=("observations", "sum"), hits=("hits", "sum"))
    )
    share = found["hits"] / found["observations"].astype(float)
    lower, upper = wilson_interval(share, found["observations"], LEVEL_OF_CONFIDENCE)
    return found.assign(
        value=share * 100, lower=lower * 100, upper=upper * 100, weighed_by="observations",
        uncertainty_kind="Wilson score",
    ).drop(columns="hits")  # fmt: skip


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    # A ratio of nothing has no logarithm, and takes no part.
    rows = rows[(rows["scale"] != "ratio") | (rows["value"].astype(float) > 0)]
    ratio = (rows["scale"] == "ratio").to_numpy()
    value, error = rows["value"].astype(float), rows["standard_error"].astype(float)
    x = np.where(ratio, np.log(value.where(ratio)), value)
    people, base = rows["population"].astype(float), rows["observations"].astype(float)
    keys = [rows[c] for c in _BY]
    by_people = (people.notna() & (people > 0)).groupby(keys).transform("all")
    by_base = (base.notna() & (base > 0)).groupby(keys).transform("all")
    weight = people.where(by_people, base.where(by_base, 1.0))
    parts = pd.DataFrame({
        "w": weight, "wx": weight * x, "ww": (weight * np.where(ratio, error / value, error)) ** 2,
        "known": error.notna(), "ratio": ratio, "observations": rows["observations"],
        "weighed_by": np.select([by_people, by_base], ["residents", "observations"], "alike"),
    }, index=rows.index)  # fmt: skip
    found = parts.groupby(keys).agg(
        w=("w", "sum"), wx=("wx", "sum"), ww=("ww", "sum"), known=("known", "all"), ratio=("ratio", "first"),
        weighed_by=("weighed_by", "first"),
    ).join(parts["observations"].groupby(keys).agg(lambda n: n.sum(min_count=len(n))))  # fmt: skip
    mean = found["wx"] / found["w"]
    half = stats.norm.ppf((1 + LEVEL_OF_CONFIDENCE) / 2) * np.sqrt(found["ww"]) / found["w"]
    half = half.where(found["known"])
    limits = {"value": mean, "lower": mean - half, "upper": mean + half}
    shown = {
        name: np.where(found["ratio"], np.exp(v.where(found["ratio"], 0.0)), v) for name, v in limits.items()
    }
    kind = np.where(found["known"], "normal, from the areas' standard errors", "unknown")
    return found[["observations", "weighed_by"]].assign(**shown, uncertainty_kind=kind)
