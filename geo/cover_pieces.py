"""Close chains along the edges of their cells: what they bound is the part of the polygon in the cell.

The clipping of Weiler and Atherton (1977) for square windows, all cells at once: with the inside to the left,
a border that leaves a cell goes on anticlockwise along the cell's edge to where the polygon next comes in.
"""

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.cover_chains import Chains, take

_SIDES = 4
_FEWEST = 3  # vertices of a ring, the closing one left out


def close_chains(chains: Chains, group: Ints, count: int, cell_m: float) -> tuple[Shapes, Bools]:
    """Return the piece that each group of chains bounds, and whether it is in doubt (then the piece is null).

    A group is in doubt where its chains do not come and go in turn round the cell, or where a hole could
    belong to more than one outline.

    Args:
        chains: with the inside to the left; none begins or ends at a cell's corner.
        group: number of the polygon and cell of each chain.
        count: how many groups there are.
        cell_m: side of a cell, metres.
    """
    if not count:
        return np.empty(0, dtype=object), np.empty(0, dtype=np.bool_)
    successor, corners, doubt = _successors(chains, group, count, cell_m)
    loop, place = _loops(successor, int(np.bincount(group, minlength=1).max()))
    is_hole = chains.is_closed.copy()
    if is_hole.any():
        is_hole[is_hole] = _signed_areas(take(chains, is_hole)) < 0
    order = np.lexsort((place, loop, is_hole, group))
    first = np.flatnonzero(place[order] == 0)
    head = order[first]
    xy, size = _vertices(chains, order, first, corners[order], cell_m)
    doubt[group[head[size < _FEWEST]]] = True
    shells = np.bincount(group[head[~is_hole[head]]], minlength=count)
    holes = np.bincount(group[head[is_hole[head]]], minlength=count)
    # An island may lie in a hole or not; a square with holes alone may hold no outline of its own.
    islands = np.bincount(group[chains.is_closed & ~is_hole], minlength=count)
    doubt |= (holes > 0) & ((shells > 1) | (islands > 0))
    kept = ~doubt[group[head]]
    used = np.repeat(kept, size + 1)
    ring = shapely.linearrings(xy[used], indices=np.repeat(np.arange(kept.sum()), size[kept] + 1))
    (bare,) = np.nonzero((holes > 0) & (shells == 0) & ~doubt)
    around = shapely.get_exterior_ring(_squares(chains, group, bare, count, cell_m))
    ring_group = np.concatenate([group[head[kept]], bare])
    by_group = np.lexsort((np.concatenate([is_hole[head[kept]], np.zeros(len(bare), bool)]), ring_group))
    return _pieces(np.concatenate([ring, around])[by_group], ring_group[by_group], shells, count), doubt


def _successors(chains: Chains, group: Ints, count: int, cell_m: float) -> tuple[Ints, Ints, Bools]:
    """Return the chain that follows each chain round its cell, the corners between them, and doubtful groups."""
    successor, corners = np.arange(len(group)), np.zeros(len(group), dtype=np.int64)
    doubt = np.zeros(count, dtype=np.bool_)
    (loose,) = np.nonzero(~chains.is_closed)
    if not len(loose):
        return successor, corners, doubt
    first = chains.first[loose]
    enters = _round(chains, loose, chains.x[first], chains.y[first], cell_m)
    leaves = _round(chains, loose, chains.exit_x[loose], chains.exit_y[loose], cell_m)
    chain, along = np.concatenate([loose, loose]), np.concatenate([enters, leaves])
    is_exit = np.repeat([False, True], len(loose))
    order = np.lexsort((along, group[chain]))
    chain, along, is_exit = chain[order], along[order], is_exit[order]
    of = group[chain]
    begins = np.flatnonzero(np.diff(of, prepend=-1))
    size = np.diff(begins, append=len(of))
    following = np.arange(1, len(of) + 1)
    following[begins + size - 1] = begins
    doubt[of[is_exit == is_exit[following]]] = True
    doubt[of[np.isnan(along)]] = True
    (sound,) = np.nonzero(is_exit & ~doubt[of])
    onward = following[sound]
    successor[chain[sound]] = chain[onward]
    sides = (along[onward].astype(np.int64) - along[sound].astype(np.int64)) % _SIDES
    sides[(sides == 0) & (along[onward] < along[sound])] = _SIDES
    corners[chain[sound]] = sides
    return successor, corners, doubt


