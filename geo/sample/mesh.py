"""The mesh under everything: sites, the cells around them, and rough cell sides that never cross.

Borders follow cell sides and roads run from site to site, so a road crosses a border squarely and a border
never runs through a street corner.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Delaunay

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.search import graph, groups, ways_from_any

# Sides are halved until their pieces are about so long, but this often at most.
_PIECE_M = 20.0
_MOST_HALVINGS = 4
_SWING = 0.36
_SHORTEST_ROUGH_M = 25.0


@dataclass(frozen=True)
class Mesh:
    """Sites in metres; for each pair of neighbours, the two ends of the side between their cells.

    `is_direct` tells pairs whose connecting line crosses their own side, and so stays in their two cells.
    """

    sites: Floats
    pairs: Ints
    starts: Floats
    ends: Floats
    is_direct: Bools

    @property
    def lengths_m(self) -> Floats:
        """Distance between the sites of each pair."""
        gap: Floats = np.hypot(*(self.sites[self.pairs[:, 0]] - self.sites[self.pairs[:, 1]]).T)
        return gap

    @property
    def middles(self) -> Floats:
        """Midpoint between the sites of each pair."""
        middle: Floats = self.sites[self.pairs].mean(axis=1)
        return middle


def build_mesh(sites: Floats) -> Mesh:
    """Divide the plane among `sites` (metres); sides that run to infinity are left out."""
    triangles = Delaunay(sites)
    corners, beyond = triangles.simplices.astype(np.int64), triangles.neighbors.astype(np.int64)
    centres = _circumcentres(sites[corners])
    triangle, opposite = np.nonzero(beyond > np.arange(len(beyond))[:, None])
    pairs = np.sort(
        np.column_stack([corners[triangle, (opposite + 1) % 3], corners[triangle, (opposite + 2) % 3]]),
        axis=1,
    )
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, a, b = pairs[order], centres[triangle[order]], centres[beyond[triangle, opposite][order]]
    side = b - a
    along = ((sites[pairs].mean(axis=1) - a) * side).sum(axis=1) / np.maximum((side**2).sum(axis=1), 1e-9)
    return Mesh(sites, pairs, a, b, (along > 0) & (along < 1))


def _circumcentres(triangles: Floats) -> Floats:
    """Return the point as far from each corner of a triangle as from the others (n x 3 x 2 to n x 2)."""
    origin = triangles[:, 0]
    (bx, by), (cx, cy) = (triangles[:, 1] - origin).T, (triangles[:, 2] - origin).T
    # Three sites in a line have no such point; the outermost rim of the mesh may hold some.
    twice = 2 * (bx * cy - by * cx)
    twice = np.where(twice == 0, 1e-9, twice)
    b, c = bx**2 + by**2, cx**2 + cy**2
    return np.asarray(origin + np.column_stack([(cy * b - by * c) / twice, (bx * c - cx * b) / twice]))


def rough_sides(rng: np.random.Generator, mesh: Mesh, chosen: Bools, straight: Bools) -> Objects:
    """Return the chosen sides as lines, displaced at every midpoint unless they are to be straight.

    A displaced side stays within the four-sided figure of its two ends and its two sites. Those figures do
    not overlap, so no two sides can cross however rough they are.
    """
    p, q = (mesh.sites[mesh.pairs[chosen, n]] for n in (0, 1))
    a, b = mesh.starts[chosen], mesh.ends[chosen]
    # Full swing would draw a spike where sites lie far off a short side.
    middle = (p + q) / 2
    reach = np.minimum(1, 0.7 * np.hypot(*(b - a).T) / np.maximum(np.hypot(*(p - q).T), 1e-9))[:, None]
    p, q = middle + (p - middle) * reach, middle + (q - middle) * reach
    lines = np.asarray(shapely.linestrings(np.stack([a, b], axis=1)))
    length = np.hypot(*(b - a).T)
    # Rounding turns the pieces of a side of a few centimetres into knots.
    is_rough = mesh.is_direct[chosen] & ~straight[chosen] & (length > _SHORTEST_ROUGH_M)
    halvings = np.clip(np.round(np.log2(np.maximum(length, 1e-9) / _PIECE_M)), 1, _MOST_HALVINGS)
    for times in range(1, _MOST_HALVINGS + 1):
        rough = is_rough & (halvings == times)
        points = _displaced(rng, (a[rough], b[rough]), (p[rough], q[rough]), times)
        lines[rough] = shapely.linestrings(points)
    drawn: Objects = lines[length > 0]
    return drawn


def grow(
    mesh: Mesh, costs: Floats, open_pairs: Bools, seeds: Ints, *, head_start: Floats | None = None
) -> Ints:
    """Give each site to the seed it can be reached from most cheaply; -1 where none can.

    Territories are in one piece, since each site is reached through its own territory.

    Args:
        mesh: sites and pairs.
        costs: cost of passing each pair.
        open_pairs: pairs that may be passed.
        seeds: sites that territories start from, each once; the result holds positions in this array.
        head_start: cost that each seed is spared; none if not given.
    """
    size, count = len(mesh.sites), len(seeds)
    behind = np.zeros(count) if head_start is None else head_start.max() - head_start
    # A seed starts late by standing behind its site, at the end of a pair of its own; a cost of 0 is no pair.
    gates = np.column_stack([seeds, size + np.arange(count)])
    pairs = np.vstack([mesh.pairs[open_pairs], gates])
    ways = graph(pairs, np.append(costs[open_pairs], behind + 1.0), size + count)
    start = ways_from_any(gates[:, 1], ways).start[:size]
    return np.where(start >= 0, start - size, -1)


def components(mesh: Mesh, open_pairs: Bools) -> Ints:
    """Number the connected groups of sites."""
    return groups(graph(mesh.pairs[open_pairs], np.ones(open_pairs.sum()), len(mesh.sites)))


def _displaced(
    rng: np.random.Generator, ends: tuple[Floats, Floats], sides: tuple[Floats, Floats], halvings: int
) -> Floats:
    """Displace the midpoint between `ends` towards one or the other of `sides`, and so on in each half."""
    (a, b), (p, q) = ends, sides
    share = 0.5 + rng.uniform(-_SWING, _SWING, (len(a), 1))
    middle = p * (1 - share) + q * share
    if halvings == 1:
        return np.stack([a, middle, b], axis=1)
    first = _displaced(rng, (a, middle), ((a + p) / 2, (a + q) / 2), halvings - 1)
    second = _displaced(rng, (middle, b), ((b + p) / 2, (b + q) / 2), halvings - 1)
    return np.concatenate([first, second[:, 1:]], axis=1)
