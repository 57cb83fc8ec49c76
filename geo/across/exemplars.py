"""Where it works well: places with fewer events than usual, year after year, and the nearest of them to a problem."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from geo.across.windows import LEAST_EXPECTED, around, window_test
from geo.arrays import Floats, Ints
from geo.estimates.significance import FALSE_DISCOVERY_RATE

# A single good year may be luck: this share of the years must be better than usual.
LEAST_YEARS_SHARE = 0.8
EXEMPLARS = ["count", "expected", "p", "q", "years", "better_years", "is_exemplar", "reason"]
NEAREST = ["problem", "exemplar", "distance", "reason"]
_DECIMALS = 9


def exemplars(
    places: pd.DataFrame,
    dispersion: float,
    *,
    sites: int,
    rate: float = FALSE_DISCOVERY_RATE,
    least_exposure: float = 0.0,
    least_expected: float = LEAST_EXPECTED,
    least_years_share: float = LEAST_YEARS_SHARE,
) -> pd.DataFrame:
    """Find places that have fewer events than usual, with the same care as those that have more.

    Args:
        places: ``site`` (0 to sites - 1), ``year``, ``count`` (null where nothing was counted), ``expected`` (usual
            count of that year) and ``exposure``; one row a site and year. A year without count or expected count
            takes no part.
        dispersion: k of the sites over all years.
        sites: how many there are.
        rate: of false discoveries.
        least_exposure: over all years; places with less are not tested.
        least_expected: events over all years; likewise. Where few are expected none is no achievement.
        least_years_share: of the years with a count must each be below the usual of that year.

    Returns:
        EXEMPLARS, one row a site: ``count`` and ``expected`` over its years, one-sided ``p`` and ``q`` (null: not
        tested), ``years``, ``better_years``, ``is_exemplar``, and ``reason`` why not, in words; null where it is one.

    Source: the tail as in ``window_test``, with each place its own window.
    """
    known = places[places["count"].notna() & (places["expected"] > 0)]
    site = known["site"].to_numpy(dtype=np.int64)
    n, usual = known["count"].to_numpy(dtype=float), known["expected"].to_numpy(dtype=float)
    count, expected = (np.bincount(site, v, minlength=sites) for v in (n, usual))
    exposure = np.bincount(site, known["exposure"].fillna(0).to_numpy(dtype=float), minlength=sites)
    years = np.bincount(site, minlength=sites)
    better = np.bincount(site, n < usual, minlength=sites).astype(np.int64)
    enough = (years > 0) & (exposure >= least_exposure)
    alone = around(np.empty((0, 2), dtype=np.int64), sites)
    tested = window_test(
        np.where(enough, count, np.nan),
        expected,
        dispersion,
        alone,
        is_high=False,
        least_expected=least_expected,
    )
    p, q = tested["p"].to_numpy(), tested["q"].to_numpy()
    reason = np.select(
        [years == 0, ~enough, np.isnan(p), ~(q < rate), better < least_years_share * years - 1e-9],
        ["no year has a count and an expected one", "too little exposure", "too few events are usual there",
         "not fewer events than chance may bring", "not fewer in most years"],
        "",
    )  # fmt: skip
    reasons = np.array([text or None for text in reason], dtype=object)
    columns = (count, expected, p, q, years, better, reason == "", reasons)
    return pd.DataFrame(dict(zip(EXEMPLARS, columns, strict=True)))


def nearest_doing_well(
    problems: pd.DataFrame, good: pd.DataFrame, covariates: Sequence[str], kind: str | None = None
) -> pd.DataFrame:
    """Return for each problem the most comparable place that does well.

    Args:
        problems: the covariates, and `kind`.
        good: likewise, of places that do well.
        covariates: what makes places comparable: numbers, each taken over its standard deviation among all given (one
            that does not vary adds nothing). Take logarithms before of those that are very skewed.
        kind: column that must be the same (road class); without it any place will do.

    Returns:
        NEAREST, one row a problem: its position, that of the place in `good` (-1 for none; of equally near ones the
        first), their distance in standard deviations, and ``reason`` why there is none, null where there is.

    Raises:
        ValueError: no covariates.

    Source: Euclidean distance of standardised covariates, as in ``geo.estimates.statistical_neighbours``.
    """
    if not covariates:
        raise ValueError("places are compared by at least one covariate")
    own, other = (t[list(covariates)].to_numpy(dtype=float, na_value=np.nan) for t in (problems, good))
    both = np.concatenate([own, other])
    whole = both[np.isfinite(both).all(axis=1)]
    width = whole.std(axis=0) if len(whole) else np.ones(len(covariates))
    own, other = (v / np.where(width > 0, width, 1.0) for v in (own, other))
    mine = np.zeros(len(own)) if kind is None else problems[kind].to_numpy()
    theirs = np.zeros(len(other)) if kind is None else good[kind].to_numpy()
    known, usable = np.isfinite(own).all(axis=1), np.isfinite(other).all(axis=1)
    place, distance = np.full(len(own), -1, dtype=np.int64), np.full(len(own), np.nan)
    for value in pd.unique(pd.Series(mine[known]).dropna()):
        ask, of = np.flatnonzero(known & (mine == value)), np.flatnonzero(usable & (theirs == value))
        if len(of):
            nearest, distance[ask] = _nearest(own[ask], other[of])
            place[ask] = of[nearest]
    reason = np.where(known, "no such place does well", "a covariate is missing").astype(object)
    reason[place >= 0] = None
    columns = (np.arange(len(own)), place, distance, reason)
    return pd.DataFrame(dict(zip(NEAREST, columns, strict=True)))


def _nearest(own: Floats, other: Floats) -> tuple[Ints, Floats]:
    """Return position and distance of the nearest; the tree breaks ties as it likes, so take the first as near."""
    tree = KDTree(other)
    reach = np.asarray(tree.query(own)[0], dtype=float)
    near = tree.query_ball_point(own, reach + 10.0**-_DECIMALS)
    first = np.array([min(n) for n in near], dtype=np.int64)
    return first, np.round(reach, _DECIMALS)
