"""Hide small counts among estimates, so that none can be read or worked out from other areas, levels and years."""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints
from geo.estimates.disclosure import suppress_small_counts

_PERIOD = ["period_start", "period_end"]
_CELL = ["area_level", "area_code", *_PERIOD]
_NUMBERS = (
    "value", "lower", "upper", "observations", "exposure", "low", "high", "standard_error", "raw_value",
)  # fmt: skip


def hide_small_counts(
    estimates: pd.DataFrame,
    areas: pd.DataFrame,
    levels: Sequence[str],
    closed: Collection[str],
    threshold: int,
) -> pd.DataFrame:
    """Hide every estimate that rests on too few, and as many others as keep those from being worked out.

    Of each outcome, counts of areas are held against those of their parent, coarse levels first, and years
    against the whole time they make up. What lies in a parent and in none of its areas, and what lies in the
    whole time and in no year, counts as one more area and year, since a reader may take it from the others. An
    area of no parent is held against the others of its level and region. Where another outcome gives, for the
    same area, period and source, a count that differs by less than the threshold, it would tell the hidden
    one: it is hidden too.

    Not guarded against: the numerator of a share whose base is shown, and counts of two outcomes that differ
    by the threshold or more put together.

    Args:
        estimates: ESTIMATE columns of geo.estimates.outcomes.
        areas: ``area_level``, ``area_code``, ``region``, ``parent_level``, ``parent_code`` (null at the top).
        levels: area levels, coarse to fine.
        closed: ids of the sources whose small counts may not be shown.
        threshold: counts of 1 to threshold - 1 are too small; at 1 or below nothing is hidden.

    Returns:
        The estimates in their order; of hidden ones every number is null and ``is_suppressed`` true, the same
        for both kinds of hiding, as which kind it is tells how large a count can be.
    """
    if threshold <= 1 or not closed:
        return estimates
    is_closed = estimates["source"].map(lambda said: not {*closed}.isdisjoint(said.split(","))).astype(bool)
    rows = estimates[is_closed & estimates["observations"].notna()]
    if rows.empty:
        return estimates
    tree = areas[["area_level", "area_code", "region", "parent_level", "parent_code"]]
    hidden = pd.Series(data=False, index=estimates.index)
    for _, of_outcome in rows.groupby("outcome", sort=True):
        hidden |= _of_outcome(of_outcome, tree, levels, threshold).reindex(hidden.index, fill_value=False)
    hidden |= _telling(rows, hidden, closed, threshold).reindex(hidden.index, fill_value=False)
    return _without(estimates, hidden)


def _without(estimates: pd.DataFrame, hidden: pd.Series) -> pd.DataFrame:
    shown = {name: estimates[name].astype(float).mask(hidden) for name in _NUMBERS}
    return estimates.assign(
        **shown,
        is_suppressed=estimates["is_suppressed"].astype(bool) | hidden,
        uncertainty_kind=estimates["uncertainty_kind"].mask(hidden, "none: suppressed"),
    )


@dataclass(frozen=True)
class _Counts:
    """Counts of one outcome, areas x periods, and what is hidden of them; null where there is none.

    `periods`: first and last day, ascending. `hidden_rest`: for each area, what lies in no year of the whole time.
    """

    counts: Floats
    periods: list[tuple[object, object]]
    hidden: Bools
    hidden_rest: Bools


def _of_outcome(rows: pd.DataFrame, tree: pd.DataFrame, levels: Sequence[str], threshold: int) -> pd.Series:
    by_period = rows.groupby(_PERIOD, sort=True)
    wide = rows.assign(period=by_period.ngroup()).set_index([*_CELL[:2], "period"])["observations"].unstack()  # noqa: PD010 - no key is there twice
    counts = wide.to_numpy(dtype=float, na_value=np.nan)
    table = _Counts(
        counts, sorted(cast("Any", by_period.groups)), np.zeros(counts.shape, bool), np.zeros(len(wide), bool)
    )
    places = wide.index.to_frame(index=False).merge(tree, on=["area_level", "area_code"], how="left")
    parents = wide.index.get_indexer(pd.MultiIndex.from_frame(places[["parent_level", "parent_code"]]))
    # Areas of no parent are sisters if they are of one region.
    places["parent_code"] = places["parent_code"].fillna("of region " + places["region"].astype("str"))
    for level in levels:
        of_level = places[places["area_level"] == level]
        families = of_level.groupby(["parent_level", "parent_code"], sort=True, dropna=False).groups
        for sisters in families.values():
            _protect(table, sisters.to_numpy(), int(parents[sisters[0]]), threshold)
    return pd.Series(
        table.hidden[wide.index.get_indexer(pd.MultiIndex.from_frame(rows[_CELL[:2]])), by_period.ngroup()],
        index=rows.index,
    )


