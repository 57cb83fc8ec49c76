"""Funnel limits: how far an area may lie from its target by chance and by what makes areas differ anyway."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from geo.arrays import Floats, Objects
from geo.estimates.significance import FALSE_DISCOVERY_RATE, false_discovery_q

Kind = Literal["rate", "share", "score"]
Allowance = Literal["additive", "multiplicative", "none"]
# The levels of the two pairs of limits usually drawn.
INNER, OUTER = 0.95, 0.998


@dataclass(frozen=True)
class Funnel:
    """A funnel fitted to one group of areas.

    Attributes:
        kind: rate, share or score: what decides the scale on which areas are taken to be normal.
        target: value that areas are held against, in the unit of the values.
        phi: mean of the squared z-scores without allowance, extremes drawn in; about 1 if only chance is at work.
        tau: standard deviation of the differences between areas on the funnel's scale; 0 unless additive.
        inflation: what standard errors are multiplied by; 1 unless multiplicative.
        areas: one row an area, in the order given: ``z_unadjusted``, ``z``, ``p`` (two-sided), ``q`` (false
            discovery rate over the group), ``lower`` and ``upper`` (INNER limits at that area's precision, in the
            unit of the values), ``lower_outer`` and ``upper_outer``; null where value or precision is.
    """

    kind: Kind
    target: float
    phi: float
    tau: float
    inflation: float
    areas: pd.DataFrame

    def limits(self, precision: ArrayLike, level: float = INNER) -> tuple[Floats, Floats]:
        """Return the limits at any precision (exposure, base, or standard error of a score), to draw the funnel."""
        error = _error(np.asarray(precision, dtype=float), self.kind) * self.inflation
        half = stats.norm.ppf((1 + level) / 2) * np.sqrt(error**2 + self.tau**2)
        centre = _transformed(np.asarray(self.target), self.kind)
        return _restored(centre - half, self.kind), _restored(centre + half, self.kind)


def fit_funnel(
    value: ArrayLike,
    precision: ArrayLike,
    kind: Kind,
    target: float | None = None,
    allowance: Allowance = "additive",
    winsorised: float = 0.1,
) -> Funnel:
    """Fit a funnel to one group of areas, with an allowance for over-dispersion.

    Rates are compared on the scale of their square root, shares on that of the arcsine of it, where their
    variance depends on exposure or base alone; scores as they are. Where fewer than about five events are to be
    expected that is rough: test such areas exactly (``rate_ratio_p``), or call them too few.

    Args:
        value: events per unit of exposure; share of the base, 0 to 1; or score. Null where there is none.
        precision: for rates the exposure, for shares the base (people), for scores the standard error.
        kind: which of the three.
        target: what areas are held against; by default events of all over exposure of all, the share of all
            people, or the mean of scores weighed by 1 / variance.
        allowance: additive, areas differ by tau besides chance (the default: it lets large areas differ too);
            multiplicative, chance is larger by the root of phi; none.
        winsorised: share of the z-scores at each end that are drawn in to the next, lest the areas to be found
            widen the funnel over themselves. 0 gives the source's phi and the tau of DerSimonian and Laird, if
            the target is the default of scores. Above 0 this departs from the source: drawing in makes normal
            z-scores narrower too, so phi is divided by what it would then be for those; and tau is that at which
            the z-scores it leaves, drawn in, are as wide as normal ones (the condition of Paule and Mandel).
            The source's own tau came out an eighth too small where areas are of very different size.

    Source: Spiegelhalter (2005), Stat Med 24:1185 (funnels) and Qual Saf Health Care 14:347 (over-dispersion);
        DerSimonian and Laird (1986), Control Clin Trials 7:177; Paule and Mandel (1982), J Res Natl Bur Stand
        87:377.
    """
    size = np.asarray(precision, dtype=float)
    centre, far, error = _apart(np.asarray(value, dtype=float), size, kind, target)
    known = ~np.isnan(far)
    plain = far / error
    phi = _phi(plain[known], winsorised)
    tau = _tau(far[known], error[known], winsorised) if allowance == "additive" else 0.0
    inflation = float(np.sqrt(max(1.0, phi))) if allowance == "multiplicative" and known.any() else 1.0
    z = far / np.sqrt((error * inflation) ** 2 + tau**2)
    p = np.asarray(2 * stats.norm.sf(np.abs(z)))
    fitted = Funnel(kind, centre, phi, tau, inflation, pd.DataFrame())
    shown = np.where(known, size, np.nan)
    (lower, upper), (lower_outer, upper_outer) = fitted.limits(shown), fitted.limits(shown, OUTER)
    areas = pd.DataFrame(
        {
            "z_unadjusted": plain, "z": z, "p": p, "q": false_discovery_q(p), "lower": lower, "upper": upper,
            "lower_outer": lower_outer, "upper_outer": upper_outer,
        }
    )  # fmt: skip
    return Funnel(kind, centre, phi, tau, inflation, areas)


def usual_spread(value: ArrayLike, precision: ArrayLike, kind: Kind, winsorised: float = 0.1) -> float:
    """Return the tau that ``fit_funnel`` finds with the same arguments, and nothing else of it."""
    _, far, error = _apart(np.asarray(value, dtype=float), np.asarray(precision, dtype=float), kind, None)
    known = ~np.isnan(far)
    return _tau(far[known], error[known], winsorised)


def _apart(value: Floats, size: Floats, kind: Kind, target: float | None) -> tuple[float, Floats, Floats]:
    """Return the target, how far each area is from it on the funnel's scale (null where not known), and its error."""
    error = _error(size, kind)
    known = ~np.isnan(value) & ~np.isnan(error)
    centre = _target(value[known], size[known], kind) if target is None else target
    far = np.where(known, _transformed(value, kind) - _transformed(np.asarray(centre), kind), np.nan)
    return centre, far, error


