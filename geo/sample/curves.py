"""Roads drawn as curves through the sites they pass."""

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Objects, rank_among
from geo.sample.chains import Chains
from geo.sample.plan import Plan

_SMOOTHINGS = 5
_CUTS = 3
# Lines of more sites are smooth enough with fewer vertices.
_FEWER_CUTS, _MANY_SITES = 2, 6
_STRAIGHT = 2
_MEET = 2


def smoothed(sites: Floats, plan: Plan) -> Floats:
    """Ease sites along the road through them towards their neighbours on it; the best road decides.

    Args:
        sites: positions (n x 2, metres).
        plan: the roads.
    """
    rows = np.flatnonzero(plan.is_laid)
    site = plan.pairs[rows].ravel()
    other = plan.pairs[rows][:, ::-1].ravel()
    kind = np.repeat(plan.road_class[rows] * (plan.route.max() + 2) + plan.route[rows] + 1, 2)
    order = np.lexsort((other, kind, site))
    site, other, kind = site[order], other[order], kind[order]
    rank = rank_among(site)
    first = np.flatnonzero((rank == 0) & np.append(site[1:] == site[:-1], False))
    first = first[kind[first] == kind[first + 1]]
    third = np.minimum(first + _MEET, len(site) - 1)
    meets_more = (site[third] == site[first]) & (kind[third] == kind[first]) & (third > first + 1)
    first = first[~meets_more]
    eased, before, after = site[first], other[first], other[first + 1]
    position = sites.copy()
    for _ in range(_SMOOTHINGS):
        position[eased] = (position[eased] + (position[before] + position[after]) / 2) / 2
    return position


def draw(chains: Chains, position: Floats, bow: Floats) -> Objects:
    """Draw each chain as a curve; straight from site to site where `bow` is not a number.

    Args:
        chains: the sites each line passes.
        position: where the sites are (n x 2, metres).
        bow: height of the bow of a line between two sites, as a share of its length.
    """
    lines: Objects = np.empty(len(chains.sizes), dtype=object)
    is_straight = np.isnan(bow)
    for size in np.unique(chains.sizes):
        for straight in (True, False):
            chosen = np.flatnonzero((chains.sizes == size) & (is_straight == straight))
            if len(chosen):
                points = position[chains.of_size(chosen, int(size))]
                if not straight:
                    points = _curved(_bowed(points, bow[chosen]) if size == _STRAIGHT else points)
                lines[chosen] = shapely.linestrings(np.round(points, 2))
    return lines


def redraw(lines: Objects, chains: Chains, position: Floats, bow: Floats, chosen: Bools) -> Objects:
    """Draw the chosen chains again, and keep the other lines."""
    picked = np.flatnonzero(chosen)
    some = Chains(chains.sites, chains.starts[picked], chains.sizes[picked], chains.row[picked])
    lines = lines.copy()
    lines[picked] = draw(some, position, bow[picked])
    return lines


def _bowed(points: Floats, bow: Floats) -> Floats:
    """Give straight streets a slight curve; `bow` is its height as a share of the length."""
    along = points[:, 1] - points[:, 0]
    middle = points.mean(axis=1) + bow[:, None] * np.column_stack([-along[:, 1], along[:, 0]])
    return np.stack([points[:, 0], middle, points[:, 1]], axis=1)


def _curved(points: Floats) -> Floats:
    """Cut every corner of each line at a quarter, and again (Chaikin), keeping both ends."""
    for _ in range(_CUTS if points.shape[1] < _MANY_SITES else _FEWER_CUTS):
        before, after = points[:, :-1], points[:, 1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=2)
        cut = cut.reshape(len(points), -1, 2)
        points = np.concatenate([points[:, :1], cut[:, 1:-1], points[:, -1:]], axis=1)
    return points
