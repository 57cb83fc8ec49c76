"""Verdicts: how many of those called different are not, and how many of the different are found."""

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats
from geo.estimates.comparison import compare
from geo.estimates.funnel import fit_funnel, funnel_verdict
from geo.estimates.outcomes import estimate_rates, estimate_scores
from validation.doggerland import Ground, Units, draws, grounds
from validation.rates import DEFINITION, counts_table
from validation.results import FALSE_DISCOVERIES, Result, Study, false_share, mean_over_draws

_THEME = "verdicts"
OUTLIERS, TIMES = 0.1, 2.5
# So many of the outliers are bad that outliers together leave the mean, which all are held against, where it is.
BAD = 1 / (1 + TIMES)
# How much areas differ anyway: standard deviation of their rates, as a share of the mean.
USUAL = 0.25
LEAST_EXPECTED = 5
_NOTES = {
    "compare": "Areas differ anyway, or outliers are among those held against, and the test does not allow for it.",
    "funnel": "The root of a rate is not normal far out where few events are expected, nor are the differences: "
    "verdicts come from comparison.compare.",
}
_DIFFERENT = ("better", "worse")


def study(seeds: int, sizes: tuple[str, ...] = ("demo", "region"), geographies: int = 3) -> Study:
    """Judge Doggerland's units where they are alike, where they differ as usual, and as they are planted."""
    found = Study()
    for size in sizes:
        for number, name in enumerate(("small areas", "sections")):
            regions = grounds(size, geographies)
            for usual in (0.0, USUAL):
                found.add(_planted(regions, number, f"{name}, {size}", seeds, usual))
            found.add(_as_planted(regions, number, f"{name}, {size}", seeds))
    found.add(_scores(seeds))
    return found


def _rates_of(units: Units, ground: Ground, rng: np.random.Generator, usual: float) -> tuple[Floats, Bools]:
    """Return true counts of units of one rate, of a few outliers, and which are those."""
    total = ground.world.expected.planted.sum() * 5
    outlier = rng.uniform(size=len(units.km)) < OUTLIERS
    is_bad = rng.uniform(size=len(outlier)) < BAD
    ratio = np.where(outlier, np.where(is_bad, TIMES, 1 / TIMES), 1.0)
    rate = ratio * (rng.gamma(usual**-2, usual**2, len(ratio)) if usual else 1.0)
    return total / units.km.sum() * units.km * rate, outlier


def _planted(regions: tuple[Ground, ...], number: int, where: str, seeds: int, usual: float) -> Study:
    tables, outliers = [], []
    judged: dict[str, tuple[list[Floats], list[Floats]]] = {"compare": ([], []), "funnel": ([], [])}
    for draw, rng in enumerate(draws(seeds, 3)):
        ground = regions[draw % len(regions)]
        units = ground.units[number]
        mean, outlier = _rates_of(units, ground, rng, usual)
        count = rng.poisson(mean)
        outliers.append(outlier)
        tables.append(counts_table(count, units.km, draw))
        # Units where few events are to be expected are neither fitted nor judged: the funnel is not made for them.
        few = units.km * count.sum() / units.km.sum() < LEAST_EXPECTED
        funnel = fit_funnel(np.where(few, np.nan, count / units.km), units.km, "rate")
        verdict = funnel_verdict(funnel.areas, higher_is_better=False, too_few=few)
        _judge(judged["funnel"], np.isin(verdict, _DIFFERENT), outlier & ~few)
    verdicts = _compared(estimate_rates(pd.concat(tables, ignore_index=True), DEFINITION))
    for draw, outlier in enumerate(outliers):
        _judge(judged["compare"], np.isin(verdicts[draw], _DIFFERENT), outlier)
    kind = "areas alike but for outliers" if usual == 0 else "areas that differ as usual"
    names = {"compare": "comparison.compare", "funnel": "funnel"}
    return Study([
        result
        for key, (false, power) in judged.items()
        for result in (
            Result(_THEME, names[key], f"false discoveries, {kind}", where, mean_over_draws(false),
                   FALSE_DISCOVERIES, _NOTES[key]),
            Result(_THEME, names[key], f"outliers found, {kind}", where, mean_over_draws(power), None),
        )
    ])  # fmt: skip


