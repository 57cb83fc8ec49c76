"""Travel times of links by quarter hour, from free flow, time of day, variability and incidents."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from scipy.special import ndtr

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.links import ROUNDABOUT, SLIP, Links
from geo.sample.road_table import link_ids
from geo.sample.service_truth import ServiceTruth

# Mondays of the sampled weeks: those in which the clocks change, and one of early summer.
WEEKS = ("2024-03-25", "2024-06-10", "2024-10-21")
MOST_ROWS = 120_000
_QUARTERS_A_DAY = 96
_LEAST_LINK_M = 500.0
_NUMBERED = 3
# Free-flow speed in km/h by road class, in the country and in a town; trunk A roads are faster.
COUNTRY_KMH = np.array([108.0, 76.0, 68.0])
TOWN_KMH = np.array([100.0, 42.0, 38.0])
_TRUNK_SPEED_RATIO = 1.2
_SPEED_LOG_SD = 0.06
# A draw is faster than anybody drives a few times in a hundred thousand.
_FASTEST_KMH = 200.0
_PEAK_LOG_SD = 0.2
_SPREAD_LOG_SD = 0.15
_INCIDENT_LOG_SD = 0.3
# Quarter hours that an incident lasts, and how likely.
_LASTS = np.arange(1, 13)
_LASTS_CHANCE = 0.75 ** (_LASTS - 1.0) / (0.75 ** (_LASTS - 1.0)).sum()
_QUARTERS_A_YEAR = 365 * _QUARTERS_A_DAY
# Rows that were never sent, links whose equipment counts no vehicles, and vehicles recognised.
_MISSING_SHARE = 0.01
_UNCOUNTED_SHARE = 0.1
_MATCHED_SHARE = 0.05
# Morning, midday and evening peaks: middle (hour), width (hours), and height by day, Monday first.
_PEAKS = (
    (8.1, 0.9, (0.85, 0.9, 0.9, 0.85, 0.7, 0.0, 0.0)),
    (12.8, 2.8, (0.4, 0.4, 0.4, 0.4, 0.5, 0.6, 0.45)),
    (17.3, 1.2, (0.95, 1.0, 1.0, 1.0, 0.9, 0.15, 0.2)),
)
_HALVINGS = 40


@dataclass(frozen=True)
class TravelTimes:
    """The published times, and the truth of each link measured.

    `table`: link_id, observed_at (local, with its offset from UTC), travel_time_s (whole seconds), vehicles
    (matched; empty where the equipment does not say).
    `truth`: link_id, route_number, free_flow_time_s, log_sd, peak_delay (of free flow), and ratios to the
    free-flow time of the median, 80th and 95th percentile (the planning-time index).
    """

    table: pd.DataFrame
    truth: pd.DataFrame


def draw_travel_times(
    rng: np.random.Generator,
    links: Links,
    vehicles_per_day: Floats,
    *,
    route_numbers: Sequence[str],
    is_trunk_route: Sequence[bool],
    truth: ServiceTruth | None = None,
    weeks: Sequence[str] = WEEKS,
    most_rows: int = MOST_ROWS,
) -> TravelTimes:
    """Draw travel times of links of numbered roads.

    A time is free-flow time x (1 + peak delay x shape of the day) x exp(normal) x (an incident's factor, if
    there is one). The true percentiles are those of that mixture over the quarter hours sampled, in closed
    form but for the halving that inverts it; they leave out rounding, and that nobody drives faster than 200 km/h.

    Args:
        rng: random stream.
        links: road links; those of at least 500 m are measured, evenly spaced if there are too many.
        vehicles_per_day: flow of each link.
        route_numbers: number of each route.
        is_trunk_route: for each route, whether it is a trunk road.
        truth: planted sizes; `travel_time_spread_ratio` makes a road unreliable by its number.
        weeks: Mondays of the weeks to draw, as ISO dates.
        most_rows: the most rows to publish.
    """
    truth = truth or ServiceTruth()
    moments = quarter_hours(weeks)
    chosen = measured(links, most_rows // len(moments))
    process = _process(rng, links, chosen, route_numbers, is_trunk_route, truth)
    shape = day_shape(moments)
    incident = incident_factors(rng, len(chosen), len(moments), truth)
    wander = _wander(rng, len(chosen), moments, truth) * process.log_sd[:, None]
    seconds = process.free_flow_s[:, None] * (1 + process.peak_delay[:, None] * shape) * np.exp(wander)
    least = np.maximum(np.ceil(links.lengths_m[chosen] / (_FASTEST_KMH / 3.6)), 1)
    rounded = np.maximum(np.round(seconds * incident), least[:, None]).astype(np.int64)
    is_sent = rng.uniform(size=rounded.shape) >= _MISSING_SHARE
    matched = _matched(rng, vehicles_per_day[chosen], shape)
    row, column = np.where(is_sent)
    ids = np.array(link_ids(links), dtype=object)[chosen]
    table = pd.DataFrame(
        {
            "link_id": ids[row],
            "observed_at": local_iso(moments)[column],
            "travel_time_s": rounded[row, column],
            "vehicles": pd.array(matched[row, column], dtype="Int64"),
        }
    )
    table.loc[(rng.uniform(size=len(chosen)) < _UNCOUNTED_SHARE)[row], "vehicles"] = pd.NA
    return TravelTimes(table, _true_table(process, shape, ids, truth))


def quarter_hours(weeks: Sequence[str]) -> pd.DatetimeIndex:
    """Return every quarter hour of the weeks, in London time; a week with a clock change has 668 or 676."""
    parts = [
        pd.date_range(monday, pd.Timestamp(monday) + pd.Timedelta(days=7), freq="15min", tz="Europe/London",
                      inclusive="left")
        for monday in weeks
    ]  # fmt: skip
    return pd.DatetimeIndex(np.concatenate([p.tz_convert("UTC").tz_localize(None).to_numpy() for p in parts]),
                            tz="UTC").tz_convert("Europe/London")  # fmt: skip


def local_iso(moments: pd.DatetimeIndex) -> Objects:
    """Write moments as local ISO times with their offset: 01:15 comes twice when the clocks go back."""
    return np.array([moment.isoformat() for moment in moments], dtype=object)


def day_shape(moments: pd.DatetimeIndex) -> Floats:
    """Return how congested each moment is by its local hour and weekday: 0 at night to about 1."""
    hour = moments.hour.to_numpy() + moments.minute.to_numpy() / 60
    day = moments.day_of_week.to_numpy()
    shape = np.zeros(len(moments))
    for middle, width, heights in _PEAKS:
        shape += np.array(heights)[day] * np.exp(-0.5 * ((hour + 0.125 - middle) / width) ** 2)
    return shape


def measured(links: Links, most: int) -> Ints:
    """Return the links that are measured, by road: at most `most`, evenly spaced."""
    is_numbered = (links.route >= 0) & (links.road_class < _NUMBERED)
    is_open_road = (links.lengths_m >= _LEAST_LINK_M) & ~np.isin(links.form, (SLIP, ROUNDABOUT))
    rows = np.where(is_numbered & is_open_road)[0]
    rows = rows[np.lexsort((rows, links.route[rows]))]
    if len(rows) > most:
        rows = rows[np.floor((np.arange(most) + 0.5) * len(rows) / most).astype(np.int64)]
    return rows


@dataclass(frozen=True)
class _Process:
    number: Objects
    free_flow_s: Floats
    peak_delay: Floats
    log_sd: Floats


def _process(
    rng: np.random.Generator,
    links: Links,
    chosen: Ints,
    route_numbers: Sequence[str],
    is_trunk_route: Sequence[bool],
    truth: ServiceTruth,
) -> _Process:
    """Draw what each link's times follow."""
    is_town, route, road_class = links.in_place[chosen] >= 0, links.route[chosen], links.road_class[chosen]
    speed = np.where(is_town, TOWN_KMH[road_class], COUNTRY_KMH[road_class])
    faster: Bools = np.array(is_trunk_route)[route] & (road_class > 0)
    speed = speed * np.where(faster, _TRUNK_SPEED_RATIO, 1.0)
    speed = speed * rng.lognormal(0, _SPEED_LOG_SD, len(chosen))
    peak = np.where(is_town, truth.peak_delay_town, truth.peak_delay_country)
    ratio = np.array([truth.travel_time_spread_ratio.get(number, 1.0) for number in route_numbers])
    return _Process(
        np.array(route_numbers, dtype=object)[route],
        shapely.length(links.lines[chosen]) / (speed / 3.6),
        peak * rng.lognormal(0, _PEAK_LOG_SD, len(chosen)),
        truth.travel_time_log_sd * ratio[route] * rng.lognormal(0, _SPREAD_LOG_SD, len(chosen)),
    )


