"""Problems: is the planted poor responder found, is nobody else, and are ranks as sure as they say?"""

from itertools import pairwise

import numpy as np
import pandas as pd

from geo.across.problems import CANDIDATE, EVENT, find_problems
from geo.arrays import Bools, Floats, Ints
from geo.estimates.comparison import compare
from geo.estimates.kaplan_meier import WITHIN_DAYS, time_to_fix
from geo.estimates.outcomes import estimate_figures, estimate_shares
from geo.estimates.usual import DAYS_A_YEAR, against_usual, expected_counts, judged
from geo.sample.doggerland import TAIL
from geo.sample.reports import median_days, propensity
from geo.sample.world import World
from validation.doggerland import DAYS, Ground, Units, draws, grounds
from validation.results import ABOUT, FALSE_DISCOVERIES, Result, Study, covered, mean_over_draws

_THEME, _FIND = "priorities", "problems.find_problems"
YEARS = 5
NOMINAL, POWER = 0.05, (0.8, 1.0)
# What all have where one is planted: the sample's usual.
DAYS_TO_FIX = 14.0
TIMES = (1.5, 2.0, 3.0)
# Fewer say nothing of a chance.
LEAST_CHANCES = 100
CHANCES = (0.05, 0.2, 0.5, 0.8, 0.95, 1.0)
SHARE, MEDIAN = "fixed_in_28_days", "median_days_to_fix"
DEFINITIONS = pd.DataFrame(
    {
        "outcome": [SHARE, MEDIAN],
        "direction": ["higher", "lower"],
        "minimum_observations": 10,
        "below_minimum": "no verdict",
    }
)


def study(seeds: int, sizes: tuple[str, ...] = ("tiny", "demo"), geographies: int = 3) -> Study:
    """Draw a year's reports and five years' collisions, and list the problems."""
    found = Study()
    for size in sizes:
        regions = grounds(size, geographies)
        found.results += _responders(regions, size, seeds)
    regions = grounds(sizes[-1], geographies)
    found.results += _sections(regions, f"sections, {sizes[-1]}", seeds)
    return found


def _responders(regions: tuple[Ground, ...], size: str, seeds: int) -> list[Result]:
    where = f"a year's reports, {size}"
    # An authority of the tiny region has some dozens of reports a year, too few to ask for more than is told.
    bar = None if size == "tiny" else POWER
    made = [_nobody(_problems_of(regions, seeds, 21, 1.0), where, seeds)]
    for salt, times in enumerate(TIMES, 22):
        table = _problems_of(regions, seeds, salt, times)
        made.append(_poor_one(table, f"at {times:g} times the days of all others", where, seeds, bar))
    table = _problems_of(regions, seeds, 29, None)
    return [*made, _poor_one(table, "at the sample's 41 days against 8 to 16", where, seeds, bar)]


def _nobody(table: pd.DataFrame, where: str, seeds: int) -> Result:
    """Count the draws in which an outcome claims a problem, where all are alike."""
    claims = np.array(
        [[bool((of["theme"] == str(draw)).any()) for _, of in _by_outcome(table)] for draw in range(seeds)],
        dtype=float,
    )
    most = NOMINAL + 2 * np.sqrt(NOMINAL * (1 - NOMINAL) / seeds)
    return Result(_THEME, _FIND, "an outcome in which somebody is a problem, all responders alike", where,
                  mean_over_draws([*claims]), (0.0, round(float(most), 3)))  # fmt: skip


