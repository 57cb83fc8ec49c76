"""Roads as lines: smooth links from junction to junction, roundabouts, names and the published columns."""

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from geo.sample.arrays import Bools, Floats, Ints, Objects
from geo.sample.land import Land
from geo.sample.names import street_names
from geo.sample.routes import CLASSES, NONE, Plan
from geo.sample.sketch import ROUTES

_FUNCTIONS = ("Motorway", "A Road", "B Road", "Minor Road", "Local Road", "Local Access Road")
_NUMBERED = 3
_SMOOTHINGS = 5
_CUTS = 3
_MOST_RETREATS = 12
_ROUNDABOUT_RADIUS_M = 19.0
_ROUNDABOUT_SHARE = 0.2
_LEAST_ARMS = 4
# Ends of a stretch, and roads at a site, that do not make a junction.
_THROUGH = 2


@dataclass(frozen=True)
class Links:
    """Road links: line (EPSG:27700), node numbers at both ends, and what the road is."""

    lines: Objects
    nodes: Ints
    road_class: Ints
    route: Ints
    in_place: Ints
    is_bridge: Bools
    is_roundabout: Bools

    @property
    def class_names(self) -> list[str]:
        """Road class of each link, in words."""
        return [CLASSES[c] for c in self.road_class]


def make_links(rng: np.random.Generator, land: Land, plan: Plan, dry: shapely.Geometry) -> Links:
    """Draw the planned roads as links that stay on the `dry` land (a polygon)."""
    position = _smoothed(land.mesh.sites, plan)
    chains, rows = _chains(plan)
    bow = rng.normal(0, 0.05, len(chains))
    shapely.prepare(dry)
    is_bridge = np.array([bool(plan.is_bridge[r].any()) for r in rows])
    lines = _lines(chains, position, bow)
    # A smoothed road may cut a corner of the sea; its sites joined by straight lines never do.
    for _ in range(_MOST_RETREATS):
        wet = ~is_bridge & ~shapely.covers(dry, lines)
        if not wet.any():
            break
        bow[wet] = np.nan
        for chain in (chains[n] for n in np.where(wet)[0]):
            position[chain] = land.mesh.sites[chain]
        lines = _lines(chains, position, bow)
    first = np.array([r[0] for r in rows])
    ends = np.array([(c[0], c[-1]) for c in chains])
    middle = np.array([c[len(c) // 2] for c in chains])
    place = np.where(land.place[middle] == land.place[ends[:, 0]], land.place[middle], -1)
    links = Links(lines, ends, plan.road_class[first], plan.route[first], place, is_bridge,
                  np.zeros(len(lines), dtype=bool))  # fmt: skip
    return _with_roundabouts(rng, links)


def road_table(rng: np.random.Generator, links: Links) -> gpd.GeoDataFrame:
    """Return the links in the columns of OS Open Roads (layer road_link)."""
    count = len(links.lines)
    number = [ROUTES[r].number if r >= 0 else None for r in links.route]
    trunk = np.array([bool(r >= 0 and ROUTES[r].trunk) for r in links.route])
    streets = street_names(rng, count)
    named = (links.in_place >= 0) & (links.road_class > 0) & ~links.is_roundabout
    return gpd.GeoDataFrame(
        {
            "id": link_ids(links),
            "fictitious": False,
            "road_classification": links.class_names,
            "road_function": [_FUNCTIONS[c] for c in links.road_class],
            "form_of_way": _forms(links, trunk),
            "road_classification_number": number,
            "name_1": [s if is_named else None for s, is_named in zip(streets, named, strict=True)],
            "road_structure": None,
            "length": np.round(shapely.length(links.lines)).astype(np.int32),
            "length_uom": "m",
            "loop": links.nodes[:, 0] == links.nodes[:, 1],
            "primary_route": trunk | (links.road_class == 1),
            "trunk_road": trunk,
            "start_node": _node_ids(links.nodes[:, 0]),
            "end_node": _node_ids(links.nodes[:, 1]),
        },
        geometry=links.lines,
        crs="EPSG:27700",
    ).astype({"road_structure": pd.StringDtype()})


def _forms(links: Links, trunk: Bools) -> list[str]:
    # Open Roads draws the two carriageways of a narrow dual road as one "collapsed" line.
    forms = np.where(trunk | (links.road_class == 0), "Collapsed Dual Carriageway", "Single Carriageway")
    return [str(f) for f in np.where(links.is_roundabout, "Roundabout", forms)]


def link_ids(links: Links) -> list[str]:
    """Return the published identifier of each link."""
    return [f"4C494E4B-8000-4D06-8000-{n:012X}" for n in range(1, len(links.lines) + 1)]


def _node_ids(nodes: Ints) -> list[str]:
    return [f"4E4F4445-8000-4D06-8000-{n:012X}" for n in nodes.tolist()]


def _smoothed(sites: Floats, plan: Plan) -> Floats:
    """Ease the sites along each path towards their neighbours on it; the best road through a site decides."""
    before, after = np.full(plan.size, -1), np.full(plan.size, -1)
    for path in plan.paths:
        inner = path[1:-1]
        free = before[inner] < 0
        before[inner[free]], after[inner[free]] = path[:-2][free], path[2:][free]
    eased = np.where(before >= 0)[0]
    position = sites.copy()
    for _ in range(_SMOOTHINGS):
        between = (position[before[eased]] + position[after[eased]]) / 2
        position[eased] = (position[eased] + between) / 2
    return position


def _chains(plan: Plan) -> tuple[list[Ints], list[Ints]]:
    """Join pairs of like roads into chains from junction to junction: their sites, and their pairs."""
    laid = np.where(plan.road_class < NONE)[0]
    at: dict[int, list[int]] = {}
    for row in laid:
        for site in plan.pairs[row].tolist():
            at.setdefault(site, []).append(int(row))
    kind = np.column_stack([plan.road_class, plan.route, plan.is_bridge])

    def ends(site: int) -> bool:
        rows = at[site]
        return len(rows) != _THROUGH or bool((kind[rows[0]] != kind[rows[1]]).any())

    used = np.zeros(len(plan.pairs), dtype=bool)
    chains, chain_rows = [], []
    for start in sorted(s for s in at if ends(s)):
        for row in at[start]:
            if used[row]:
                continue
            sites, rows = [start], [row]
            used[row] = True
            sites.append(_other(plan, row, start))
            while not ends(sites[-1]) and sites[-1] != start:
                here = at[sites[-1]]
                following = here[1] if here[0] == rows[-1] else here[0]
                used[following] = True
                rows.append(following)
                sites.append(_other(plan, following, sites[-1]))
            chains.append(np.array(sites))
            chain_rows.append(np.array(rows))
    return chains, chain_rows


def _other(plan: Plan, row: int, site: int) -> int:
    i, j = plan.pairs[row].tolist()
    return int(j if site == i else i)


def _lines(chains: list[Ints], position: Floats, bow: Floats) -> Objects:
    """Draw each chain as a curve; straight from site to site where `bow` is not a number."""
    lines: Objects = np.empty(len(chains), dtype=object)
    sizes = np.array([len(chain) for chain in chains])
    straight = np.isnan(bow)
    for size in np.unique(sizes):
        for chosen in (
            np.where((sizes == size) & (straight == is_straight))[0] for is_straight in (True, False)
        ):
            if not len(chosen):
                continue
            points = position[np.array([chains[n] for n in chosen])]
            if not straight[chosen[0]]:
                points = _curved(_bowed(points, bow[chosen]) if size == _THROUGH else points)
            lines[chosen] = shapely.linestrings(np.round(points, 2))
    return lines


def _bowed(points: Floats, bow: Floats) -> Floats:
    """Give straight streets a slight curve; `bow` is its height as a share of the length."""
    along = points[:, 1] - points[:, 0]
    middle = points.mean(axis=1) + bow[:, None] * np.column_stack([-along[:, 1], along[:, 0]])
    return np.stack([points[:, 0], middle, points[:, 1]], axis=1)


def _curved(points: Floats) -> Floats:
    """Cut every corner of each line at a quarter, and again (Chaikin), keeping both ends."""
    for _ in range(_CUTS):
        before, after = points[:, :-1], points[:, 1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=2)
        cut = cut.reshape(len(points), -1, 2)
        points = np.concatenate([points[:, :1], cut[:, 1:-1], points[:, -1:]], axis=1)
    return points


def _with_roundabouts(rng: np.random.Generator, links: Links) -> Links:
    """Turn some busy crossings of numbered roads into rings, each arm ending on the ring."""
    arms: dict[int, list[tuple[int, int]]] = {}
    for n, (start, end) in enumerate(links.nodes.tolist()):
        arms.setdefault(start, []).append((n, 0))
        arms.setdefault(end, []).append((n, 1))
    lines, nodes = links.lines.copy(), links.nodes.copy()
    long_enough = shapely.length(lines) > 4 * _ROUNDABOUT_RADIUS_M
    next_node = int(nodes.max()) + 1
    rings: list[tuple[Objects, Ints, int]] = []
    for node in sorted(arms):
        best = min((n for n, _ in arms[node]), key=lambda n: (int(links.road_class[n]), n))
        if (
            len(arms[node]) < _LEAST_ARMS
            or links.road_class[best] >= _NUMBERED
            or rng.uniform() > _ROUNDABOUT_SHARE
        ):
            continue
        if not all(long_enough[n] and nodes[n, 0] != nodes[n, 1] for n, _ in arms[node]):
            continue
        centre = np.array(shapely.get_coordinates(lines[arms[node][0][0]])[-arms[node][0][1]])
        for n, side in arms[node]:
            lines[n] = _shortened(lines[n], side)
        tips = np.array([shapely.get_coordinates(lines[n])[-side] for n, side in arms[node]])
        order = np.argsort(np.arctan2(*(tips - centre).T[::-1]), kind="stable")
        numbers = np.arange(next_node, next_node + len(order))
        for number, at in zip(numbers, order, strict=True):
            n, side = arms[node][at]
            nodes[n, side] = number
        next_node += len(order)
        rings.append((_ring(centre, tips[order]), np.column_stack([numbers, np.roll(numbers, -1)]), best))
    return _joined(replace(links, lines=lines, nodes=nodes), rings)


def _shortened(line: shapely.LineString, side: int) -> shapely.LineString:
    length = line.length
    near = (_ROUNDABOUT_RADIUS_M, length) if side == 0 else (0.0, length - _ROUNDABOUT_RADIUS_M)
    return shapely.LineString(np.round(shapely.get_coordinates(substring(line, *near)), 2))


def _ring(centre: Floats, tips: Floats) -> Objects:
    """Draw the arcs of a ring from each tip to the next, anticlockwise."""
    arcs = []
    angles = np.arctan2(*(tips - centre).T[::-1])
    for n, tip in enumerate(tips):
        following = tips[(n + 1) % len(tips)]
        turn = (angles[(n + 1) % len(tips)] - angles[n]) % (2 * np.pi)
        steps = np.linspace(0, 1, max(3, int(turn / 0.35) + 2))[1:-1]
        reach = np.hypot(*(tip - centre)) * (1 - steps) + np.hypot(*(following - centre)) * steps
        heading = angles[n] + turn * steps
        round_points = centre + np.column_stack([np.cos(heading), np.sin(heading)]) * reach[:, None]
        arcs.append(shapely.LineString(np.round(np.vstack([tip, round_points, following]), 2)))
    return np.array(arcs)


def _joined(links: Links, rings: list[tuple[Objects, Ints, int]]) -> Links:
    """Add rings to the links; an arc belongs to the best road that meets it, so that road stays whole."""
    if not rings:
        return links
    best = np.repeat([b for *_, b in rings], [len(arcs) for arcs, *_ in rings])
    return Links(
        np.concatenate([links.lines, *(arcs for arcs, *_ in rings)]),
        np.concatenate([links.nodes, *(nodes for _, nodes, _ in rings)]),
        np.concatenate([links.road_class, links.road_class[best]]),
        np.concatenate([links.route, links.route[best]]),
        np.concatenate([links.in_place, links.in_place[best]]),
        np.concatenate([links.is_bridge, np.zeros(len(best), dtype=bool)]),
        np.concatenate([links.is_roundabout, np.ones(len(best), dtype=bool)]),
    )
