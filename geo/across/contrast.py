"""The same kind of road on either side of a border: how many times as many events on one side as on the other."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from geo.arrays import Bools, Floats, Ints, spread
from geo.estimates.significance import false_discovery_q

CONTRAST = ["ratio", "lower", "upper", "p", "q", "reason"]
_NO_EXPOSURE = "no exposure on a side"
_NO_EVENTS = "no events on either side"
# Ratios beyond e to this power are endless for all that is asked of them.
_LARGEST_LOG = 30.0
_HALVINGS = 50
_LARGEST_VARIATION = 100.0


def unlike_sites(exposure: ArrayLike, group: Ints, dispersion: float, groups: int) -> Floats:
    """Return the squared coefficient of variation that unlike sites give the rate of each group: one side of a border.

    Args:
        exposure: of each site; sites that differ by a gamma factor of variance k and mean 1.
        group: of each site, 0 to groups - 1.
        dispersion: k.
        groups: how many there are; one without sites gets null.
    """
    size = np.asarray(exposure, dtype=float)
    total = np.bincount(group, size, minlength=groups)
    squares = np.bincount(group, size**2, minlength=groups)
    return np.asarray(np.divide(dispersion * squares, total**2, out=np.full(groups, np.nan), where=total > 0))


def placebo_variation(
    count: ArrayLike, exposure: ArrayLike, other_count: ArrayLike, other_exposure: ArrayLike
) -> float:
    """Return the variation between stretches of one road that no border parts: what a border is to be held against.

    Two neighbouring stretches as long as the band, of the same road and authority and with about as much exposure,
    differ by chance and by all that changes along a road (towns, traffic not counted, junctions). Where the two sides
    of a border differ no more than that, it is no contrast.

    Args:
        count: events on one of each two stretches; pairs without events or exposure take no part.
        exposure: what they are proportional to.
        other_count: events on the other.
        other_exposure: of it.

    Returns:
        Summed squared coefficients of variation, for ``border_contrast``: at which the squares of what the counts
        differ by add up to what was seen; 0 if they differ no more than Poisson ones, null without pairs.

    Source: moments of the beta-binomial, Skellam (1948), JRSS B 10:257.
    """
    a, size, b, other = (np.asarray(v, dtype=float) for v in (count, exposure, other_count, other_exposure))
    used = (size > 0) & (other > 0) & (a + b > 0)
    if not used.any():
        return float("nan")
    a, n, share = a[used], (a + b)[used], size[used] / (size + other)[used]
    even = share * (1 - share)
    surplus = float(((a - n * share) ** 2 - n * even).sum())

    def beyond(variation: float) -> float:
        alike = variation * even / (1 + variation * even)
        return float((n * (n - 1) * even * alike).sum()) - surplus

    if beyond(0.0) >= 0:
        return 0.0
    return (
        _LARGEST_VARIATION
        if beyond(_LARGEST_VARIATION) <= 0
        else optimize.brentq(beyond, 0, _LARGEST_VARIATION)
    )


def border_contrast(
    count: ArrayLike,
    exposure: ArrayLike,
    other_count: ArrayLike,
    other_exposure: ArrayLike,
    variation: ArrayLike = 0.0,
    family: ArrayLike | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare two sides of a border, given all events of both, and test that their rates are equal.

    Given the sum, events on one side are binomial if counts are Poisson: the exact conditional test. Where sites of
    a kind differ for reasons of their own they are beta-binomial, and the plain test would call most borders a
    contrast; that is exact where both sides vary in proportion, and right in the first two moments otherwise.

    Args:
        count: events on one side; null or not whole is refused.
        exposure: what they are proportional to; not above 0 or null: no ratio.
        other_count: events on the other side.
        other_exposure: of the other side, in the same unit over the same time.
        variation: squared coefficients of variation of the two sides' rates, summed, as of
            ``placebo_variation`` or ``unlike_sites``; 0 for the plain exact test.
        family: tests of one family share a false discovery rate; without it, all are one.
        level: of the interval.

    Returns:
        CONTRAST columns, one row a pair of sides: ``ratio`` of the rates (first over second; endless where the second
        has no events, null where neither has) with limits (0 and endless where a side has none); two-sided ``p``;
        ``q`` of Benjamini and Hochberg; ``reason`` why there is none, else null.

    Raises:
        ValueError: a count that is null, negative or not whole, or a variation below 0.

    Source: Przyborowski and Wilenski (1940), Biometrika 31:313; limits, Clopper and Pearson (1934), Biometrika
        26:404; the mixture, Skellam (1948), JRSS B 10:257.
    """
    a, size, b, other, spread_of = (
        np.atleast_1d(np.asarray(v, dtype=float))
        for v in np.broadcast_arrays(count, exposure, other_count, other_exposure, variation)
    )
    whole = np.concatenate([a, b])
    if not (np.isfinite(whole) & (whole >= 0) & (whole == np.floor(whole))).all():
        raise ValueError("counts of events must be whole numbers, 0 or more")
    if (spread_of < 0).any():
        raise ValueError("a variation cannot be below 0")
    measured = (size > 0) & (other > 0) & np.isfinite(size + other) & ~np.isnan(spread_of)
    asked = measured & (a + b > 0)
    sides = _Sides(a[asked], b[asked], np.log(size[asked] / other[asked]), spread_of[asked])
    table = pd.DataFrame(np.nan, index=np.arange(len(a)), columns=CONTRAST[:-1])
    with np.errstate(divide="ignore"):
        ratio = (a[asked] / size[asked]) / (b[asked] / other[asked])
    lower, upper = sides.limits((1 - level) / 2)
    p = np.minimum(1.0, 2 * np.minimum(*sides.tails(np.zeros(len(sides.a)))))
    for name, value in (("ratio", ratio), ("lower", lower), ("upper", upper), ("p", p)):
        table.loc[asked, name] = value
    families = np.zeros(len(a)) if family is None else np.asarray(family)
    table["q"] = table["p"].groupby(families).transform(false_discovery_q)
    reason = np.full(len(a), _NO_EXPOSURE, dtype=object)
    reason[measured] = _NO_EVENTS
    reason[asked] = None
    return table.assign(reason=reason)[CONTRAST]


