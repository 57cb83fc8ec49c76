"""Traffic: the true flow on every link, from its class, the people near it and its road's own ups and downs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.ndimage import gaussian_filter

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.links import DUAL, FORMS, ROUNDABOUT, SLIP, Links
from geo.sample.noise import Noise, fractal_noise
from geo.sample.plan import CLASSES
from geo.sample.service_truth import ServiceTruth

FLOW_CLASSES = (*CLASSES, "Trunk A Road")
_TRUNK_A = len(CLASSES)
_A_ROAD, _NUMBERED = 1, 3
# Part of a road's traffic that one line of it carries, by form.
_SHARE_OF_FORM = np.ones(len(FORMS))
_SHARE_OF_FORM[[DUAL, SLIP, ROUNDABOUT]] = 0.5, 0.3, 0.6
_CELL_M = 1_000.0
_REACH_M = 3_000.0
# People per km2 around at which a link is half way between the quietest and the busiest place.
_HALF_WAY_PER_KM2 = 500.0
_AT_ONCE = 100_000
# So far apart that the same waves look unlike to any two roads.
_APART_M = 137_000.0


@dataclass(frozen=True)
class Flows:
    """True traffic of each link: vehicles a day on the line drawn, and its road's in both directions.

    Both are for a year of ratio 1; `near` (0 to 1) says how near to people the link is.
    """

    on_link: Floats
    both_ways: Floats
    near: Floats


def traffic_flows(
    rng: np.random.Generator,
    links: Links,
    centres: Floats,
    people: Floats,
    *,
    is_trunk_route: Sequence[bool],
    truth: ServiceTruth | None = None,
) -> Flows:
    """Draw the average daily flow of every link.

    The mean of a class over its length is exactly `truth.vehicles_per_day`. Along a numbered road the flow
    changes gradually; links without a number differ each from each.

    Args:
        rng: random stream.
        links: road links.
        centres: where people live (places or small areas), EPSG:27700 metres, shape (n, 2).
        people: how many live there.
        is_trunk_route: for each route, whether it is a trunk road.
        truth: planted sizes.
    """
    truth = truth or ServiceTruth()
    middles, km = middle_points(links.lines), links.lengths_m / 1000
    near = nearness(middles, centres, people)
    share = _SHARE_OF_FORM[links.form]
    relative = truth.traffic_ratio_near_people**near * _own(rng, links, middles, len(is_trunk_route), truth)
    kind = flow_class(links, is_trunk_route)
    # A road drawn as two lines counts once, and slip roads and rings hardly.
    weight = km * share
    sums = np.bincount(kind, weight * relative, minlength=len(FLOW_CLASSES))
    means = sums / np.maximum(np.bincount(kind, weight, minlength=len(FLOW_CLASSES)), 1e-9)
    typical = np.array([truth.vehicles_per_day[name] for name in FLOW_CLASSES])
    both_ways = np.asarray(relative * (typical / np.where(means > 0, means, 1.0))[kind])
    return Flows(both_ways * share, both_ways, near)


def middle_points(lines: Objects) -> Floats:
    """Return the point half way along each line, shape (n, 2)."""
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True)))


def flow_class(links: Links, is_trunk_route: Sequence[bool]) -> Ints:
    """Return the position in FLOW_CLASSES of each link: its road class, with trunk A roads apart."""
    trunk: Bools = np.array([*is_trunk_route, False])[links.route]
    return np.where(trunk & (links.road_class == _A_ROAD), _TRUNK_A, links.road_class)


def nearness(xy: Floats, centres: Floats, people: Floats) -> Floats:
    """Return how near people are to each point, from 0 (nobody for miles) towards 1 (a great town)."""
    origin = np.minimum(xy.min(axis=0), centres.min(axis=0)) - _REACH_M
    top = np.maximum(xy.max(axis=0), centres.max(axis=0)) + _REACH_M
    shape = tuple(int(n) for n in np.ceil((top - origin) / _CELL_M) + 1)

    def cell(points: Floats) -> Ints:
        position = ((points - origin) // _CELL_M).astype(np.int64)
        return np.asarray(position[:, 0] * shape[1] + position[:, 1])

    count = np.bincount(cell(centres), people, minlength=shape[0] * shape[1]).astype(np.float64)
    around = np.asarray(gaussian_filter(count.reshape(shape), _REACH_M / _CELL_M, mode="constant"))
    per_km2 = _between(around, (xy - origin) / _CELL_M - 0.5)
    near: Floats = per_km2 / (per_km2 + _HALF_WAY_PER_KM2)
    return near


def _between(grid: Floats, at: Floats) -> Floats:
    """Read a grid between its points, in a straight line each way: flows make no steps at cells."""
    low = np.clip(np.floor(at).astype(np.int64), 0, np.array(grid.shape) - 2)
    x, y = (at - low).T
    i, j = low.T
    lower = grid[i, j] * (1 - y) + grid[i, j + 1] * y
    return np.asarray(lower * (1 - x) + (grid[i + 1, j] * (1 - y) + grid[i + 1, j + 1] * y) * x)


def _own(rng: np.random.Generator, links: Links, middles: Floats, routes: int, truth: ServiceTruth) -> Floats:
    """Draw each link's own factor: of its road, gradual along it, or of the link if it has no number."""
    of_route = rng.normal(0, truth.traffic_route_log_sd, routes)
    along = fractal_noise(rng, longest_m=24_000, shortest_m=6_000)
    log = rng.normal(0, truth.traffic_street_log_sd, len(middles))
    numbered = np.where(links.route >= 0)[0]
    route = links.route[numbered]
    wave = _in_parts(along, middles[numbered] + _APART_M * np.column_stack([route, -2 * route]))
    log[numbered] = of_route[route] + truth.traffic_along_log_sd * wave
    unnumbered = (links.route < 0) & (links.road_class < _NUMBERED)
    log[unnumbered] = 0.0
    return np.exp(log)


def _in_parts(noise: Noise, xy: Floats) -> Floats:
    """Evaluate noise without holding every wave at every point at once."""
    parts = [noise(xy[n : n + _AT_ONCE]) for n in range(0, len(xy), _AT_ONCE)]
    return np.concatenate(parts) if parts else np.empty(0)