def _judge(found: tuple[list[Floats], list[Floats]], called: Bools, outlier: Bools) -> None:
    found[0].append(np.array([false_share(called, ~outlier)]))
    found[1].append(called[outlier].astype(float))


def _compared(estimates: pd.DataFrame) -> dict[int, np.ndarray]:
    """Return verdicts against all areas by draw, in the order of area codes."""
    codes = estimates["area_code"].unique()
    areas = pd.DataFrame({"area_level": "unit", "area_code": codes, "parent_code": None})
    rows = compare(estimates, areas, DEFINITION, ["all_areas"])
    rows = rows.sort_values(["period_start", "area_code"])
    return {int(str(draw)): part["verdict"].to_numpy() for draw, part in rows.groupby("period_start")}


def _as_planted(regions: tuple[Ground, ...], number: int, where: str, seeds: int) -> Study:
    """Judge Doggerland as it is, where no two units are alike: is anything called worse that is better?"""
    tables, truths, planted = [], [], []
    for draw, rng in enumerate(draws(seeds, 4)):
        ground = regions[draw % len(regions)]
        units = ground.units[number]
        truth = units.total(ground.collisions_a_year(rng)) * 5
        tables.append(counts_table(rng.poisson(truth), units.km, draw))
        truths.append(truth / units.km > truth.sum() / units.km.sum())
        planted.append(units.is_planted)
    verdicts = _compared(estimate_rates(pd.concat(tables, ignore_index=True), DEFINITION))
    wrong, found = [], []
    for draw, (higher, is_planted) in enumerate(zip(truths, planted, strict=True)):
        worse, better = verdicts[draw] == "worse", verdicts[draw] == "better"
        wrong.append(np.array([false_share(worse | better, (worse & ~higher) | (better & higher))]))
        found.append((worse & higher)[is_planted & higher].astype(float))
    return Study([
        Result(_THEME, "comparison.compare", "of verdicts, in the wrong direction, Doggerland as planted", where,
               mean_over_draws(wrong), (0.0, 0.025)),
        Result(_THEME, "comparison.compare", "planted places called worse", where, mean_over_draws(found), None),
    ])  # fmt: skip


def _scores(seeds: int) -> Study:
    """Judge published scores of 150 authorities, alike and differing as usual, a tenth of them outliers."""
    found = Study()
    for usual, kind in ((0.0, "areas alike but for outliers"), (0.04, "areas that differ as usual")):
        tables, outliers = [], []
        for draw, rng in enumerate(draws(seeds, 5)):
            outlier = rng.uniform(size=150) < OUTLIERS
            share = np.clip(
                0.5 + rng.normal(0, usual, 150) + 0.15 * outlier * rng.choice([-1, 1], 150), 0.02, 0.98
            )
            base = rng.integers(780, 1350, 150)
            tables.append(
                pd.DataFrame(
                    {
                        "outcome": "made up",
                        "area_level": "unit",
                        "area_code": np.arange(150),
                        "period_start": draw,
                        "period_end": draw,
                        "score": 100 * rng.binomial(base, share) / base,
                        "base": base,
                        "standard_error": np.nan,
                        "degrees_of_freedom": np.nan,
                        "source": "made up",
                        "series": None,
                    }
                )
            )
            outliers.append(outlier)
        verdicts = _compared(estimate_scores(pd.concat(tables, ignore_index=True), DEFINITION))
        judged: tuple[list[Floats], list[Floats]] = ([], [])
        for draw, outlier in enumerate(outliers):
            _judge(judged, np.isin(verdicts[draw], _DIFFERENT), outlier)
        where = "scores of 150 authorities"
        found.results += [
            Result(_THEME, "comparison.compare", f"false discoveries, {kind}", where, mean_over_draws(judged[0]),
                   FALSE_DISCOVERIES, _NOTES["compare"]),
            Result(_THEME, "comparison.compare", f"outliers found, {kind}", where, mean_over_draws(judged[1]),
                   None),
        ]  # fmt: skip
    return found
