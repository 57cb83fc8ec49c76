"""What a study finds: a figure, how sure it is, and the bar it must reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.arrays import Floats

# Intervals that cover at least, and about, as often as they say; the least number of intervals to say so.
EXACT, ABOUT = (0.95, 1.0), (0.93, 0.97)
LEAST_INTERVALS = 2_000
FALSE_DISCOVERIES = (0.0, 0.05)


@dataclass(frozen=True)
class Found:
    """A mean over draws, its Monte Carlo standard error, and how many figures it is the mean of."""

    value: float
    error: float
    number: int


@dataclass(frozen=True)
class Result:
    """One line of the report.

    `bar` is the least and the most that the value may be; None where there is nothing to pass, because the line
    only tells. `needed` is the least number that a verdict may stand on.
    """

    theme: str
    estimator: str
    measure: str
    where: str
    found: Found
    bar: tuple[float, float] | None
    note: str = ""
    needed: int = 0

    @property
    def verdict(self) -> str:
        """Return pass, FAIL, too few draws, or told."""
        if self.bar is None:
            return "told"
        if self.found.number < self.needed:
            return "too few draws"
        return "pass" if self.bar[0] <= self.found.value <= self.bar[1] else "FAIL"

    def is_near(self, slack: float = 0.0) -> bool:
        """Tell whether the value is within four standard errors of its bar, and a slack: for small runs."""
        if self.bar is None:
            return True
        give = 4 * self.found.error + slack
        return bool(self.bar[0] - give <= self.found.value <= self.bar[1] + give)


@dataclass
class Study:
    """What was found, and the points that pictures are drawn from."""

    results: list[Result] = field(default_factory=list)
    points: dict[str, pd.DataFrame] = field(default_factory=dict)

    def add(self, other: "Study") -> None:
        """Take over what another study found."""
        self.results += other.results
        self.points |= other.points


def mean_over_draws(parts: Sequence[ArrayLike]) -> Found:
    """Return the mean of all figures, nulls left out; figures of one draw go together, draws are independent.

    Args:
        parts: figures (or whether something was so) of each draw, one array a draw.
    """
    arrays = [np.asarray(p, dtype=float).ravel() for p in parts]
    sums = np.array([np.nansum(a) for a in arrays])
    sizes = np.array([np.isfinite(a).sum() for a in arrays], dtype=float)
    if not sizes.sum():
        return Found(float("nan"), float("nan"), 0)
    mean = sums.sum() / sizes.sum()
    # A ratio of sums: draws of many figures weigh more.
    off = sums - mean * sizes
    error = np.sqrt((off**2).sum() * len(off) / max(len(off) - 1, 1)) / sizes.sum()
    return Found(float(mean), float(error), int(sizes.sum()))


def ratio_over_draws(top: ArrayLike, bottom: ArrayLike, *, root: bool = False) -> Found:
    """Return the ratio of two sums over draws (its square root if asked for), with the jackknife's error."""
    above, below = np.asarray(top, dtype=float), np.asarray(bottom, dtype=float)

    def ratio(a: Floats | float, b: Floats | float) -> Floats:
        found = np.asarray(a / np.asarray(b, dtype=float), dtype=float)
        return np.asarray(np.sqrt(found) if root else found)

    whole = float(ratio(above.sum(), below.sum()))
    if len(above) < 2:  # noqa: PLR2004
        return Found(whole, float("nan"), len(above))
    without = ratio(above.sum() - above, below.sum() - below)
    error = np.sqrt((len(above) - 1) * np.mean((without - without.mean()) ** 2))
    return Found(whole, float(error), len(above))


def covered(lower: ArrayLike, upper: ArrayLike, truth: ArrayLike) -> Floats:
    """Return 1 where the interval holds the truth, 0 where not, null where there is no interval."""
    low, high, true = (np.asarray(a, dtype=float) for a in (lower, upper, truth))
    return np.where(np.isnan(low) | np.isnan(high) | np.isnan(true), np.nan, (low <= true) & (true <= high))


def false_share(claimed: ArrayLike, is_false: ArrayLike) -> float:
    """Return the share of false claims among all claims of one draw; 0 where nothing was claimed."""
    said, wrong = np.asarray(claimed, dtype=bool), np.asarray(is_false, dtype=bool)
    return float((said & wrong).sum() / max(said.sum(), 1))


Run = Callable[[int], Study]
