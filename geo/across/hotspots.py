"""Hotspots over the whole region and as each authority alone would find them, and what only the former sees."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from geo.across.windows import (
    LEAST_EXPECTED,
    WITH_NEIGHBOURS,
    around,
    dispersion_of,
    two_window_test,
    usual_counts,
)
from geo.arrays import Bools, Floats, Ints
from geo.estimates.negative_binomial import dispersion_by_size
from geo.estimates.significance import FALSE_DISCOVERY_RATE

# An authority must act on a cluster if this share of its surplus happened there.
LEAST_SHARE = 0.1
NO_AUTHORITY = ""
HOTSPOTS = ["count", "expected", "window_count", "window_expected", "gi_star", "p", "q", "reach", "is_hot"]
CLUSTERS = [
    "cluster", "cells", "events", "expected", "surplus", "gi_star", "p", "q", "authorities", "acting", "seeing",
    "is_across_borders", "is_only_borderless",
]  # fmt: skip
BY_AUTHORITY = [
    "cluster", "authority_code", "cells", "events", "expected", "surplus_share", "must_act", "is_seen_alone",
]  # fmt: skip


@dataclass(frozen=True)
class Clusters:
    """Clusters of the region (CLUSTERS), and each by authority (BY_AUTHORITY); member of each site (-1: none)."""

    clusters: pd.DataFrame
    by_authority: pd.DataFrame
    member: Ints


def hotspots(
    parts: pd.DataFrame,
    pairs: Ints,
    sites: int,
    *,
    is_high: bool = True,
    rate: float = FALSE_DISCOVERY_RATE,
    least_expected: float = LEAST_EXPECTED,
    chances: bool = False,
    is_tested: Bools | None = None,
) -> pd.DataFrame:
    """Find the sites that, alone or with their neighbours, have more events than sites of their kind usually do.

    Rates by kind and dispersion come from all sites, so hotspots raise what is held against them. Leaving them out
    and fitting again was tried: no more planted ones were found, and the false among the claims rose from under 1
    to 6 %.

    Args:
        parts: ``site`` (position, 0 to sites - 1), ``kind``, ``count``, ``exposure``; a site may have many parts. A
            part without count (null) or exposure (null or not above 0) takes no part, nor do its events.
        pairs: neighbours, positions of sites (n x 2).
        sites: how many there are.
        is_high: whether more than usual is looked for, not fewer.
        rate: of false discoveries.
        least_expected: as of ``window_test``.
        chances: whether counts are sums of chances, with fractions.
        is_tested: as of ``window_test``.

    Returns:
        HOTSPOTS columns, one row a site; all null (``is_hot`` false) where a site has no exposure; see
        ``two_window_test``.
    """
    parts = _measured(parts)
    site, n = parts["site"].to_numpy(dtype=np.int64), parts["count"].to_numpy(dtype=float)
    usual = usual_counts(n, parts["exposure"], parts["kind"].to_numpy(dtype=object))
    count, expected = _summed(site, n, sites), _summed(site, usual, sites)
    k = dispersion_by_size(np.rint(count), expected, dispersion_of(count, expected, chances=chances))
    table = two_window_test(
        count,
        expected,
        k,
        around(pairs, sites),
        rate=rate,
        is_high=is_high,
        least_expected=least_expected,
        is_tested=is_tested,
    )
    table.insert(0, "count", count)
    table.insert(1, "expected", expected)
    return table.assign(is_hot=(table["q"] < rate).to_numpy())


def hotspots_alone(
    parts: pd.DataFrame,
    pairs: Ints,
    *,
    is_high: bool = True,
    rate: float = FALSE_DISCOVERY_RATE,
    least_expected: float = LEAST_EXPECTED,
    chances: bool = False,
) -> pd.DataFrame:
    """Find the hotspots each authority would find alone: own events, own mean, own dispersion, cut at its border.

    Args:
        parts: as of ``hotspots``, with ``authority_code``; null (in no authority): left out.
        pairs: as of ``hotspots``.
        is_high: as there.
        rate: of false discoveries, for each authority.
        least_expected: as there.
        chances: as there.

    Returns:
        ``authority_code``, ``site``, HOTSPOTS; one row per authority and site of which it holds a part with
        exposure, in that order.
    """
    windows = around(pairs, int(max(parts["site"].max(), pairs.max(initial=0))) + 1 if len(parts) else 0)
    found = []
    for code, own in _measured(parts).groupby("authority_code", sort=True):
        held, site = np.unique(own["site"].to_numpy(dtype=np.int64), return_inverse=True)
        near = sparse.coo_array(windows[held][:, held])
        own_pairs = np.column_stack([near.row, near.col]).astype(np.int64)
        table = hotspots(
            own.assign(site=site),
            own_pairs,
            len(held),
            is_high=is_high,
            rate=rate,
            least_expected=least_expected,
            chances=chances,
        )
        table.insert(0, "authority_code", code)
        table.insert(1, "site", held)
        found.append(table)
    columns = ["authority_code", "site", *HOTSPOTS]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)


def clusters(region: pd.DataFrame, alone: pd.DataFrame, parts: pd.DataFrame, pairs: Ints) -> Clusters:
    """Join hot sites to clusters (see ``joined``), and say who must act on each and who would see it alone.

    A site beside a peak is hot for its neighbour's sake, so being hot makes no authority party to a cluster: it is
    one if a tenth of the surplus (events above expected ones, over its parts of the cluster) is its own.

    Args:
        region: as of ``hotspots``.
        alone: as of ``hotspots_alone``.
        parts: as of ``hotspots_alone``.
        pairs: as of ``hotspots``.

    Returns:
        ``clusters``: CLUSTERS, by surplus, highest first. ``cluster`` is the position of its first member; ``gi_star``,
        ``p`` and ``q`` are those of its best window; ``events``, ``expected`` and ``surplus`` (their difference) of
        all its sites; ``authorities``, ``acting`` and ``seeing`` are codes, comma-separated: with a part in it, party
        to it, party to it and finding a part of it alone. ``is_across_borders``: more than one is party to it;
        ``is_only_borderless``: none of these would see it alone. ``by_authority``: the same by authority; expected
        events are those of the region's rates. Surplus is what was seen, not what is to be expected next: take
        empirical Bayes for that.
    """
    parts = _measured(parts)
    cluster, is_member = joined(
        region["is_hot"].to_numpy(dtype=bool), is_high(region), pairs, wide=is_wide(region)
    )
    member = np.where(is_member, cluster, -1)
    expected = _part_expected(region, parts)
    here = parts.assign(cluster=member[parts["site"].to_numpy(dtype=np.int64)], expected=expected)
    here = here[(here["cluster"] >= 0) & here["expected"].notna()]
    of_authority = _by_authority(
        here.assign(authority_code=here["authority_code"].fillna(NO_AUTHORITY)), alone, cluster, pairs
    )
    return Clusters(_by_cluster(region, cluster, is_member, of_authority), of_authority, member)


def seen_alone_only(region: pd.DataFrame, alone: pd.DataFrame, pairs: Ints) -> pd.DataFrame:
    """Return the hot sites of single authorities that lie in no hot window of the region: rows of `alone`.

    An authority has fewer sites to try and another mean, so it may claim what the region does not.
    """
    touched = around(pairs, len(region)) @ region["is_hot"].to_numpy(dtype=float) > 0
    is_only = alone["is_hot"].to_numpy(dtype=bool) & ~touched[alone["site"].to_numpy(dtype=np.int64)]
    only: pd.DataFrame = alone[is_only]
    return only.reset_index(drop=True)


def _measured(parts: pd.DataFrame) -> pd.DataFrame:
    """Return the parts with a count and exposure."""
    kept: pd.DataFrame = parts[parts["count"].notna() & (parts["exposure"] > 0)]
    return kept


def _summed(site: Ints, value: Floats, sites: int) -> Floats:
    """Return sums by site; null where no part has a value."""
    known = ~np.isnan(value)
    total = np.bincount(site[known], value[known], minlength=sites)
    some = np.bincount(site[known], minlength=sites) > 0
    return np.where(some, total, np.nan)


def joined(hot: Bools, high: Bools, pairs: Ints, *, wide: Bools | None = None) -> tuple[Ints, Bools]:
    """Join what makes windows hot to clusters.

    A claim is about a window, and its middle may be the quiet one among busy neighbours. So members of a cluster are
    the sites of hot windows that have more events than expected themselves; those that touch each other, or the same
    middle of a hot window, are one cluster.

    Args:
        hot: sites that have more events than usual, alone or with their neighbours.
        high: sites that have more events than expected, and may be members.
        pairs: neighbours.
        wide: of hot sites, those that have more with their neighbours, all unless given; what is hot by itself
            makes no neighbour a member.

    Returns:
        For each site the first member of its cluster, -1 where it is neither member nor middle of a hot window; and
        whether it is a member.
    """
    windows = around(pairs, len(hot))
    with_neighbours = hot if wide is None else hot & wide
    member = high & (hot | (windows @ with_neighbours.astype(float) > 0))
    linked = hot | member
    both = linked[pairs[:, 0]] & linked[pairs[:, 1]]
    _, label = csgraph.connected_components(around(pairs[both], len(hot)), directed=False)
    first = np.full(len(hot), -1, dtype=np.int64)
    place = np.flatnonzero(member)[::-1]
    first[label[place]] = place
    return np.where(linked, first[label], -1), member


def _part_expected(region: pd.DataFrame, parts: pd.DataFrame) -> Floats:
    """Share each site's expected events among its parts as the rates of all sites have them."""
    raw = usual_counts(parts["count"], parts["exposure"], parts["kind"].to_numpy(dtype=object))
    site = parts["site"].to_numpy(dtype=np.int64)
    total = _summed(site, raw, len(region))[site]
    share = np.divide(raw, total, out=np.full(len(raw), np.nan), where=total > 0)
    return np.asarray(share * region["expected"].to_numpy(dtype=float)[site])


