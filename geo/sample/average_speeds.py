"""Average speed and delay on local A roads, by authority, road and year, in the terms of the CGN tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.arrays import Bools, Floats, Ints
from geo.sample.links import Links
from geo.sample.plan import A_ROAD
from geo.sample.service_truth import ServiceTruth
from geo.sample.travel_times import COUNTRY_KMH, TOWN_KMH, WEEKS, day_shape, quarter_hours

YEARS = tuple(range(2016, 2025))
# From this year on the publisher buys its data elsewhere; years before are not made again.
BREAK_YEAR = 2019
_MIDDLE_YEAR = 2022
_MILE_M = 1609.344
_KEYS = ["ons_code", "road", "year"]


@dataclass(frozen=True)
class AverageSpeeds:
    """The published table, and the truth, which has no break: ons_code, road (empty: all), year, speed and delay."""

    table: pd.DataFrame
    truth: pd.DataFrame


def draw_average_speeds(
    rng: np.random.Generator,
    links: Links,
    vehicles_per_day: Floats,
    *,
    authority: Ints,
    codes: Sequence[str],
    numbers: Sequence[str],
    is_trunk: Bools,
    truth: ServiceTruth | None = None,
) -> AverageSpeeds:
    """Draw what is published of local A roads: those of a council, weighted by the vehicle-kilometres on them.

    Args:
        rng: random stream.
        links: road links.
        vehicles_per_day: flow of each link.
        authority: of each link (position in `codes`; -1: none).
        codes: codes of the highway authorities.
        numbers: number of each route.
        is_trunk: links that the strategic operator maintains, which are left out.
        truth: planted sizes; years before the break are told `speed_break_ratio` times as fast as they were.
    """
    truth = truth or ServiceTruth()
    own = np.flatnonzero((links.road_class == A_ROAD) & (links.route >= 0) & (authority >= 0) & ~is_trunk)
    quiet, mean = _times_per_mile(links.in_place[own] >= 0, truth)
    per_link = pd.DataFrame(
        {
            "ons_code": np.array(codes, dtype=object)[authority[own]],
            "road": np.array(numbers, dtype=object)[links.route[own]],
            "flow": links.lengths_m[own] * vehicles_per_day[own],
            "quiet_s": quiet,
            "mean_s": mean,
        }
    )
    both = pd.concat([per_link, per_link.assign(road="")], ignore_index=True)
    both[["quiet_s", "mean_s"]] = both[["quiet_s", "mean_s"]].mul(both["flow"], axis=0)
    sums = both.groupby(["ons_code", "road"])[["flow", "quiet_s", "mean_s"]].sum()
    per_mile = sums[["quiet_s", "mean_s"]].div(sums["flow"], axis=0).reset_index()
    every = per_mile.merge(pd.DataFrame({"year": YEARS}), how="cross").sort_values(_KEYS, ignore_index=True)
    slower = truth.speed_year_ratio ** -(every["year"] - _MIDDLE_YEAR)
    true = _true_table(every, slower)
    # Whoever tells of faster traffic tells of shorter delays too.
    faster = np.where(every["year"] < BREAK_YEAR, truth.speed_break_ratio, 1.0)
    faster = faster * np.exp(rng.normal(0, truth.speed_log_sd, len(every)))
    told = true.assign(
        average_speed_mph=true["average_speed_mph"] * faster, delay_spvpm=true["delay_spvpm"] / faster
    )
    return AverageSpeeds(told.round(1), true.round(6))


def _times_per_mile(is_town: Bools, truth: ServiceTruth) -> tuple[Floats, Floats]:
    """Return seconds a mile in free flow and on average over the week, by kind of place."""
    speed = np.where(is_town, TOWN_KMH[A_ROAD], COUNTRY_KMH[A_ROAD])
    peak = np.where(is_town, truth.peak_delay_town, truth.peak_delay_country)
    shape = float(day_shape(quarter_hours(WEEKS)).mean())
    quiet = _MILE_M / (speed / 3.6)
    return quiet, quiet * (1 + peak * shape)


def _true_table(every: pd.DataFrame, slower: pd.Series) -> pd.DataFrame:
    mean = every["mean_s"] * slower
    return every[_KEYS].assign(
        average_speed_mph=3600 / mean, delay_spvpm=np.maximum(mean - every["quiet_s"], 0.0)
    )
