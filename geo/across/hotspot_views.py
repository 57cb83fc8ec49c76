"""Hotspots in every view, the region's and each authority's own, as tables: their sites, and their clusters."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.across.hotspots import (
    HOTSPOTS,
    clusters,
    hotspots,
    hotspots_alone,
    is_high,
    is_wide,
    joined,
    seen_alone_only,
)
from geo.across.windows import dispersion_of
from geo.arrays import Bools, Floats, Ints
from geo.estimates.empirical_bayes import empirical_bayes
from geo.estimates.negative_binomial import dispersion_by_size
from geo.estimates.outcomes import LEVEL_OF_CONFIDENCE
from geo.estimates.usual import LEAST_SITES, expected_counts

REGION = "region"
# Towns have more junctions, people and turns on each kilometre of a kind; how dense roads are tells of them.
DENSITIES = ("density_around", "density_here")
SITES = ["view", "site", *HOTSPOTS, "estimate", "standard_error", "cluster", "is_member"]
FOUND = [
    "view", "cluster", "sites", "observed", "expected", "estimate", "lower", "upper", "gi_star", "p", "q",
    "authorities", "acting", "seeing", "is_across_borders", "is_only_borderless", "is_found_by_region",
]  # fmt: skip


def usual_of_parts(parts: pd.DataFrame, *, chances: bool) -> Floats:
    """Return how many events are usual in each part of a site, by its class of road, traffic and surroundings.

    Args:
        parts: ``label``, ``exposure``, ``flow`` and ``observed`` as of ``expected_counts``; DENSITIES of
            roads (any unit, above 0; a part without takes no part); ``is_context``: gets a count from the others.
        chances: whether counts are sums of chances.

    Returns:
        Expected counts; null where there is none, and everywhere where fewer than eight sites (``site``) or no fit.
    """
    density = parts[list(DENSITIES)].to_numpy(dtype=float, na_value=np.nan)
    known: Bools = np.asarray((density > 0).all(axis=1))
    log = pd.DataFrame(np.log(np.where(known[:, None], density, 1.0)), parts.index, list(DENSITIES))
    own = parts["observed"].where(~parts["is_context"].astype(bool))
    usable = parts.assign(observed=own, **{name: log[name] for name in DENSITIES})[
        known & (parts["exposure"] > 0)
    ]
    found = np.full(len(parts), np.nan)
    if usable.loc[usable["observed"].notna(), "site"].nunique() >= LEAST_SITES:
        made = expected_counts(usable, chances=chances, covariates=DENSITIES)
        found[parts.index.get_indexer(made.index)] = made["expected"]
    return found


def sites_of_views(parts: pd.DataFrame, pairs: Ints, sites: int, *, chances: bool) -> pd.DataFrame:
    """Find hotspots over the whole region, and as each authority alone would find them.

    What is usual is that of ``usual_of_parts`` for all; a view brings its own mean to it, as a factor, and its own
    dispersion. So an authority alone is given the region's knowledge of roads, and lacks only what lies beyond its
    border: what it misses, it misses for that.

    Args:
        parts: ``site`` (position), ``authority_code``, ``is_context``, ``observed``, ``expected`` (null: no part).
        pairs: neighbours, positions of sites (n x 2).
        sites: how many there are.
        chances: whether counts are sums of chances.

    Returns:
        SITES columns: of the view "region" every site tested, of authorities (``view`` is the code) those of clusters;
        by view, then site. ``count``, ``expected`` and what follows are the view's; ``estimate`` of its long-run
        count by empirical Bayes; ``cluster`` is the position of the first member of its cluster, -1 for none, and
        ``is_member`` whether it is one itself or only the middle of a hot window: see ``joined``.
        Sites without a part of the region's own authorities are not tested, but inform their neighbours.
    """
    given = _as_parts(parts)
    own = given[~given["is_context"]]
    is_own = np.zeros(sites, dtype=bool)
    is_own[own["site"].to_numpy(dtype=np.int64)] = True
    region = hotspots(given, pairs, sites, chances=chances, is_tested=is_own)
    region = region.assign(view=REGION, site=np.arange(sites))
    alone = hotspots_alone(own, pairs, chances=chances).rename(columns={"authority_code": "view"})
    made = [_estimated(region, chances=chances)]
    made += [_estimated(of, chances=chances) for _, of in alone.groupby("view", sort=True)]
    kept = [_clustered(of, pairs, sites) for of in made]
    return pd.concat(kept, ignore_index=True)[SITES]


def clusters_of_views(found: pd.DataFrame, parts: pd.DataFrame, pairs: Ints, sites: int) -> pd.DataFrame:
    """Join the hot sites of each view to clusters, and say who is party to each and which views find it.

    Args:
        found: as of ``sites_of_views``.
        parts: as given to it.
        pairs: likewise.
        sites: likewise.

    Returns:
        FOUND columns, by view, then cluster. ``observed``, ``expected`` and ``estimate`` (empirical Bayes) are sums
        over its members, ``lower`` and ``upper`` the 95 % limits of the estimate, sites taken as independent;
        ``gi_star``, ``p`` and ``q`` are of its best window. ``authorities``, ``acting``, ``seeing``,
        ``is_across_borders`` and ``is_only_borderless`` are as of ``clusters`` for the region (the last is false
        where an authority of the context is party: its own view is not known); of an authority's view all name it.
        ``is_found_by_region`` is false where none of it lies in or beside a hot site of the region.
    """
    given = _as_parts(parts)
    is_region = (found["view"] == REGION).to_numpy()
    region = found[is_region].set_index("site").reindex(np.arange(sites)).reset_index()
    region["is_hot"] = region["is_hot"] == True  # noqa: E712 - null is false
    alone = found[~is_region].rename(columns={"view": "authority_code"})
    context = set(given.loc[given["is_context"], "authority_code"])
    whole = clusters(region, alone, given, pairs).clusters.assign(view=REGION)
    named = whole[["view", "cluster", "authorities", "acting", "seeing", "is_across_borders"]].assign(
        is_only_borderless=[
            bool(only) and not context & set(acting.split(","))
            for only, acting in zip(whole["is_only_borderless"], whole["acting"], strict=True)
        ]
    )
    lone = seen_alone_only(region, alone, pairs)[["authority_code", "site"]].assign(is_lone=True)
    hot = found[found["cluster"] >= 0]
    hot = hot.merge(lone.rename(columns={"authority_code": "view"}), on=["view", "site"], how="left")
    table = _summed(hot).merge(named, on=["view", "cluster"], how="left")
    is_alone = table["view"] != REGION
    for name in ("authorities", "acting", "seeing"):
        table[name] = table[name].where(~is_alone, table["view"])
    for name in ("is_across_borders", "is_only_borderless"):
        table[name] = table[name] == True  # noqa: E712 - null is false
    return table.sort_values(["view", "cluster"], ignore_index=True)[FOUND]


def _as_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """Return parts as the tests of windows take them: one kind, exposed to what is usual."""
    return parts.rename(columns={"observed": "count"}).assign(
        kind="all", exposure=parts["expected"], is_context=parts["is_context"].astype(bool)
    )


def _estimated(table: pd.DataFrame, *, chances: bool) -> pd.DataFrame:
    count, expected = table["count"].to_numpy(dtype=float), table["expected"].to_numpy(dtype=float)
    k = dispersion_by_size(np.rint(count), expected, dispersion_of(count, expected, chances=chances))
    made = empirical_bayes(count, expected, k)
    return table.assign(
        estimate=made["estimate"].to_numpy(), standard_error=made["standard_error"].to_numpy()
    )


def _clustered(table: pd.DataFrame, pairs: Ints, sites: int) -> pd.DataFrame:
    """Keep the tested sites of the region, those in clusters of an authority, and name the cluster of each."""
    hot: Bools = np.zeros(sites, dtype=bool)
    high: Bools = np.zeros(sites, dtype=bool)
    wide: Bools = np.zeros(sites, dtype=bool)
    site = table["site"].to_numpy(dtype=np.int64)
    hot[site] = table["is_hot"].to_numpy(dtype=bool)
    high[site], wide[site] = is_high(table), is_wide(table)
    cluster, is_member = (
        joined(hot, high, pairs, wide=wide) if hot.any() else (np.full(sites, -1), high & False)
    )
    named = table.assign(cluster=cluster[site], is_member=is_member[site])
    is_region = (table["view"] == REGION).to_numpy()
    kept: pd.DataFrame = named[np.where(is_region, table["q"].notna(), named["cluster"] >= 0)]
    return kept


def _summed(hot: pd.DataFrame) -> pd.DataFrame:
    key = ["view", "cluster"]
    members = hot[hot["is_member"].astype(bool)].assign(variance=lambda rows: rows["standard_error"] ** 2)
    table = members.groupby(key).agg(
        sites=("site", "size"), observed=("count", "sum"), expected=("expected", "sum"),
        estimate=("estimate", "sum"), variance=("variance", "sum"),
    )  # fmt: skip
    middles = hot[hot["is_hot"].astype(bool)].assign(is_lone=lambda rows: rows["is_lone"].notna())
    best = middles.groupby(key).agg(
        gi_star=("gi_star", "max"), p=("p", "min"), q=("q", "min"), is_lone=("is_lone", "all")
    )
    table = table.join(best).reset_index()
    spread = table["variance"].where(table["variance"] > 0)
    shape, scale = table["estimate"] ** 2 / spread, spread / table["estimate"]
    tail = (1 - LEVEL_OF_CONFIDENCE) / 2
    return table.assign(
        lower=stats.gamma.ppf(tail, shape, scale=scale),
        upper=stats.gamma.ppf(1 - tail, shape, scale=scale),
        is_found_by_region=~table["is_lone"],
    )
