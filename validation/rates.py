"""Rates of collisions: exact intervals, the fitted expectation, and empirical Bayes against raw rates."""

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints
from geo.estimates.empirical_bayes import empirical_bayes
from geo.estimates.negative_binomial import CountModel, dispersion_by_size, fit_expected
from geo.estimates.outcomes import estimate_rates
from geo.sample.exposure import typical_flow
from validation.doggerland import Ground, Units, draws, grounds
from validation.results import (
    ABOUT,
    EXACT,
    LEAST_INTERVALS,
    Result,
    Study,
    covered,
    mean_over_draws,
    ratio_over_draws,
)

_SAFETY = "safety"
DEFINITION = pd.DataFrame(
    {"outcome": ["made up"], "direction": ["lower"], "minimum_observations": [0], "below_minimum": ["show"]}
)


def counts_table(count: Ints, exposure: Floats, draw: int) -> pd.DataFrame:
    """Return counts of one draw as the product's models hand them to the estimator; a draw is a period."""
    return pd.DataFrame(
        {
            "outcome": "made up", "area_level": "unit", "area_code": np.arange(len(count)), "period_start": draw,
            "period_end": draw, "observations": count, "low_observations": np.nan, "high_observations": np.nan,
            "exposure": exposure, "exposure_unit": "km", "per": 1.0, "source": "made up",
            "series": None,
        }
    )  # fmt: skip


def usual_model(count: Ints | Floats, units: Units) -> CountModel:
    """Fit what is usual for such units: km, a rate for each class of road and place, and a power of traffic."""
    flow = pd.DataFrame({"log_flow": np.log(units.flow / units.flow.mean())})
    return fit_expected(count, units.km, units.kind, flow)


def study(seeds: int, sizes: tuple[str, ...] = ("tiny", "demo", "region"), geographies: int = 3) -> Study:
    """Draw collisions of five years and estimate rates of small areas and sections."""
    found = Study()
    for size in sizes:
        for number, name in enumerate(("small areas", "sections")):
            found.add(_rates(grounds(size, geographies), number, f"{name}, {size}", seeds))
        found.add(_links(grounds(size, geographies), f"links, {size}", max(seeds // 2, 1)))
    return found


def _rates(regions: tuple[Ground, ...], number: int, where: str, seeds: int) -> Study:
    years = sum(regions[0].world.truth.year_rate_ratio.values())
    tables, parts = [], []
    for draw, rng in enumerate(draws(seeds, 1)):
        ground = regions[draw % len(regions)]
        units = ground.units[number]
        truth = units.total(ground.collisions_a_year(rng)) * years
        count = rng.poisson(truth)
        model = usual_model(count, units)
        by_size = dispersion_by_size(count, model.expected, model.dispersion)
        bayes = empirical_bayes(count, model.expected, by_size, model.expected_error)
        plain = empirical_bayes(count, model.expected, model.dispersion, model.expected_error)
        tables.append(counts_table(count, units.km, draw))
        one_k = covered(plain["lower"], plain["upper"], truth)
        parts.append(
            bayes.assign(
                draw=draw, truth=truth, count=count, km=units.km, planted=units.is_planted, one_k=one_k
            )
        )
    rates = estimate_rates(pd.concat(tables, ignore_index=True), DEFINITION)
    rows = pd.concat(parts, ignore_index=True)
    rows["exact"] = covered(rates["lower"], rates["upper"], rows["truth"] / rows["km"])
    rows["bayes"] = covered(rows["lower"], rows["upper"], rows["truth"])
    rows["bayes_error"] = (rows["estimate"] - rows["truth"]) ** 2
    rows["raw_error"] = (rows["count"] - rows["truth"]) ** 2
    points = {}
    if where in ("small areas, demo", "sections, demo"):
        points[where] = rows[["truth", "count", "estimate", "planted"]].head(20_000)
    return Study(
        [*_lines(rows[~rows["planted"]], where, is_planted=False),
         *_lines(rows[rows["planted"]], where, is_planted=True)],
        points,
    )  # fmt: skip


def _lines(rows: pd.DataFrame, where: str, *, is_planted: bool) -> list[Result]:
    where += ", planted outliers" * is_planted
    by_draw = [part for _, part in rows.groupby("draw")]
    sums = rows.groupby("draw")[["bayes_error", "raw_error"]].sum()
    return [
        Result(_SAFETY, "outcomes.estimate_rates", "exact Poisson interval covers", where,
               mean_over_draws([p["exact"] for p in by_draw]), EXACT, needed=LEAST_INTERVALS),
        Result(_SAFETY, "empirical_bayes", "95 % interval covers, dispersion by size", where,
               mean_over_draws([p["bayes"] for p in by_draw]), None if is_planted else ABOUT,
               needed=LEAST_INTERVALS),
        Result(_SAFETY, "empirical_bayes", "95 % interval covers, one dispersion for all", where,
               mean_over_draws([p["one_k"] for p in by_draw]), None if is_planted else ABOUT,
               "Long sections vary less than short ones, which one k for all denies: take dispersion_by_size.",
               needed=LEAST_INTERVALS),
        Result(_SAFETY, "empirical_bayes", "error (root of mean square) against raw rates, ratio", where,
               ratio_over_draws(sums["bayes_error"], sums["raw_error"], root=True),
               None if is_planted else (0.0, 1.0)),
    ]  # fmt: skip


def _links(regions: tuple[Ground, ...], where: str, seeds: int) -> Study:
    """Fit single links, whose counts are negative binomial by construction: what was planted must come back."""
    inside, dispersions = [], []
    for draw, rng in enumerate(draws(seeds, 2)):
        ground = regions[draw % len(regions)]
        world, truth = ground.world, ground.world.truth
        link, number = world.pieces.link, len(world.links.lines)
        count = np.bincount(link, rng.poisson(5 * ground.collisions_a_year(rng)), minlength=number)
        typical = typical_flow(world.links, world.flows.on_link)[world.links.road_class]
        busy = np.log(np.nan_to_num(world.flows.on_link, nan=1.0) / np.maximum(typical, 1e-9))
        # All that is planted but the power of traffic is in the exposure, so one rate and that power remain.
        rest = np.bincount(link, world.expected.planted, minlength=number) / np.exp(
            truth.flow_elasticity * busy
        )
        known = np.isfinite(world.flows.on_link) & (rest > 0)
        model = fit_expected(
            count[known], rest[known], covariates=pd.DataFrame({"busy": busy[known]}), minimum_events=1
        )
        planted = [np.log(5.0), truth.flow_elasticity]
        estimate, error = (model.coefficients[c].to_numpy() for c in ("estimate", "standard_error"))
        inside.append(np.abs(estimate - planted) <= 1.959964 * error)
        k = 1 / truth.link_gamma_shape
        dispersions.append(np.abs(model.dispersion - k) <= 1.959964 * model.dispersion_error)
    return Study([
        Result(_SAFETY, "negative_binomial", "95 % intervals of rate and power of traffic cover", where,
               mean_over_draws(inside), (0.9, 0.99)),
        Result(_SAFETY, "negative_binomial", "95 % interval of the dispersion covers", where,
               mean_over_draws(dispersions), None),
    ])  # fmt: skip
