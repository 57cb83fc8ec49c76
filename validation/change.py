"""Change over time: trends, differences of two years, and schemes that follow a bad year."""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from geo.arrays import Bools, Floats, Ints
from geo.estimates.before_after import before_after
from geo.estimates.negative_binomial import dispersion_by_size
from geo.estimates.score_interval import score_change
from geo.estimates.trend import rate_trends, score_trends
from geo.sample import Truth
from geo.sample.truth import OVERALL
from validation.doggerland import Ground, Units, draws, grounds
from validation.rates import usual_model
from validation.results import ABOUT, LEAST_INTERVALS, Found, Result, Study, covered, mean_over_draws

_THEME = "change"
YEARS = np.arange(5)
# Below so many events a year quasi-likelihood is cautious.
_ENOUGH = 5
SLOPE = -0.05
# Years differ by more than chance: standard deviation of a unit's rate in a year, as a share.
_OF_YEARS = 0.15
# Sections treated in each draw: those with the most events, and so many of them make up one scheme.
TREATED, IN_SCHEME = 40, 4
EFFECT = 0.7
_ALL, _USUAL = "model of all sections", "model without planted outliers"
# Years.
BEFORE, AFTER = 2, 3


def study(seeds: int, sizes: tuple[str, ...] = ("demo", "region"), geographies: int = 3) -> Study:
    """Draw years with a planted slope, scores that fall, and schemes on the sections with most collisions."""
    found = Study()
    for size in sizes:
        regions = grounds(size, geographies)
        for spread, kind in ((0.0, "Poisson"), (_OF_YEARS, "years vary more")):
            found.results += _trends(regions, f"small areas, {size}, {kind}", max(seeds // 2, 2), spread)
        for effect in (1.0, EFFECT):
            found.add(_schemes(regions, f"sections, {size}, true effect {effect:g}", seeds, effect))
    found.results += _scores(seeds)
    return found


def _trends(regions: tuple[Ground, ...], where: str, seeds: int, spread: float) -> list[Result]:
    """Fit slopes of counts, those planted and where there is none."""
    tables = []
    for draw, rng in enumerate(draws(seeds, 6)):
        ground = regions[draw % len(regions)]
        units = ground.units[0]
        level = units.total(ground.collisions_a_year(rng))
        for slope in (0.0, SLOPE):
            shape = (len(level), len(YEARS))
            noise = rng.gamma(spread**-2, spread**2, shape) if spread else np.ones(shape)
            count = rng.poisson(level[:, None] * (1 + slope) ** YEARS * noise)
            unit, period = (axis.ravel() for axis in np.indices(shape))
            tables.append(
                pd.DataFrame(
                    {
                        "draw": draw, "slope": slope, "unit": unit, "period": YEARS[period],
                        "count": count.ravel(), "exposure": units.km[unit],
                        "level": level[unit],
                    }
                )
            )  # fmt: skip
    points = pd.concat(tables, ignore_index=True)
    trends = rate_trends(points, ["draw", "slope", "unit"], pool=["draw", "slope"])
    trends = trends[trends["reason"].isna()]
    fell, flat = trends[trends["slope"] < 0], trends[trends["slope"] == 0]
    hits = covered(fell["lower"], fell["upper"], SLOPE)
    levels = points.groupby(["draw", "slope", "unit"])["level"].first()
    level_of = levels.reindex(pd.MultiIndex.from_frame(fell[["draw", "slope", "unit"]])).to_numpy(dtype=float)
    draw_of = fell["draw"].to_numpy()

    def held(chosen: Bools) -> Found:
        return mean_over_draws([hits[chosen & (draw_of == d)] for d in range(seeds)])

    return [
        Result(_THEME, "trend.rate_trends", "95 % interval of the slope covers, 5 true events a year or more", where,
               held(level_of >= _ENOUGH), ABOUT, needed=LEAST_INTERVALS),
        Result(_THEME, "trend.rate_trends", "95 % interval of the slope covers, fewer events", where,
               held(level_of < _ENOUGH), (ABOUT[0], 1.0), needed=LEAST_INTERVALS),
        Result(_THEME, "trend.rate_trends", "p below 0.05 where there is no slope", where,
               mean_over_draws([(flat.loc[flat["draw"] == d, "p"] < 0.05).to_numpy() for d in range(seeds)]),  # noqa: PLR2004
               (0.0, 0.06)),
    ]  # fmt: skip


def _scores(seeds: int) -> list[Result]:
    """Fit slopes of published scores of 100 authorities, and hold the last year against the one before."""
    truth = Truth()
    inside: list[Floats] = []
    changed: list[Floats] = []
    for rng in draws(seeds, 7):
        latent = rng.normal(-0.1, 0.25, (100, 1)) + truth.satisfaction_change_per_year * YEARS
        share = np.asarray(ndtr(latent), dtype=float)
        base = rng.integers(780, 1350, share.shape)
        score = np.asarray(100 * rng.binomial(base, share) / base)
        error = np.sqrt(score * (100 - score) / base)
        unit, period = (axis.ravel() for axis in np.indices(share.shape))
        table = pd.DataFrame(
            {"unit": unit, "period": YEARS[period], "score": score.ravel(), "standard_error": error.ravel()}
        )
        trend = score_trends(table, ["unit"], pool=[])
        # The true slope is the straight line through the true scores, which bend a little.
        slope = np.polyfit(YEARS, 100 * share.T, 1)[0]
        inside.append(covered(trend["lower"], trend["upper"], slope))
        change = score_change(score[:, -1], base[:, -1], score[:, -2], base[:, -2])
        changed.append(covered(change["lower"], change["upper"], 100 * (share[:, -1] - share[:, -2])))
    where = f"scores of 100 authorities ({OVERALL})"
    return [
        Result(_THEME, "trend.score_trends", "95 % interval of the slope covers", where, mean_over_draws(inside),
               ABOUT, needed=LEAST_INTERVALS),
        Result(_THEME, "score_interval.score_change", "95 % interval of a year's change covers", where,
               mean_over_draws(changed), ABOUT, needed=LEAST_INTERVALS),
    ]  # fmt: skip


def _schemes(regions: tuple[Ground, ...], where: str, seeds: int, effect: float) -> Study:
    """Treat the sections with the most collisions of two years, and see what three more years bring.

    What is usual is fitted to all sections, and again to all but the planted outliers: nobody could leave out just
    those, but nobody should take a hotspot for a usual section either.
    """
    parts = []
    for draw, rng in enumerate(draws(seeds, 8)):
        ground = regions[draw % len(regions)]
        units = ground.units[1]
        a_year = units.total(ground.collisions_a_year(rng))
        before = rng.poisson(BEFORE * a_year)
        order = np.argsort(-before, kind="stable")
        worst = order[~units.is_planted[order]][:TREATED]
        treated = pd.DataFrame(
            {
                "draw": draw, "scheme": np.arange(len(worst)) // IN_SCHEME, "count_before": before[worst],
                "count_after": rng.poisson(AFTER * a_year * effect)[worst],
            }
        )  # fmt: skip
        for name, reference in (
            (_ALL, before.astype(float)),
            (_USUAL, np.where(units.is_planted, np.nan, before)),
        ):
            parts.append(_with_expected(treated, reference, units, worst).assign(reference=name))
    found = before_after(pd.concat(parts, ignore_index=True), ["reference", "draw", "scheme"])
    results = []
    for name in (_ALL, _USUAL):
        mine = found[found["reference"] == name]
        results += _scheme_lines(mine, f"{where}, {name}", effect, is_judged=name == _USUAL)
    points = {}
    if where.startswith("sections, demo") and effect == 1:
        points["schemes"] = found.loc[found["reference"] == _USUAL, ["effectiveness", "naive_effectiveness"]]
    return Study(results, points)


def _with_expected(treated: pd.DataFrame, reference: Floats, units: Units, worst: Ints) -> pd.DataFrame:
    """Add what is expected of treated sections, as the model fitted to the reference says."""
    model = usual_model(reference, units)
    k = dispersion_by_size(reference, model.expected, model.dispersion)
    expected = model.expected[worst]
    return treated.assign(
        expected_before=expected, expected_after=expected * AFTER / BEFORE, dispersion=k[worst]
    )


def _scheme_lines(found: pd.DataFrame, where: str, effect: float, *, is_judged: bool) -> list[Result]:
    by_draw = [part for _, part in found.groupby("draw")]

    def over(values: str) -> Found:
        return mean_over_draws([part[values].to_numpy() / effect for part in by_draw])

    hits = [covered(part["lower"], part["upper"], effect) for part in by_draw]
    about = (0.95, 1.05) if is_judged else None
    results = [
        Result(_THEME, "before_after", "95 % interval of the effect covers", where, mean_over_draws(hits), ABOUT,
               needed=LEAST_INTERVALS),
        Result(_THEME, "before_after", "mean effect over the true one", where, over("effectiveness"), about),
        Result(_THEME, "before_after", "the same, had the count before been believed", where,
               over("naive_effectiveness"), None),
    ]  # fmt: skip
    if effect == 1:
        claimed = [(part["verdict"] == "fewer").to_numpy() for part in by_draw]
        results.append(Result(_THEME, "before_after", "called fewer where nothing was done", where,
                              mean_over_draws(claimed), (0.0, 0.03) if is_judged else None,
                              needed=LEAST_INTERVALS))  # fmt: skip
    return results
