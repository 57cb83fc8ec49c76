"""Roundabouts: some busy junctions drawn as rings, each arm ending on the ring."""

from dataclasses import replace

import numpy as np
import shapely
from shapely.ops import substring

from geo.arrays import Floats, Ints, Objects
from geo.sample.links import ROUNDABOUT, Links
from geo.sample.plan import B_ROAD, MOTORWAY

_RADIUS_M = 19.0
_INTERCHANGE_RADIUS_M = 62.0
_SHARE = 0.2
_LEAST_ARMS = 4
# An arm must be longer than so many radii, or little would be left of it.
_LEAST_RADII = 2.5


def with_roundabouts(rng: np.random.Generator, links: Links, interchanges: Ints) -> Links:
    """Turn interchanges, and some busy crossings of numbered roads, into rings.

    Args:
        rng: random stream.
        links: the links.
        interchanges: nodes that slip roads lead to.
    """
    ends = np.arange(2 * len(links))
    node = links.nodes.ravel()
    order = np.argsort(node, kind="stable")
    node, ends = node[order], ends[order]
    first = np.flatnonzero(np.append(True, node[1:] != node[:-1]))
    arms = np.diff(np.append(first, len(node)))
    best = np.minimum.reduceat(links.road_class[ends // 2], first)
    at_interchange = np.isin(node[first], interchanges)
    busy = (arms >= _LEAST_ARMS) & (best <= B_ROAD)
    chosen = at_interchange | (busy & (rng.uniform(size=len(first)) < _SHARE))
    return _with_rings(links, [
        (ends[f : f + count], _INTERCHANGE_RADIUS_M if big else _RADIUS_M)
        for f, count, big in zip(first[chosen], arms[chosen], at_interchange[chosen], strict=True)
    ])  # fmt: skip


def _with_rings(links: Links, junctions: list[tuple[Ints, float]]) -> Links:
    """Draw rings around junctions, given by the ends of links that meet there, and the radius (metres)."""
    lines, nodes = links.lines.copy(), links.nodes.copy()
    next_node = int(nodes.max()) + 1
    rings: list[tuple[Objects, Ints, int]] = []
    for ends, radius in junctions:
        arms = [(int(e) // 2, int(e) % 2) for e in ends]
        whole = [lines[n].length > _LEAST_RADII * radius and nodes[n, 0] != nodes[n, 1] for n, _ in arms]
        if not all(whole):
            continue
        centre = np.array(shapely.get_coordinates(lines[arms[0][0]])[-arms[0][1]])
        for n, side in arms:
            lines[n] = _shortened(lines[n], side, radius)
        tips = np.array([shapely.get_coordinates(lines[n])[-side] for n, side in arms])
        order = np.argsort(np.arctan2(*(tips - centre).T[::-1]), kind="stable")
        numbers = np.arange(next_node, next_node + len(order))
        for number, at in zip(numbers, order, strict=True):
            n, side = arms[at]
            nodes[n, side] = number
        next_node += len(order)
        # The ring at the end of a motorway, or above it, belongs to the road that goes on.
        best = min(
            (n for n, _ in arms), key=lambda n: (links.road_class[n] == MOTORWAY, links.road_class[n], n)
        )
        rings.append((_ring(centre, tips[order]), np.column_stack([numbers, np.roll(numbers, -1)]), best))
    return _joined(replace(links, lines=lines, nodes=nodes), rings)


def _shortened(line: shapely.LineString, side: int, by: float) -> shapely.LineString:
    near = (by, line.length) if side == 0 else (0.0, line.length - by)
    points = shapely.get_coordinates(substring(line, *near))
    # Only the new end: the others may be shared with a border, to the last digit.
    points[-side] = np.round(points[-side], 2)
    return shapely.LineString(points)


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
    like = links.of(best)
    arcs = np.concatenate([arcs for arcs, *_ in rings])
    nodes = np.concatenate([nodes for _, nodes, _ in rings])
    form = np.full(len(best), ROUNDABOUT)
    is_bridge = np.zeros(len(best), dtype=bool)
    return links.and_also(Links(arcs, nodes, like.road_class, like.route, like.in_place, is_bridge, form))
