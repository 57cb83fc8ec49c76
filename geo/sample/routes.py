"""Where roads run: which pairs of sites a road joins, of which class and number."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geo.sample.arrays import Bools, Floats, Ints
from geo.sample.land import Land
from geo.sample.noise import fractal_noise
from geo.sample.search import graph, groups, nearest, spanning, ways_from, ways_from_any
from geo.sample.sketch import ROUTES, TOWNS

# Best first; a pair's class is a position here, and NONE where no road runs.
CLASSES = ("Motorway", "A Road", "B Road", "Classified Unnumbered", "Unclassified", "Not Classified")
NONE = len(CLASSES)
_LANE, _STREET, _ACCESS = 3, 4, 5
_REUSE = 0.62
_BRIDGE_COST = 0.9
# Of the streets a town could do without, the share it does without.
_MISSING_STREETS = 0.42
# Of the dead ends, the share that serves a few houses only.
_ACCESS_SHARE = 0.4
_LOOP_REACH_M = 8_000.0


@dataclass
class Plan:
    """Roads by pair of sites: class, route (position in ROUTES, -1: none), whether a bridge over the sea.

    `paths` are the ways through the country, best class first, as sites in order.
    """

    pairs: Ints
    costs: Floats
    road_class: Ints
    route: Ints
    is_bridge: Bools
    size: int
    paths: list[Ints]

    def __post_init__(self) -> None:
        self._row = {(int(i), int(j)): n for n, (i, j) in enumerate(self.pairs)}

    def build(self, path: Ints, road_class: int, route: int = -1) -> None:
        """Lay a road along a path, wherever none of its class or better lies yet."""
        steps = np.sort(np.column_stack([path[:-1], path[1:]]), axis=1)
        rows = np.array([self._row[int(i), int(j)] for i, j in steps])
        worse = rows[self.road_class[rows] > road_class]
        self.road_class[worse] = road_class
        self.route[worse] = route
        self.paths.append(path)


def plan_roads(rng: np.random.Generator, land: Land) -> Plan:
    """Plan all roads: numbered routes between towns, lanes to hamlets and between them, then streets."""
    plan = _pairs(rng, land)
    towns = {t.name: int(land.centre_sites[n]) for n, t in enumerate(TOWNS)}
    for n, route in enumerate(ROUTES):
        for start, end in zip(route.towns, route.towns[1:], strict=False):
            _, before = ways_from(np.array([towns[start]]), _ways(plan))
            plan.build(_path(before[0], towns[end]), CLASSES.index(route.road_class), n)
    _end_motorways_at_towns(plan, land)
    _join_hamlets(plan, land)
    _join_neighbours(plan, land)
    _lay_streets(rng, plan, land)
    return plan


def _end_motorways_at_towns(plan: Plan, land: Land) -> None:
    """Let the trunk A road take over from the motorway inside towns."""
    trunk = next(n for n, r in enumerate(ROUTES) if r.trunk and r.road_class == "A Road")
    in_town = (plan.road_class == 0) & (land.place[plan.pairs] >= 0).any(axis=1)
    plan.road_class[in_town] = 1
    plan.route[in_town] = trunk


def _pairs(rng: np.random.Generator, land: Land) -> Plan:
    """Take the pairs a road may join: those whose straight line cannot leave the land, and one bridge."""
    mesh = land.mesh
    usable = mesh.is_direct & land.dry_pairs
    hills = fractal_noise(rng, longest_m=12_000, shortest_m=1_500)
    costs = (mesh.lengths_m * np.exp(0.35 * hills(mesh.middles)))[usable]
    main, island = (np.where(land.is_reachable & (land.is_island == side))[0] for side in (False, True))
    gaps, opposite = nearest(mesh.sites[main], mesh.sites[island])
    at = int(gaps.argmin())
    bridge = np.sort([main[opposite[at]], island[at]])
    pairs = np.vstack([mesh.pairs[usable], bridge])
    size = len(pairs)
    is_bridge = np.zeros(size, dtype=bool)
    is_bridge[-1] = True
    costs = np.append(costs, _BRIDGE_COST * gaps[at])
    return Plan(pairs, costs, np.full(size, NONE), np.full(size, -1), is_bridge, len(mesh.sites), [])


def _ways(plan: Plan) -> csr_array:
    """Return the ways a new road may take; along roads already laid is cheaper."""
    return graph(plan.pairs, plan.costs * np.where(plan.road_class < NONE, _REUSE, 1.0), plan.size)


def _path(before: Ints, end: int) -> Ints:
    """Follow a search back from `end` to where it began."""
    path = [end]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return np.array(path[::-1])


def _join_hamlets(plan: Plan, land: Land) -> None:
    """Lead a lane from each hamlet to the nearest numbered road."""
    served = np.unique(plan.pairs[plan.road_class < NONE])
    before, _ = ways_from_any(served, graph(plan.pairs, plan.costs, plan.size))
    for hamlet in land.centre_sites[land.places.towns :]:
        path = _path(before, int(hamlet))
        if len(path) > 1:
            plan.build(path, _LANE)


def _join_neighbours(plan: Plan, land: Land) -> None:
    """Join each hamlet to the three nearest others, so that lanes make loops and not only a tree."""
    hamlets = land.centre_sites[land.places.towns :]
    reach, before = ways_from(hamlets, _ways(plan), limit=_LOOP_REACH_M)
    for n in range(len(hamlets)):
        for other in np.argsort(reach[n, hamlets], kind="stable")[1:4]:
            if np.isfinite(reach[n, hamlets[other]]):
                plan.build(_path(before[n], int(hamlets[other])), _STREET)


def _lay_streets(rng: np.random.Generator, plan: Plan, land: Land) -> None:
    """Lay streets in towns and hamlets: enough to reach every site, and most but not all of the others."""
    place = land.place[plan.pairs]
    inside = (place[:, 0] == place[:, 1]) & (place[:, 0] >= 0)
    laid = plan.road_class < NONE
    candidates = np.where(inside | laid)[0]
    chance = np.where(laid, 0.0, rng.uniform(size=len(laid)))
    is_needed = np.zeros(len(laid), dtype=bool)
    is_needed[candidates] = spanning(plan.pairs[candidates], chance[candidates], plan.size)
    kept = inside & ~laid & (is_needed | (rng.uniform(size=len(laid)) > _MISSING_STREETS))
    plan.road_class[kept] = _STREET
    _drop_cut_off(plan)
    degree = np.bincount(plan.pairs[plan.road_class < NONE].ravel(), minlength=plan.size)
    dead_end = kept & (plan.road_class == _STREET) & (degree[plan.pairs] == 1).any(axis=1)
    plan.road_class[dead_end & (rng.uniform(size=len(laid)) < _ACCESS_SHARE)] = _ACCESS


def _drop_cut_off(plan: Plan) -> None:
    """Remove streets that join nothing: those of a place across water from its centre."""
    laid = plan.road_class < NONE
    group = groups(graph(plan.pairs[laid], plan.costs[laid], plan.size))
    main = group[plan.paths[0][0]]
    plan.road_class[laid & (group[plan.pairs] != main).any(axis=1)] = NONE
