"""Areas divided into parts of about as many people each, every part in one piece."""

import numpy as np

from geo.arrays import Bools, Floats, Ints
from geo.sample.grouping import members
from geo.sample.land import Land
from geo.sample.mesh import components, grow
from geo.sample.search import nearest


def divide(land: Land, costs: Floats, parent: Ints, residents: Floats, size: int) -> tuple[Ints, Ints]:
    """Divide each parent into areas of about `size` people; none has parts that do not touch.

    Args:
        land: the mesh.
        costs: cost of passing each pair of sites.
        parent: what each site belongs to, from 0 (-1: nothing).
        residents: people at each site.
        size: people wanted in each area.

    Returns:
        The area of each site (-1: none), and the parent of each area.
    """
    a, b = parent[land.mesh.pairs].T
    within = land.dry_pairs & (a == b)
    piece, owner = _pieces(land, within, parent)
    seeds, owners = [], []
    for n, sites in enumerate(members(piece, len(owner))):
        count = max(1, round(float(residents[sites].sum()) / size))
        for part in _halved(land.mesh.sites, sites, residents, min(count, len(sites))):
            middle = np.average(land.mesh.sites[part], axis=0, weights=residents[part])
            seeds.append(int(part[nearest(land.mesh.sites[part], middle[None])[1][0]]))
            owners.append(owner[n])
    return grow(land.mesh, costs, within, np.array(seeds)), np.array(owners)


def _pieces(land: Land, within: Bools, parent: Ints) -> tuple[Ints, Ints]:
    """Number the pieces of all parents, an exclave on its own; return those, and the parent of each."""
    inside = parent >= 0
    found, piece = np.unique(
        np.column_stack([parent, components(land.mesh, within)])[inside], axis=0, return_inverse=True
    )
    numbered = np.full(len(parent), -1)
    numbered[inside] = piece.ravel()
    return numbered, found[:, 0]


def _halved(sites: Floats, own: Ints, residents: Floats, count: int) -> list[Ints]:
    """Cut a set of sites across its longer extent, again and again, into `count` parts of equal people."""
    if count == 1:
        return [own]
    order = own[np.argsort(_along_longer_extent(sites[own]), kind="stable")]
    left = count // 2
    sums = np.cumsum(residents[order])
    cut = int(np.clip(np.searchsorted(sums, sums[-1] * left / count), left, len(order) - (count - left)))
    first = _halved(sites, order[:cut], residents, left)
    return first + _halved(sites, order[cut:], residents, count - left)


def _along_longer_extent(xy: Floats) -> Floats:
    x, y = (xy - xy.mean(axis=0)).T
    # The first principal axis in closed form: a library's eigenvector has a sign and last digits of its own.
    angle = 0.5 * np.arctan2(2 * (x * y).sum(), (x**2).sum() - (y**2).sum())
    return np.asarray(x * np.cos(angle) + y * np.sin(angle))
