"""Which areas are most like an area, by stated covariates: the fair ones to hold it against."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from geo.arrays import Floats, Ints, rank_among

NEIGHBOURS = 15
# Distances that differ by less than floating point can tell are equal, and the lower code comes first.
_DECIMALS = 9


def statistical_neighbours(
    areas: pd.DataFrame, covariates: Sequence[str], number: int = NEIGHBOURS
) -> pd.DataFrame:
    """Return the areas nearest to each by Euclidean distance of standardised covariates.

    Each covariate is taken less its mean, over its standard deviation, of all areas that have every covariate;
    all weigh the same. Take logarithms before of those that are very skewed. Being a neighbour is not mutual.

    Args:
        areas: ``area_code`` (unique) and the covariates, of one level; a null or endless covariate is missing.
        covariates: names of the columns that say what is alike.
        number: of neighbours for each, or all others if they are fewer.

    Returns:
        ``area_code``, ``rank`` (1 is nearest), ``neighbour_code``, ``distance`` (standard deviations), for each
        covariate ``share_<name>`` of the squared distance (null where that is 0), ``reason``; by area and rank. An
        area without neighbours has one row, which says why in ``reason`` and is null in all else.

    Raises:
        ValueError: no covariates, a number below 1, a code twice, or a covariate that is the same everywhere.

    Source: the nearest-neighbours model of CIPFA, in short: standardised covariates and Euclidean distance.
    """
    given = areas.sort_values("area_code", ignore_index=True)
    _refuse(given, covariates, number)
    values = given[list(covariates)].to_numpy(dtype=float, na_value=np.nan)
    known = np.flatnonzero(np.isfinite(values).all(axis=1))
    codes = given["area_code"]
    if len(known) < 2:  # noqa: PLR2004
        found = pd.DataFrame({"area_code": codes.iloc[:0]})
    else:
        scores = _standardised(values[known], covariates)
        area, neighbour, distance, rank = _nearest(scores, min(number, len(known) - 1))
        apart = (scores[area] - scores[neighbour]) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            share = apart / apart.sum(axis=1, keepdims=True)
        found = pd.DataFrame(
            {
                "area_code": codes.to_numpy()[known[area]],
                "rank": rank,
                "neighbour_code": codes.to_numpy()[known[neighbour]],
                "distance": distance,
            }
            | {f"share_{name}": share[:, k] for k, name in enumerate(covariates)}
        )
    return _with_reasons(given, found, values, covariates)


def _refuse(areas: pd.DataFrame, covariates: Sequence[str], number: int) -> None:
    if not covariates:
        raise ValueError("statistical neighbours need at least one covariate")
    if number < 1:
        raise ValueError(f"the number of neighbours must be at least 1, not {number}")
    twice = areas["area_code"][areas["area_code"].duplicated()]
    if len(twice):
        raise ValueError(f"area_code must be unique, but {twice.iloc[0]} is there twice")


def _standardised(values: Floats, covariates: Sequence[str]) -> Floats:
    same = values.min(axis=0) == values.max(axis=0)
    if same.any():
        raise ValueError(
            f"{covariates[int(same.argmax())]} is the same everywhere, so it says nothing of likeness"
        )
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def _nearest(scores: Floats, number: int) -> tuple[Ints, Ints, Floats, Ints]:
    """Return pairs of positions, their rounded distance and rank, by area and rank; ties by position."""
    tree = KDTree(scores)
    # The tree breaks ties as it likes: take all as near as the last, and choose among them.
    last = np.asarray(tree.query(scores, k=[number + 1])[0])[:, 0]
    reach = last + 2 * 10.0**-_DECIMALS
    near = tree.query_ball_point(scores, reach)
    area = np.repeat(np.arange(len(scores)), [len(n) for n in near])
    other = np.concatenate([np.asarray(n, dtype=np.int64) for n in near])
    area, other = area[area != other], other[area != other]
    distance = np.round(np.linalg.norm(scores[area] - scores[other], axis=1), _DECIMALS)
    order = np.lexsort((other, distance, area))
    area, other, distance = area[order], other[order], distance[order]
    rank = rank_among(area) + 1
    kept = rank <= number
    return area[kept], other[kept], distance[kept], rank[kept]


def _with_reasons(
    areas: pd.DataFrame, found: pd.DataFrame, values: Floats, covariates: Sequence[str]
) -> pd.DataFrame:
    missing = ~np.isfinite(values)
    names = [
        "no " + ", ".join(np.asarray(covariates)[row]) if row.any() else "no other area" for row in missing
    ]
    left = pd.DataFrame({"area_code": areas["area_code"], "reason": names})
    left = left[~left["area_code"].isin(found["area_code"])]
    columns = [
        "area_code",
        "rank",
        "neighbour_code",
        "distance",
        *(f"share_{c}" for c in covariates),
        "reason",
    ]
    both = pd.concat([found.reindex(columns=columns[:-1]), left]).reindex(columns=columns)
    kinds = dict.fromkeys(columns[3:-1], "float64") | {
        "rank": "Int64", "neighbour_code": areas["area_code"].dtype, "reason": "str",
    }  # fmt: skip
    return both.astype(kinds).sort_values(["area_code", "rank"], ignore_index=True)
