"""What services measure and what people think of them, drawn and written to their files."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import Floats
from geo.sample import files, region, reports, satisfaction, survey, truth_tables
from geo.sample.average_speeds import draw_average_speeds
from geo.sample.condition import draw_condition, maintained_km, poor_shares
from geo.sample.contracts import draw_contracts, listed_aliases
from geo.sample.count_points import Roads, count_points
from geo.sample.money import draw_spend
from geo.sample.planted import SCORE_WITHOUT_BASE
from geo.sample.road_table import link_ids
from geo.sample.satisfaction import Surveyed
from geo.sample.travel_times import draw_travel_times
from geo.sample.truth import COLLISIONS, CONDITION, DAYS_TO_FIX, OVERALL, SPEND, SURFACES
from geo.sample.world import Streams, World

# Condition differs between small areas too, by this much against its spread between authorities.
_LOCAL_CONDITION = 0.6
_MIDDLE_YEAR = 2


def write_traffic(random: Streams, world: World, out: Path) -> None:
    """Write traffic counts, travel times and average speeds, with the truth of each."""
    links, flows, truth = world.links, world.flows, world.truth
    roads = Roads(
        world.authority_of_link,
        world.codes,
        world.names,
        world.numbers,
        world.is_trunk_route.tolist(),
        "D12000001",
        world.sketch.title,
    )
    counts = count_points(random["counts"], links, flows, roads, truth)
    files.write_table(counts.table, out / region.TRAFFIC_COUNTS)
    by_link: dict[str, Any] = {"link_id": link_ids(links), "vehicles_per_day": flows.on_link.round(1)}
    by_link["road_vehicles_per_day"] = flows.both_ways.round(1)
    files.write_table(pd.DataFrame(by_link), out / "truth_traffic.csv")
    times = draw_travel_times(
        random["travel_times"],
        links,
        flows.on_link,
        route_numbers=world.numbers,
        is_trunk_route=world.is_trunk_route.tolist(),
        truth=truth,
    )
    files.write_table(times.table, out / region.TRAVEL_TIMES)
    files.write_table(times.truth, out / "truth_travel_times.csv")
    speeds = draw_average_speeds(
        random["average_speeds"],
        links,
        flows.on_link,
        authority=world.authority_of_link,
        codes=world.codes,
        numbers=world.numbers,
        is_trunk=world.is_trunk,
        truth=truth,
    )
    files.write_table(speeds.table, out / region.AVERAGE_SPEEDS)
    files.write_table(speeds.truth, out / "truth_average_speeds.csv")


def write_upkeep(random: Streams, world: World, out: Path) -> dict[str, Floats]:
    """Write road condition, spend and contracts, with the truth of each.

    Returns:
        By authority: true share of road in good condition, and pounds spent on a km in the middle year.
    """
    codes, names, truth = world.codes, world.names, world.truth
    by_kind = maintained_km(
        world.road_km, world.links.road_class, world.is_trunk, world.authority_of_link, len(codes)
    )
    condition = draw_condition(random["condition"], codes, names, by_kind, truth)
    files.write_table(condition.table, out / region.CONDITION)
    files.write_table(condition.truth, out / "truth_condition.csv")
    good = (by_kind * (1 - poor_shares(codes, truth)[:, :, _MIDDLE_YEAR])).sum(axis=1)
    spend = draw_spend(random["spend"], codes, names, good, truth)
    files.write_table(spend.table, out / region.SPEND)
    files.write_table(spend.truth, out / "truth_spend.csv")
    contracts = draw_contracts(random["contracts"], codes, names, by_kind.sum(axis=1), truth)
    files.write_json(contracts.package, out / region.CONTRACTS)
    files.write_table(contracts.buyers, out / "truth_buyers.csv")
    files.write_table(listed_aliases(contracts.buyers), out / region.BUYER_ALIASES)
    files.write_table(contracts.contracts, out / "truth_contracts.csv")
    km = by_kind.sum(axis=1)
    return {
        CONDITION: good / km,
        SPEND: good * truth.pounds_per_good_km / spend.truth["outcome_per_pound_ratio"].to_numpy() / km,
    }


def write_survey(
    random: Streams, world: World, by_link: pd.DataFrame, upkeep: dict[str, Floats], out: Path
) -> None:
    """Write the published scores, one of them without its base, and the survey's answers, with the truth.

    Args:
        random: random streams.
        world: the region.
        by_link: true collisions by link and authority; see `link_truth`.
        upkeep: measured service by authority; see `write_upkeep`.
        out: folder to write to.
    """
    rng, truth = random["survey"], world.truth
    areas, owner = world.geography.small_areas, world.geography.authority_of_small_area
    where = Surveyed(areas.codes, areas.people, areas.deprivation, owner, world.codes)
    rates = truth_tables.authority_truth(by_link).set_index("authority_code")["collisions_per_km_year"]
    local = rng.normal(0, _LOCAL_CONDITION * float(upkeep[CONDITION].std()), len(owner))
    service = {
        CONDITION: upkeep[CONDITION][owner] + local,
        DAYS_TO_FIX: reports.median_days(world.codes, truth)[owner],
        COLLISIONS: rates.reindex(world.codes).to_numpy()[owner],
        SPEND: upkeep[SPEND][owner],
    }
    latent = satisfaction.make_latent(rng, where, service, truth)
    years = list(truth.year_rate_ratio)
    shares = satisfaction.satisfied_by_authority(latent, where, years, truth)
    files.write_table(shares.round(6), out / "truth_satisfaction.csv")
    local_shares = satisfaction.satisfied_by_small_area(latent, where, years, truth)
    files.write_table(local_shares.round(6), out / "truth_satisfaction_small_areas.csv")
    drivers = satisfaction.service_by_authority(latent, where, truth)
    files.write_table(drivers.round(6), out / "truth_service.csv")
    scores = satisfaction.score_table(rng, shares, (OVERALL, SURFACES))
    unsaid = np.logical_and.reduce([scores[column] == value for column, value in SCORE_WITHOUT_BASE.items()])
    scores.loc[unsaid, "base"] = pd.NA
    files.write_table(scores, out / region.SCORES)
    drawn = survey.draw_survey(rng, latent, where, years, truth)
    files.write_table(drawn.answers, out / region.SURVEY)
    files.write_table(drawn.response, out / "truth_response.csv")
