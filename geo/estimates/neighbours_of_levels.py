"""Statistical neighbours of every area, level by level, as far as each level can tell likeness."""

from collections.abc import Sequence

import pandas as pd

from geo.estimates.statistical_neighbours import statistical_neighbours

NEIGHBOUR = ["area_level", "area_code", "rank", "neighbour_code", "distance", "covariates", "reason"]
# Of fewer areas than three times as many, the nearest are no longer a choice.
_PART = 3


def neighbours_of_levels(profile: pd.DataFrame, covariates: Sequence[str], number: int) -> pd.DataFrame:
    """Return each area's nearest others of its level.

    Args:
        profile: ``area_level``, ``area_code`` and the covariates; null where not known.
        covariates: names of the columns that say what is alike. At a level where one is the same everywhere, or
            known nowhere, the others decide.
        number: of neighbours at most; a third of the level's other areas where that is less, and at least one.

    Returns:
        NEIGHBOUR columns by level, area and rank; ``reason`` says why an area has none (rank 0).
    """
    parts = [
        _of_level(areas, covariates, number).assign(area_level=level)
        for level, areas in profile.groupby("area_level", sort=True)
    ]
    return pd.concat(parts, ignore_index=True)[NEIGHBOUR] if parts else pd.DataFrame(columns=NEIGHBOUR)


def _of_level(areas: pd.DataFrame, covariates: Sequence[str], number: int) -> pd.DataFrame:
    low, high = areas[list(covariates)].astype(float).min(), areas[list(covariates)].astype(float).max()
    telling = [c for c in covariates if low[c] < high[c]]
    used = ", ".join(telling or covariates)
    if not telling:
        alone = (
            areas[["area_code"]].sort_values("area_code").assign(rank=0, neighbour_code=None, distance=None)
        )
        return alone.assign(covariates=used, reason=f"nothing known tells areas apart: {used}")
    most = max(1, min(number, (len(areas) - 1) // _PART))
    found = statistical_neighbours(areas[["area_code", *telling]], telling, most)
    return found.assign(rank=found["rank"].fillna(0).astype("int64"), covariates=used)
