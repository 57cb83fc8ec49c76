"""What others get who spend no more: an outcome held against a frontier that a few outliers do not set."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.arrays import Bools, Floats

ORDER = 10
MINIMUM_PEERS = 30
FRONTIER = ["peers", "frontier", "lower", "upper", "gap", "gap_lower", "gap_upper", "reason"]


def order_m_frontier(
    spend: ArrayLike,
    outcome: ArrayLike,
    *,
    higher_is_better: bool,
    order: int = ORDER,
    minimum_peers: int = MINIMUM_PEERS,
    draws: int = 500,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return, for each area, the best outcome to be expected among `order` areas that spend no more.

    The peers of an area are all that spend as much or less, itself among them; the frontier is the mean of the
    best of `order` drawn from them with replacement. At order 1 it is their mean outcome, at a very high one
    their best. An area may lie beyond it. Areas of other circumstances (density, kind of roads) are no fair
    peers: call once for each group that is.

    Args:
        spend: money, per km or per person so that areas of any size compare; null or not above 0: none known.
        outcome: one measure of what is got for it, in any unit; null where there is none.
        higher_is_better: direction of the outcome.
        order: how many areas to be better than.
        minimum_peers: fewer than this tell nothing; at least 1.
        draws: of the bootstrap, which draws areas anew; 0 for no intervals.
        seed: of the draws.
        level: of the intervals.

    Returns:
        FRONTIER columns, one row an area, in the order given: ``peers``, null if the area has no spend or no
        outcome; ``frontier`` with interval ``lower``, ``upper`` (null where peers are all alike), in the unit of
        the outcome; ``gap``, by how much the area is better than its frontier (below 0: worse), with interval;
        ``reason`` why there is no frontier, null where there is one. Intervals tell how far the frontier depends
        on which areas there happen to be; spend and outcome of the area itself are taken as they are.

    Raises:
        ValueError: order or minimum_peers below 1, or arrays of different length.

    Source: Cazals, Florens and Simar (2002), J Econometrics 106:1, with the closed form for one outcome;
        bootstrap-t, Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 12.5, its standard
        error by the delta method. At order 10 these 95 % intervals covered planted frontiers 93 to 96 % of the
        time with 60 peers or more, 90 to 94 % with about 24; percentile ones 67 to 91 %.
    """
    money, got = np.asarray(spend, dtype=float), np.asarray(outcome, dtype=float)
    if order < 1 or minimum_peers < 1:
        raise ValueError(f"order ({order}) and minimum_peers ({minimum_peers}) must be at least 1")
    if money.shape != got.shape:
        raise ValueError(f"spend is {money.shape}, but outcome {got.shape}")
    has_spend, has_outcome = np.isfinite(money) & (money > 0), np.isfinite(got)
    used = np.flatnonzero(has_spend & has_outcome)
    sign = 1.0 if higher_is_better else -1.0
    used = used[np.lexsort((money[used], sign * got[used]))]
    peers = np.full(len(money), np.nan)
    ordered = np.sort(money[used])
    peers[used] = np.searchsorted(ordered, money[used], side="right")
    reason = _reasons(has_spend, has_outcome, peers < minimum_peers)
    times = _times(len(used), draws, seed)
    best, low, high = np.full((3, len(money)), np.nan)
    for area in np.flatnonzero(reason == ""):
        among = money[used] <= money[area]
        found, error = _best_of(sign * got[used][among], times[:, among], order)
        low_high = np.sort(sign * np.array(_limits(found, error, level)))
        best[area], (low[area], high[area]) = sign * found[0], low_high
    worst, finest = (high, low) if higher_is_better else (low, high)
    return pd.DataFrame(
        {
            "peers": pd.array(peers, dtype="Int64"), "frontier": best, "lower": low, "upper": high,
            "gap": sign * (got - best), "gap_lower": sign * (got - worst), "gap_upper": sign * (got - finest),
            "reason": pd.Series(reason, dtype="str").where(reason != ""),
        }
    )[FRONTIER]  # fmt: skip


def _reasons(has_spend: Bools, has_outcome: Bools, is_few: Bools) -> np.ndarray:
    return np.select(
        [~has_spend, ~has_outcome, is_few], ["no spend", "no outcome", "too few that spend no more"], ""
    )


def _times(areas: int, draws: int, seed: int) -> Floats:
    """How many times each area is there: once in the first row, as drawn in the others."""
    if not areas:
        return np.ones((1, 0))
    drawn = np.random.default_rng(seed).multinomial(areas, np.full(areas, 1 / areas), draws)
    return np.vstack([np.ones(areas), drawn])


def _best_of(value: Floats, times: Floats, order: int) -> tuple[Floats, Floats]:
    """Mean of the highest of `order` draws from ascending values, each there so many times, and its standard error.

    One of each for each row of times; null for a resample that holds none of the values.
    """
    number = times.sum(axis=1)
    weight = times / np.where(number > 0, number, np.nan)[:, None]
    below = np.cumsum(weight, axis=1)[:, :-1]
    step = np.diff(value)
    power = below ** (order - 1)
    best = value[-1] - (power * below) @ step
    # What one more of a value would add, but for a constant: the slope of the above in each share.
    pull = np.zeros_like(weight)
    pull[:, :-1] = -np.cumsum((order * power * step)[:, ::-1], axis=1)[:, ::-1]
    mean = (weight * pull).sum(axis=1)
    variance = (weight * (pull - mean[:, None]) ** 2).sum(axis=1)
    return best, np.sqrt(variance / number.clip(1))


def _limits(best: Floats, error: Floats, level: float) -> tuple[float, float]:
    """Limits from the estimate, first, and its resamples; null where all peers have the same outcome."""
    usable = error[1:] > 0
    if not usable.any() or not error[0] > 0:
        return float("nan"), float("nan")
    off = (best[1:][usable] - best[0]) / error[1:][usable]
    low, high = np.quantile(off, [(1 - level) / 2, (1 + level) / 2])
    return float(best[0] - high * error[0]), float(best[0] - low * error[0])
