"""Is it getting better: a slope through several periods, with a test, and never across a break in the series."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats, Ints

MINIMUM_POINTS = 4
TREND = [
    "points", "first_period", "last_period", "change", "lower", "upper", "p", "dispersion", "degrees_of_freedom",
    "reason",
]  # fmt: skip
_MOST_STEPS = 60
# A series without a trend is null all the way through, rather than guarded at every division.
_NULLS = np.errstate(divide="ignore", invalid="ignore")


@_NULLS
def rate_trends(
    points: pd.DataFrame,
    by: list[str],
    pool: list[str] | None = None,
    minimum_points: int = MINIMUM_POINTS,
    level: float = 0.95,
) -> pd.DataFrame:
    """Fit a log-linear trend to the rate of each series: quasi-Poisson, with over-dispersion.

    Args:
        points: `by` columns, ``period`` (a number, such as the year; spacing may be uneven), ``count`` of events
            and ``exposure``. Points with a null or without exposure take no part; they leave no gap to fill.
        by: what makes a series. Name the segment id here, which changes at every break of the series: then no
            slope crosses one.
        pool: columns of `by` within which all series are taken to have the same over-dispersion, such as outcome
            and level. A series of five points says little of its own. By default each has its own.
        minimum_points: fewer periods than this have no trend.
        level: of the interval.

    Returns:
        `by` and TREND columns, one row a series: ``change`` of the rate per unit of period as a share (-0.03 is
        three in a hundred fewer every year) with its interval; ``p`` two-sided that it is 0; ``dispersion``, at
        least 1; its ``degrees_of_freedom``; ``reason`` why there is no trend, null where there is one.

    Source: McCullagh and Nelder (1989), Generalized Linear Models, section 6.2; the level of a series is
        conditioned away, so that each has one equation, solved for all at once.
    """
    used, code, series = _used(points, by, "count", "exposure")
    t, count = _periods(used, code, len(series))
    n, size = used["count"].to_numpy(dtype=float), used["exposure"].to_numpy(dtype=float)
    total = _sum(n, code, len(series))
    reason = _reason(count, minimum_points)
    reason = np.where((reason == "") & (total == 0), "no events", reason)
    # With all events in the first period or the last, every steeper slope fits better.
    mean_t = _sum(n * t, code, len(series)) / total
    first, last = _ends(t, code, len(series))
    reason = np.where(
        (reason == "") & ~((first < mean_t) & (mean_t < last)), "events in one end period only", reason
    )
    slope, spread, settled = _slopes(t, size, mean_t, code, reason == "")
    reason = np.where((reason == "") & ~settled, "no slope found", reason)
    weight = _weight(slope, t, size, code)
    fitted = weight * (total / _sum(weight, code, len(series)))[code]
    residual = _sum((n - fitted) ** 2 / fitted, code, len(series))
    dispersion, freedom = _dispersion(residual, count - 2, reason == "", series, pool)
    dispersion = np.maximum(dispersion, 1)
    error = np.sqrt(dispersion / (total * spread))
    half = stats.t.ppf((1 + level) / 2, freedom) * error
    p = np.asarray(2 * stats.t.sf(np.abs(slope) / error, freedom))
    return _table(
        series, used, code, count, reason,
        {
            "change": np.expm1(slope), "lower": np.expm1(slope - half), "upper": np.expm1(slope + half), "p": p,
            "dispersion": dispersion, "degrees_of_freedom": freedom,
        },
    )  # fmt: skip


@_NULLS
def score_trends(
    points: pd.DataFrame,
    by: list[str],
    pool: list[str] | None = None,
    minimum_points: int = MINIMUM_POINTS,
    level: float = 0.95,
) -> pd.DataFrame:
    """Fit a straight trend to the score of each series, each point weighed by its standard error.

    Where a point of a series has no standard error (a published score without a base), all points of that series
    weigh the same, and their scatter about the line alone says how sure the slope is.

    Args:
        points: `by` columns, ``period``, ``score`` and ``standard_error`` (null where unknown).
        by: as of ``rate_trends``.
        pool: as of ``rate_trends``; series with and without standard errors are pooled apart.
        minimum_points: as of ``rate_trends``.
        level: of the interval.

    Returns:
        As of ``rate_trends``, but that ``change`` is points of score per unit of period, and ``dispersion`` is at
        least 1 only where standard errors are known (else it is the scatter's variance). A series on a line, to
        the rounding, and without standard errors has no interval: ``reason`` "no scatter".

    Source: weighted least squares with residual variance at least that of the survey, as in Draper and Smith
        (1998), Applied Regression Analysis, chapter 9.
    """
    used, code, series = _used(points, by, "score", None)
    t, count = _periods(used, code, len(series))
    score, own = used["score"].to_numpy(dtype=float), used["standard_error"].to_numpy(dtype=float)
    is_known = _sum(~(own > 0), code, len(series)) == 0
    weight = np.where(is_known[code], 1 / own**2, 1.0)
    total = _sum(weight, code, len(series))
    t = t - (_sum(weight * t, code, len(series)) / total)[code]
    off = score - (_sum(weight * score, code, len(series)) / total)[code]
    reason = _reason(count, minimum_points)
    across = _sum(weight * t**2, code, len(series))
    slope = _sum(weight * t * off, code, len(series)) / across
    residual = _sum(weight * (off - slope[code] * t) ** 2, code, len(series))
    # What rounding leaves of a straight line is not scatter.
    flat = ~is_known & (residual <= 1e-18 * _sum(score**2, code, len(series)))
    reason = np.where((reason == "") & flat, "no scatter", reason)
    kinds = series.assign(_known=is_known)
    dispersion, freedom = _dispersion(
        residual, count - 2, reason == "", kinds, None if pool is None else [*pool, "_known"]
    )
    dispersion = np.where(is_known, np.maximum(dispersion, 1), dispersion)
    error = np.sqrt(dispersion / across)
    half = stats.t.ppf((1 + level) / 2, freedom) * error
    p = np.asarray(2 * stats.t.sf(np.abs(slope) / error, freedom))
    return _table(
        series, used, code, count, reason,
        {
            "change": slope, "lower": slope - half, "upper": slope + half, "p": p,
            "dispersion": dispersion, "degrees_of_freedom": freedom,
        },
    )  # fmt: skip


def _used(
    points: pd.DataFrame, by: list[str], value: str, size: str | None
) -> tuple[pd.DataFrame, Ints, pd.DataFrame]:
    """Points that take part, the number of the series of each, and every series, also those without such points."""
    code = points.groupby(by, sort=True, dropna=False).ngroup().to_numpy().astype(np.int64)
    series = points[by].iloc[np.unique(code, return_index=True)[1]].reset_index(drop=True)
    known = points["period"].notna() & points[value].notna()
    if size is not None:
        known &= points[size].astype(float) > 0
    return points[known], code[known.to_numpy()], series


def _periods(used: pd.DataFrame, code: Ints, series: int) -> tuple[Floats, Ints]:
    """Periods less the mean of their series, and how many different ones each series has."""
    t = used["period"].to_numpy(dtype=float)
    centre = _sum(t, code, series) / np.bincount(code, minlength=series)
    different = pd.DataFrame({"code": code, "t": t}).drop_duplicates()["code"].to_numpy()
    return t - centre[code], np.bincount(different, minlength=series)


def _sum(values: Floats | Bools, code: Ints, series: int) -> Floats:
    return np.bincount(code, np.asarray(values, dtype=float), minlength=series).astype(float)


def _ends(t: Floats, code: Ints, series: int) -> tuple[Floats, Floats]:
    first, last = np.full(series, np.inf), np.full(series, -np.inf)
    np.minimum.at(first, code, t)
    np.maximum.at(last, code, t)
    return first, last


def _reason(count: Ints, minimum: int) -> np.ndarray:
    few = f"fewer than {minimum} periods"
    return np.where(count < max(minimum, 3), few, "").astype(object)


def _slopes(
    t: Floats, size: Floats, mean_t: Floats, code: Ints, wanted: Bools
) -> tuple[Floats, Floats, Bools]:
    """Find for each series the slope at which the fitted mean period of its events is the observed one.

    Newton's steps within a bracket that closes: the mean period rises with the slope, so there is one root.
    """
    series = len(wanted)
    slope = np.where(wanted, 0.0, np.nan)
    low, high = np.full(series, -np.inf), np.full(series, np.inf)
    spread = np.full(series, np.nan)
    settled = np.zeros(series, dtype=bool)
    # A step changes the rate over the whole span by no more than a factor of e to the tenth.
    first, last = _ends(t, code, series)
    most_step = np.where(wanted, 10 / (last - first), np.nan)
    for _ in range(_MOST_STEPS):
        weight = _weight(slope, t, size, code)
        total = _sum(weight, code, series)
        centre = _sum(weight * t, code, series) / total
        spread = _sum(weight * (t - centre[code]) ** 2, code, series) / total
        off = mean_t - centre
        low, high = np.where(off > 0, slope, low), np.where(off < 0, slope, high)
        step = np.clip(off / spread, -most_step, most_step)
        new = slope + np.where(np.isnan(step), np.sign(off) * most_step, step)
        new = np.where(
            (new <= low) | (new >= high), np.where(np.isfinite(low + high), (low + high) / 2, new), new
        )
        settled = wanted & (np.abs(new - slope) <= 1e-10 * most_step)
        slope = np.where(settled, slope, new)
        if settled[wanted].all():
            break
    return slope, spread, settled


def _weight(slope: Floats, t: Floats, size: Floats, code: Ints) -> Floats:
    """Exposure times exp(slope * t), but for a factor of each series that keeps it from overflowing."""
    power = slope[code] * t
    top = np.full(len(slope), -np.inf)
    np.maximum.at(top, code, power)
    return np.asarray(size * np.exp(power - top[code]))


def _dispersion(
    residual: Floats, freedom: Ints, wanted: Bools, series: pd.DataFrame, pool: list[str] | None
) -> tuple[Floats, Floats]:
    """Residual sum over degrees of freedom, of each series or of all of its pool that have a trend."""
    squares, degrees = np.where(wanted, residual, 0.0), np.where(wanted, freedom, 0).astype(float)
    if pool is not None:
        of = np.zeros(len(series), dtype=np.int64)
        if pool:
            of += series.groupby(pool, dropna=False).ngroup().to_numpy()
        squares = _sum(squares, of, len(series))[of]
        degrees = _sum(degrees, of, len(series))[of]
    return squares / degrees, degrees


def _table(
    series: pd.DataFrame, used: pd.DataFrame, code: Ints, count: Ints, reason: np.ndarray,
    found: dict[str, Floats],
) -> pd.DataFrame:  # fmt: skip
    period = used["period"].to_numpy(dtype=float)
    first, last = _ends(period, code, len(series))
    none = count == 0
    told = {name: np.where(reason == "", values, np.nan) for name, values in found.items()}
    return series.assign(
        points=count,
        first_period=np.where(none, np.nan, first),
        last_period=np.where(none, np.nan, last),
        **told,
        reason=pd.Series(reason, dtype="str").where(reason != ""),
    )[[*series.columns, *TREND]]