def _wander(rng: np.random.Generator, links: int, moments: pd.DatetimeIndex, truth: ServiceTruth) -> Floats:
    """Draw standard normal ups and downs, in part shared by a link's whole day."""
    day = np.unique(moments.tz_localize(None).normalize().to_numpy(), return_inverse=True)[1]
    of_day = rng.normal(size=(links, int(day.max()) + 1))[:, day]
    share = truth.travel_time_day_share
    own = rng.normal(size=(links, len(moments)))
    return np.asarray(np.sqrt(share) * of_day + np.sqrt(1 - share) * own)


def incident_factors(rng: np.random.Generator, links: int, moments: int, truth: ServiceTruth) -> Floats:
    """Draw the factor of incidents on each link and moment; 1 where there is none."""
    before = len(_LASTS)
    # Those that began before the first moment count too, or the first hours would have fewer.
    mean = truth.incidents_per_link_year / _QUARTERS_A_YEAR * links * (moments + before)
    count = int(rng.poisson(mean))
    link, start = rng.integers(0, links, count), rng.integers(-before, moments, count)
    lasts = rng.choice(_LASTS, count, p=_LASTS_CHANCE)
    factor = truth.incident_time_ratio * rng.lognormal(0, _INCIDENT_LOG_SD, count)
    which = np.repeat(np.arange(count), lasts)
    at = start[which] + np.arange(len(which)) - np.repeat(np.cumsum(lasts) - lasts, lasts)
    inside = (at >= 0) & (at < moments)
    found = np.ones((links, moments))
    found[link[which[inside]], at[inside]] = factor[which[inside]]
    return found


