"""How much areas differ anyway: what over-dispersion is left when chance is taken out."""

from typing import cast

import numpy as np
import pandas as pd

from geo.arrays import Floats
from geo.estimates.funnel import Kind, usual_spread

# Fewer areas than this say too little of how areas differ, and none is allowed for.
FEWEST_AREAS = 5
# Below so many events to be expected a root is far from normal.
FEWEST_EXPECTED = 5.0


def between_areas(rows: pd.DataFrame, cell: list[str]) -> Floats:
    """Return, for each row, the standard deviation of the differences usual between areas of its cell.

    Args:
        rows: `cell` columns, ``scale`` (one in a cell: rate, share, score or ratio), ``known`` (above zero where
            the row can be tested), ``hits`` and ``size`` of rates and shares (their quotient is the value),
            ``x`` and ``se`` of scores and ratios (logarithms).
        cell: columns within which areas are compared.

    Returns:
        On the scale of the funnel: of the root of a rate, the arcsine of the root of a share, the score, or the
        logarithm of a ratio. 0 where fewer than FEWEST_AREAS areas are known, or where chance explains it all.

    Source: geo.estimates.funnel; for rates too low for a root to be normal, the moments of a negative binomial.
    """
    found = np.zeros(len(rows))
    columns = {name: rows[name].to_numpy(dtype=float) for name in ("hits", "size", "x", "se")}
    scale = rows["scale"].to_numpy(dtype=str)
    # Arrays cut at the ends of cells: there are hundreds of cells, and a frame of each would take most of the time.
    known = np.flatnonzero(rows["known"].to_numpy(dtype=float) > 0)
    code = rows.groupby(cell, sort=False).ngroup().to_numpy()[known]
    order = np.argsort(code, kind="stable")
    for at in np.split(known[order], np.flatnonzero(np.diff(code[order])) + 1):
        if len(at) >= FEWEST_AREAS:
            found[at] = _between(str(scale[at[0]]), *(values[at] for values in columns.values()))
    return found


def _between(scale: str, hits: Floats, size: Floats, x: Floats, se: Floats) -> float:
    if scale in {"score", "ratio"}:
        return usual_spread(x, se, "score")
    rate = hits.sum() / size.sum()
    usual = (rate * size >= FEWEST_EXPECTED) & ((scale == "rate") | ((1 - rate) * size >= FEWEST_EXPECTED))
    if usual.sum() >= FEWEST_AREAS:
        return usual_spread(hits[usual] / size[usual], size[usual], cast("Kind", scale))
    return _of_moments(hits, rate * size, rate) if scale == "rate" else 0.0


def _of_moments(count: Floats, expected: Floats, rate: float) -> float:
    """Return tau on the scale of the root of a rate, from the variance that counts have beyond Poisson's."""
    if rate <= 0:
        return 0.0
    relative = ((count - expected) ** 2 - expected).sum() / (expected**2).sum()
    return float(np.sqrt(max(0.0, relative) * rate / 4))