def _by_outcome(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [(name, table[table["outcome"] == name]) for name in (SHARE, MEDIAN)]


def _poor_one(
    table: pd.DataFrame, effect: str, where: str, seeds: int, bar: tuple[float, float] | None
) -> Result:
    """Count the draws in which the poor responder is the first problem of its theme."""
    first = table[(table["rank"] == 1) & (table["authority_code"] == TAIL)]
    is_first = np.isin([str(draw) for draw in range(seeds)], first["theme"])
    return Result(_THEME, _FIND, f"poor responder is the first problem, {effect}", where,
                  mean_over_draws([*is_first.astype(float)]), bar)  # fmt: skip


def _problems_of(regions: tuple[Ground, ...], seeds: int, salt: int, times: float | None) -> pd.DataFrame:
    """Return the problems of every draw; a draw is a theme of its own."""
    reports = [
        _reports(regions[draw % len(regions)].world, rng, times).assign(draw=draw)
        for draw, rng in enumerate(draws(seeds, salt))
    ]
    rows = _figures(time_to_fix_of(pd.concat(reports, ignore_index=True)))
    areas = pd.DataFrame({"area_level": "unit", "area_code": rows["area_code"].unique(), "parent_code": None})
    verdicts = compare(rows, areas, DEFINITIONS, ["all_areas"])
    keys = ["outcome", "area_level", "area_code", "period_start", "period_end"]
    both = rows.merge(verdicts[[*keys, "comparator_value", "q", "verdict"]], on=keys)
    spread = both.groupby(["outcome", "period_start"])["value"].transform("std")
    both = both.assign(worth=np.where(both["outcome"] == MEDIAN, 1, -1) / spread)
    worse = both[both["verdict"] == "worse"]
    draw = worse["period_start"].astype(int).astype(str)
    candidates = pd.DataFrame(
        {
            "problem": draw + " " + worse["area_code"] + " " + worse["outcome"], "theme": draw, "kind": "service",
            "outcome": worse["outcome"], "authority_code": worse["area_code"], "years": 1.0,
            "estimate": worse["value"], "expected": worse["comparator_value"], "worth": worse["worth"],
            "standard_error": worse["standard_error"], "q": worse["q"], "width": np.nan,
        }
    )  # fmt: skip
    return find_problems(candidates.reindex(columns=CANDIDATE), pd.DataFrame(columns=EVENT), seed=salt)


def _reports(world: World, rng: np.random.Generator, times: float | None) -> pd.DataFrame:
    """Draw a year's reports, cut off at its end; times over what all others have, or as planted (None)."""
    median = median_days(world.codes, world.truth)
    if times is not None:
        median = np.where(np.array(world.codes) == TAIL, times * DAYS_TO_FIX, DAYS_TO_FIX)
    rate = propensity(rng, world.geography, world.truth) * world.geography.small_areas.people / 1000
    number = rng.poisson(np.bincount(world.geography.authority_of_small_area, rate, minlength=len(median)))
    authority = np.repeat(np.arange(len(number)), number)
    days = median[authority] * np.exp(rng.normal(0, world.truth.fix_log_sd, len(authority)))
    open_for = rng.uniform(0, DAYS, len(authority))
    return pd.DataFrame(
        {
            "area_code": np.array(world.codes)[authority],
            "days": np.minimum(days, open_for),
            "is_fixed": days <= open_for,
            "is_followed": open_for >= WITHIN_DAYS,
        }
    )


def time_to_fix_of(reports: pd.DataFrame) -> pd.DataFrame:
    """Return the curve's median, and how many of those followed for 28 days were fixed in them, as models do."""
    key = ["draw", "area_code"]
    followed = reports[reports["is_followed"]]
    early = followed["is_fixed"] & (followed["days"] <= WITHIN_DAYS)
    counted = early.groupby([followed[k] for k in key]).agg(["sum", "size"]).reset_index()
    return time_to_fix(reports, key).merge(counted, on=key, how="left")


def _figures(found: pd.DataFrame) -> pd.DataFrame:
    """Estimate both outcomes as the product's models hand them over."""
    shared = {
        "area_level": "unit", "area_code": found["area_code"], "period_start": found["draw"],
        "period_end": found["draw"], "source": "made up", "series": None,
    }  # fmt: skip
    shares = pd.DataFrame(
        {"outcome": SHARE, **shared, "successes": found["sum"], "observations": found["size"]}
    )
    lower, upper, median = (found[f"median_{c}"].astype(float) for c in ("lower", "upper", "days"))
    is_known = upper.notna() & (lower > 0)
    medians = pd.DataFrame(
        {
            "outcome": MEDIAN, **shared, "value": median.where(is_known), "lower": lower.where(is_known),
            "upper": upper.where(is_known),
            "standard_error": median * np.log(upper / lower.where(is_known)) / (2 * 1.959964),
            "observations": found["reports"], "exposure": np.nan, "exposure_unit": None, "raw_value": np.nan,
            "uncertainty_kind": "made up", "method": "made up", "scale": "ratio",
        }
    )  # fmt: skip
    rows = pd.concat(
        [estimate_shares(shares, DEFINITIONS), estimate_figures(medians, DEFINITIONS)], ignore_index=True
    )
    width = (rows["upper"] - rows["lower"]).astype(float) / (2 * 1.959964)
    return rows.assign(standard_error=rows["standard_error"].astype(float).fillna(width))


def _sections(regions: tuple[Ground, ...], where: str, seeds: int) -> list[Result]:
    """List sections with more collisions than usual, where all are as usual and where Doggerland is as planted."""
    claimed, parts = [], []
    for draw, rng in enumerate(draws(seeds, 30)):
        units, alike = _alike(regions[draw % len(regions)])
        claimed.append(float((_usual(rng.poisson(alike), units)["verdict"] == "worse").any()))
    for draw, rng in enumerate(draws(seeds, 31)):
        ground = regions[draw % len(regions)]
        units = ground.units[1]
        truth = units.total(ground.collisions_a_year(rng)) * YEARS
        parts.append(_usual(rng.poisson(truth), units).assign(draw=draw, truth=truth))
    most = NOMINAL + 2 * np.sqrt(NOMINAL * (1 - NOMINAL) / seeds)
    return [
        Result(_THEME, "usual.judged", "a section is a sure problem, all as usual", where,
               mean_over_draws(claimed), (0.0, round(float(most), 3))),
        *_ranks(pd.concat(parts, ignore_index=True), where),
    ]  # fmt: skip


def _alike(ground: Ground) -> tuple[Units, Floats]:
    """Return sections, and as many collisions in five years as all have at one rate of vehicle-km."""
    units = ground.units[1]
    total = ground.world.expected.planted.sum() * YEARS
    traffic = units.km * units.flow
    return units, total * traffic / traffic.sum()


def _usual(count: Ints, units: Units) -> pd.DataFrame:
    cells = pd.DataFrame(
        {
            "site": np.arange(len(count)), "label": units.kind, "flow": units.flow, "observed": count.astype(float),
            "exposure": units.km * units.flow * DAYS_A_YEAR * YEARS,
        }
    )  # fmt: skip
    made = against_usual(expected_counts(cells, chances=False), ["site"], chances=False)
    rows = pd.DataFrame({"site": cells["site"]}).merge(made, on="site", how="left").assign(all=1)
    return judged(rows, ["all"])


def _ranks(rows: pd.DataFrame, where: str) -> list[Result]:
    """Hold ranks, and the chance of being among the first ten, against the true order of the same problems."""
    asked = rows[(rows["excess"] > 0) & (rows["verdict"] != "too few data")].reset_index(drop=True)
    name = asked["draw"].astype(str) + " " + asked["site"].astype(str)
    candidates = asked[["estimate", "expected", "standard_error", "q"]].assign(
        problem=name, theme=asked["draw"].astype(str), kind="section", width=0, years=float(YEARS), worth=1.0
    )
    found = find_problems(candidates.reindex(columns=CANDIDATE), pd.DataFrame(columns=EVENT), seed=1)
    found = found.merge(asked.assign(problem=name)[["problem", "draw", "truth"]], on="problem")
    excess = (found["truth"] - found["expected"]) / YEARS
    place = excess.groupby(found["draw"]).rank(ascending=False)
    held = {
        "95 % interval of the loss covers": covered(found["loss_lower"], found["loss_upper"], excess),
        "95 % interval of the rank covers": covered(found["rank_lower"], found["rank_upper"], place),
    }
    by_draw = [(found["draw"] == draw).to_numpy() for draw in sorted(found["draw"].unique())]
    wrong = (excess <= 0).to_numpy() & found["is_sure"].to_numpy(dtype=bool)
    sure = found["is_sure"].to_numpy(dtype=bool)
    chances = [
        _chance(found, place, n, low, high, by_draw, where)
        for n in (10, 50) for low, high in pairwise(CHANCES)
    ]  # fmt: skip
    return [
        *(Result(_THEME, "ranking.rank_problems", text, where, mean_over_draws([hit[k] for k in by_draw]), ABOUT)
          for text, hit in held.items()),
        Result(_THEME, _FIND, "of sure problems, such as have no more than usual", where,
               mean_over_draws([wrong[k][sure[k]] for k in by_draw]), FALSE_DISCOVERIES),
        # Where few problems are listed, hardly any has a small chance of being among the first fifty.
        *(chance for chance in chances if chance.found.number),
    ]  # fmt: skip


def _chance(
    found: pd.DataFrame,
    place: pd.Series,
    top: int,
    low: float,
    high: float,
    by_draw: list[Bools],
    where: str,
) -> Result:
    """Say how often those are among the first so many that have a chance of it between two figures."""
    said = found[f"top_{top}"].to_numpy(dtype=float)
    asked = (said >= low) & ((said < high) | (high == 1))
    is_top = (place <= top).to_numpy(dtype=float)
    share = mean_over_draws([is_top[k & asked] for k in by_draw])
    text = f"truly among the first {top}, where the chance is said to be {100 * low:g} to {100 * high:g} %"
    return Result(_THEME, "ranking.rank_problems", text, where, share, (low, high), needed=LEAST_CHANCES)
