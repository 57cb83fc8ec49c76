"""Perception against measurement: where people are happier, or less happy, than the measured service suggests."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats
from geo.estimates.significance import FALSE_DISCOVERY_RATE, false_discovery_q

GAP = [
    "satisfaction_standardised", "service_standardised", "expected_standardised", "gap", "standard_error",
    "lower", "upper", "gap_points", "usual_spread", "p", "q", "verdict", "reason",
]  # fmt: skip
HAPPIER = "people are happier than the measure suggests"
LESS_HAPPY = "people are less happy than the measure suggests"
AS_EXPECTED = "as expected"
TOO_FEW = "too few data"
LEAST_AREAS = 8
# A measure whose differences between areas are mostly its own error cannot be held against anything.
_LEAST_RELIABILITY = 0.5
# The chance of a slope above zero where there is none, above which the measure is not taken to go with satisfaction.
_MOST_P = 0.05


def perception_gaps(areas: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Hold the satisfaction of each area against what its measured service suggests, theme by theme.

    Both are standardised among the areas of a theme. What service suggests is the line through all other areas
    of the theme, so that no area is held against itself. The plain difference of both would call almost every
    area with bad service happier: satisfaction follows other things too, and so lies nearer to the mean. The
    slope is corrected for the error of the measure. The interval carries the standard errors of both and of
    the line. The test counts besides what areas with such a service usually differ by, so an interval clear of
    zero may go with "as expected". Neither tells why people see it otherwise.

    Args:
        areas: ``theme``, ``satisfaction`` and ``satisfaction_error``, ``service`` and ``service_error`` (each
            in one unit throughout its theme; errors are standard errors, 0 if exact; a null anywhere: no gap),
            ``direction`` of the measure: "higher" or "lower" is better, one for a theme.
        level: of confidence.

    Returns:
        GAP in the index and order of `areas`. ``gap``, with its interval, is in standard deviations of
        satisfaction between areas, above zero where people are happier; ``gap_points`` in its unit;
        ``usual_spread`` (standard deviation, in those of satisfaction) is that of the true gaps of the others.
        ``q`` is over the areas of a theme. ``reason`` says why the verdict is "too few data"; null otherwise.
        Where only the verdict is withheld, gap and interval stay.

    Raises:
        ValueError: a standard error is below zero, or a direction is another word.

    Source: the slope as Fuller (1987), Measurement Error Models, section 1.2; the variance between areas by
    moments as in Fuller, section 3.1; left-out areas as Cook and Weisberg (1982), Residuals and Influence.
    """
    names = ["satisfaction", "satisfaction_error", "service", "service_error"]
    given = areas[names].to_numpy(dtype=float, na_value=np.nan, copy=True)
    if (given[:, [1, 3]] < 0).any():
        raise ValueError("A standard error cannot be below zero.")
    if not areas["direction"].isin(["higher", "lower"]).all():
        raise ValueError("The direction of a measure is higher or lower.")
    given[:, 2] *= np.where(areas["direction"] == "higher", 1.0, -1.0)
    theme = areas.groupby("theme", dropna=False).ngroup().to_numpy(dtype=np.int64)
    table = pd.DataFrame(np.nan, index=np.arange(len(areas)), columns=GAP[:-2])
    reason = np.full(len(areas), None, dtype=object)
    for number in np.unique(theme):
        of_theme = theme == number
        whole = of_theme & np.isfinite(given).all(axis=1)
        reason[of_theme & ~whole] = "satisfaction, service or an error of them is missing"
        problem = _problem(given[whole])
        if problem is None:
            gaps, problem = _of_theme(given[whole], level)
            table.loc[whole] = gaps.to_numpy()
        reason[whole] = problem
    return _with_verdict(table, reason).set_index(areas.index)


def _problem(given: Floats) -> str | None:
    if len(given) < LEAST_AREAS:
        return f"{len(given)} areas have satisfaction and service; {LEAST_AREAS} are needed"
    spread = given[:, [0, 2]].std(axis=0)
    flat = spread <= 1e-9 * np.abs(given[:, [0, 2]]).max(axis=0)
    for name, is_flat in zip(("satisfaction", "service"), flat, strict=True):
        if is_flat:
            return f"{name} is the same everywhere"
    error = (given[:, 3] ** 2).mean()
    if 1 - error / given[:, 2].var(ddof=1) < _LEAST_RELIABILITY:
        return "the measured service differs between areas hardly more than by its own error"
    return None


