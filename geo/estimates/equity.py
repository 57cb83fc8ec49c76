"""Who gets the worse of it: an outcome in the most deprived fifth of people against the least, and the slope between."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats
from geo.estimates.intervals import mean_interval, poisson_interval

EQUITY = ["measure", "value", "lower", "upper", "p"]
MOST, LEAST, DIFFERENCE, RATIO, SLOPE = (
    "most deprived fifth", "least deprived fifth", "difference", "ratio", "slope index of inequality",
)  # fmt: skip
MEASURES = [MOST, LEAST, DIFFERENCE, RATIO, SLOPE]
LEAST_AREAS = 20
# Areas of an end fifth, below which they do not show how areas of one fifth differ.
_LEAST_IN_FIFTH = 3
_FIFTHS = 5


@dataclass(frozen=True)
class Equity:
    """An outcome by deprivation.

    `table`: EQUITY, a row for each of MEASURES. Differences and slope are most less least deprived, in the
    unit of the outcome; the ratio is most over least, null where the interval of an end reaches zero. ``p`` is
    two-sided and agrees with the interval: below 1 - `level` where that does not hold equality; null for ends.
    `areas` that were used, by fifth in `areas_by_fifth` (least deprived first). `areas_without_deprivation` and
    their `people_without_deprivation` stand in no fifth; `areas_without_value` have a deprivation and people, but
    no outcome; `areas_without_people` are in none of these. `spread_within_fifths`: by how much true rates of
    areas of one fifth differ, as a share of the fifth's rate; null for scores.
    `problem` says why there is nothing to tell, and is None otherwise.
    """

    table: pd.DataFrame
    areas: int
    areas_by_fifth: tuple[int, ...]
    areas_without_deprivation: int
    people_without_deprivation: float
    areas_without_value: int
    areas_without_people: int
    spread_within_fifths: float
    problem: str | None


@dataclass(frozen=True)
class _Ranked:
    """Areas used: ridit rank (0 least deprived, to 1) and fifth (0 to 4), sizes that areas weigh by, and values."""

    rank: Floats
    fifth: Floats
    size: Floats
    value: Floats


@dataclass(frozen=True)
class _Estimate:
    value: float
    lower: float
    upper: float


def equity_of_rates(areas: pd.DataFrame, per: float = 1.0, level: float = 0.95) -> Equity:
    """Compare a rate between the most and the least deprived fifth of residents.

    A fifth's rate is all its events over all its exposure. Areas of one fifth differ by more than chance, so
    the exact Poisson interval is widened as much: true rates are taken to vary about that of their fifth by the
    same share in all fifths (the variance of the negative binomial).

    Args:
        areas: ``deprivation`` (higher is more deprived; any unit, only the order counts), ``people``,
            ``events`` and ``exposure`` (null, or an exposure of zero: no value).
        per: the rate is given per so many units of exposure.
        level: of confidence.

    Returns:
        The gap; see `equity_of_scores` for fifths, intervals and slope. In the slope areas weigh by exposure.

    Raises:
        ValueError: people, events or exposure are below zero.

    Source: Breslow (1984), Applied Statistics 33:38, for the variance; and as `equity_of_scores`.
    """
    events, exposure = (_numbers(areas, name) for name in ("events", "exposure"))
    if (events < 0).any() or (exposure < 0).any():
        raise ValueError("Events and exposure cannot be below zero.")
    known = np.isfinite(events) & (exposure > 0)
    rates = per * np.divide(events, exposure, out=np.full(len(areas), np.nan), where=known)
    return _equity(areas, rates, exposure / per, level, is_rate=True)


def equity_of_scores(areas: pd.DataFrame, level: float = 0.95) -> Equity:
    """Compare a score between the most and the least deprived fifth of residents.

    Areas are put in order of deprivation; a fifth of all residents with a known deprivation is a fifth, and an
    area belongs where the middle of its residents does. Areas of equal deprivation stand together. Fifths do
    not depend on which areas have a value. How areas of a fifth differ among themselves, sampling error and
    all, says how sure its mean is. The slope index is what the straight line through all areas gains
    from the least to the most deprived resident; its interval holds where areas vary unequally, and where they
    do not lie on a line. Deprivation may go with what else differs; no gap tells why it is there.

    Args:
        areas: ``deprivation`` (higher is more deprived; any unit, only the order counts; null: in no fifth, and
            counted), ``people`` and ``score`` (null: no value).
        level: of confidence.

    Returns:
        The gap. The intervals of difference and ratio join those of both ends.

    Raises:
        ValueError: people are below zero.

    Source: Pamuk (1985), Population Studies 39:17, and Mackenbach and Kunst (1997), Soc Sci Med 44:757, for the
    slope index; ridits as Bross (1958), Biometrics 14:18; its variance HC3 of MacKinnon and White (1985),
    J Econometrics 29:305; difference and ratio as Zou and Donner (2008), Stat Med 27:1693.
    """
    return _equity(areas, _numbers(areas, "score"), _numbers(areas, "people"), level, is_rate=False)


def _numbers(areas: pd.DataFrame, name: str) -> Floats:
    return np.asarray(areas[name].to_numpy(dtype=float, na_value=np.nan))


def _equity(areas: pd.DataFrame, value: Floats, size: Floats, level: float, *, is_rate: bool) -> Equity:
    deprivation, people = _numbers(areas, "deprivation"), _numbers(areas, "people")
    if (people < 0).any():
        raise ValueError("People cannot be below zero.")
    peopled = people > 0
    placed = peopled & np.isfinite(deprivation)
    used = placed & np.isfinite(value)
    rank = np.full(len(areas), np.nan)
    rank[placed] = ridit(deprivation[placed], people[placed])
    fifth = np.minimum(np.floor(_FIFTHS * rank[used]), _FIFTHS - 1)
    ranked = _Ranked(rank[used], fifth, size[used], value[used])
    in_fifth = np.bincount(fifth.astype(np.int64), minlength=_FIFTHS)
    problem = _problem(ranked, in_fifth, is_rate=is_rate)
    found, spread = dict.fromkeys(MEASURES, _Estimate(np.nan, np.nan, np.nan)), float("nan")
    if problem is None:
        if is_rate:
            spread = _spread(ranked)
        least, most = (
            _rate(ranked, fifth == end, spread, level) if is_rate else _mean(ranked, fifth == end, level)
            for end in (0, _FIFTHS - 1)
        )
        between = (_difference(most, least), _ratio(most, least), _slope(ranked, level))
        found = dict(zip(MEASURES, (most, least, *between), strict=True))
    p = {m: _p(found[m], equal, level) for m, equal in ((DIFFERENCE, 0.0), (RATIO, 1.0), (SLOPE, 0.0))}
    return Equity(
        table=pd.DataFrame(
            [(m, e.value, e.lower, e.upper, p.get(m, np.nan)) for m, e in found.items()], columns=EQUITY
        ),
        areas=int(used.sum()),
        areas_by_fifth=tuple(int(n) for n in in_fifth),
        areas_without_deprivation=int((peopled & ~placed).sum()),
        people_without_deprivation=float(people[peopled & ~placed].sum()),
        areas_without_value=int((placed & ~used).sum()),
        areas_without_people=int((~peopled).sum()),
        spread_within_fifths=spread,
        problem=problem,
    )


def ridit(deprivation: Floats, people: Floats) -> Floats:
    """Return the share of people that live in less deprived areas, and half of those in equally deprived ones.

    Args:
        deprivation: by area, no nulls.
        people: by area, above zero.

    Returns:
        By area, above 0 (least deprived) and below 1.
    """
    _, place = np.unique(deprivation, return_inverse=True)
    group = np.bincount(place, people)
    return np.asarray(((np.cumsum(group) - group / 2) / people.sum())[place])


def _problem(ranked: _Ranked, in_fifth: np.ndarray, *, is_rate: bool) -> str | None:
    if len(ranked.rank) < LEAST_AREAS:
        return f"{len(ranked.rank)} areas have people, deprivation and a value; {LEAST_AREAS} are needed"
    ends = in_fifth[[0, -1]]
    if ends.min() < _LEAST_IN_FIFTH:
        return (
            f"the least deprived fifth has {ends[0]} areas and the most deprived {ends[1]}; "
            f"{_LEAST_IN_FIFTH} each are needed"
        )
    if is_rate and not ranked.value.any():
        return "there are no events"
    return None


def _spread(ranked: _Ranked) -> float:
    """Return by how much true rates vary within fifths, as a share of the fifth's rate (moments; 0 at least)."""
    fifth = ranked.fifth.astype(np.int64)
    events = ranked.value * ranked.size
    total, exposure = (np.bincount(fifth, v, minlength=_FIFTHS) for v in (events, ranked.size))
    rate = np.divide(total, exposure, out=np.zeros(_FIFTHS), where=exposure > 0)
    expected = ranked.size * rate[fifth]
    lost = len(events) / (len(events) - len(np.unique(fifth)))
    beyond_chance = (lost * (events - expected) ** 2 - expected).sum() / (expected**2).sum()
    return float(np.sqrt(max(beyond_chance, 0.0)))


