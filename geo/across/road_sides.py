"""Roads within a band either side of a border: what happened there, and what is usual for such roads."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints
from geo.estimates.negative_binomial import dispersion_by_size, fit_expected

CLASSES = ("motorway", "a", "b", "c", "unclassified")


def usual_on_roads(sites: pd.DataFrame, *, chances: bool = False) -> pd.DataFrame:
    """Fit how many events are usual on a kilometre of each site: by class, traffic, and how built up it is there.

    Args:
        sites: ``road_km`` (a site without takes no part), ``years``, ``road_class``, ``aadf`` (null where not known:
            such sites have rates of their own), ``cell_road_km`` (all road in the square kilometre), ``urban_share``
            (used where all sites have one), ``event_count`` (null where no source speaks for it).
        chances: whether counts are sums of chances.

    Returns:
        ``per_km`` over the whole period, and ``dispersion``: how much sites differ from what is usual, k; null where
        nothing could be fitted.

    Source: Hauer, Harwood, Council and Griffith (2002), TRR 1784:126, for the form.
    """
    km = sites["road_km"].to_numpy(dtype=float)
    flow = sites["aadf"].to_numpy(dtype=float, na_value=np.nan)
    is_known = flow > 0
    log_flow = np.where(is_known, np.log(np.where(is_known, flow, 1.0) / 10_000), 0.0)
    density = np.log(np.maximum(sites["cell_road_km"].to_numpy(dtype=float), 0.1))
    columns = {"traffic": log_flow, "road density": density}
    urban = sites["urban_share"].to_numpy(dtype=float, na_value=np.nan)
    if np.isfinite(urban[km > 0]).all():
        columns["urban share"] = np.nan_to_num(urban)
    used = (km > 0) & sites["event_count"].notna().to_numpy()
    # A column without variation is one with the classes' own.
    columns = {name: value for name, value in columns.items() if used.any() and np.ptp(value[used]) > 0}
    fit = fit_expected(
        sites["event_count"],
        km * sites["years"].to_numpy(dtype=float),
        sites["road_class"].astype("str") + np.where(is_known, " by traffic", " by length"),
        pd.DataFrame(columns) if columns else None,
        chances=chances,
    )
    made = pd.DataFrame({"per_km": np.nan, "dispersion": np.nan}, index=sites.index)
    if fit.has_converged and fit.family != "none":
        counts = np.rint(sites["event_count"].to_numpy(dtype=float, na_value=np.nan))
        made["dispersion"] = dispersion_by_size(counts, fit.expected, fit.dispersion)
        made["per_km"] = fit.expected / np.where(km > 0, km, np.nan)
    return made


def by_class_too(parts: pd.DataFrame, road_class: Ints) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put parts of road into the groups that are compared: each line whole, and each class of a border in plan.

    Args:
        parts: ``line`` (number of a border, or of one corridor across it), ``is_along`` (it is a corridor), ``site``.
        road_class: of each site, a position in CLASSES.

    Returns:
        The parts with their ``group``, those in plan twice; and the groups: ``line``, ``is_along`` and ``road_class``
        (a name; null for the line whole), one row for each number.
    """
    of = road_class[parts["site"].to_numpy(dtype=np.int64)]
    code = parts["line"].to_numpy(dtype=np.int64) * (len(CLASSES) + 1)
    in_plan = ~parts["is_along"].to_numpy(dtype=bool)
    every = np.concatenate([code, code[in_plan] + 1 + of[in_plan]])
    number, group = np.unique(every, return_inverse=True)
    made = pd.concat([parts, parts[in_plan]], ignore_index=True).assign(group=group.astype(np.int64))
    along = pd.Series(parts["is_along"].to_numpy(dtype=bool), index=parts["line"].to_numpy())
    line, nth = number // (len(CLASSES) + 1), number % (len(CLASSES) + 1)
    groups = pd.DataFrame(
        {
            "line": line,
            "is_along": along[~along.index.duplicated()].loc[line].to_numpy(),
            "road_class": np.array([None, *CLASSES], dtype=object)[nth],
        }
    )
    return made, groups


def sides_of(
    parts: pd.DataFrame, sites: pd.DataFrame, usual: Mapping[str, pd.DataFrame], groups: int, most_m: float
) -> pd.DataFrame:
    """Add up both sides of every group within a band: events, and how many are usual on such roads.

    Args:
        parts: ``group``, ``is_first`` (on the first side), ``site``, ``distance_m`` from the border, ``road_km``,
            and for each outcome ``<outcome>`` (events) and ``<outcome>_near`` (of them, near the border).
        sites: ``aadf``.
        usual: by outcome, as of ``usual_on_roads``, in the order of sites.
        groups: how many there are.
        most_m: how far the band reaches.

    Returns:
        One row a group, side (first, then other) and outcome: ``count``, ``near_count``, ``road_km``,
        ``known_share`` of it with traffic known, ``flow_km`` (vehicles a day x km, where known), ``expected`` over
        the period, ``variation``: squared coefficient of variation of the side's rate if sites differ as they do.
    """
    at = by_site(parts[parts["distance_m"] <= most_m], list(usual))
    side = at["group"].to_numpy() * 2 + 1 - at["is_first"].to_numpy(dtype=np.int64)
    site, km = at["site"].to_numpy(), at["road_km"].to_numpy()
    flow = sites["aadf"].to_numpy(dtype=float, na_value=np.nan)[site]

    def total(values: Floats) -> Floats:
        return np.bincount(side, values, minlength=2 * groups).astype(float)

    length, known = total(km), total(np.where(flow > 0, km, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        about = {
            "group": np.repeat(np.arange(groups), 2),
            "is_first": np.tile([True, False], groups),
            "road_km": length,
            "known_share": known / length,
            "flow_km": total(np.where(flow > 0, km * np.nan_to_num(flow), 0.0)),
        }
        tables = []
        for outcome, rates in usual.items():
            mean = km * rates["per_km"].to_numpy()[site]
            k = rates["dispersion"].to_numpy()[site]
            # A part of a site without road has no expected count and adds none.
            mean, k = np.where(km > 0, mean, 0.0), np.where(km > 0, k, 0.0)
            expected = total(mean)
            tables.append(
                pd.DataFrame(
                    about
                    | {
                        "outcome": outcome,
                        "count": np.rint(total(at[outcome].to_numpy())),
                        "near_count": total(at[f"{outcome}_near"].to_numpy()),
                        "expected": expected,
                        "variation": total(k * mean**2) / expected**2,
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)


def by_site(parts: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """Add up the parts of each site on a side."""
    columns = ["road_km", *outcomes, *(f"{o}_near" for o in outcomes)]
    return parts.groupby(["group", "is_first", "site"], sort=True)[columns].sum().reset_index()
