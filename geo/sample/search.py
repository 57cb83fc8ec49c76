"""Nearest points and cheapest ways, with the types that the rest relies on."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree

from geo.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class Ways:
    """The cheapest way to each site from the nearest of several starts.

    Its cost (inf: none), the site before it on the way (below 0: none), and the start.
    """  # fmt: skip

    costs: Floats
    before: Ints
    start: Ints


def nearest(points: Floats, to: Floats) -> tuple[Floats, Ints]:
    """Return, for each place in `to`, the distance to the nearest of `points` and its position."""
    gaps, positions = cKDTree(points).query(to)
    return np.asarray(gaps, dtype=np.float64), np.asarray(positions, dtype=np.int64)


def graph(pairs: Ints, costs: Floats, size: int) -> csr_array:
    """Return pairs of sites as a sparse matrix, to be searched in both directions."""
    return csr_array((costs, (pairs[:, 0], pairs[:, 1])), shape=(size, size))


def ways_from_any(starts: Ints, ways: csr_array) -> Ways:
    """Find the cheapest way to every site from whichever start is nearest."""
    costs, before, source = dijkstra(
        ways, directed=False, indices=starts, return_predecessors=True, min_only=True
    )
    return Ways(
        np.asarray(costs, dtype=np.float64),
        np.asarray(before, dtype=np.int64),
        np.asarray(source, dtype=np.int64),
    )


def groups(ways: csr_array) -> Ints:
    """Number the groups of sites that are joined."""
    _, labels = connected_components(ways, directed=False)
    return np.asarray(labels, dtype=np.int64)


def spanning(pairs: Ints, costs: Floats, size: int) -> Bools:
    """Tell which pairs the cheapest tree needs that joins whatever the pairs join."""
    # The number of the pair rides along as its cost: distinct, and in the order of the true costs.
    rank = np.empty(len(pairs))
    order = np.argsort(costs, kind="stable")
    rank[order] = np.arange(1, len(pairs) + 1)
    tree = minimum_spanning_tree(graph(pairs, rank, size))
    needed = np.zeros(len(pairs), dtype=bool)
    needed[order[np.asarray(tree.data, dtype=np.int64) - 1]] = True
    return needed