def _rate(ranked: _Ranked, inside: Bools, spread: float, level: float) -> _Estimate:
    size = ranked.size[inside]
    events, exposure = (ranked.value[inside] * size).sum(), size.sum()
    dispersion = 1 + spread**2 * events * float((size**2).sum()) / exposure**2
    # The spread is an estimate too.
    tail, freedom = (1 + level) / 2, len(ranked.size) - _FIFTHS
    dispersion *= float(stats.t.ppf(tail, freedom) / stats.norm.ppf(tail)) ** 2 if spread > 0 else 1.0
    effective = events / dispersion
    lower, upper = poisson_interval(effective, level)
    # The exact limit is for whole events: of less than one, none may have been due.
    lower = np.where(effective < 1, 0.0, lower)
    per = dispersion / exposure
    return _Estimate(float(events / exposure), float(lower * per), float(upper * per))


def _mean(ranked: _Ranked, inside: Bools, level: float) -> _Estimate:
    value, share = ranked.value[inside], ranked.size[inside] / ranked.size[inside].sum()
    mean = float(share @ value)
    # As the mean of clusters of unequal size: each less what it takes from the mean itself.
    variance = float((share**2 / np.maximum(1 - share, np.finfo(float).tiny)) @ (value - mean) ** 2)
    # Areas of unequal size tell of as many as this of equal size.
    freedom = 1 / float(share @ share) - 1
    lower, upper = mean_interval(mean, np.sqrt(variance), freedom, level)
    return _Estimate(mean, float(lower), float(upper))


