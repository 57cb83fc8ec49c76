"""Carriageways drawn apart: dual carriageways, and motorways with slip roads at their junctions."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.ops import substring

from geo.arrays import Bools, Floats, Objects
from geo.sample.chains import chains
from geo.sample.curves import draw
from geo.sample.links import COLLAPSED, DUAL, SLIP, Links, links_like
from geo.sample.plan import MOTORWAY, STREET, Plan

# From the middle of the road to the middle of each carriageway.
_HALF_DUAL_M = 8.0
_HALF_MOTORWAY_M = 13.0
_LEAST_DUAL_M = 160.0
_TAPER_M = 45.0
# How far along the motorway from a junction its slip roads leave; junctions and ends keep further apart.
_SLIP_M = 330.0
_LEAST_APART_M = 1_600.0


def dual_carriageways(links: Links, is_trunk: Bools) -> Links:
    """Draw the two carriageways of long enough trunk roads outside places apart, as two links each."""
    chosen = (
        is_trunk
        & (links.form == COLLAPSED)
        & (links.in_place < 0)
        & ~links.is_bridge
        & (links.lengths_m > _LEAST_DUAL_M)
    )
    one = links.of(chosen)
    sides = [_apart(one.lines, side * _HALF_DUAL_M) for side in (1, -1)]
    is_drawn = ~shapely.is_empty(sides[0]) & ~shapely.is_empty(sides[1])
    rows = np.flatnonzero(chosen)[is_drawn]
    kept = np.ones(len(links), dtype=bool)
    kept[rows] = False
    result = links.of(kept)
    for side in sides:
        half = links.of(rows)
        form = np.full(len(rows), DUAL)
        result = result.and_also(
            Links(
                side[is_drawn], half.nodes, half.road_class, half.route, half.in_place, half.is_bridge, form
            )
        )
    return result


def _apart(lines: Objects, by: float) -> Objects:
    """Move lines sideways but for their ends (metres, left is positive); empty where that makes no one line."""
    moved = shapely.offset_curve(lines, by, quad_segs=4, join_style="mitre")
    result: Objects = np.array([shapely.LineString()] * len(lines), dtype=object)
    for n, (line, side) in enumerate(zip(lines, moved, strict=True)):
        if side.geom_type == "LineString" and side.length > 2.5 * _TAPER_M:
            inner = shapely.get_coordinates(substring(side, _TAPER_M, side.length - _TAPER_M))
            ends = shapely.get_coordinates(line)[[0, -1]]
            result[n] = shapely.LineString(np.round(np.vstack([ends[:1], inner, ends[1:]]), 2))
    return result


@dataclass(frozen=True)
class Motorway:
    """The middle line of a motorway, its two end nodes, its route, and its junctions: site, and metres along."""

    line: shapely.LineString
    ends: tuple[int, int]
    route: int
    junctions: list[tuple[int, float]]


def plan_motorways(plan: Plan, position: Floats) -> list[Motorway]:
    """Find the motorways, with junctions where other roads cross them.

    Args:
        plan: what roads are.
        position: where the sites are (n x 2, metres).
    """
    is_motorway = plan.road_class == MOTORWAY
    if not is_motorway.any():
        return []
    own = chains(plan, np.flatnonzero(is_motorway))
    met = set(plan.pairs[plan.is_laid & ~is_motorway & (plan.road_class <= STREET)].ravel().tolist())
    motorways = []
    for n, line in enumerate(draw(own, position, np.zeros(len(own.sizes)))):
        sites = own.of_size(np.array([n]), int(own.sizes[n]))[0]
        crossed = [site for site in sites[1:-1].tolist() if site in met]
        junctions = _spaced(line, crossed, position)
        motorways.append(
            Motorway(line, (int(sites[0]), int(sites[-1])), int(plan.route[own.row[n]]), junctions)
        )
    return motorways


def with_motorways(links: Links, motorways: list[Motorway], position: Floats) -> Links:
    """Add motorways to the links: two carriageways each, and slip roads at their junctions."""
    node = len(position)
    drawn = []
    for motorway in motorways:
        more, node = _carriageways(motorway, position, node)
        drawn.append(more)
    return links.and_also(*drawn)


def _spaced(line: shapely.LineString, sites: list[int], position: Floats) -> list[tuple[int, float]]:
    """Choose junctions far enough from each other and from both ends: site, and metres along the line."""
    chosen: list[tuple[int, float]] = []
    last = 0.0
    for site in sites:
        along = line.project(shapely.Point(position[site]))
        if along - last > _LEAST_APART_M and line.length - along > _LEAST_APART_M:
            chosen.append((site, along))
            last = along
    return chosen


def _carriageways(motorway: Motorway, position: Floats, node: int) -> tuple[Links, int]:
    """Draw a motorway; new nodes are numbered from `node`. Return its links and the next free number."""
    carriageways: list[tuple[shapely.LineString, tuple[int, int]]] = []
    slips: list[tuple[shapely.LineString, tuple[int, int]]] = []
    line, junctions = motorway.line, motorway.junctions
    cuts = [along + step for _, along in junctions for step in (-_SLIP_M, _SLIP_M)]
    for side in (1, -1):
        edge = _apart(np.array([line], dtype=object), side * _HALF_MOTORWAY_M)[0]
        edge = line if edge.is_empty else edge
        # The two edges differ a little in length from the middle.
        marks = [0.0, *(edge.project(line.interpolate(c)) for c in cuts), edge.length]
        numbers = [motorway.ends[0], *range(node, node + len(cuts)), motorway.ends[1]]
        node += len(cuts)
        for (a, b), ends in zip(pairwise(marks), pairwise(numbers), strict=True):
            carriageways.append((_rounded(substring(edge, a, b)), ends))
        for n, (mark, number) in enumerate(zip(marks[1:-1], numbers[1:-1], strict=True)):
            site = junctions[n // 2][0]
            bend = side if n % 2 == 0 else -side
            slips.append((_slip(edge.interpolate(mark), shapely.Point(position[site]), bend), (number, site)))
    links = links_like(carriageways, MOTORWAY, motorway.route, DUAL)
    return links.and_also(links_like(slips, MOTORWAY, motorway.route, SLIP)), node


def _slip(start: shapely.Point, end: shapely.Point, side: int) -> shapely.LineString:
    """Draw a slip road from the carriageway to the junction, bowed away from the motorway."""
    a, b = np.array(start.coords[0]), np.array(end.coords[0])
    along = b - a
    pull = a + 0.6 * along + side * 0.22 * np.array([-along[1], along[0]])
    t = np.linspace(0, 1, 8)[:, None]
    return _rounded(shapely.LineString((1 - t) ** 2 * a + 2 * t * (1 - t) * pull + t**2 * b))


def _rounded(line: shapely.LineString) -> shapely.LineString:
    return shapely.LineString(np.round(shapely.get_coordinates(line), 2))
