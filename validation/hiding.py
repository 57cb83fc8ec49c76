"""Disclosure: a reader with a solver attacks tables in which small counts were hidden."""

from typing import Any

import numpy as np
from scipy import optimize, sparse

from geo.arrays import Bools, Floats, Ints
from geo.estimates.disclosure import suppress_small_counts
from validation.doggerland import Ground, draws, grounds
from validation.results import Result, Study, mean_over_draws

_THRESHOLD = 5
_YEARS = 5
_AREAS = 25
_HALF = 0.5


def study(seeds: int, size: str = "demo", geographies: int = 3) -> Study:
    """Hide small counts of collisions by small area and year, and try to work them out again."""
    regions = grounds(size, geographies)
    solved, shown, hidden_share = [], [], []
    for draw, rng in enumerate(draws(seeds, 19)):
        counts = _counts(rng, regions[draw % len(regions)])
        found = suppress_small_counts(counts, _THRESHOLD)
        table = np.block([[counts, counts.sum(axis=1, keepdims=True)], [counts.sum(axis=0), counts.sum()]])
        small = (table > 0) & (table < _THRESHOLD)
        shown.append((small & ~found.hidden)[small].astype(float))
        solved.append(_worked_out(rng, table, found.hidden, found.primary))
        hidden_share.append(found.complementary.astype(float))
    where = f"{_AREAS} small areas by {_YEARS} years, {size}"
    return Study([
        Result("disclosure", "disclosure", "small counts shown", where, mean_over_draws(shown), (0.0, 0.0)),
        Result("disclosure", "disclosure", "small counts that a linear program works out", where,
               mean_over_draws(solved), (0.0, 0.0)),
        Result("disclosure", "disclosure", "cells hidden only to protect others", where,
               mean_over_draws(hidden_share), None),
    ])  # fmt: skip


def _counts(rng: np.random.Generator, ground: Ground) -> Ints:
    units = ground.units[0]
    chosen = rng.choice(len(units.km), min(_AREAS, len(units.km)), replace=False)
    level = units.total(ground.collisions_a_year(rng))[chosen]
    return np.asarray(rng.poisson(np.repeat(level[:, None], _YEARS, axis=1)))


def _worked_out(rng: np.random.Generator, table: Ints, hidden: Bools, primary: Bools) -> Floats:
    """Tell, of up to six small counts, those whose least and greatest possible values are the same."""
    cell = np.flatnonzero(hidden.ravel())
    sign = np.ones(table.shape)
    sign[-1, :] *= -1
    sign[:, -1] *= -1
    row, column = np.unravel_index(cell, table.shape)
    number = np.arange(len(cell))
    weights = sign.ravel()[cell]
    sums: Any = sparse.coo_matrix(
        (np.tile(weights, 2), (np.concatenate([row, table.shape[0] + column]), np.tile(number, 2))),
        shape=(sum(table.shape), len(cell)),
    ).tocsr()
    equal = sums @ table.ravel()[cell]
    targets = np.flatnonzero(primary.ravel()[cell])
    answers = []
    for target in rng.choice(targets, min(6, len(targets)), replace=False):
        cost = np.zeros(len(cell))
        cost[target] = 1
        # What is hidden is at least 1, as zeros are shown.
        least, most = (
            optimize.linprog(side * cost, A_eq=sums, b_eq=equal, bounds=(1, None), method="highs")
            for side in (1, -1)
        )
        # Without an upper end there is no solution to read it from.
        is_fixed = least.x is not None and most.x is not None and most.x[target] - least.x[target] < _HALF
        answers.append(float(is_fixed))
    return np.array(answers, dtype=float)