def funnel_verdict(
    areas: pd.DataFrame, *, higher_is_better: bool, too_few: ArrayLike | None = None
) -> Objects:
    """Return better, worse, similar, too few data or uncertainty unknown for each row of ``Funnel.areas``.

    Better and worse lie outside the INNER limits, and do so at a false discovery rate below 5 %.

    Args:
        areas: of one funnel.
        higher_is_better: direction of the outcome.
        too_few: true for areas with too few observations to be judged; by default none.
    """
    outside = (areas["q"] < FALSE_DISCOVERY_RATE) & (areas["p"] < 1 - INNER)
    good = (areas["z"] > 0) == higher_is_better
    few = np.zeros(len(areas), dtype=bool) if too_few is None else np.asarray(too_few, dtype=bool)
    return np.select(
        [few, areas["z"].isna(), outside & good, outside & ~good],
        ["too few data", "uncertainty unknown", "better", "worse"],
        "similar",
    )


def _error(size: Floats, kind: Kind) -> Floats:
    usable = np.where(size > 0, size, np.nan)
    # Delta method at the target: the square root and the arcsine take it out again.
    return usable if kind == "score" else 1 / (2 * np.sqrt(usable))


def _transformed(value: Floats, kind: Kind) -> Floats:
    if kind == "score":
        return value
    root = np.sqrt(np.maximum(value, 0))
    return root if kind == "rate" else np.arcsin(np.minimum(root, 1))


def _restored(value: Floats, kind: Kind) -> Floats:
    if kind == "score":
        return value
    return np.maximum(value, 0) ** 2 if kind == "rate" else np.sin(np.clip(value, 0, np.pi / 2)) ** 2


def _target(value: Floats, size: Floats, kind: Kind) -> float:
    weight = 1 / size**2 if kind == "score" else size
    return float((weight * value).sum() / weight.sum()) if len(value) else float("nan")


def _phi(z: Floats, winsorised: float) -> float:
    if not len(z):
        return float("nan")
    if winsorised <= 0:
        return float((z**2).mean())
    drawn_in = np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised]))
    return float((drawn_in**2).mean() / _winsorised_variance(winsorised))


@cache
def _winsorised_variance(winsorised: float) -> float:
    """Return the variance of a standard normal whose tails are drawn in."""
    # Kept, as the search for tau asks for it thousands of times.
    edge = stats.norm.ppf(1 - winsorised)
    return float((1 - 2 * winsorised) - 2 * edge * stats.norm.pdf(edge) + 2 * winsorised * edge**2)


def _tau(far: Floats, error: Floats, winsorised: float) -> float:
    areas = len(far)
    if areas < 2:  # noqa: PLR2004
        return 0.0
    if winsorised <= 0:
        weight = 1 / error**2
        surplus = float((weight * far**2).sum()) - (areas - 1)
        return float(np.sqrt(max(0.0, surplus) / (weight.sum() - (weight**2).sum() / weight.sum())))

    def surplus_at(tau: float) -> float:
        # The target is fitted too, which takes one degree of freedom.
        return _phi(far / np.sqrt(error**2 + tau**2), winsorised) - (areas - 1) / areas

    most = float(np.abs(far).max()) * 2
    if surplus_at(0.0) <= 0 or surplus_at(most) >= 0:
        return 0.0
    return float(optimize.brentq(surplus_at, 0.0, most, xtol=1e-12))