def is_high(table: pd.DataFrame) -> Bools:
    """Tell the sites of a view that have more events than it expects, and that it tests."""
    return np.asarray((table["count"] > table["expected"]) & table["q"].notna())


def is_wide(table: pd.DataFrame) -> Bools:
    """Tell the sites whose window with neighbours is the one that is told."""
    return np.asarray(table["reach"] == WITH_NEIGHBOURS)


def _by_authority(here: pd.DataFrame, alone: pd.DataFrame, cluster: Ints, pairs: Ints) -> pd.DataFrame:
    key = ["cluster", "authority_code"]
    table = here.groupby(key).agg(
        cells=("site", "nunique"), events=("count", "sum"), expected=("expected", "sum")
    )
    table = table.reset_index()
    surplus = (table["events"] - table["expected"]).clip(lower=0)
    total = surplus.groupby(table["cluster"]).transform("sum")
    table["surplus_share"] = surplus / total.where(total > 0)
    is_place = table["authority_code"] != NO_AUTHORITY
    table["must_act"] = (table["surplus_share"] >= LEAST_SHARE) & is_place
    seen = alone[alone["is_hot"].astype(bool)]
    near = sparse.coo_array(around(pairs, len(cluster))[seen["site"].to_numpy(dtype=np.int64)])
    beside = pd.DataFrame(
        {"cluster": cluster[near.col], "authority_code": seen["authority_code"].to_numpy()[near.row]}
    )
    table["is_seen_alone"] = pd.MultiIndex.from_frame(table[key]).isin(pd.MultiIndex.from_frame(beside))
    return table[BY_AUTHORITY]


