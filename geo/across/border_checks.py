"""May a contrast across a border be more than that: does the road change there, and are the two sides alike?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from geo.arrays import Bools, Floats, Ints

CONTRAST_ONLY = "contrast"
NOT_EXCLUDED = "effect not excluded"
# Sides that differ by more than a quarter of a standard deviation are not alike (Stuart 2010).
MOST_DIFFERENCE = 0.25
# A change of density with less than this chance is one.
LEAST_P = 0.05
BINS = 10
DENSITY = ["log_ratio", "standard_error", "p"]


def density_break(
    pair: Ints, distance_m: ArrayLike, weight: ArrayLike, band_m: float, pairs: int, bins: int = BINS
) -> pd.DataFrame:
    """Test whether road (or traffic) gets denser or sparser right at a border: of each pair of sides.

    Weights are summed in strips parallel to the border; on each side a line is fitted to them, strips near the border
    weighing most, and both are read at the border. A border that follows a river or the edge of a town has a break
    there, and then its two sides are not the same kind of place.

    Args:
        pair: of each piece of road, 0 to pairs - 1.
        distance_m: of its middle from the border, metres, below 0 on the other side; null or beyond the band takes
            no part. Pieces should be short against a strip: band / bins.
        weight: length, or vehicle-km.
        band_m: how far the band reaches on either side.
        pairs: how many there are.
        bins: strips a side; at least 3.

    Returns:
        DENSITY, one row a pair: logarithm of the density on this side over that on the other, at the border; its
        standard error by how strips scatter about their lines, and two-sided p by Student's t. Null where a side's
        line has no road at the border, or nothing scatters.

    Raises:
        ValueError: fewer than 3 bins, or a band not above 0.

    Source: McCrary (2008), J Econometrics 142:698: histogram, then local lines with triangular weights. His
        bandwidth selector is left out: the band is that of the contrast.
    """
    if bins < 3 or not band_m > 0:  # noqa: PLR2004
        raise ValueError(f"a line needs 3 bins and a band above 0 m, not {bins} and {band_m}")
    at, size = np.asarray(distance_m, dtype=float), np.asarray(weight, dtype=float)
    near = (np.abs(at) <= band_m) & (size > 0)
    side = (at[near] >= 0).astype(np.int64)
    strip = np.minimum((np.abs(at[near]) / band_m * bins).astype(np.int64), bins - 1)
    place = (np.asarray(pair)[near] * 2 + side) * bins + strip
    height = np.bincount(place, size[near], minlength=pairs * 2 * bins).astype(float).reshape(pairs, 2, bins)
    at_border, variance = _at_border(height)
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = (at_border > 0).all(axis=1)
        relative = np.where(usable, (variance / at_border**2).sum(axis=1), np.nan)
        error = np.where(relative > 0, np.sqrt(relative), np.nan)
        logs = np.where(usable, np.log(at_border[:, 1] / at_border[:, 0]), np.nan)
        p = 2 * stats.t.sf(np.abs(logs) / error, 2 * bins - 4)
    return pd.DataFrame(dict(zip(DENSITY, (logs, error, p), strict=True)))


def balance(
    sections: pd.DataFrame, covariates: Sequence[str], pairs: int, pair: str = "pair", side: str = "is_first"
) -> pd.DataFrame:
    """Compare covariates of the two sides: standardised differences of means, weighted by exposure.

    Args:
        sections: `pair` (0 to pairs - 1), `side` (true on the first), ``exposure`` and the covariates (numbers; a class
            as one column of 0 and 1 for each of its values). A null is unknown, and its section takes no part in
            that covariate.
        covariates: names of columns.
        pairs: how many there are.
        pair: name of the column.
        side: name of the column.

    Returns:
        One row a pair and one column a covariate: mean of the first side less that of the other, over the root of the
        mean of their variances; 0 where both are constant and equal, endless where both are constant and differ,
        null where less than half of a side's exposure is of known sections.

    Source: Stuart (2010), Stat Sci 25:1, section 4.1.
    """
    group = sections[pair].to_numpy(dtype=np.int64) * 2 + sections[side].to_numpy(dtype=np.int64)
    size = sections["exposure"].to_numpy(dtype=float)
    size = np.where(size > 0, size, 0.0)
    found = {
        name: _difference(sections[name].to_numpy(dtype=float), size, group, pairs) for name in covariates
    }
    return pd.DataFrame(found, index=np.arange(pairs))


def wording(
    density_p: ArrayLike, differences: pd.DataFrame, most_difference: float = MOST_DIFFERENCE
) -> pd.DataFrame:
    """Say what a difference across a border may be called: a contrast, unless every check passes.

    Args:
        density_p: as of ``density_break``; null: the check could not be made, so it does not pass.
        differences: as of ``balance``; likewise.
        most_difference: standard deviations.

    Returns:
        ``wording`` (``contrast`` or ``effect not excluded``) and ``reason``: the checks that failed or could not be
        made, in words; null where all pass. Passing excludes nothing and proves no effect either: whatever else
        changes at the border (police force, town, winter service) changes with the authority.

    Source: Keele and Titiunik (2015), Polit Anal 23:127, on borders at which more than one thing changes.
    """
    p = np.asarray(density_p, dtype=float)
    values = differences.to_numpy(dtype=float)
    problems = [("density of road changes at the border", p < LEAST_P), ("density not known", np.isnan(p))]
    for name, value in zip(differences.columns, values.T, strict=True):
        problems.append((f"{name} differs", np.abs(value) > most_difference))
        problems.append((f"{name} not known", np.isnan(value)))
    if not len(differences.columns):
        problems.append(("no covariates", np.ones(len(p), dtype=bool)))
    found = [", ".join(text for text, has in problems if has[row]) for row in range(len(p))]
    failed: Bools = np.array([bool(text) for text in found], dtype=bool)
    return pd.DataFrame(
        {
            "wording": np.where(failed, CONTRAST_ONLY, NOT_EXCLUDED),
            "reason": np.array([text or None for text in found], dtype=object),
        }
    )


def _at_border(height: Floats) -> tuple[Floats, Floats]:
    """Return the line of each side at the border and its variance, from strips' heights (pairs x 2 x bins)."""
    bins = height.shape[2]
    along = (np.arange(bins) + 0.5) / bins
    weight = 1 - along
    design = np.column_stack([np.ones(bins), along])
    solve = np.linalg.solve((design * weight[:, None]).T @ design, (design * weight[:, None]).T)
    line = height @ solve.T
    rest = height - line @ design.T
    # As if strips scatter alike; their mean square, for the strips that two coefficients leave free.
    scatter = (weight * rest**2).sum(axis=2) / weight.sum() * bins / (bins - 2)
    return line[:, :, 0], scatter * (solve[0] ** 2).sum()


def _difference(value: Floats, size: Floats, group: Ints, pairs: int) -> Floats:
    known = np.isfinite(value)
    whole = np.bincount(group, size, minlength=2 * pairs)
    weight = np.where(known, size, 0.0)
    total = np.bincount(group, weight, minlength=2 * pairs)
    filled = np.where(known, value, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(group, weight * filled, minlength=2 * pairs) / total
        apart = np.where(known, filled - mean[group], 0.0)
        variance = np.bincount(group, weight * apart**2, minlength=2 * pairs) / total
        enough = (total > 0) & (total >= whole / 2)
        mean = np.where(enough, mean, np.nan).reshape(pairs, 2)
        spread = np.sqrt(variance.reshape(pairs, 2).mean(axis=1))
        gap = mean[:, 1] - mean[:, 0]
        return np.where(np.abs(gap) < 1e-12, 0.0, gap / spread)  # noqa: PLR2004