class _Sides:
    """Pairs of sides with events: counts, logarithm of the ratio of exposures, variation."""

    def __init__(self, a: Floats, b: Floats, log_size: Floats, variation: Floats) -> None:
        self.a, self.n, self.log_size, self.variation = a, a + b, log_size, variation
        self.is_plain: Bools = variation < 1e-9  # noqa: PLR2004
        count = self.n[~self.is_plain].astype(np.int64)
        self.row = np.repeat(np.arange(len(count)), count)
        # Steps from 0 to n - 1 events; the chances of the next are a ratio times those of this.
        self.step = spread(np.zeros(len(count), dtype=np.int64), count).astype(float)
        self.first = np.cumsum(count) - count

    def tails(self, log_ratio: Floats) -> tuple[Floats, Floats]:
        """Return the chances of as many events on the first side or fewer, and of as many or more."""
        share = 1 / (1 + np.exp(-(log_ratio + self.log_size)))
        below = np.array(stats.binom.cdf(self.a, self.n, share), dtype=float)
        above = np.array(stats.binom.sf(self.a - 1, self.n, share), dtype=float)
        if not self.is_plain.all():
            below[~self.is_plain], above[~self.is_plain] = self._mixed(share[~self.is_plain])
        return below, above

    def limits(self, tail: float) -> tuple[Floats, Floats]:
        """Return the ratios at which the events seen, or more (or fewer), have the chance `tail`."""
        lower = self._solve(tail, above=True)
        upper = self._solve(tail, above=False)
        return np.where(self.a == 0, 0.0, np.exp(lower)), np.where(self.a == self.n, np.inf, np.exp(upper))

    def _solve(self, tail: float, *, above: bool) -> Floats:
        low, high = np.full(len(self.a), -_LARGEST_LOG), np.full(len(self.a), _LARGEST_LOG)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            is_high = self.tails(middle)[1] > tail if above else self.tails(middle)[0] < tail
            low, high = np.where(is_high, low, middle), np.where(is_high, middle, high)
        return np.asarray((low + high) / 2)

    def _mixed(self, share: Floats) -> tuple[Floats, Floats]:
        n, a, variation = (v[~self.is_plain] for v in (self.n, self.a, self.variation))
        size = 1 / (share * (1 - share) * variation)
        one, other = share * size, (1 - share) * size
        ratios = np.log(n[self.row] - self.step) + np.log(self.step + one[self.row])
        ratios -= np.log(self.step + 1) + np.log(n[self.row] - self.step - 1 + other[self.row])
        # The logarithm of each chance, less that of no events at all; a group begins where its steps do.
        total = np.cumsum(ratios)
        logs = total - np.repeat(total[self.first] - ratios[self.first], n.astype(np.int64))
        peak = np.maximum(np.maximum.reduceat(logs, self.first), 0.0)
        mass, none = np.exp(logs - peak[self.row]), np.exp(-peak)
        reached = self.step + 1
        below = np.add.reduceat(mass * (reached <= a[self.row]), self.first) + none
        above = np.add.reduceat(mass * (reached >= a[self.row]), self.first) + none * (a == 0)
        whole = np.add.reduceat(mass, self.first) + none
        return below / whole, above / whole