def _protect(table: _Counts, sisters: Ints, parent: int, threshold: int) -> None:
    """Hide what must be of some sisters; their parent (-1: none) has been seen to before."""
    given = np.flatnonzero(~np.isnan(table.counts[sisters]).all(axis=0))
    for parts, whole in _parts_and_whole(table.periods, given):
        _protect_periods(table, sisters, parent, threshold, parts, whole)


def _protect_periods(
    table: _Counts, sisters: Ints, parent: int, threshold: int, parts: Ints, whole: int | None
) -> None:
    counts = _with_rest(table.counts[sisters], parts, whole)
    above = None
    if parent >= 0:
        own = _with_rest(table.counts[[parent]], parts, whole)
        beside = np.clip(np.nan_to_num(own) - np.nansum(counts, axis=0, keepdims=True), 0, None)
        counts = np.vstack([counts, beside])
        in_whole = bool(whole is not None and table.hidden[parent, whole])
        in_rest = bool(whole is not None and table.hidden_rest[parent])
        above = [*table.hidden[parent, parts], in_rest, in_whole]
    if not (any(above or ()) or ((counts > 0) & (counts < threshold)).any()):
        return
    hidden = suppress_small_counts(counts, threshold, parent_hidden=above).hidden[: len(sisters)]
    table.hidden[np.ix_(sisters, parts)] = hidden[:, :-2]
    if whole is not None:
        table.hidden_rest[sisters] = hidden[:, -2]
        table.hidden[sisters, whole] = hidden[:, -1]


def _parts_and_whole(periods: list[tuple[Any, Any]], given: Ints) -> list[tuple[Ints, int | None]]:
    """Return the positions of periods that make up another, and of that one; then those outside it, that make up none.

    Where no period holds others, or several do, all are taken to make up none.
    """
    inside = {
        int(whole): np.array(
            [k for k in given if k != whole and _holds(periods[whole], periods[k])], dtype=np.int64
        )
        for whole in given
    }
    wholes = [whole for whole, parts in inside.items() if len(parts)]
    if len(wholes) != 1:
        return [(given, None)]
    [whole] = wholes
    parts = inside[whole]
    if not all(periods[a][1] < periods[b][0] for a, b in itertools.pairwise(parts)):
        return [(given, None)]
    others = np.setdiff1d(given, [*parts, whole])
    return [(parts, whole), *([(others, None)] if len(others) else [])]


def _holds(whole: tuple[Any, Any], part: tuple[Any, Any]) -> bool:
    return bool(whole[0] <= part[0] and part[1] <= whole[1])


def _with_rest(counts: Floats, parts: Ints, whole: int | None) -> Floats:
    """Return counts by part, and last what lies in the whole but in no part (0 where there is no whole)."""
    of_parts = counts[:, parts]
    rest = np.zeros(len(counts)) if whole is None else counts[:, whole] - np.nansum(of_parts, axis=1)
    return np.column_stack([of_parts, np.where(rest < 0, 0.0, rest)])


def _telling(rows: pd.DataFrame, hidden: pd.Series, closed: Collection[str], threshold: int) -> pd.Series:
    """Tell which counts are so near a hidden one of the same place, time and source that they would tell it."""
    named = rows[[*_CELL, "observations", "source"]].assign(row=rows.index, is_hidden=hidden[rows.index])
    named["source"] = named["source"].map(lambda said: sorted({*said.split(",")} & {*closed}))
    named = named.explode("source")
    secret = named[named["is_hidden"]][[*_CELL, "source", "observations"]]
    pairs = named[~named["is_hidden"].astype(bool)].merge(secret, on=[*_CELL, "source"])
    gap = (pairs["observations_x"].astype(float) - pairs["observations_y"].astype(float)).abs()
    near = pairs.loc[(gap < threshold) & (pairs["observations_x"] > 0), "row"]
    return pd.Series(rows.index.isin(near), index=rows.index)
