"""Under what circumstances collisions happen, against what is usual on like roads of the region."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.estimates.intervals import poisson_interval
from geo.estimates.significance import FALSE_DISCOVERY_RATE, false_discovery_q
from geo.estimates.usual import LEAST_EVENTS

_GROUP = ["area_level", "dimension", "period_start", "period_end"]


def against_region(counts: pd.DataFrame) -> pd.DataFrame:
    """Hold the collisions of a category against as many as there would be at the region's share on like roads.

    Args:
        counts: `_GROUP`; ``category_count``, the collisions observed; ``usual``, the sum over strata of roads of the
            area's collisions times the region's share of the category (the area's own collisions among the
            region's); ``variance`` of the observed number, were the region's collisions dealt out to areas by
            chance within each stratum.

    Returns:
        `counts` and ``ratio`` = observed / usual with ``lower`` and ``upper`` (exact Poisson, wider than need be
        for a part of a whole; usual taken as known), null where nothing is usual; ``p`` of the test that the
        category is as likely in the area as in the rest of the region on like roads, null where there is no
        rest; ``q`` over the areas of a level and the categories of a dimension; ``verdict``: more than usual,
        fewer than usual, similar, too few data, or nothing to compare with. More is neither good nor bad: more of
        one category is fewer of another.

    Source: test, Mantel and Haenszel (1959), JNCI 22:719, continuity-corrected.
    """
    observed, usual, variance = (
        counts[name].to_numpy(dtype=float) for name in ("category_count", "usual", "variance")
    )
    base = np.where(usual > 0, usual, np.nan)
    lower, upper = poisson_interval(observed)
    spread = np.where(variance > 0, variance, np.nan)
    p = 2 * stats.norm.sf(np.maximum(np.abs(observed - usual) - 0.5, 0) / np.sqrt(spread))
    few = np.maximum(observed, usual) < LEAST_EVENTS
    made = counts.assign(
        ratio=observed / base, lower=lower / base, upper=upper / base, p=np.where(few, np.nan, p)
    )
    q = made.groupby(_GROUP)["p"].transform(false_discovery_q)
    different = q < FALSE_DISCOVERY_RATE
    verdict = np.select(
        [few, made["p"].isna(), different & (observed > usual), different],
        ["too few data", "nothing to compare with", "more than usual", "fewer than usual"],
        "similar",
    )
    return made.assign(p=np.minimum(p, 1), q=q, verdict=verdict)
