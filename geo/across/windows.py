"""Events in and around each site against what is usual there: Getis-Ord Gi* for small counts with exposure."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse, stats

from geo.arrays import Bools, Floats, Ints, Objects
from geo.estimates.negative_binomial import fit_expected
from geo.estimates.significance import false_discovery_q

WINDOWS = ["window_count", "window_expected", "gi_star", "p", "q"]
# A window that may hardly expect an event is not tested: what a stray one means there hangs on its exposure.
LEAST_EXPECTED = 0.5


def around(pairs: Ints, count: int) -> sparse.csr_array:
    """Return the matrix of windows: each of `count` sites with itself and its neighbours (pairs, n x 2, one way or both)."""
    itself = np.arange(count)
    one = np.concatenate([itself, pairs[:, 0], pairs[:, 1]])
    other = np.concatenate([itself, pairs[:, 1], pairs[:, 0]])
    matrix = sparse.csr_array((np.ones(len(one)), (one, other)), shape=(count, count))
    matrix.data[:] = 1.0
    return matrix


def usual_counts(count: ArrayLike, exposure: ArrayLike, kind: Objects) -> Floats:
    """Return what each row would count at the mean rate of its kind: indirect standardisation.

    Args:
        count: events; no nulls.
        exposure: what they are proportional to, any unit; where it is not above 0 the row gets null, and its events
            belong to no rate.
        kind: of each row (road class, or any word for what is usual there); null is a kind of its own.
    """
    n, size = np.asarray(count, dtype=float), np.asarray(exposure, dtype=float)
    known = size > 0
    codes, kinds = pd.factorize(kind, use_na_sentinel=False)
    total = np.bincount(codes[known], size[known], minlength=len(kinds))
    events = np.bincount(codes[known], n[known], minlength=len(kinds))
    rate = np.divide(events, total, out=np.full(len(kinds), np.nan), where=total > 0)
    return np.where(known, rate[codes] * np.where(known, size, 0.0), np.nan)


def dispersion_of(count: Floats, expected: Floats) -> float:
    """Return k of the sites (variance = mean + k * mean^2) by maximum likelihood; 0 where nothing tells them apart."""
    model = fit_expected(count, expected)
    return model.dispersion if np.isfinite(model.dispersion) else 0.0


def window_test(
    count: ArrayLike,
    expected: ArrayLike,
    dispersion: float,
    windows: sparse.csr_array,
    *,
    is_high: bool = True,
    least_expected: float = LEAST_EXPECTED,
) -> pd.DataFrame:
    """Test whether each site and its neighbours together have more events than usual (or fewer).

    ``gi_star`` is Gi* with weights 0 and 1, of counts less expected ones, with the standard deviation that the
    counts have by the model in place of that of the sample: with equal exposures the two differ by a factor that
    all sites share. Its normal limit claims far too much where windows expect few events, so ``p`` comes from the
    distribution itself: Poisson if k is 0, else negative binomial with the window's mean and variance (exact where
    its sites expect the same). The null is that sites differ as sites of their kind do, each by itself; p is of
    that many events or more, so it is on the safe side.

    Args:
        count: events of each site; null where nothing was counted.
        expected: usual count of each site over the same time; null or 0 takes no part, as a null count.
        dispersion: k of the sites.
        windows: as of ``around``.
        is_high: whether more than usual is looked for, not fewer.
        least_expected: windows that expect less are not tested; what they expect does not depend on their count,
            so this costs no honesty.

    Returns:
        WINDOWS columns, one row a site: events and expected events of the window; ``gi_star``, standard deviations
        above the usual; ``p`` one-sided; ``q`` of Benjamini and Hochberg over the tested. Nulls where not tested.

    Source: Getis and Ord (1992), Geogr Anal 24:189; Ord and Getis (1995), Geogr Anal 27:286. Expected counts in
        place of the mean, and the exact tail, are as in the spatial scan (Kulldorff 1997, Comm Stat A 26:1481).
        Windows overlap, which makes their tests go together; Benjamini and Yekutieli (2001), Ann Stat 29:1165.
    """
    n, mean = np.asarray(count, dtype=float), np.asarray(expected, dtype=float)
    known = (mean > 0) & ~np.isnan(n)
    events = windows @ np.where(known, n, 0.0)
    usual = windows @ np.where(known, mean, 0.0)
    extra = dispersion * (windows @ np.where(known, mean, 0.0) ** 2)
    tested = known & (usual >= least_expected)
    z = np.divide(events - usual, np.sqrt(usual + extra), out=np.full(len(n), np.nan), where=tested)
    p = np.full(len(n), np.nan)
    p[tested] = _tail(events[tested], usual[tested], extra[tested], is_high=is_high)
    columns = (events, usual, z, p, false_discovery_q(p))
    table = pd.DataFrame(dict(zip(WINDOWS, columns, strict=True)))
    table.loc[~tested] = np.nan
    return table


def _tail(events: Floats, mean: Floats, extra: Floats, *, is_high: bool) -> Floats:
    """Return the chance of as many events or more (or as few), of Poisson counts with variance added."""
    spread: Bools = extra > 1e-9 * mean
    size = np.divide(mean**2, extra, out=np.ones_like(mean), where=spread)
    share = size / (size + mean)
    if is_high:
        return np.where(spread, stats.nbinom.sf(events - 1, size, share), stats.poisson.sf(events - 1, mean))
    return np.where(spread, stats.nbinom.cdf(events, size, share), stats.poisson.cdf(events, mean))