def _matched(rng: np.random.Generator, vehicles_per_day: Floats, shape: Floats) -> Ints:
    """Draw how many vehicles were recognised: more by day, and at least the one that made the row."""
    by_time = 0.15 + shape
    expected = _MATCHED_SHARE * vehicles_per_day[:, None] / _QUARTERS_A_DAY * (by_time / by_time.mean())
    return np.asarray(1 + rng.poisson(expected))


def _true_table(process: _Process, shape: Floats, ids: Objects, truth: ServiceTruth) -> pd.DataFrame:
    heights, times = np.unique(shape, return_counts=True)
    ratios = {
        f"p{round(100 * share)}_ratio": true_ratio(share, process.peak_delay, process.log_sd, heights,
                                                   times / times.sum(), truth=truth)
        for share in (0.5, 0.8, 0.95)
    }  # fmt: skip
    return pd.DataFrame(
        {
            "link_id": ids,
            "route_number": process.number,
            "free_flow_time_s": process.free_flow_s,
            "log_sd": process.log_sd,
            "peak_delay": process.peak_delay,
            "median_ratio": ratios["p50_ratio"],
            "p80_ratio": ratios["p80_ratio"],
            "planning_time_index": ratios["p95_ratio"],
        }
    ).round(6)


def true_ratio(
    share: float, peak_delay: Floats, log_sd: Floats, heights: Floats, weights: Floats, *, truth: ServiceTruth
) -> Floats:
    """Return a percentile of each link's times as a ratio to free flow.

    The times are a mixture of log-normals: one for each height of the day's shape, without an incident and
    with one. Incidents begin as a Poisson process, so the chance that one is on is 1 - exp(-rate x duration).

    Args:
        share: the part of times below the percentile, 0 to 1.
        peak_delay: of each link.
        log_sd: of each link.
        heights: values of the day's shape.
        weights: how often each occurs; they add up to 1.
        truth: planted sizes.
    """
    rate = truth.incidents_per_link_year / _QUARTERS_A_YEAR
    chance = 1 - np.exp(-rate * float((_LASTS * _LASTS_CHANCE).sum()))
    middle = np.log1p(peak_delay[:, None] * heights)
    sd = np.maximum(log_sd, 1e-9)[:, None]
    slower, wider = np.log(truth.incident_time_ratio), np.hypot(sd, _INCIDENT_LOG_SD)
    low, high = np.full(len(peak_delay), -3.0), np.full(len(peak_delay), 5.0)
    for _ in range(_HALVINGS):
        log = (low + high) / 2
        gap = log[:, None] - middle
        below = (1 - chance) * ndtr(gap / sd) + chance * ndtr((gap - slower) / wider)
        is_low = (below * weights).sum(axis=1) < share
        low, high = np.where(is_low, log, low), np.where(is_low, high, log)
    return np.asarray(np.exp((low + high) / 2))