def _of_theme(given: Floats, level: float) -> tuple[pd.DataFrame, str | None]:
    """Return the gaps of areas whose numbers are all known, and why no verdict can be given."""
    mean, spread = given[:, [0, 2]].mean(axis=0), given[:, [0, 2]].std(axis=0, ddof=1)
    happy, served = ((given[:, [0, 2]] - mean) / spread).T
    own, measured = (given[:, [1, 3]] / spread).T ** 2
    others = _Others(happy, served, own, measured)
    gap = happy - others.intercept - others.slope * served
    sampled = own + others.slope**2 * measured + others.line_variance(served)
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt(sampled)
    total = np.sqrt(sampled + others.between)
    # What rounding leaves of a line through all areas is no gap.
    gap[np.abs(gap) < 1e-9] = 0.0  # noqa: PLR2004
    ratio = np.divide(np.abs(gap), total, out=np.where(gap == 0, 0.0, np.inf), where=total > 1e-9)  # noqa: PLR2004
    p = 2 * stats.t.sf(ratio, len(given) - 3)
    table = pd.DataFrame(
        {
            "satisfaction_standardised": happy,
            "service_standardised": served,
            "expected_standardised": happy - gap,
            "gap": gap,
            "standard_error": np.sqrt(sampled),
            "lower": gap - half,
            "upper": gap + half,
            "gap_points": gap * spread[0],
            "usual_spread": np.sqrt(others.between),
            "p": p,
            "q": false_discovery_q(p),
        }
    )
    # Left out in turn, so that one strange area does not hide that all the others go together.
    goes = np.median(others.slope_p()) <= _MOST_P
    return table, None if goes else "satisfaction does not clearly go with the measured service"


class _Others:
    """The line through all areas but each one: moments of the others, as arrays by area left out."""

    def __init__(self, happy: Floats, served: Floats, own: Floats, measured: Floats) -> None:
        out: Bools = ~np.eye(len(happy), dtype=bool)
        self.count = len(happy) - 1
        self._mean = out @ served / self.count
        mean_happy = out @ happy / self.count
        away, away_happy = served - self._mean[:, None], happy - mean_happy[:, None]
        self._across = np.where(out, away**2, 0.0).sum(axis=1)
        together = np.where(out, away * away_happy, 0.0).sum(axis=1)
        error = out @ measured / self.count * (self.count - 1)
        # At least a tenth is left, should the others hardly differ once one is away.
        self.slope = together / np.maximum(self._across - error, 0.1 * self._across)
        self.intercept = mean_happy - self.slope * self._mean
        residual = np.where(out, (away_happy - self.slope[:, None] * away) ** 2, 0.0).sum(axis=1)
        self._scatter = residual / (self.count - 2)
        expected = (out @ own + self.slope**2 * (out @ measured)) / self.count
        self.between = np.maximum(self._scatter - expected, 0.0)

    def line_variance(self, served: Floats) -> Floats:
        """Return the variance of each left-out area's expected value that comes from fitting the line."""
        return np.asarray(self._scatter * (1 / self.count + (served - self._mean) ** 2 / self._across))

    def slope_p(self) -> Floats:
        """Return the chance of such a slope, or a steeper one, where there is none."""
        with np.errstate(divide="ignore"):
            t = self.slope * np.sqrt(self._across / self._scatter)
        return np.asarray(stats.t.sf(t, self.count - 2))


def _with_verdict(table: pd.DataFrame, reason: np.ndarray) -> pd.DataFrame:
    withheld = np.array([why is not None for why in reason], dtype=bool)
    sure = table["q"] < FALSE_DISCOVERY_RATE
    verdict = np.select(
        [withheld, sure & (table["gap"] > 0), sure & (table["gap"] < 0)],
        [TOO_FEW, HAPPIER, LESS_HAPPY],
        AS_EXPECTED,
    )
    return table.assign(verdict=verdict, reason=pd.Series(reason, index=table.index, dtype="str"))[GAP]
