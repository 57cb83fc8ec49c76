"""The road network: links from junction to junction, drawn so that they stay on the land."""

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints
from geo.sample.border_lanes import with_border_lanes
from geo.sample.carriageways import dual_carriageways, plan_motorways, with_motorways
from geo.sample.chains import Chains, chains
from geo.sample.curves import draw, redraw, smoothed
from geo.sample.geography import Geography
from geo.sample.land import Land
from geo.sample.links import COLLAPSED, SINGLE, Links
from geo.sample.plan import A_ROAD, MOTORWAY, Plan
from geo.sample.roundabouts import with_roundabouts
from geo.sample.sketch import Sketch

_MOST_RETREATS = 12


def make_links(
    rng: np.random.Generator, land: Land, plan: Plan, sketch: Sketch, geography: Geography
) -> Links:
    """Draw the planned roads as links that stay on land, and lanes along borders."""
    position = smoothed(land.mesh.sites, plan)
    motorways = plan_motorways(plan, position)
    interchanges = np.array([site for m in motorways for site, _ in m.junctions], dtype=np.int64)
    roads = chains(plan, np.flatnonzero(plan.is_laid & (plan.road_class != MOTORWAY)), interchanges)
    bow = rng.normal(0, 0.05, len(roads.sizes))
    dry = shapely.coverage_union_all(geography.authorities.polygons)
    links = _drawn(land, plan, sketch, roads, position=position, bow=bow, dry=dry)
    links = with_border_lanes(links, geography.border_lanes)
    links = dual_carriageways(links, _is_trunk(links.route, sketch))
    links = with_motorways(links, motorways, position)
    return with_roundabouts(rng, links, interchanges)


def _is_trunk(route: Ints, sketch: Sketch) -> Bools:
    return np.array([r.trunk for r in sketch.routes] + [False])[route]


def _drawn(
    land: Land, plan: Plan, sketch: Sketch, roads: Chains, *, position: Floats, bow: Floats,
    dry: shapely.Geometry,
) -> Links:  # fmt: skip
    is_bridge = plan.is_bridge[roads.row]
    lines = draw(roads, position, bow)
    # A smoothed road may cut a corner of the sea; its sites joined by straight lines never do.
    shapely.prepare(dry)
    doubtful = ~is_bridge & _near_the_sea(land, roads)
    for _ in range(_MOST_RETREATS):
        wet = doubtful.copy()
        wet[doubtful] = ~shapely.covers(dry, lines[doubtful])
        if not wet.any():
            break
        bow[wet] = np.nan
        passed = np.unique(roads.sites[np.repeat(wet, roads.sizes)])
        position[passed] = land.mesh.sites[passed]
        touched = np.zeros(len(land.mesh.sites), dtype=bool)
        touched[passed] = True
        lines = redraw(lines, roads, position, bow, _any(touched[roads.sites], roads))
    middle, ends = roads.middles, roads.ends
    place = np.where(land.place[middle] == land.place[ends[:, 0]], land.place[middle], -1)
    route = plan.route[roads.row]
    is_dual = _is_trunk(route, sketch) & (plan.road_class[roads.row] <= A_ROAD)
    form = np.where(is_dual, COLLAPSED, SINGLE)
    return Links(lines, ends, plan.road_class[roads.row], route, place, is_bridge, form)


def _near_the_sea(land: Land, roads: Chains) -> Bools:
    """Tell the chains that pass within two sites of the sea."""
    pairs = land.mesh.pairs
    near = ~land.is_dry
    for _ in range(3):
        following = near.copy()
        following[pairs[near[pairs[:, 1]], 0]] = True
        following[pairs[near[pairs[:, 0]], 1]] = True
        near = following
    return _any(near[roads.sites], roads)


def _any(of_sites: Bools, roads: Chains) -> Bools:
    return np.logical_or.reduceat(of_sites, roads.starts)
