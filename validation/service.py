"""What services do: days to fix, reports and who makes them, travel times, and the frontier of spend."""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from geo.arrays import Floats
from geo.estimates.equity import MEASURES, equity_of_rates, ridit
from geo.estimates.frontier import order_m_frontier
from geo.estimates.kaplan_meier import WITHIN_DAYS, time_to_fix
from geo.estimates.reporting import adjust_for_reporting
from geo.estimates.travel_time import INDICES, travel_time_reliability
from geo.sample.money import draw_spend
from geo.sample.reports import median_days, propensity
from geo.sample.travel_times import draw_travel_times
from validation.doggerland import DAYS, Ground, draws, grounds
from validation.results import ABOUT, EXACT, LEAST_INTERVALS, Result, Study, covered, mean_over_draws

_RESPONSE, _RELIABLE, _VALUE, _EQUITY = "responsiveness", "reliability", "value", "equity"
# Reports of how many years, for the reporting propensity and for equity.
_REPORT_YEARS = 5
_TRAVEL_ROWS = 12 * 2_016
_AUTHORITIES = 150
# At such a bar an approximate method is called usable, where the source itself says that it is a little narrow.
_BOOTSTRAP = (0.9, 0.97)


def study(seeds: int, sizes: tuple[str, ...] = ("tiny", "demo"), geographies: int = 3) -> Study:
    """Draw reports, travel times and spend again and again."""
    found = Study()
    for size in sizes:
        regions = grounds(size, geographies)
        found.results += _days_to_fix(regions, size, 2 * seeds)
    regions = grounds(sizes[-1], geographies)
    found.results += _reports(regions, sizes[-1], seeds)
    found.results += _travel_times(regions, sizes[-1], seeds)
    found.results += _frontier(seeds)
    return found


def _days_to_fix(regions: tuple[Ground, ...], size: str, seeds: int) -> list[Result]:
    """Draw a year's reports, cut off at its end: those still open have been open for as long."""
    parts, truths = [], []
    for draw, rng in enumerate(draws(seeds, 11)):
        world = regions[draw % len(regions)].world
        rate = propensity(rng, world.geography, world.truth) * world.geography.small_areas.people / 1000
        owner = world.geography.authority_of_small_area
        number = rng.poisson(np.bincount(owner, rate, minlength=len(world.codes)))
        median = median_days(world.codes, world.truth)
        authority = np.repeat(np.arange(len(number)), number)
        days = median[authority] * np.exp(rng.normal(0, world.truth.fix_log_sd, len(authority)))
        open_for = rng.uniform(0, DAYS, len(authority))
        parts.append(
            pd.DataFrame(
                {
                    "draw": draw, "authority": authority, "days": np.minimum(days, open_for),
                    "is_fixed": days <= open_for,
                }
            )
        )  # fmt: skip
        truths.append(
            pd.DataFrame(
                {
                    "draw": draw, "authority": np.arange(len(number)), "median": median,
                    "share": ndtr(np.log(WITHIN_DAYS / median) / world.truth.fix_log_sd),
                }
            )
        )  # fmt: skip
    found = time_to_fix(pd.concat(parts, ignore_index=True), ["draw", "authority"])
    both = found.merge(pd.concat(truths), on=["draw", "authority"])
    share = covered(both["share_lower"], both["share_upper"], both["share"])
    # An upper limit that the curve does not reach is no limit.
    median_held = covered(both["median_lower"], both["median_upper"].fillna(np.inf), both["median"])
    where, by_draw = f"authorities, {size}", [(both["draw"] == d).to_numpy() for d in range(seeds)]
    return [
        Result(_RESPONSE, "kaplan_meier", "95 % interval of the share fixed in 28 days covers", where,
               mean_over_draws([share[k] for k in by_draw]), ABOUT, needed=LEAST_INTERVALS),
        Result(_RESPONSE, "kaplan_meier", "95 % interval of the median covers", where,
               mean_over_draws([median_held[k] for k in by_draw]), ABOUT, needed=LEAST_INTERVALS),
    ]  # fmt: skip


def _reports(regions: tuple[Ground, ...], size: str, seeds: int) -> list[Result]:
    """Draw reports, which follow deprivation and a factor of each small area's own."""
    effects, adjusted, gaps = [], [], []
    for draw, rng in enumerate(draws(seeds, 12)):
        world = regions[draw % len(regions)].world
        areas, truth = world.geography.small_areas, world.truth
        people = areas.people.astype(float)
        rank = areas.deprivation.argsort(kind="stable").argsort(kind="stable") / (len(people) - 1)
        rate = propensity(rng, world.geography, truth) * _REPORT_YEARS
        table = pd.DataFrame({"reports": rng.poisson(rate * people / 1000), "people": people, "rank": rank})
        found = adjust_for_reporting(table, ["rank"])
        centre = np.average(rank, weights=people)
        spread = np.sqrt(np.average((rank - centre) ** 2, weights=people))
        log_ratio = np.log(truth.report_ratio_most_deprived)
        row = found.effects.iloc[0]
        effects.append(covered(row["lower"], row["upper"], np.exp(log_ratio * spread)))
        as_average = rate / np.exp(log_ratio * (rank - centre))
        rates = found.estimates
        adjusted.append(covered(rates["adjusted_lower"], rates["adjusted_upper"], as_average))
        usual = truth.reports_per_1000_people_year * _REPORT_YEARS * truth.report_ratio_most_deprived**rank
        usual /= (truth.report_ratio_most_deprived**rank).mean()
        gaps.append(_equity_held(areas.deprivation, people, table["reports"].to_numpy(), usual))
    where = f"small areas, {size}"
    return [
        Result(_RESPONSE, "reporting", "95 % interval of the effect of deprivation covers", where,
               mean_over_draws(effects), (0.9, 0.99)),
        Result(_RESPONSE, "reporting", "interval of the adjusted rate (from an exact one) covers", where,
               mean_over_draws(adjusted), EXACT, needed=LEAST_INTERVALS),
        *(Result(_EQUITY, "equity.equity_of_rates", f"95 % interval covers: {measure}", where,
                 mean_over_draws([held[k] for held in gaps]), (0.9, 0.99)) for k, measure in enumerate(MEASURES)),
    ]  # fmt: skip


