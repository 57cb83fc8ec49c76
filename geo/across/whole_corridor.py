"""Corridors as a whole against what is usual for their sections: many sections a little worse are a bad road."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats, Ints
from geo.estimates.outcomes import LEVEL_OF_CONFIDENCE
from geo.estimates.significance import FALSE_DISCOVERY_RATE, false_discovery_q

WHOLE = ["observed", "expected", "sections", "alike", "ratio", "lower", "upper", "p", "q", "verdict"]
# Where fewer are usual nothing is tested; what is usual does not hang on what was seen.
LEAST_EXPECTED = 5.0
# Deviations beyond so many standard deviations count as so many, and neighbours are never taken as more alike.
_MOST_OFF, _MOST_ALIKE = 2.0, 0.9
# Logarithms of ratios between which limits are sought.
_FARTHEST, _HALVINGS = 15.0, 50


def whole_corridors(sections: pd.DataFrame) -> pd.DataFrame:
    """Hold each corridor against what is usual for its sections, all together.

    The null is that its sections are like others of their kind, each by itself but for what neighbours have in common:
    the sum is negative binomial with the sections' means and variances, widened as a first-order autoregression of
    standardised deviations would. That correlation is told from the sections of all other corridors.

    Args:
        sections: ``corridor``, ``section`` (numbers along it: the next is the neighbour), ``observed``, ``expected``
            and ``dispersion``; a section without an expected count or dispersion takes no part.

    Returns:
        ``corridor`` and WHOLE, by corridor: sums over sections that take part, ``alike`` (correlation of neighbours,
        0 or more), observed over expected with limits, two-sided ``p``, ``q`` over all corridors tested, and
        ``verdict``: worse, better, similar or too few data.

    Source: negative binomial with the first two moments of the sum, as in ``window_test``; variance of a mean under
        autoregression, Bayley and Hammersley (1946), Suppl J R Stat Soc 8:184.
    """
    used = sections[sections["expected"].notna() & sections["dispersion"].notna()]
    used = used.sort_values(["corridor", "section"], ignore_index=True)
    code, names = pd.factorize(used["corridor"])
    group = code.astype(np.int64)
    mean = used["expected"].to_numpy(dtype=float)
    extra = used["dispersion"].to_numpy(dtype=float) * mean**2
    count = np.rint(used["observed"].to_numpy(dtype=float))

    def total(values: Floats) -> Floats:
        return np.bincount(group, values, minlength=len(names)).astype(float)

    off = np.clip((count - mean) / np.sqrt(mean + extra), -_MOST_OFF, _MOST_OFF)
    is_next = (np.diff(group) == 0) & (np.diff(used["section"].to_numpy(dtype=np.int64)) == 1)
    alike = _alike_elsewhere(off, group, is_next, len(names))
    many = np.bincount(group, minlength=len(names)).astype(float)
    observed, expected = total(count), total(mean)
    variance = (expected + total(extra)) * _widening(alike, many)
    with np.errstate(divide="ignore", invalid="ignore"):
        k = (variance - expected) / expected**2
    lower, upper = _limits(observed, expected, k)
    below, above = _tails(observed, expected, k)
    p = np.where(expected >= LEAST_EXPECTED, np.minimum(1.0, 2 * np.minimum(below, above)), np.nan)
    q = np.asarray(false_discovery_q(p))
    told = q < FALSE_DISCOVERY_RATE
    verdict = np.select(
        [np.isnan(p), told & (observed > expected), told], ["too few data", "worse", "better"], "similar"
    )
    columns = (observed, expected, many.astype(np.int64), alike, observed / expected, lower, upper, p, q)
    made = pd.DataFrame({"corridor": names, **dict(zip(WHOLE, columns, strict=False))})
    return made.assign(verdict=verdict.astype(object))


def _alike_elsewhere(off: Floats, group: Ints, is_next: Bools, groups: int) -> Floats:
    """Return for each corridor how neighbours go together on all others."""
    products = np.bincount(group[1:], np.where(is_next, off[1:] * off[:-1], 0.0), minlength=groups)
    squares = np.bincount(
        group[1:], np.where(is_next, off[1:] ** 2 + off[:-1] ** 2, 0.0) / 2, minlength=groups
    )
    rest, whole = products.sum() - products, squares.sum() - squares
    found = np.divide(rest, whole, out=np.zeros(groups), where=whole > 1e-9)  # noqa: PLR2004
    return np.asarray(np.clip(found, 0, _MOST_ALIKE), dtype=float)


def _widening(alike: Floats, many: Floats) -> Floats:
    """Return the variance of a sum over that of as many deviations that go each their own way."""
    return np.asarray((1 + alike) / (1 - alike) - 2 * alike * (1 - alike**many) / (many * (1 - alike) ** 2))


def _tails(observed: Floats, mean: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Return the chances of as many events or fewer, and of as many or more."""
    is_plain = k < 1e-9  # noqa: PLR2004
    size = 1 / np.where(is_plain, 1.0, k)
    share = size / (size + mean)
    below = np.where(is_plain, stats.poisson.cdf(observed, mean), stats.nbinom.cdf(observed, size, share))
    above = np.where(
        is_plain, stats.poisson.sf(observed - 1, mean), stats.nbinom.sf(observed - 1, size, share)
    )
    return below, above


def _limits(observed: Floats, expected: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Return the ratios to the expected at which as many or more (or fewer) have half of what the level leaves."""
    tail = (1 - LEVEL_OF_CONFIDENCE) / 2
    ends = []
    for side in (1, 0):
        low, high = (np.full(len(observed), end) for end in (-_FARTHEST, _FARTHEST))
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            chance = _tails(observed, expected * np.exp(middle), k)[side]
            is_high = chance > tail if side else chance < tail
            low, high = np.where(is_high, low, middle), np.where(is_high, middle, high)
        ends.append(np.exp((low + high) / 2))
    return np.where(observed == 0, 0.0, ends[0]), ends[1]
