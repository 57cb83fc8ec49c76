"""Cut the rings of polygons at the lines of a grid: every stretch between two lines lies in one cell."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, rank_in


@dataclass(frozen=True)
class Rings:
    """Closed rings as cyclic runs of vertices: the inside is always to the left.

    ``x``, ``y``: vertices, metres, a ring's last vertex not repeated. ``first``, ``size``: where each ring
    begins and how many vertices it has. ``shape``: position of each ring's polygon.
    """

    x: Floats
    y: Floats
    first: Ints
    size: Ints
    shape: Ints

    def following(self) -> Ints:
        """Return the position of the vertex that follows each vertex on its ring."""
        after = np.arange(1, len(self.x) + 1)
        after[self.first + self.size - 1] = self.first
        return after


@dataclass(frozen=True)
class Chains:
    """Stretches of ring in one cell: from where the ring enters the cell to where it leaves.

    ``x``, ``y``: vertices of all chains, each chain's own in one run from ``first``, ``size`` of them; the
    vertex where it leaves is (``exit_x``, ``exit_y``). ``is_closed``: the whole ring lies in the cell, so
    that it neither enters nor leaves. ``shape``, ``cell_x``, ``cell_y``: polygon and cell of each chain.
    """

    x: Floats
    y: Floats
    first: Ints
    size: Ints
    exit_x: Floats
    exit_y: Floats
    is_closed: Bools
    shape: Ints
    cell_x: Ints
    cell_y: Ints


def rings_of(shapes: Shapes, index: Ints) -> Rings:
    """Return all rings of polygons and multipolygons.

    Args:
        shapes: valid, not empty.
        index: number of each shape, given to its rings.
    """
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    size = np.bincount(ring, minlength=len(rings)) - 1
    closing = np.cumsum(size + 1) - 1
    xy = np.delete(xy, closing, axis=0)
    first = np.cumsum(size) - size
    return Rings(xy[:, 0].copy(), xy[:, 1].copy(), first, size, index[shape_of_part[part]])


def cut_at_lines(rings: Rings, cell_m: float) -> Rings:
    """Add a vertex wherever a ring crosses a line of the grid; it lies on that line to the last bit."""
    after = rings.following()
    x, y = rings.x, rings.y
    column, row = cell_of(rings.x, cell_m), cell_of(rings.y, cell_m)
    across, up = column[after] - column, row[after] - row
    count = np.abs(across) + np.abs(up)
    (crossing,) = np.nonzero(count)
    start, end = crossing, after[crossing]
    edge_v, x_v, y_v, t_v = line_crossings(
        x[start], y[start], x[end], y[end], column[start], across[start], cell_m
    )
    edge_h, y_h, x_h, t_h = line_crossings(y[start], x[start], y[end], x[end], row[start], up[start], cell_m)
    edge, t = crossing[np.r_[edge_v, edge_h]], np.r_[t_v, t_h]
    order = np.lexsort((t, edge))
    at = np.arange(len(x)) + np.cumsum(count) - count
    new = at[edge[order]] + 1 + rank_in(count[crossing])
    x, y = np.empty(len(at) + len(edge)), np.empty(len(at) + len(edge))
    x[at], y[at] = rings.x, rings.y
    x[new], y[new] = np.r_[x_v, x_h][order], np.r_[y_v, y_h][order]
    size = rings.size + np.add.reduceat(count, rings.first)
    return Rings(x, y, np.cumsum(size) - size, size, rings.shape)


def chains_of(rings: Rings, cell_m: float) -> Chains:
    """Split rings that are cut at the lines of the grid into chains."""
    after = rings.following()
    column = cell_of((rings.x + rings.x[after]) / 2, cell_m)
    row = cell_of((rings.y + rings.y[after]) / 2, cell_m)
    enters = np.empty(len(after), dtype=np.bool_)
    enters[after] = (column[after] != column) | (row[after] != row)
    # Turn each ring so that it begins where it enters a cell; then every chain is one run.
    ring = np.repeat(np.arange(len(rings.first)), rings.size)
    begin = rings.first.copy()
    (entry,) = np.nonzero(enters)
    begin[ring[entry[::-1]]] = entry[::-1]
    turned = np.arange(len(after)) + (begin - rings.first)[ring]
    turned = np.where(turned >= (rings.first + rings.size)[ring], turned - rings.size[ring], turned)
    x, y = rings.x[turned], rings.y[turned]
    heads = enters[turned]
    is_closed = np.zeros(len(after), dtype=np.bool_)
    is_closed[rings.first] = ~heads[rings.first]
    heads[rings.first] = True
    (first,) = np.nonzero(heads)
    size = np.diff(first, append=len(x))
    leaves = after[turned[first + size - 1]]
    return Chains(
        x,
        y,
        first,
        size,
        rings.x[leaves],
        rings.y[leaves],
        is_closed[first],
        rings.shape[ring[first]],
        column[turned[first]],
        row[turned[first]],
    )


def take(chains: Chains, wanted: Bools) -> Chains:
    """Return some of the chains, with their own vertices only."""
    kept = np.repeat(wanted, chains.size)
    size = chains.size[wanted]
    return Chains(
        chains.x[kept],
        chains.y[kept],
        np.cumsum(size) - size,
        size,
        chains.exit_x[wanted],
        chains.exit_y[wanted],
        chains.is_closed[wanted],
        chains.shape[wanted],
        chains.cell_x[wanted],
        chains.cell_y[wanted],
    )


def cell_of(along: Floats, cell_m: float) -> Ints:
    """Return the column or row of the grid that each coordinate falls in."""
    return np.floor(along / cell_m).astype(np.int64)


def line_crossings(
    u0: Floats, v0: Floats, u1: Floats, v1: Floats, cell: Ints, steps: Ints, cell_m: float
) -> tuple[Ints, Floats, Floats, Floats]:
    """Return edge, u, v and share of the edge passed, for every line that each edge crosses.

    Args:
        u0: where the edges start, across the lines (u = 0, cell_m, 2 cell_m ...), metres.
        v0: where they start, along the lines.
        u1: where they end, across the lines.
        v1: where they end, along the lines.
        cell: floor(u0 / cell_m).
        steps: how many lines each edge crosses, negative where u falls.
        cell_m: distance between lines, metres.
    """
    count = np.abs(steps)
    edge = np.repeat(np.arange(len(count)), count)
    rank = rank_in(count)
    forward = steps[edge] > 0
    u = np.where(forward, cell[edge] + 1 + rank, cell[edge] - rank) * cell_m
    # Always from the lower end, so that both neighbours of a border get the same digits.
    low_u, low_v = np.where(forward, u0[edge], u1[edge]), np.where(forward, v0[edge], v1[edge])
    high_u, high_v = np.where(forward, u1[edge], u0[edge]), np.where(forward, v1[edge], v0[edge])
    share = (u - low_u) / (high_u - low_u)
    v = low_v + share * (high_v - low_v)
    v = np.clip(v, np.minimum(low_v, high_v), np.maximum(low_v, high_v))
    return edge, u, v, np.where(forward, share, 1 - share)
