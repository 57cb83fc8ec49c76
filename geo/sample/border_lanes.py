"""Lanes that run along the border between two authorities, each vertex shared with it."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Ints, Objects, both
from geo.sample.grouping import members
from geo.sample.links import SINGLE, Links, links_like
from geo.sample.mesh import Mesh
from geo.sample.plan import STREET
from geo.sample.search import nearest

_REACH_M = 1_400.0
_LEAST_M = 800.0
_FURTHEST_NODE_M = 1_500.0


@dataclass(frozen=True)
class BorderLanes:
    """Lanes along borders as lines (EPSG:27700), and the pairs of sites whose side they follow."""

    lines: Objects
    pairs: Bools


def border_lanes(mesh: Mesh, authority: Ints, is_open: Bools, count: int) -> BorderLanes:
    """Choose stretches of border for lanes: in open country, at the middle of the longest land borders.

    Args:
        mesh: sites and sides.
        authority: authority of each site (-1: sea).
        is_open: sites in open country.
        count: how many lanes are wanted; fewer are returned where borders are too short or too crooked.
    """
    sides = authority[mesh.pairs]
    is_border = (sides[:, 0] != sides[:, 1]) & (sides[:, 0] >= 0) & (sides[:, 1] >= 0)
    rows = np.flatnonzero(is_border)
    between = np.sort(sides[rows], axis=1)
    _, label = np.unique(between, axis=0, return_inverse=True)
    followed = np.zeros(len(mesh.pairs), dtype=bool)
    lines: list[shapely.LineString] = []
    open_row = both(is_open, mesh.pairs[rows])
    borders = sorted(members(label, int(label.max()) + 1), key=lambda own: (-len(own), int(own[0])))
    for own in borders:
        if len(lines) == count:
            break
        mine = rows[own[open_row[own]]]
        line, taken = _stretch(mesh, mine)
        if line.length > _LEAST_M:
            lines.append(line)
            followed[taken] = True
    drawn: Objects = np.empty(len(lines), dtype=object)
    drawn[:] = lines
    return BorderLanes(drawn, followed)


def _stretch(mesh: Mesh, rows: Ints) -> tuple[shapely.LineString, Ints]:
    """Take the sides around the middle of a border that make one line."""
    if not len(rows):
        return shapely.LineString(), rows
    middles = (mesh.starts[rows] + mesh.ends[rows]) / 2
    _, at = nearest(middles, middles.mean(axis=0)[None])
    near = rows[np.hypot(*(middles - middles[at[0]]).T) < _REACH_M]
    sides = np.asarray(shapely.linestrings(np.stack([mesh.starts[near], mesh.ends[near]], axis=1)))
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.multilinestrings(sides))))
    longest = merged[shapely.length(merged).argmax()]
    return longest, near[shapely.covers(longest, sides)]


def with_border_lanes(links: Links, lanes: Objects) -> Links:
    """Add lanes along borders to the network, each joined to the nearest junction at both ends."""
    if not len(lanes):
        return links
    side = np.flatnonzero(np.repeat(links.road_class, 2) >= STREET)
    tips = shapely.get_coordinates(shapely.get_point(links.lines[side // 2], -(side % 2)))
    ends = shapely.get_coordinates(shapely.get_point(np.repeat(lanes, 2), np.tile([0, -1], len(lanes))))
    gaps, found = nearest(tips, ends)
    junction = links.nodes.ravel()[side[found]]
    first = int(links.nodes.max()) + 1
    drawn: list[tuple[shapely.LineString, tuple[int, int]]] = []
    for n in np.flatnonzero(gaps.reshape(-1, 2).max(axis=1) <= _FURTHEST_NODE_M):
        own = (2 * int(n), 2 * int(n) + 1)
        drawn.append((lanes[n], (first + own[0], first + own[1])))
        for end in own:
            joint = shapely.LineString([ends[end], tips[found[end]]])
            drawn.append((joint, (first + end, int(junction[end]))))
    return links.and_also(links_like(drawn, STREET, -1, SINGLE))