def _by_cluster(
    region: pd.DataFrame, cluster: Ints, is_member: Bools, of_authority: pd.DataFrame
) -> pd.DataFrame:
    named = region.assign(cluster=cluster)
    table = named[is_member].groupby("cluster").agg(
        cells=("count", "size"), events=("count", "sum"), expected=("expected", "sum")
    )  # fmt: skip
    hot = named[named["is_hot"].to_numpy(dtype=bool) & (cluster >= 0)]
    best = hot.groupby("cluster").agg(gi_star=("gi_star", "max"), p=("p", "min"), q=("q", "min"))
    table = table.join(best)
    table["surplus"] = table["events"] - table["expected"]
    named = of_authority[of_authority["authority_code"] != NO_AUTHORITY]
    acting = named[named["must_act"]]
    for name, rows in (
        ("authorities", named),
        ("acting", acting),
        ("seeing", acting[acting["is_seen_alone"]]),
    ):
        codes = rows.groupby("cluster")["authority_code"].agg(",".join)
        table[name] = codes.reindex(table.index, fill_value="").astype("str")
    table["is_across_borders"] = table["acting"].str.contains(",")
    table["is_only_borderless"] = (table["seeing"] == "") & (table["acting"] != "")
    ordered = table.reset_index().sort_values(
        ["surplus", "cluster"], ascending=[False, True], ignore_index=True
    )
    return ordered[CLUSTERS]