def _equity_held(deprivation: Floats, people: Floats, events: Floats, usual: Floats) -> Floats:
    """Tell for each measure whether its interval holds what areas of such deprivation usually have."""
    areas = pd.DataFrame(
        {"deprivation": deprivation, "people": people, "events": events, "exposure": people / 1000}
    )
    table = equity_of_rates(areas).table
    place = ridit(deprivation, people)
    most, least = (
        np.average(usual[k], weights=people[k])
        for k in (place >= 0.8, place < 0.2)  # noqa: PLR2004
    )
    slope = np.polyfit(place, usual, 1, w=np.sqrt(people))[0]
    return covered(table["lower"], table["upper"], [most, least, most - least, most / least, slope])


def _travel_times(regions: tuple[Ground, ...], size: str, seeds: int) -> list[Result]:
    hits: dict[str, list[Floats]] = {name: [] for name in INDICES}
    for draw, rng in enumerate(draws(seeds, 13)):
        world = regions[draw % len(regions)].world
        made = draw_travel_times(
            rng, world.links, np.nan_to_num(world.flows.on_link, nan=1.0), route_numbers=world.numbers,
            is_trunk_route=world.is_trunk_route.tolist(), truth=world.truth, most_rows=_TRAVEL_ROWS,
        )  # fmt: skip
        times = made.table.merge(made.truth[["link_id", "free_flow_time_s"]], on="link_id")
        times = times.assign(
            day=pd.to_datetime(times["observed_at"].str[:10]), free_flow_s=times["free_flow_time_s"]
        )
        found = travel_time_reliability(times, ["link_id"], seed=draw).merge(made.truth, on="link_id",
                                                                              suffixes=("", "_true"))  # fmt: skip
        true = {"planning_time_index": found["planning_time_index_true"],
                "lottr": found["p80_ratio"] / found["median_ratio"]}  # fmt: skip
        for name, values in true.items():
            hits[name].append(covered(found[f"{name}_lower"], found[f"{name}_upper"], values))
    labels = {"planning_time_index": "planning-time index", "lottr": "LOTTR"}
    return [
        Result(_RELIABLE, "travel_time", f"95 % interval of the {label} over 21 days covers", f"links, {size}",
               mean_over_draws(hits[name]), _BOOTSTRAP, needed=LEAST_INTERVALS)
        for name, label in labels.items()
    ]  # fmt: skip


def _frontier(seeds: int) -> list[Result]:
    """Draw spend as Doggerland's is drawn, of 150 authorities, and an outcome that money helps."""

    def made(rng: np.random.Generator, number: int) -> tuple[Floats, Floats]:
        codes = [str(n) for n in range(number)]
        good = np.exp(rng.normal(0, 0.35, number))
        spent = draw_spend(rng, codes, codes, 1000 * good).table.groupby("ons_code", sort=False)
        money = spent["net_current_expenditure"].sum().reindex(codes).to_numpy(dtype=float)
        return money, 60 + 10 * np.log(money / 80_000) + rng.normal(0, 6, number)

    everyone = [made(rng, 2_000) for rng in draws(15, 14)]
    money, got = (np.concatenate([part[k] for part in everyone]) for k in (0, 1))
    grid = np.quantile(money, np.linspace(0.2, 1, 81))
    true = [_best_of_ten(got[money <= at]) for at in grid]
    hits, few = [], []
    for draw, rng in enumerate(draws(seeds, 15)):
        spend, outcome = made(rng, _AUTHORITIES)
        found = order_m_frontier(spend, outcome, higher_is_better=True, draws=200, seed=draw)
        held = covered(found["lower"], found["upper"], np.interp(spend, grid, true))
        peers = found["peers"].to_numpy(dtype=float)
        hits.append(held[peers >= 60])  # noqa: PLR2004
        few.append(held[peers < 60])  # noqa: PLR2004
    where = f"{_AUTHORITIES} authorities that spend as Doggerland's"
    return [
        Result(_VALUE, "frontier", "95 % interval covers, 60 peers or more", where, mean_over_draws(hits), ABOUT,
               needed=LEAST_INTERVALS),
        Result(_VALUE, "frontier", "95 % interval covers, 30 to 59 peers", where, mean_over_draws(few), _BOOTSTRAP,
               needed=LEAST_INTERVALS),
    ]  # fmt: skip


def _best_of_ten(values: Floats) -> float:
    ordered = np.sort(values)
    below = np.arange(len(ordered) + 1) / len(ordered)
    return float((ordered * np.diff(below**10)).sum())
