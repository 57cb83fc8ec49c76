"""Where it works well: places with fewer events than usual, year after year, and the nearest of them to a problem."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from geo.arrays import Floats, Ints

# A single good year may be luck: this share of the years must be better than usual.
LEAST_YEARS_SHARE = 0.8
# Of fewer years nothing can be said to last.
LEAST_YEARS = 3
RECORD = ["place", "years", "better_years", "first_year", "last_year"]
NEAREST = ["problem", "exemplar", "distance", "reason"]
_DECIMALS = 9


def persisting(better: pd.DataFrame, years: pd.DataFrame) -> pd.DataFrame:
    """Keep the places that were better than usual in most years: a single good one may be luck.

    Args:
        better: ``place``; places that are better than usual over all years, by the verdict that problems are worse by.
        years: ``place``, ``year``, ``observed`` (null where nothing was counted), ``expected``; one row a place and
            year. Years without either take no part.

    Returns:
        RECORD, one row a place that stays, in order: ``years`` known, ``better_years`` (fewer events than expected),
        ``first_year`` and ``last_year``.
    """
    known = years[years["observed"].notna() & (years["expected"] > 0) & years["place"].isin(better["place"])]
    of = known.assign(is_better=known["observed"] < known["expected"]).groupby("place", sort=True)
    record = of.agg(
        years=("year", "size"),
        better_years=("is_better", "sum"),
        first_year=("year", "min"),
        last_year=("year", "max"),
    ).reset_index()
    return record[lasts(record)].reset_index(drop=True)[RECORD]


def lasts(record: pd.DataFrame) -> pd.Series:
    """Tell of which places enough years are known, and most of these better than usual.

    Args:
        record: ``years``, ``better_years``.
    """
    most = record["better_years"] >= LEAST_YEARS_SHARE * record["years"] - 1e-9
    return most & (record["years"] >= LEAST_YEARS)


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
