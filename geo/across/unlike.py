"""How unlike are roads that no border parts: what a difference across a border has to exceed."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy import optimize, special, stats

from geo.across.road_sides import by_site, sides_of
from geo.arrays import Floats

# Told from strips this wide that no border parts.
STRIP_M = 1_000.0
# Pairs of strips without which their differences say nothing, and events without which a pair does not.
LEAST_PAIRS = 8
LEAST_EVENTS = 10
# Squares of standardised differences count for this much at most, and are so large on average.
_MOST = 4.0
_EXPECTED = float(stats.chi2.cdf(_MOST, 3) + _MOST * stats.chi2.sf(_MOST, 1))
LARGEST_INFLATION = 100.0
# Factors of k whose likelihoods are compared: a quarter to twice, in steps of a root of two.
_FACTORS = np.log(2) * np.arange(-2, 1.1, 0.5)


def inflation_of(
    parts: pd.DataFrame, sites: pd.DataFrame, usual: Mapping[str, pd.DataFrame], groups: pd.DataFrame
) -> pd.DataFrame:
    """Tell how many times more neighbouring strips differ than unlike sites would make them: no border parts them.

    Strips parallel to the border and a kilometre wide, the first against the second and the third against the fourth,
    each pair on one side. Roads near each other are alike, and what changes along them (towns, junctions, people)
    changes for several sites at once, which a variance of single sites does not know of. Corridors and classes of
    road in plan have one factor: of few pairs it is known so badly that it widens intervals for nothing.

    Args:
        parts: as of ``sides_of``.
        sites: likewise.
        usual: likewise.
        groups: as of ``by_class_too``; whole borders take no part, as their classes do.

    Returns:
        ``outcome``, ``inflation`` (1 or more: a factor of ``variation``), ``pairs``.

    Source: squares beyond four count as four, or one hotspot near a border would hide every contrast: Huber (1964),
        Ann Math Stat 35:73, proposal 2.
    """
    is_used = groups["is_along"].to_numpy() | groups["road_class"].notna().to_numpy()
    strip = np.floor(parts["distance_m"].to_numpy() / STRIP_M).astype(np.int64)
    kept = is_used[parts["group"].to_numpy()] & (strip < 4)  # noqa: PLR2004 - two pairs
    chosen, strip = parts[kept], strip[kept]
    side = chosen["group"].to_numpy() * 2 + chosen["is_first"].to_numpy(dtype=np.int64)
    beside = chosen.assign(group=side * 2 + strip // 2, is_first=strip % 2 == 0)
    sums = sides_of(beside, sites, usual, 4 * len(groups), np.inf)
    found = [
        (outcome, *_inflation(rows[rows["is_first"]], rows[~rows["is_first"]]))
        for outcome, rows in sums.groupby("outcome", sort=True)
    ]
    return pd.DataFrame(found, columns=["outcome", "inflation", "pairs"])


def unlike_elsewhere(
    parts: pd.DataFrame, sites: pd.DataFrame, usual: Mapping[str, pd.DataFrame], groups: int, most_m: float
) -> pd.DataFrame:
    """Tell how unlike sites are without those of each group: roads under test have no say in how unlike roads may be.

    With them a side that is far worse raises k, and hides behind what it raised.

    Args:
        parts: as of ``sides_of``.
        sites: with ``road_km``.
        usual: by outcome, as of ``usual_on_roads``, with ``event_count``; in the order of sites.
        groups: how many there are.
        most_m: how far the band reaches.

    Returns:
        ``outcome``, ``group`` and ``factor`` of k (a quarter to twice) at which all other sites are likeliest, their
        means as fitted; 1 where nothing tells sites apart.
    """
    held = by_site(parts[parts["distance_m"] <= most_m], [])[["group", "site"]].drop_duplicates()
    group, site = held["group"].to_numpy(), held["site"].to_numpy()
    km = sites["road_km"].to_numpy(dtype=float)
    tables = []
    for outcome, rates in usual.items():
        each = _likelihoods(
            np.rint(rates["event_count"].to_numpy(dtype=float, na_value=np.nan)),
            km * rates["per_km"].to_numpy(dtype=float),
            rates["dispersion"].to_numpy(dtype=float),
        )
        own = np.column_stack([np.bincount(group, of[site], minlength=groups) for of in each])
        tables.append(
            pd.DataFrame(
                {
                    "outcome": outcome,
                    "group": np.arange(groups),
                    "factor": np.exp(_likeliest(each.sum(axis=1) - own)),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _likelihoods(count: Floats, mean: Floats, dispersion: Floats) -> Floats:
    """Return the log likelihood of each site (columns) at each factor of k, but for what all have in common."""
    used = np.flatnonzero((mean > 0) & (dispersion > 0) & np.isfinite(count))
    y, mu, k = count[used], mean[used], dispersion[used]
    some = y > 0
    each = np.zeros((len(_FACTORS), len(count)))
    for row, factor in zip(each, np.exp(_FACTORS), strict=True):
        size = 1 / (factor * k)
        row[used] = -(y + size) * np.log1p(mu / size)
        row[used[some]] += special.gammaln((y + size)[some]) - special.gammaln(size[some])
        row[used[some]] -= (y * np.log(size))[some]
    return each


def _likeliest(likelihood: Floats) -> Floats:
    """Return the logarithm of the factor of each row's peak, by the parabola through the best and those beside it."""
    # Where nothing tells sites apart, or nothing is compared.
    if not likelihood.any():
        return np.zeros(len(likelihood))
    best = np.clip(likelihood.argmax(axis=1), 1, len(_FACTORS) - 2)
    below, at, above = (likelihood[np.arange(len(best)), best + step] for step in (-1, 0, 1))
    bend = below - 2 * at + above
    off = np.divide(below - above, 2 * bend, out=np.zeros(len(best)), where=bend < 0)
    return np.asarray(_FACTORS[best] + np.clip(off, -1, 1) * (_FACTORS[1] - _FACTORS[0]))


def _inflation(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float, int]:
    (a, size, by), (b, other_size, other_by) = (
        (s["count"].to_numpy(), s["expected"].to_numpy(), s["variation"].to_numpy()) for s in (one, other)
    )
    used = (size > 0) & (other_size > 0) & (a + b >= LEAST_EVENTS)
    if used.sum() < LEAST_PAIRS:
        return 1.0, int(used.sum())
    n, share = (a + b)[used], size[used] / (size + other_size)[used]
    even, off = share * (1 - share), (a[used] - n * share) ** 2
    usual = (by + other_by)[used] * even

    def beyond(inflation: float) -> float:
        alike = inflation * usual / (1 + inflation * usual)
        return float(np.minimum(off / (n * even * (1 + (n - 1) * alike)), _MOST).mean()) - _EXPECTED

    if beyond(1.0) <= 0:
        return 1.0, int(used.sum())
    most = (
        LARGEST_INFLATION
        if beyond(LARGEST_INFLATION) >= 0
        else optimize.brentq(beyond, 1.0, LARGEST_INFLATION)
    )
    return float(most), int(used.sum())
