"""Reliability of an area's roads: the mean over its observed links, with what days and links leave open."""

import warnings

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats, Ints
from geo.estimates.observed_times import ALL_DAY, LINK
from geo.estimates.travel_time import INDICES, LEAST_DAYS, drawn_indices

# Part of the length of its numbered roads that must be observed to speak of an area, and fewest links for an interval.
LEAST_SHARE = 0.1
LEAST_LINKS = 3
# All of it but for rounding: then no links are left to differ.
_WHOLE = 0.999
AREA = ["area_level", "area_code"]
OUTCOMES = {"planning_time_index": "planning_time_index", "level_of_travel_time_reliability": "lottr"}
AREA_TIMES = [
    *AREA, "outcome", "value", "lower", "upper", "standard_error", "observations", "links", "observed_km",
    "observed_share", "uncertainty_kind",
]  # fmt: skip


def area_reliability(
    times: pd.DataFrame, pieces: pd.DataFrame, draws: int = 100, level: float = 0.95, seed: int = 1
) -> pd.DataFrame:
    """Return planning-time index and LOTTR of each area's numbered roads, the mean by length over observed links.

    The planning-time index is over all times of day; of LOTTR that of the time of day where the link's is worst
    counts. Links observed on fewer than ten days count as not observed, and an area with less than a tenth of its
    length observed has no row. The interval, on the log scale, holds the difference between days (those of all links
    drawn together) and between links, taken as a sample of the area's roads, with the degrees of freedom of
    Satterthwaite; not the uncertainty of free flow, nor of roads that differ because they are not observed.

    Args:
        times: of one period: LINK, ``time_of_day``, ``day``, ``travel_time_s``, ``free_flow_s``; see `by_time_of_day`.
        pieces: AREA, LINK, ``length_m`` (of the link in the area) and ``numbered_m`` (of all the area's numbered
            roads, above zero).
        draws: of the bootstrap over days.
        level: of confidence.
        seed: of the draws.

    Returns:
        AREA_TIMES, a row per area and outcome, ordered; limits null with fewer than three links, unless they
        are all there is.

    Source: Satterthwaite (1946), Biometrics Bulletin 2:110; for the indices see `travel_time_reliability`.
    """
    groups, drawn = drawn_indices(times, [*LINK, "time_of_day"], draws, seed)
    links = groups[LINK].drop_duplicates(ignore_index=True)
    at = pd.MultiIndex.from_frame(links).get_indexer(pd.MultiIndex.from_frame(groups[LINK]))
    is_all = (groups["time_of_day"] == ALL_DAY).to_numpy()
    days, counts = (
        _spread(groups.loc[is_all, c].to_numpy(), at[is_all], len(links)) for c in ("days", "observations")
    )
    # A link that two sources observe counts once.
    once = pieces.sort_values([*AREA, "link_id", "source"]).drop_duplicates([*AREA, "link_id"])
    weights, areas = _weights(once, links, days >= LEAST_DAYS)
    observed = weights.sum(axis=1)
    numbered = areas["numbered_m"].to_numpy(dtype=float)
    enough = observed >= LEAST_SHARE * numbered
    rows = []
    for outcome, index in OUTCOMES.items():
        of = drawn[:, INDICES.index(index)]
        by_link = (
            _all_day(of, at, is_all, len(links)) if index != "lottr" else _worst(of, at, ~is_all, len(links))
        )
        rows.append(
            _estimate(by_link, weights, days, observed / numbered, level).assign(
                outcome=outcome,
                **{name: areas[name].to_numpy() for name in AREA},
                observations=((weights > 0) @ counts).astype(np.int64),
                observed_km=observed / 1000,
                observed_share=np.minimum(observed / numbered, 1.0),
            )[enough]
        )
    table: pd.DataFrame = pd.concat(rows, ignore_index=True)[AREA_TIMES]
    return table[table["value"].notna()].sort_values([*AREA, "outcome"], ignore_index=True)


def _weights(pieces: pd.DataFrame, links: pd.DataFrame, is_used: Bools) -> tuple[Floats, pd.DataFrame]:
    """Return lengths (areas x links), and the areas."""
    areas = pieces[[*AREA, "numbered_m"]].drop_duplicates(AREA).sort_values(AREA, ignore_index=True)
    link = pd.MultiIndex.from_frame(links).get_indexer(pd.MultiIndex.from_frame(pieces[LINK]))
    area = pd.MultiIndex.from_frame(areas[AREA]).get_indexer(pd.MultiIndex.from_frame(pieces[AREA]))
    found = np.zeros((len(areas), len(links)))
    known = link >= 0
    np.add.at(found, (area[known], link[known]), pieces["length_m"].to_numpy(dtype=float)[known])
    return found * is_used, areas


def _spread(values: Ints, at: Ints, size: int) -> Ints:
    found = np.zeros(size, dtype=np.int64)
    found[at] = values
    return found


def _all_day(drawn: Floats, at: Ints, mask: Bools, links: int) -> Floats:
    found = np.full((len(drawn), links), np.nan)
    found[:, at[mask]] = drawn[:, mask]
    return found


def _worst(drawn: Floats, at: Ints, mask: Bools, links: int) -> Floats:
    """Return the largest of each link's times of day; null where it has none."""
    found = np.full((len(drawn), links), -np.inf)
    for group in np.flatnonzero(mask):
        found[:, at[group]] = np.fmax(found[:, at[group]], drawn[:, group])
    return np.where(np.isfinite(found), found, np.nan)


def _estimate(by_link: Floats, weights: Floats, days: Ints, share: Floats, level: float) -> pd.DataFrame:
    """Return value, interval and standard error of each area from links' values, lived and drawn."""
    lived = by_link[0]
    known = np.isfinite(lived)
    weight = weights * known
    total = weight.sum(axis=1)
    part = weight / np.where(total > 0, total, np.nan)[:, None]
    means = np.nan_to_num(by_link) @ part.T
    links = (weight > 0).sum(axis=1)
    nights = np.array([days[row].min() if row.any() else 0 for row in weight > 0], dtype=np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        of_days = np.var(np.log(means[1:]), axis=0, ddof=1) * nights / np.maximum(nights - 1, 1)
        between = (part**2 * (np.nan_to_num(lived) - means[0][:, None]) ** 2).sum(axis=1) / means[0] ** 2
        of_links = between * links / np.maximum(links - 1, 1) * (1 - np.minimum(share, 1))
        freedom = (of_days + of_links) ** 2 / (
            of_days**2 / np.maximum(nights - 1, 1) + of_links**2 / np.maximum(links - 1, 1)
        )
        error = np.sqrt(of_days + of_links)
        half = stats.t.ppf(1 - (1 - level) / 2, np.maximum(freedom, 1)) * error
    value, is_told = means[0], ((links >= LEAST_LINKS) | (share >= _WHOLE)) & np.isfinite(half)
    return pd.DataFrame(
        {
            "value": value,
            "lower": np.where(is_told, value * np.exp(-half), np.nan),
            "upper": np.where(is_told, value * np.exp(half), np.nan),
            "standard_error": np.where(is_told, value * error, np.nan),
            "links": links,
            "uncertainty_kind": np.where(is_told, "bootstrap over days, and links as a sample", "unknown"),
        }
    )
