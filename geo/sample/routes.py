"""Where roads run: which pairs of sites a road joins, of which class and number."""

import numpy as np

from geo.arrays import both
from geo.sample.land import Land
from geo.sample.legs import find_legs
from geo.sample.noise import fractal_noise
from geo.sample.plan import A_ROAD, ACCESS, CLASSES, LANE, MOTORWAY, NONE, STREET, Plan
from geo.sample.search import graph, groups, nearest, spanning
from geo.sample.sketch import Route, Sketch

_BRIDGE_COST = 0.9
# Of the streets a place could do without, the share it does without.
_MISSING_STREETS = 0.52
# Of the dead ends, the share that serves a few houses only.
_ACCESS_SHARE = 0.4
_NEIGHBOUR_LANES = 3
# Of the ways off a lane through open country, the share that is a drive.
_DRIVES = 0.12
_LANE_REACH = 4.0


def plan_roads(rng: np.random.Generator, land: Land, sketch: Sketch) -> Plan:
    """Plan all roads: numbered routes between towns, lanes to hamlets and between them, then streets."""
    plan = _pairs(rng, land)
    _lay_routes(plan, land, sketch)
    _end_motorways_at_towns(plan, land, sketch.routes)
    _join_hamlets(plan, land)
    _join_neighbours(plan, land)
    _lay_streets(rng, plan, land)
    _lay_drives(rng, plan, land)
    return plan


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
    is_bridge = np.zeros(int(usable.sum()) + 1, dtype=bool)
    is_bridge[-1] = True
    costs = np.append(costs, _BRIDGE_COST * gaps[at])
    return Plan(np.vstack([mesh.pairs[usable], bridge]), costs, is_bridge, len(mesh.sites))


def _lay_routes(plan: Plan, land: Land, sketch: Sketch) -> None:
    """Lay numbered routes, class by class, each leg the cheapest way through the country."""
    names = {t.name: n for n, t in enumerate(sketch.towns)}
    for road_class in range(LANE):
        own = [n for n, r in enumerate(sketch.routes) if r.road_class == CLASSES[road_class]]
        if not own:
            continue
        legs = find_legs(plan, land.centre_sites[: land.places.towns])
        wanted = [
            (n, names[a], names[b])
            for n in own
            for a, b in zip(sketch.routes[n].towns, sketch.routes[n].towns[1:], strict=False)
        ]
        leg, route = legs.chosen(np.array(wanted))
        rows, whose = legs.traced(plan, leg)
        plan.lay(rows, road_class, route[whose])


def _end_motorways_at_towns(plan: Plan, land: Land, routes: tuple[Route, ...]) -> None:
    """Let the A road of the same number take over from a motorway inside towns."""
    number = {r.number: n for n, r in enumerate(routes)}
    heir = np.array([number.get("A" + r.number[1:], -1) for r in routes] + [-1])
    place = land.place[plan.pairs]
    in_town = (plan.road_class == MOTORWAY) & ((place >= 0) & (place < land.places.towns)).any(axis=1)
    plan.road_class[in_town] = A_ROAD
    plan.route[in_town] = heir[plan.route[in_town]]


def _join_hamlets(plan: Plan, land: Land) -> None:
    """Lead a lane from each hamlet to the nearest numbered road that is no motorway."""
    served = np.unique(plan.pairs[plan.is_laid & (plan.road_class != MOTORWAY)])
    hamlets = land.centre_sites[land.places.towns :]
    rows, _ = plan.traced(plan.ways(served, reuse=False).before, hamlets)
    plan.lay(rows, LANE)


def _join_neighbours(plan: Plan, land: Land) -> None:
    """Join places to their nearest neighbours, so that lanes make loops and not only a tree."""
    legs = find_legs(plan, land.centre_sites)
    nearby = legs.cheapest(_NEIGHBOUR_LANES, within=_LANE_REACH)
    rows, _ = legs.traced(plan, nearby)
    plan.lay(rows, STREET)


def _lay_streets(rng: np.random.Generator, plan: Plan, land: Land) -> None:
    """Lay streets in towns and hamlets: enough to reach every site, and most but not all of the others."""
    place = land.place[plan.pairs]
    inside = (place[:, 0] == place[:, 1]) & (place[:, 0] >= 0)
    laid = plan.is_laid
    candidates = np.where(inside | (laid & (plan.road_class != MOTORWAY)))[0]
    chance = np.where(laid, 0.0, rng.uniform(size=len(laid)))
    is_needed = np.zeros(len(laid), dtype=bool)
    is_needed[candidates] = spanning(plan.pairs[candidates], chance[candidates], plan.size)
    kept = inside & ~laid & (is_needed | (rng.uniform(size=len(laid)) > _MISSING_STREETS))
    plan.road_class[kept] = STREET
    _drop_cut_off(plan, land)
    degree = np.bincount(plan.pairs[plan.is_laid].ravel(), minlength=plan.size)
    dead_end = kept & (plan.road_class == STREET) & (degree[plan.pairs] == 1).any(axis=1)
    plan.road_class[dead_end & (rng.uniform(size=len(laid)) < _ACCESS_SHARE)] = ACCESS


def _lay_drives(rng: np.random.Generator, plan: Plan, land: Land) -> None:
    """Lead drives to farms off the lanes: a dead end each."""
    on_lane = np.zeros(plan.size, dtype=bool)
    on_lane[plan.pairs[plan.is_laid & (plan.road_class != MOTORWAY)]] = True
    on_road = on_lane.copy()
    on_road[plan.pairs[plan.road_class == MOTORWAY]] = True
    in_country = both(land.place < 0, plan.pairs)
    leads_off = on_lane[plan.pairs] & ~on_road[plan.pairs[:, ::-1]]
    row, side = np.nonzero(
        leads_off & in_country[:, None] & (rng.uniform(size=len(in_country)) < _DRIVES)[:, None]
    )
    # One drive to a farm, or two would make a road.
    _, first = np.unique(plan.pairs[row, 1 - side], return_index=True)
    plan.lay(row[first], ACCESS)


def _drop_cut_off(plan: Plan, land: Land) -> None:
    """Remove streets that join nothing: those of a place across water from its centre."""
    laid = plan.is_laid & (plan.road_class != MOTORWAY)
    group = groups(graph(plan.pairs[laid], plan.costs[laid], plan.size))
    main = group[land.centre_sites[0]]
    plan.road_class[laid & (group[plan.pairs] != main).any(axis=1)] = NONE
