"""Events in and around each site against what is usual there: Getis-Ord Gi* for small counts with exposure."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse, stats

from geo.arrays import Bools, Floats, Ints, Objects
from geo.estimates.negative_binomial import fit_expected
from geo.estimates.significance import false_discovery_q

WINDOWS = ["window_count", "window_expected", "gi_star", "p", "q"]
# A site by itself, and with its neighbours.
ALONE, WITH_NEIGHBOURS = 0, 1
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


def dispersion_of(count: Floats, expected: Floats, *, chances: bool = False) -> float:
    """Return k of the sites (variance = mean + k * mean^2) by maximum likelihood; 0 where nothing tells them apart.

    `chances` tells whether counts are sums of chances, with fractions.
    """
    model = fit_expected(count, expected, chances=chances)
    return model.dispersion if np.isfinite(model.dispersion) else 0.0


def window_test(
    count: ArrayLike,
    expected: ArrayLike,
    dispersion: float | Floats,
    windows: sparse.csr_array,
    *,
    is_high: bool = True,
    least_expected: float = LEAST_EXPECTED,
    is_tested: Bools | None = None,
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
        dispersion: k of the sites, one for all or one a site.
        windows: as of ``around``.
        is_high: whether more than usual is looked for, not fewer.
        least_expected: windows that expect less are not tested; what they expect does not depend on their count,
            so this costs no honesty.
        is_tested: sites to test, all unless given; the others only inform their neighbours.

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
    extra = windows @ (np.where(known, dispersion, 0.0) * np.where(known, mean, 0.0) ** 2)
    tested = known & (usual >= least_expected)
    if is_tested is not None:
        tested &= is_tested
    z = np.divide(events - usual, np.sqrt(usual + extra), out=np.full(len(n), np.nan), where=tested)
    p = np.full(len(n), np.nan)
    p[tested] = _tail(events[tested], usual[tested], extra[tested], is_high=is_high)
    columns = (events, usual, z, p, false_discovery_q(p))
    table = pd.DataFrame(dict(zip(WINDOWS, columns, strict=True)))
    table.loc[~tested] = np.nan
    return table


def two_window_test(
    count: ArrayLike,
    expected: ArrayLike,
    dispersion: float | Floats,
    windows: sparse.csr_array,
    *,
    rate: float,
    is_high: bool = True,
    least_expected: float = LEAST_EXPECTED,
    is_tested: Bools | None = None,
) -> pd.DataFrame:
    """Test each site twice, by itself and with its neighbours, with one false discovery rate over both.

    A place smaller than a window drowns in it; one that several sites share is told only by their window.

    Args:
        count: as of ``window_test``, like what follows but `rate`.
        expected: as there.
        dispersion: as there.
        windows: as there.
        rate: of false discoveries.
        is_high: as there.
        least_expected: as there.
        is_tested: as there.

    Returns:
        WINDOWS, and ``reach`` (0: of the site by itself; 1: with its neighbours): of the wider window whose q is below
        `rate`, else of the one with the lower p. Nulls where neither was tested.

    Source: as of ``window_test``; windows of several sizes, each with its tail, as in the scan named there.
    """
    itself = sparse.eye_array(windows.shape[0], format="csr")
    both = [
        window_test(
            count, expected, dispersion, around,
            is_high=is_high, least_expected=least_expected, is_tested=is_tested,
        )
        for around in (itself, windows)
    ]  # fmt: skip
    q = false_discovery_q(np.concatenate([table["p"] for table in both]))
    alone, wide = (table.assign(q=of) for table, of in zip(both, np.split(q, 2), strict=True))
    # A site that expects too little to be tested by itself may be the middle of a window that is.
    is_wide = (wide["q"] < rate) | ~(alone["q"] < rate) & ~(alone["p"] < wide["p"])
    table = wide.where(is_wide, alone)
    reach = np.where(is_wide, WITH_NEIGHBOURS, ALONE).astype(float)
    return table.assign(reach=np.where(table["p"].notna(), reach, np.nan))


def _tail(events: Floats, mean: Floats, extra: Floats, *, is_high: bool) -> Floats:
    """Return the chance of as many events or more (or as few), of Poisson counts with variance added.

    Sums of chances are rounded down where many are looked for, up where few: the chance comes out too large.
    """
    events = np.floor(events) if is_high else np.ceil(events)
    spread: Bools = extra > 1e-9 * mean
    size = np.divide(mean**2, extra, out=np.ones_like(mean), where=spread)
    share = size / (size + mean)
    if is_high:
        return np.where(spread, stats.nbinom.sf(events - 1, size, share), stats.poisson.sf(events - 1, mean))
    return np.where(spread, stats.nbinom.cdf(events, size, share), stats.poisson.cdf(events, mean))
