"""Published traffic counts: points on stretches of numbered roads and a few others, year by year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.coordinates import lon_lat
from geo.sample.links import DUAL, SLIP, Links
from geo.sample.plan import CLASSES
from geo.sample.road_table import link_ids
from geo.sample.search import graph, groups
from geo.sample.service_truth import ServiceTruth
from geo.sample.traffic import FLOW_CLASSES, Flows, flow_class, middle_points

_NUMBERED, _ACCESS = 3, CLASSES.index("Not Classified")
_KM_PER_MILE = 1.609344
_COUNTED_STRETCHES = 0.9
_COUNTED_STREETS = 0.01
_LEAST_STRETCH_KM = 0.2
_LEAST_STREET_KM = 0.1
_IN_TOWN = 0.5
_MAJOR = (0, 1, len(CLASSES))
_FIRST_MAJOR, _FIRST_MINOR = 80_001, 980_001
# In the order of FLOW_CLASSES.
_CATEGORY = ("TM", "PA", "MB", "MCU", "MCU", "MCU", "TA")
_NO_NUMBER = ("", "", "", "C", "U", "U", "")
# Parts of motor vehicles that are motorcycles, buses, vans and lorries; the rest are cars.
_KINDS = ("two_wheeled_motor_vehicles", "buses_and_coaches", "LGVs", "all_HGVs")
_MIX = np.array(
    [
        (0.004, 0.004, 0.15, 0.105),
        (0.010, 0.010, 0.155, 0.035),
        (0.011, 0.008, 0.16, 0.02),
        (0.012, 0.007, 0.155, 0.012),
        (0.012, 0.006, 0.15, 0.010),
        (0.012, 0.002, 0.15, 0.008),
        (0.007, 0.006, 0.155, 0.075),
    ]
)
_CYCLES_TOWN, _CYCLES_COUNTRY = 110.0, 14.0


@dataclass(frozen=True)
class Counts:
    """The published counts, and the truth at each point: count_point_id, link_id, vehicles_per_day."""

    table: pd.DataFrame
    truth: pd.DataFrame


@dataclass(frozen=True)
class Roads:
    """What the counts say of roads: the authority of each link (-1: none), names by route and authority."""

    authority: Ints
    authority_codes: Sequence[str]
    authority_names: Sequence[str]
    route_numbers: Sequence[str]
    is_trunk_route: Sequence[bool]
    region_code: str
    region_name: str


def count_points(
    rng: np.random.Generator, links: Links, flows: Flows, roads: Roads, truth: ServiceTruth | None = None
) -> Counts:
    """Draw the yearly counts, in columns of the Department for Transport's AADF file.

    Each point is on the longest link of a stretch, and the length is the stretch's. The flow is of both
    directions. In a year a point is counted or not; one that is not carries its last count forward by the
    growth of all traffic, so its error stays.

    Args:
        rng: random stream.
        links: road links.
        flows: true flows.
        roads: authorities, names and forms.
        truth: planted sizes.
    """
    truth = truth or ServiceTruth()
    kind = flow_class(links, roads.is_trunk_route)
    points = _points(rng, links, roads, kind)
    link = points.link.to_numpy()
    motor = _motor_vehicles(rng, flows.both_ways[link], truth)
    place = pd.DataFrame(_place(links, roads, kind, points))
    years = list(truth.traffic_year_ratio)
    rows = np.repeat(np.arange(len(points)), len(years))
    table = place.iloc[rows].reset_index(drop=True)
    table.insert(1, "year", np.tile(years, len(points)))
    table["estimation_method"] = np.where(motor.is_counted.ravel(), "Counted", "Estimated")
    vehicles = _vehicles(rng, motor.flow, _MIX[kind[link]], flows.near[link], kind[link] > 0)
    for name, number in vehicles.items():
        table[name] = number.ravel()
    true = pd.DataFrame(
        {
            "count_point_id": place.count_point_id,
            "link_id": np.array(link_ids(links))[link],
            "vehicles_per_day": flows.both_ways[link].round(3),
        }
    )
    return Counts(table, true)


def stretches(links: Links, key: Ints, is_in: Bools) -> Ints:
    """Number the stretches of road: links in a row with one key, up to where another key joins.

    Args:
        links: road links.
        key: what must be the same along a stretch.
        is_in: which links count; the others have the stretch -1 and end none.
    """
    rows = np.where(is_in)[0]
    ends, keys = links.nodes[rows], key[rows]
    low, high = _extremes(ends, keys, int(links.nodes.max()) + 1)
    through = (low == high)[ends]
    row, side = np.where(through)
    pairs = np.column_stack([row, len(rows) + ends[row, side]])
    joined = groups(graph(pairs, np.ones(len(pairs)), len(rows) + len(low)))[: len(rows)]
    found = np.full(len(is_in), -1)
    found[rows] = np.unique(joined, return_inverse=True)[1]
    return found


def _extremes(ends: Ints, keys: Ints, nodes: int) -> tuple[Ints, Ints]:
    """Return the least and greatest key that meets each node."""
    low, high = np.full(nodes, np.iinfo(np.int64).max), np.full(nodes, -1)
    for side in (0, 1):
        np.minimum.at(low, ends[:, side], keys)
        np.maximum.at(high, ends[:, side], keys)
    return low, high


def _points(rng: np.random.Generator, links: Links, roads: Roads, kind: Ints) -> pd.DataFrame:
    """Choose where to count: link, length of its stretch in km, roads at both ends (routes; -1: none)."""
    count = len(links.lines)
    km = shapely.length(links.lines) / 1000
    slip = links.form == SLIP
    is_major = (links.route >= 0) & (links.road_class < _NUMBERED) & ~slip & (roads.authority >= 0)
    key = (links.route * len(FLOW_CLASSES) + kind) * len(roads.authority_codes) + roads.authority
    stretch = stretches(links, key, is_major)
    drawn_twice = (links.form == DUAL) | links.is_roundabout
    total = np.bincount(stretch[is_major], (km * np.where(drawn_twice, 0.5, 1.0))[is_major])
    rows = np.where(is_major)[0]
    # The longest link of each stretch comes first; a ring only where there is nothing else.
    rows = rows[np.lexsort((rows, -km[rows], links.is_roundabout[rows], stretch[rows]))]
    longest = rows[np.unique(stretch[rows], return_index=True)[1]]
    is_kept = (rng.uniform(size=len(total)) < _COUNTED_STRETCHES) & (total >= _LEAST_STRETCH_KM)
    start, end = _junctions(links, stretch, is_major, len(total))
    major = pd.DataFrame({"link": longest, "km": total, "start": start, "end": end})[is_kept]
    is_street = (links.road_class >= _NUMBERED) & (links.road_class < _ACCESS) & (roads.authority >= 0)
    chosen = is_street & (rng.uniform(size=count) < _COUNTED_STREETS) & (km >= _LEAST_STREET_KM)
    street = np.where(chosen)[0]
    minor = pd.DataFrame({"link": street, "km": km[street], "start": -1, "end": -1})
    return pd.concat([major.sort_values("link"), minor], ignore_index=True)


def _junctions(links: Links, stretch: Ints, is_major: Bools, count: int) -> tuple[Ints, Ints]:
    """Return the routes met at the two ends of each stretch, by node number; -1 where there is none."""
    rows = np.where(is_major)[0]
    ends, route = links.nodes[rows], links.route[rows]
    low, high = _extremes(ends, route, int(links.nodes.max()) + 1)
    own = np.repeat(route, 2)
    node = ends.ravel()
    other = np.where(low[node] != own, low[node], high[node])
    met = pd.DataFrame({"stretch": np.repeat(stretch[rows], 2), "node": node, "other": other})[other != own]
    met = met.sort_values(["stretch", "node", "other"]).drop_duplicates(["stretch", "node"])
    start, end = np.full(count, -1), np.full(count, -1)
    first = met.drop_duplicates("stretch")
    start[first.stretch] = first.other
    last = met[met.duplicated("stretch")].drop_duplicates("stretch", keep="last")
    end[last.stretch] = last.other
    return start, end


def _place(links: Links, roads: Roads, kind: Ints, points: pd.DataFrame) -> Mapping[str, Objects]:
    """Describe the points: where they are and on which road."""
    link = points.link.to_numpy()
    route, kind = links.route[link], kind[link]
    xy = np.round(middle_points(links.lines[link]))
    degrees = np.round(lon_lat(xy), 8)
    numbers = np.array([*roads.route_numbers, ""], dtype=object)
    is_major = (route >= 0) & np.isin(kind, _MAJOR)
    number = np.where(is_major, _FIRST_MAJOR + np.cumsum(is_major), _FIRST_MINOR + np.cumsum(~is_major)) - 1
    authority = roads.authority[link]
    return {
        "count_point_id": number,
        "region_name": np.full(len(link), roads.region_name, dtype=object),
        "region_ons_code": np.full(len(link), roads.region_code, dtype=object),
        "local_authority_name": np.array(roads.authority_names, dtype=object)[authority],
        "local_authority_code": np.array(roads.authority_codes, dtype=object)[authority],
        "road_name": np.where(route >= 0, numbers[route], np.array(_NO_NUMBER, dtype=object)[kind]),
        "road_category": np.array(_CATEGORY, dtype=object)[kind],
        "road_type": np.where(is_major, "Major", "Minor"),
        "start_junction_road_name": numbers[points.start],
        "end_junction_road_name": numbers[points.end],
        "easting": xy[:, 0].astype(np.int64),
        "northing": xy[:, 1].astype(np.int64),
        "latitude": degrees[:, 1],
        "longitude": degrees[:, 0],
        "link_length_km": points.km.to_numpy().round(1).clip(0.1),
        "link_length_miles": (points.km.to_numpy() / _KM_PER_MILE).round(2),
    }


@dataclass(frozen=True)
class _Motor:
    """Motor vehicles a day by point and year, and whether they were counted that year."""

    flow: Floats
    is_counted: Bools


def _motor_vehicles(rng: np.random.Generator, flow: Floats, truth: ServiceTruth) -> _Motor:
    growth = np.array(list(truth.traffic_year_ratio.values()))
    shape = (len(flow), len(growth))
    is_counted = rng.uniform(size=shape) < truth.traffic_counted_share
    error = rng.normal(0, truth.traffic_count_log_sd, shape)
    # Before the first year everything was counted once: its error is that of the first column.
    last = np.maximum.accumulate(np.where(is_counted, np.arange(len(growth)), 0), axis=1)
    stays = np.take_along_axis(error, last, axis=1)
    return _Motor(flow[:, None] * growth * np.exp(stays), is_counted)


def _vehicles(
    rng: np.random.Generator, motor: Floats, mix: Floats, near: Floats, may_cycle: Bools
) -> dict[str, Ints]:
    """Divide motor vehicles into kinds that add up to them, and add pedal cycles, which are none."""
    total = np.round(motor).astype(np.int64)
    own = mix * rng.lognormal(0, 0.2, mix.shape)
    parts = {k: np.floor(total * own[:, n, None]).astype(np.int64) for n, k in enumerate(_KINDS)}
    cars = total - sum(parts.values())
    cycles = np.where(near > _IN_TOWN, _CYCLES_TOWN, _CYCLES_COUNTRY) * rng.lognormal(0, 0.7, len(near))
    a_year = rng.lognormal(0, 0.1, motor.shape)
    return {
        "pedal_cycles": np.round(np.where(may_cycle, cycles, 0.0)[:, None] * a_year).astype(np.int64),
        "two_wheeled_motor_vehicles": parts[_KINDS[0]],
        "cars_and_taxis": cars,
        "buses_and_coaches": parts[_KINDS[1]],
        "LGVs": parts[_KINDS[2]],
        "all_HGVs": parts[_KINDS[3]],
        "all_motor_vehicles": total,
    }