def _round(chains: Chains, at: Ints, x: Floats, y: Floats, cell_m: float) -> Floats:
    """Return how far round its cell a point on the cell's edge is, in sides from the lower left corner."""
    left, low = chains.cell_x[at] * cell_m, chains.cell_y[at] * cell_m
    right, top = (chains.cell_x[at] + 1) * cell_m, (chains.cell_y[at] + 1) * cell_m
    sides = [y == low, x == right, y == top, x == left]
    along = [x - left, y - low, right - x, top - y]
    return np.select(sides, [n + a / cell_m for n, a in enumerate(along)], np.nan)


def _loops(successor: Ints, longest: int) -> tuple[Ints, Ints]:
    """Return the loop that each chain is on (its lowest chain) and its place on it, by pointer doubling."""
    loop, ahead = np.arange(len(successor)), successor
    rounds = max(int(longest - 1).bit_length(), 0)
    for _ in range(rounds):
        loop = np.minimum(loop, loop[ahead])
        ahead = ahead[ahead]
    is_last = loop == successor
    ahead = np.where(is_last, np.arange(len(successor)), successor)
    to_last = (~is_last).astype(np.int64)
    for _ in range(rounds):
        to_last = to_last + to_last[ahead]
        ahead = ahead[ahead]
    return loop, to_last[loop] - to_last


def _signed_areas(chains: Chains) -> Floats:
    """Return the area within each closed chain, square metres, negative where it runs clockwise."""
    chain = np.repeat(np.arange(len(chains.first)), chains.size)
    # Measured from the chain's start: far from the origin the digits would run out.
    x, y = chains.x - chains.x[chains.first][chain], chains.y - chains.y[chains.first][chain]
    after = np.arange(1, len(x) + 1)
    after[chains.first + chains.size - 1] = chains.first
    return np.add.reduceat(x * y[after] - x[after] * y, chains.first) / 2


def _vertices(chains: Chains, order: Ints, first: Ints, corners: Ints, cell_m: float) -> tuple[Floats, Ints]:
    """Return the closed rings' vertices, one after another, and the number of each ring's, last left out.

    A chain gives its vertices, the one where it leaves, and the corners on the way to the next chain.
    """
    size, is_open = chains.size[order], ~chains.is_closed[order]
    ends = np.zeros(len(order), dtype=np.int64)
    ends[np.append(first[1:], len(order)) - 1] = 1
    length = size + is_open + corners + ends
    begin = np.cumsum(length) - length
    block = np.repeat(np.arange(len(order)), length)
    step = np.arange(len(block)) - begin[block]
    chain = order[block]
    source = np.minimum(chains.first[chain] + step, len(chains.x) - 1)
    x, y = chains.x[source], chains.y[source]
    leaving = begin[is_open] + size[is_open]
    x[leaving], y[leaving] = chains.exit_x[order[is_open]], chains.exit_y[order[is_open]]
    (turn,) = np.nonzero((step > size[block]) & (step <= (size + corners)[block]) & is_open[block])
    side = np.zeros(len(order), dtype=np.int64)
    out = order[is_open]
    side[is_open] = np.nan_to_num(_round(chains, out, chains.exit_x[out], chains.exit_y[out], cell_m)).astype(
        np.int64
    )
    corner = (side[block[turn]] + step[turn] - size[block[turn]]) % _SIDES
    x[turn] = (chains.cell_x[chain[turn]] + ((corner == 1) | (corner == 2))) * cell_m  # noqa: PLR2004
    y[turn] = (chains.cell_y[chain[turn]] + (corner >= 2)) * cell_m  # noqa: PLR2004
    total = np.add.reduceat(length, first)
    last = np.cumsum(total) - 1
    x[last], y[last] = x[last - total + 1], y[last - total + 1]
    return np.column_stack([x, y]), total - 1


def _squares(chains: Chains, group: Ints, wanted: Ints, count: int, cell_m: float) -> Shapes:
    member = np.zeros(count, dtype=np.int64)
    member[group] = np.arange(len(group))
    x, y = chains.cell_x[member[wanted]], chains.cell_y[member[wanted]]
    squares: Shapes = shapely.box(x * cell_m, y * cell_m, (x + 1) * cell_m, (y + 1) * cell_m)
    return squares


def _pieces(rings: Shapes, group: Ints, shells: Ints, count: int) -> Shapes:
    pieces = np.full(count, None, dtype=object)
    if not len(rings):
        return pieces
    # Several outlines are several parts; one outline takes all holes of its group.
    begins = (np.diff(group, prepend=-1) != 0) | (shells[group] > 1)
    polygons = shapely.polygons(rings, indices=np.cumsum(begins) - 1)
    of = group[begins]
    single = shells[of] <= 1
    pieces[of[single]] = polygons[single]
    if not single.all():
        several, number = np.unique(of[~single], return_inverse=True)
        pieces[several] = shapely.multipolygons(polygons[~single], indices=number)
    return pieces
