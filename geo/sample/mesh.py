"""The mesh under everything: sites, the cells around them, and rough cell sides that never cross.

Borders follow cell sides and roads run from site to site, so a road crosses a border squarely and a border
never runs through a street corner.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Voronoi

from geo.sample.arrays import Bools, Floats, Ints, Objects
from geo.sample.search import graph, groups, ways_from_any

# Each side is halved this often: 2 ** 4 = 16 pieces, about 20 m each.
_HALVINGS = 4
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
    cells = Voronoi(sites)
    ends = np.asarray(cells.ridge_vertices, dtype=np.int64)
    finite = (ends >= 0).all(axis=1)
    pairs = np.asarray(cells.ridge_points, dtype=np.int64)[finite]
    order = np.lexsort((pairs.max(axis=1), pairs.min(axis=1)))
    pairs, ends = np.sort(pairs[order], axis=1), ends[finite][order]
    a, b = np.asarray(cells.vertices)[ends[:, 0]], np.asarray(cells.vertices)[ends[:, 1]]
    side = b - a
    along = np.einsum("ij,ij->i", sites[pairs].mean(axis=1) - a, side) / np.maximum(
        (side**2).sum(axis=1), 1e-9
    )
    return Mesh(sites, pairs, a, b, (along > 0) & (along < 1))


def rough_sides(rng: np.random.Generator, mesh: Mesh, chosen: Bools) -> Objects:
    """Return the chosen sides as lines, displaced at every midpoint.

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
    # Rounding turns the pieces of a side of a few centimetres into knots.
    rough = mesh.is_direct[chosen] & (np.hypot(*(b - a).T) > _SHORTEST_ROUGH_M)
    points = _displaced(rng, (a[rough], b[rough]), (p[rough], q[rough]), _HALVINGS)
    lines[rough] = shapely.linestrings(points)
    return lines


def grow(mesh: Mesh, costs: Floats, open_pairs: Bools, seeds: Ints) -> Ints:
    """Give each site to the seed it can be reached from most cheaply; -1 where none can.

    Territories are in one piece, since each site is reached through its own territory.

    Args:
        mesh: sites and pairs.
        costs: cost of passing each pair.
        open_pairs: pairs that may be passed.
        seeds: sites that territories start from; the result holds positions in this array.
    """
    ways = graph(mesh.pairs[open_pairs], costs[open_pairs], len(mesh.sites))
    _, source = ways_from_any(seeds, ways)
    position = np.full(len(mesh.sites), -1)
    position[seeds] = np.arange(len(seeds))
    return np.where(source >= 0, position[np.maximum(source, 0)], -1)


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