def _difference(most: _Estimate, least: _Estimate) -> _Estimate:
    value = most.value - least.value
    down = np.hypot(most.value - most.lower, least.upper - least.value)
    up = np.hypot(most.upper - most.value, least.value - least.lower)
    return _Estimate(value, float(value - down), float(value + up))


def _ratio(most: _Estimate, least: _Estimate) -> _Estimate:
    """Return the ratio with its interval, found on the log scale."""
    if min(most.lower, least.lower) <= 0:
        return _Estimate(np.nan, np.nan, np.nan)
    value = most.value / least.value
    down = np.hypot(np.log(most.value / most.lower), np.log(least.upper / least.value))
    up = np.hypot(np.log(most.upper / most.value), np.log(least.value / least.lower))
    return _Estimate(value, float(value * np.exp(-down)), float(value * np.exp(up)))


def _p(gap: _Estimate, equal: float, level: float) -> float:
    """Return how likely so large a gap is where there is none, from the side of its interval towards equality."""
    value, lower, upper = (
        np.log([gap.value, gap.lower, gap.upper]) if equal else np.array([gap.value, gap.lower, gap.upper])
    )
    half = value - lower if value > 0 else upper - value
    if not half > 0:
        # Without any scatter, or without a gap to test.
        return float("nan")
    return float(2 * stats.norm.sf(stats.norm.ppf((1 + level) / 2) * abs(value) / half))


def _slope(ranked: _Ranked, level: float) -> _Estimate:
    design = np.column_stack([np.ones(len(ranked.rank)), ranked.rank])
    weighted = design * ranked.size[:, None]
    inverse = np.linalg.inv(design.T @ weighted)
    beta = inverse @ (weighted.T @ ranked.value)
    leverage = np.einsum("ij,jk,ik->i", weighted, inverse, design)
    residual = (ranked.value - design @ beta) / np.maximum(1 - leverage, np.finfo(float).tiny)
    error = np.sqrt(((weighted @ inverse)[:, 1] ** 2 * residual**2).sum())
    lower, upper = mean_interval(beta[1], error, len(ranked.rank) - 2, level)
    return _Estimate(float(beta[1]), float(lower), float(upper))
