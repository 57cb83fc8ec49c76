"""Why people are satisfied: what part of the differences goes with each driver. Importance is not cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints

DRIVER = [
    "driver", "importance", "importance_lower", "importance_upper", "importance_share",
    "coefficient", "coefficient_lower", "coefficient_upper",
    "performance", "performance_lower", "performance_upper", "reading",
]  # fmt: skip
MOST_DRIVERS = 12
DRAWS = 1000
# A resample of fewer rows too often meets a driver that hardly varies in it.
_LEAST_DF = 30
# Of the variance of a driver, what others must leave unexplained: with less, which of them it is cannot be said.
_LEAST_TOLERANCE = 0.01
_NO_VARIANCE = 1e-10


@dataclass(frozen=True)
class KeyDrivers:
    """Shares of the explained variance of an outcome.

    `table`: DRIVER, a row per driver in the order given. ``importance`` is the share of the outcome's variance
    (0 to 1; all add up to `r2`), ``importance_share`` the same of `r2`; ``coefficient`` tells the direction:
    standard deviations of the outcome for one of the driver, others held equal. ``performance`` is 0 to 100,
    null without a scale. ``reading`` says whether a driver is clearly more or less important than their mean,
    and whether it does clearly better or worse than their mean. Numbers are null where `problem` is not.
    `rows` that were used, `rows_missing` that lack a value, and `units` drawn anew: rows, or clusters.
    `problem` says why nothing can be said, and is None otherwise.
    """

    table: pd.DataFrame
    r2: float
    r2_lower: float
    r2_upper: float
    rows: int
    rows_missing: int
    units: int
    problem: str | None


@dataclass(frozen=True)
class _Draws:
    """What each draw (or the sample itself, as the only one) gives: shares of R2, coefficients, performances."""

    shares: Floats
    coefficients: Floats
    performance: Floats


def lmg_shares(correlation: Floats) -> Floats:
    """Return the part of R2 that belongs to each driver: its gain, averaged over all orders of entering.

    Args:
        correlation: (..., drivers + 1, drivers + 1), the outcome last. A driver that follows from those before
            it adds nothing.

    Returns:
        (..., drivers); their sum is R2.

    Source: Lindeman, Merenda and Gold (1980), Introduction to Bivariate and Multivariate Analysis, p. 119;
    the same as the Shapley value of R2. Unlike the usual sum over orders, each set of drivers is met once.
    """
    drivers = correlation.shape[-1] - 1
    return np.asarray(_r2_of_sets(correlation) @ _set_weights(drivers))


def _r2_of_sets(correlation: Floats) -> Floats:
    """Return R2 (..., 2 ** drivers) of every set; bit k of the position, from the highest, is driver k."""
    left = correlation[..., None, :, :]
    total = correlation[..., -1:, -1]
    while left.shape[-1] > 1:
        pivot, row = left[..., :1, :1], left[..., :1, 1:]
        taken = np.divide(row, pivot, out=np.zeros_like(row), where=pivot > _NO_VARIANCE)
        without = left[..., 1:, 1:]
        with_it = without - np.swapaxes(taken, -1, -2) * row
        both = np.stack([without, with_it], axis=-3)
        left = both.reshape(*both.shape[:-4], -1, *both.shape[-2:])
    unexplained = left[..., 0, 0]
    return np.asarray(1 - np.divide(unexplained, total, out=np.ones_like(unexplained), where=total > 0))


def _set_weights(drivers: int) -> Floats:
    """Return by set and driver how much R2 of the set counts for the driver, above zero if it holds it."""
    inside = (np.arange(2**drivers)[:, None] >> np.arange(drivers)[::-1]) & 1
    others = inside.sum(axis=1, keepdims=True) - inside
    orders = np.array([factorial(n) * factorial(drivers - 1 - n) for n in range(drivers)])
    return np.asarray(np.where(inside == 1, 1.0, -1.0) * (orders / factorial(drivers))[others])


def key_drivers(
    rows: pd.DataFrame,
    drivers: Sequence[str],
    scales: Mapping[str, tuple[float, float]] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 1,
    level: float = 0.95,
) -> KeyDrivers:
    """Divide the explained variance of an outcome among its drivers, beside how well each does.

    Intervals are percentiles of the bootstrap. A share cannot be below zero, so that of a driver without any
    effect never holds zero: see whether the interval of its coefficient does.

    In simulation with three drivers, 95 % intervals of shares cover 91 to 96 % of the time, over clusters 91 to 93.
    R2 itself is too high where rows are few (by about drivers / rows), and its interval covers 87 % with 35
    rows, 92 % with 120.

    Args:
        rows: ``outcome``, the drivers, and if given ``weight`` (null or 0: not used) and ``cluster`` (null: a
            cluster of its own). Rows that lack a value are counted, not used.
        drivers: columns, at most MOST_DRIVERS.
        scales: by driver its worst and its best value (the best may be the lower); beyond them performance is
            0 or 100. A driver without a scale has no performance.
        draws: of the bootstrap.
        seed: of the draws; the same seed gives the same intervals.
        level: of confidence.

    Raises:
        ValueError: a weight is below zero, or a scale has one value for worst and best.

    Source: Groemping (2007), The American Statistician 61:139; intervals as Efron and Tibshirani (1993), An
    Introduction to the Bootstrap, chapter 13; importance against performance as Martilla and James (1977),
    Journal of Marketing 41:77.
    """
    given = rows[["outcome", *drivers]].to_numpy(dtype=float, na_value=np.nan)
    weight = _column(rows, "weight", 1.0)
    if (weight < 0).any():
        raise ValueError("A weight cannot be below zero.")
    used: Bools = np.isfinite(given).all(axis=1) & (weight > 0)
    values = np.column_stack([given[used, 1:], given[used, 0]])
    unit, weight = _units(rows)[used], weight[used]
    units = len(np.unique(unit))
    problem = _problem(values, weight, units, drivers)
    points = [_performance(values[:, k], (scales or {}).get(name)) for k, name in enumerate(drivers)]
    counts = (int(used.sum()), int((~used).sum()), units)
    if problem is not None:
        table = pd.DataFrame({"driver": list(drivers)}).reindex(columns=DRIVER)
        nothing = float("nan")
        return KeyDrivers(table, nothing, nothing, nothing, *counts, problem)
    sums = _sums_by_unit(values, weight, np.column_stack(points), unit)
    found = _of_sums(sums.sum(axis=0, keepdims=True), len(drivers))
    drawn = _of_sums(_resampled(sums, draws, seed), len(drivers))
    low, high = _interval(drawn.shares.sum(axis=1), level)
    return KeyDrivers(
        _table(drivers, found, drawn, level),
        float(found.shares.sum()),
        float(low),
        float(high),
        *counts,
        None,
    )


def _column(rows: pd.DataFrame, name: str, otherwise: float) -> Floats:
    if name not in rows:
        return np.full(len(rows), otherwise)
    return np.asarray(rows[name].to_numpy(dtype=float, na_value=np.nan))


def _units(rows: pd.DataFrame) -> Ints:
    """Number what is drawn anew: clusters, and rows that have none."""
    alone = len(rows) + np.arange(len(rows))
    if "cluster" not in rows:
        return alone
    code = pd.factorize(rows["cluster"])[0].astype(np.int64)
    return np.where(code < 0, alone, code)


def _problem(values: Floats, weight: Floats, units: int, drivers: Sequence[str]) -> str | None:
    if not 1 <= len(drivers) <= MOST_DRIVERS:
        return f"{len(drivers)} drivers are given; 1 to {MOST_DRIVERS} can be told apart"
    needed = len(drivers) + 1 + _LEAST_DF
    if units < needed:
        return f"{units} rows or clusters have the outcome and all drivers; {needed} are needed"
    share = weight / weight.sum()
    mean = share @ values
    spread = np.sqrt(share @ (values - mean) ** 2)
    # Rounding leaves equal values a hair apart.
    constant = spread <= _NO_VARIANCE * np.abs(mean) + np.finfo(float).tiny
    names = [*drivers, "the outcome"]
    if constant.any():
        return f"{_named(names, constant)}: the same everywhere"
    standard = (values - mean) / spread
    among = (standard * share[:, None]).T @ standard
    tolerance = 1 / np.maximum(np.diag(np.linalg.pinv(among[:-1, :-1], rtol=_NO_VARIANCE)), 1)
    rank = np.linalg.matrix_rank(among[:-1, :-1], tol=_LEAST_TOLERANCE / 100)
    if rank < len(drivers):
        return f"{_named(names, _dependent(among[:-1, :-1]))}: one follows from the others"
    follows = tolerance < _LEAST_TOLERANCE
    return f"{_named(names, follows)}: one all but follows from the others" if follows.any() else None


def _dependent(among: Floats) -> Bools:
    """Tell the drivers that take part in a sum of drivers that hardly varies."""
    size, direction = np.linalg.eigh(among)
    return np.asarray((np.abs(direction[:, size < _LEAST_TOLERANCE / 100]) > 1e-3).any(axis=1))  # noqa: PLR2004


def _named(names: Sequence[str], which: Bools) -> str:
    return ", ".join(name for name, is_named in zip(names, which, strict=False) if is_named)


def _performance(values: Floats, scale: tuple[float, float] | None) -> Floats:
    if scale is None:
        return np.full(len(values), np.nan)
    worst, best = scale
    if worst == best:
        raise ValueError("The worst and the best value of a scale cannot be the same.")
    return np.clip(100 * (values - worst) / (best - worst), 0, 100)


def _sums_by_unit(values: Floats, weight: Floats, performance: Floats, unit: Ints) -> Floats:
    """Return by unit: the weighted sums of 1, of values, of their products, and of performance."""
    size = values.shape[1]
    standard = (values - np.average(values, axis=0, weights=weight)) / values.std(axis=0)
    products = (standard[:, :, None] * standard[:, None, :]).reshape(-1, size * size)
    columns = np.column_stack([np.ones(len(values)), standard, products, performance]) * weight[:, None]
    code = np.unique(unit, return_inverse=True)[1]
    return np.column_stack([np.bincount(code, column) for column in columns.T])


def _resampled(sums: Floats, draws: int, seed: int) -> Floats:
    """Return the sums of as many units, drawn with replacement: a row per draw."""
    rng, units = np.random.default_rng(seed), len(sums)
    drawn = (np.bincount(rng.integers(0, units, units), minlength=units) @ sums for _ in range(draws))
    return np.stack(list(drawn))


def _of_sums(sums: Floats, drivers: int) -> _Draws:
    size = drivers + 1
    parts = sums[:, 1:] / sums[:, :1]
    mean, products, performance = np.split(parts, [size, size + size * size], axis=1)
    covariance = products.reshape(-1, size, size) - mean[:, :, None] * mean[:, None, :]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    # What is the same in all rows of a draw goes with nothing.
    scale = np.where(variance > _NO_VARIANCE, 1 / np.sqrt(np.maximum(variance, _NO_VARIANCE)), 0.0)
    correlation = covariance * scale[:, :, None] * scale[:, None, :]
    inverse = np.linalg.pinv(correlation[:, :-1, :-1], rtol=_NO_VARIANCE)
    coefficients = (inverse @ correlation[:, :-1, -1:])[..., 0]
    return _Draws(lmg_shares(correlation), coefficients, performance)


def _interval(drawn: Floats, level: float) -> tuple[Floats, Floats]:
    tail = (1 - level) / 2
    return np.asarray(np.quantile(drawn, tail, axis=0)), np.asarray(np.quantile(drawn, 1 - tail, axis=0))


def _table(drivers: Sequence[str], found: _Draws, drawn: _Draws, level: float) -> pd.DataFrame:
    columns: dict[str, object] = {"driver": list(drivers)}
    named = {
        "importance": (found.shares, drawn.shares),
        "coefficient": (found.coefficients, drawn.coefficients),
        "performance": (found.performance, drawn.performance),
    }
    for name, (value, of_draws) in named.items():
        columns[name] = value[0]
        columns[f"{name}_lower"], columns[f"{name}_upper"] = _interval(of_draws, level)
    columns["importance_share"] = found.shares[0] / found.shares[0].sum()
    importance = _against_mean(drawn.shares, level, "more important", "less important")
    performance = _against_mean(drawn.performance, level, "does better", "does worse")
    columns["reading"] = [
        ", ".join(filter(None, pair)) or "unclear" for pair in zip(importance, performance, strict=True)
    ]
    return pd.DataFrame(columns)[DRIVER]


def _against_mean(drawn: Floats, level: float, above: str, below: str) -> list[str]:
    """Say of each column whether nearly all draws have it on one side of the mean of all columns."""
    known = np.isfinite(drawn).all(axis=0)
    if known.sum() < 2:  # noqa: PLR2004
        return [""] * drawn.shape[1]
    centre = drawn[:, known].mean(axis=1, keepdims=True)
    over, under = (drawn > centre).mean(axis=0), (drawn < centre).mean(axis=0)
    sure = (1 + level) / 2
    return [above if o >= sure else below if u >= sure else "" for o, u in zip(over, under, strict=True)]
