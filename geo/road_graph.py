"""Numbered roads as a graph, and the longest ways through it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints
from geo.borders import numbered

# Roads lie so far apart on an axis of their own that no search by distance finds two at once, metres.
_APART_M = 1e7
# A gap, a slip road or an arc counts as longer than it is, so that a way keeps to the road itself.
_DETOUR = 3.0


@dataclass(frozen=True)
class Graph:
    """Edges between numbered nodes: from, to, cost (metres, detours dearer) and the stretch (-1 for a gap)."""

    ends: Ints
    cost_m: Floats
    stretch: Ints
    node_xy: Floats
    node_road: Ints

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.node_road)

    def parts(self) -> Ints:
        """Return for each node the number of the connected part it is in."""
        return parts_of(self.ends, self.size)


def graph_of(
    road: Ints, start: Floats, end: Floats, length_m: Floats, is_main: NDArray[np.bool_], gap_m: float
) -> Graph:
    """Join stretches of the same road at their ends, and across gaps.

    Args:
        road: number of the road that each stretch is of.
        start: first point of each stretch, metres.
        end: last point.
        length_m: length.
        is_main: false for slip roads and arcs of roundabouts.
        gap_m: loose ends of a road are joined to all of its ends that are no farther.
    """
    rows = np.column_stack([np.concatenate([road, road]).astype(np.float64), np.concatenate([start, end])])
    node, first = numbered(rows)
    ends = node.reshape(2, -1).T
    node_road, node_xy = rows[first, 0].astype(np.int64), rows[first, 1:]
    bridges, wide = _bridges(ends, node_road, node_xy, gap_m)
    cost = np.where(is_main, length_m, _DETOUR * length_m)
    return Graph(
        np.concatenate([ends, bridges]),
        # Nothing costs nothing: a stored zero is no edge.
        np.maximum(np.concatenate([cost, _DETOUR * wide]), 1e-3),
        np.append(np.arange(len(road)), np.full(len(bridges), -1)),
        node_xy,
        node_road,
    )


def longest_ways(graph: Graph, chosen: NDArray[np.bool_], is_main: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the longest of the shortest ways in each part of a graph, found by searching to and fro.

    A way goes from the end that is farther west. Where a road has two carriageways it takes one of them.

    Args:
        graph: the graph.
        chosen: edges that may be used.
        is_main: edges that a way must begin and end with; parts without any have none.

    Returns:
        In the order of travel: ``way`` (a node of the part), ``edge`` and ``is_forward``.
    """
    ends, cost, edge = _cheapest(graph, np.flatnonzero(chosen))
    matrix = _matrix(ends, cost, graph.size)
    part = connected_components(matrix, directed=False)[1]
    nodes = np.unique(graph.ends[chosen & is_main])
    _, first = np.unique(part[nodes], return_index=True)
    tip = nodes[first]
    for _ in range(2):
        reach, before, _ = dijkstra(
            matrix, directed=False, indices=tip, min_only=True, return_predecessors=True
        )
        order = np.lexsort((nodes, -reach[nodes], part[nodes]))
        _, first = np.unique(part[nodes[order]], return_index=True)
        start, tip = tip, nodes[order][first]
    way = np.arange(len(tip))
    steps, here = [], tip.astype(np.int64)
    while len(here):
        previous = before[here].astype(np.int64)
        goes_on = previous >= 0
        way, here, previous = way[goes_on], here[goes_on], previous[goes_on]
        steps.append(np.column_stack([way, previous, here]))
        here = previous
    travelled = np.concatenate(steps) if steps else np.empty((0, 3), dtype=np.int64)
    turn = np.repeat(np.arange(len(steps)), [len(s) for s in steps])
    is_west = _is_west(graph.node_xy[tip], graph.node_xy[start])[travelled[:, 0]]
    order = np.lexsort((np.where(is_west, turn, -turn), travelled[:, 0]))
    a = np.where(is_west, travelled[:, 2], travelled[:, 1])[order]
    b = np.where(is_west, travelled[:, 1], travelled[:, 2])[order]
    key = np.minimum(a, b) * graph.size + np.maximum(a, b)
    known = ends[:, 0] * graph.size + ends[:, 1]
    used = edge[np.searchsorted(known, key)]
    return pd.DataFrame(
        {"way": tip[travelled[order, 0]], "edge": used, "is_forward": graph.ends[used, 0] == a}
    )


def parts_of(ends: Ints, size: int) -> Ints:
    """Return for each of `size` nodes the number of the connected part it is in, given pairs of joined nodes."""
    label = connected_components(_matrix(ends, np.ones(len(ends)), size), directed=False)[1]
    return np.asarray(label, dtype=np.int64)


def _is_west(a: Floats, b: Floats) -> NDArray[np.bool_]:
    is_lower: NDArray[np.bool_] = (a[:, 0] < b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] < b[:, 1]))
    return is_lower


def _bridges(ends: Ints, node_road: Ints, node_xy: Floats, gap_m: float) -> tuple[Ints, Floats]:
    """Return pairs of a loose end and another end of the same road that is near, and how far apart they are."""
    loose = np.flatnonzero(np.bincount(ends.ravel(), minlength=len(node_road)) == 1)
    if not len(loose) or gap_m <= 0:
        return np.empty((0, 2), dtype=np.int64), np.empty(0)
    places = np.column_stack([node_xy, node_road * _APART_M])
    near = cKDTree(places[loose]).sparse_distance_matrix(cKDTree(places), gap_m, output_type="ndarray")
    pairs = np.column_stack([loose[near["i"]], near["j"]]).astype(np.int64)
    is_other = pairs[:, 0] != pairs[:, 1]
    pairs, wide = pairs[is_other], near["v"][is_other]
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    return pairs[order], wide[order]


def _cheapest(graph: Graph, edges: Ints) -> tuple[Ints, Floats, Ints]:
    """Return one edge for each pair of nodes, lower node first and in order: the cheapest, then the first."""
    low, high = graph.ends[edges].min(axis=1), graph.ends[edges].max(axis=1)
    order = np.lexsort((edges, graph.cost_m[edges], high, low))
    low, high, edges = low[order], high[order], edges[order]
    is_new = np.append(True, (low[1:] != low[:-1]) | (high[1:] != high[:-1]))[: len(low)]
    kept = is_new & (low != high)
    return np.column_stack([low, high])[kept], graph.cost_m[edges[kept]], edges[kept]


def _matrix(ends: Ints, cost_m: Floats, size: int) -> csr_array:
    return coo_array((cost_m, (ends[:, 0], ends[:, 1])), shape=(size, size)).tocsr()
