"""What to fix first: loss that could be prevented, and how sure the order of problems is."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from geo.arrays import Floats, Ints

DRAWS = 1000
# Ranks of fewer problems at once than this many numbers: bounds the memory.
_BATCH = 4_000_000


def rank_problems(
    estimate: ArrayLike,
    standard_error: ArrayLike,
    expected: ArrayLike,
    value: ArrayLike = 1.0,
    *,
    tops: Iterable[int] = (10, 50),
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Rank problems by the loss a year above what is usual, and say how sure each rank is.

    The long-run count of each is drawn from its gamma posterior, independently of the others, and all are ranked
    in each draw. The loss of a draw may be below zero: what is no problem after all then ranks low. Problems of one
    theme are ranked together; call once for each.

    Args:
        estimate: posterior mean of events a year (empirical Bayes), above 0; null: not ranked.
        standard_error: of it; 0 where it is known.
        expected: usual events a year of such a place; likewise.
        value: of preventing one event (£, or 1 for the event itself); below 0 where more events are better.
        tops: numbers of places at the top that are asked for.
        draws: how often all are ranked.
        seed: of the draws; the same problems in the same order get the same ranks.
        level: of the intervals.

    Returns:
        One row a problem, in the order given: ``loss`` a year with ``loss_lower`` and ``loss_upper``; ``rank`` by loss
        (1 is the greatest; equal ones in the order given); ``expected_rank``; ``rank_lower`` and ``rank_upper``
        (quantiles of its rank); ``top_<n>`` for each of `tops`, the probability of being among the first n. Null
        where not ranked.

    Raises:
        ValueError: a number of places or draws below 1, a standard error below 0 or an estimate not above 0.

    Source: ranks from posterior draws, Laird and Louis (1989), J Educ Stat 14:29; probability of being among the
        worst as in Miaou and Song (2005), Accid Anal Prev 37:699.
    """
    mean, error, usual, worth = (
        np.array(v, dtype=float) for v in np.broadcast_arrays(estimate, standard_error, expected, value)
    )
    places = list(tops)
    if draws < 1 or any(n < 1 for n in places):
        raise ValueError("ranks need at least one draw, and a top of at least one place")
    if (mean <= 0).any() or (error < 0).any():
        raise ValueError("an estimate must be above 0, and its standard error at least 0")
    known = np.flatnonzero(np.isfinite(mean + error + usual + worth))
    shape, scale = _gamma(mean[known], error[known])
    drawn = _drawn_ranks(shape, scale, usual[known], worth[known], draws, seed)
    loss = (mean - usual) * worth
    tails = (1 - level) / 2, (1 + level) / 2
    # Where more is better the upper limit of the events is the lower one of the loss.
    limits = [(_limit(shape, scale, q) - usual[known]) * worth[known] for q in tails]
    columns: dict[str, Floats] = {
        "loss_lower": np.minimum(*limits),
        "loss_upper": np.maximum(*limits),
        "rank": _ranks(loss[known]).astype(float),
        "expected_rank": drawn.mean(axis=0),
        "rank_lower": _quantile(drawn, (1 - level) / 2),
        "rank_upper": _quantile(drawn, (1 + level) / 2),
    } | {f"top_{n}": (drawn <= n).mean(axis=0) for n in places}
    table = pd.DataFrame(np.nan, index=np.arange(len(mean)), columns=["loss", *columns])
    table["loss"] = np.where(np.isfinite(mean + error + usual + worth), loss, np.nan)
    for name, values in columns.items():
        table.loc[known, name] = values
    return table


def rank_sensitivity(
    scores: pd.DataFrame, weights: Mapping[str, Mapping[str, float]], top: int = 10
) -> pd.DataFrame:
    """Show how ranks move with the weights: rank of each problem under each set of weights.

    Args:
        scores: one row a problem, one column a part of its score (numbers; null is unknown, and counts as none).
        weights: for each set, the weight of each part; a part without one weighs 0.
        top: how many places to look at.

    Returns:
        ``problem`` (position), ``weights`` (name of the set), ``score``, ``rank`` (equal ones in the order given),
        ``moved`` (ranks lost or, below 0, won against the first set), ``is_top``; by set as given, then rank.

    Raises:
        ValueError: no set of weights, or a weight for a part that is not there.
    """
    if not weights:
        raise ValueError("no weights are given")
    parts, first = [], None
    for name, of_part in weights.items():
        missing = set(of_part) - set(scores.columns)
        if missing:
            raise ValueError(f"weights {name!r} have {sorted(missing)}, which no score is of")
        used = list(of_part)
        score = scores[used].fillna(0.0).to_numpy(dtype=float) @ np.array(
            [of_part[c] for c in used], dtype=float
        )
        rank = _ranks(score)
        first = rank if first is None else first
        table = pd.DataFrame({"problem": np.arange(len(rank)), "weights": name, "score": score, "rank": rank})
        parts.append(table.assign(moved=rank - first, is_top=rank <= top).sort_values("rank"))
    return pd.concat(parts, ignore_index=True)


def _gamma(mean: Floats, error: Floats) -> tuple[Floats, Floats]:
    """Return shape and scale; without an error, a shape that is endless and a scale that is the mean."""
    known = error > 0
    ratio = np.divide(mean, error, out=np.full_like(mean, np.inf), where=known)
    return ratio**2, np.where(known, error**2 / np.where(mean > 0, mean, 1.0), mean)


def _limit(shape: Floats, scale: Floats, quantile: float) -> Floats:
    known = np.isfinite(shape)
    return np.where(known, stats.gamma.ppf(quantile, np.where(known, shape, 1.0), scale=scale), scale)


def _drawn_ranks(
    shape: Floats, scale: Floats, usual: Floats, worth: Floats, draws: int, seed: int
) -> np.ndarray:
    """Return the rank of each problem in each draw."""
    rng = np.random.default_rng(seed)
    known = np.isfinite(shape)
    ranks = np.empty((draws, len(shape)), dtype=np.int32)
    step = max(1, _BATCH // max(len(shape), 1))
    for start in range(0, draws, step):
        stop = min(start + step, draws)
        size = np.where(
            known, rng.standard_gamma(np.where(known, shape, 1.0), (stop - start, len(shape))), 1.0
        )
        loss = (size * scale - usual) * worth
        order = np.argsort(-loss, axis=1, kind="stable")
        places = np.broadcast_to(np.arange(1, len(shape) + 1, dtype=np.int32), order.shape)
        np.put_along_axis(ranks[start:stop], order, places, axis=1)
    return ranks


def _ranks(score: Floats) -> Ints:
    rank = np.empty(len(score), dtype=np.int64)
    rank[np.argsort(-score, kind="stable")] = np.arange(1, len(score) + 1)
    return rank


def _quantile(drawn: np.ndarray, quantile: float) -> Floats:
    """Return a rank that was drawn, some problems at a time: sorting makes a copy."""
    step = max(1, _BATCH // max(len(drawn), 1))
    of_problem = [
        np.quantile(drawn[:, at : at + step], quantile, axis=0, method="inverted_cdf")
        for at in range(0, drawn.shape[1], step)
    ]
    return np.concatenate(of_problem).astype(float) if of_problem else np.empty(0)
