"""Where lines meet edges: at a point, or along a stretch."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.arrays import Floats, Ints, Shapes, spread
from geo.boxes import boxes_near

# Nearer than this is the same place: a hundred times what rounding moves a coordinate, far below any survey.
SAME_M = 1e-6
# Rounding of a coordinate moves the crossing of two lines by so much over the sine of their angle.
_ROUNDING_M = 1e-9
_EDGES_AT_A_TIME = 400_000


@dataclass(frozen=True)
class Lines:
    """Lines taken apart into vertices; a line of several parts has several rows in `line`.

    `xy` and `along_m` (metres along the part) have a row for each vertex; `first` says where each part begins
    in them, with one more number at the end; `line` is the line each part is of, and `before_m` the length of
    that line's earlier parts.
    """

    xy: Floats
    along_m: Floats
    first: Ints
    line: Ints
    before_m: Floats

    @property
    def length_m(self) -> Floats:
        """Length of each part, metres."""
        return self.along_m[self.first[1:] - 1]

    def points_at(self, part: Ints, at_m: Floats) -> Floats:
        """Return the points so many metres along the given parts."""
        # Steps from vertex to vertex, found by halving within each part.
        low, high = self.first[part], self.first[part + 1] - 2
        while (low < high).any():
            middle = (low + high + 1) // 2
            is_past = self.along_m[middle] > at_m
            low, high = np.where(is_past, low, middle), np.where(is_past, middle - 1, high)
        step = self.along_m[low + 1] - self.along_m[low]
        share = np.divide(at_m - self.along_m[low], step, out=np.zeros(len(step)), where=step > 0)
        return np.asarray(self.xy[low] + share[:, None] * (self.xy[low + 1] - self.xy[low]))


def lines_of(shapes: Shapes) -> Lines:
    """Take lines apart; empty ones have no part."""
    parts, line = shapes, np.arange(len(shapes))
    if (shapely.get_type_id(shapes) != shapely.GeometryType.LINESTRING).any():
        parts, line = shapely.get_parts(shapes, return_index=True)
    count = shapely.get_num_coordinates(parts)
    parts, line, count = parts[count > 0], line[count > 0], count[count > 0]
    return _lines(shapely.get_coordinates(parts), count, np.asarray(line, dtype=np.int64))


def lines_along(edges: Floats) -> Lines:
    """Return each edge (x0, y0, x1, y1) as a line."""
    every = np.arange(len(edges))
    return _lines(edges.reshape(-1, 2), np.full(len(edges), 2), every)


def _lines(xy: Floats, count: Ints, line: Ints) -> Lines:
    first = np.append(0, np.cumsum(count)).astype(np.int64)
    step = np.append(0.0, np.hypot(*(xy[1:] - xy[:-1]).T))[: len(xy)]
    step[first[:-1]] = 0.0
    along = _sums(step, np.repeat(np.arange(len(count)), count))
    to = _sums(along[first[1:] - 1], line)
    before = np.append(0.0, to[:-1])[: len(to)]
    before[np.append(True, line[1:] != line[:-1])[: len(line)]] = 0.0
    return Lines(xy, along, first, line, before)


def _sums(step: Floats, group: Ints) -> Floats:
    """Return running sums within each group: not one sum through all, whose rounding depends on what else there is."""
    return np.asarray(pd.Series(step).groupby(group).cumsum(), dtype=np.float64)


def contacts(lines: Lines, edges: Floats) -> pd.DataFrame:
    """Return where parts of lines meet edges.

    Args:
        lines: the lines, metres.
        edges: x0, y0, x1, y1 of each edge, metres.

    Returns:
        ``part`` and ``edge`` (positions), ``from_m`` and ``to_m`` (metres along the part) and ``is_along``:
        true where the part runs along the edge for that stretch, else both are the point where they meet.
    """
    found = [_meetings(lines, edges, part, edge) for part, edge in _candidates(lines, edges)]
    columns = ["part", "edge", "from_m", "to_m", "is_along"]
    if not found:
        return pd.DataFrame(
            {c: np.empty(0, dtype=bool if c == "is_along" else float) for c in columns}
        ).astype({"part": "int64", "edge": "int64"})
    return pd.concat(found, ignore_index=True)


def _candidates(lines: Lines, edges: Floats) -> Iterator[tuple[Ints, Ints]]:
    """Yield parts and edges whose boxes meet, as positions, in portions."""
    if not len(lines.line):
        return
    low = np.minimum.reduceat(lines.xy, lines.first[:-1], axis=0) - SAME_M
    high = np.maximum.reduceat(lines.xy, lines.first[:-1], axis=0) + SAME_M
    start, end = np.minimum(edges[:, :2], edges[:, 2:]), np.maximum(edges[:, :2], edges[:, 2:])
    parts = np.flatnonzero(boxes_near((low, high), (start, end)))
    some = np.flatnonzero(boxes_near((start, end), (low[parts], high[parts])))
    tree = shapely.STRtree(_diagonals(low[parts], high[parts]))
    for at in range(0, len(some), _EDGES_AT_A_TIME):
        edge = some[at : at + _EDGES_AT_A_TIME]
        row, part = tree.query(_diagonals(start[edge], end[edge]))
        yield parts[part], edge[row]


def _diagonals(low: Floats, high: Floats) -> Shapes:
    # The index looks at boxes only, and a diagonal has the box at less cost.
    drawn: Shapes = shapely.linestrings(np.stack([low, high], axis=1))
    return drawn


def _meetings(lines: Lines, edges: Floats, part: Ints, edge: Ints) -> pd.DataFrame:
    steps = np.diff(lines.first)[part] - 1
    vertex = spread(lines.first[part], steps)
    part, edge = np.repeat(part, steps), np.repeat(edge, steps)
    near = _boxes_meet(lines.xy[vertex], lines.xy[vertex + 1], edges[edge])
    part, edge, vertex = part[near], edge[near], vertex[near]
    start, end, is_along, is_met = _meet(lines.xy[vertex], lines.xy[vertex + 1], edges[edge])
    before = lines.along_m[vertex]
    return pd.DataFrame(
        {
            "part": part,
            "edge": edge,
            "from_m": before + start,
            "to_m": before + end,
            "is_along": is_along,
        }
    )[is_met]


def _boxes_meet(a: Floats, b: Floats, edge: Floats) -> NDArray[np.bool_]:
    near = np.ones(len(a), dtype=bool)
    for axis in (0, 1):
        low, high = np.minimum(a[:, axis], b[:, axis]), np.maximum(a[:, axis], b[:, axis])
        p, q = edge[:, axis], edge[:, axis + 2]
        near &= (np.maximum(p, q) >= low - SAME_M) & (np.minimum(p, q) <= high + SAME_M)
    return near


def _meet(a: Floats, b: Floats, edge: Floats) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where steps from a to b meet edges: from and to (metres along the step), along it, at all.

    The edge is seen from the step: `s` runs along it, `h` stands across it.
    """
    step = b - a
    length = np.hypot(step[:, 0], step[:, 1])
    ux, uy = (np.divide(step[:, k], length, out=np.zeros(len(a)), where=length > 0) for k in (0, 1))
    s, h = np.empty((2, len(a))), np.empty((2, len(a)))
    for n in (0, 1):
        x, y = edge[:, 2 * n] - a[:, 0], edge[:, 2 * n + 1] - a[:, 1]
        s[n], h[n] = x * ux + y * uy, ux * y - uy * x
    along_from, along_to, is_along = _along(s, h, length)
    at, is_crossed = _crossing(s, h, length)
    # An end of the edge may lie on the step without the edge crossing it.
    for n in (0, 1):
        is_touched = ~is_crossed & (np.abs(h[n]) <= SAME_M) & (s[n] >= -SAME_M) & (s[n] <= length + SAME_M)
        at, is_crossed = np.where(is_touched, s[n], at), is_crossed | is_touched
    at = np.clip(at, 0, length)
    is_met = (is_along | is_crossed) & (length > 0)
    return np.where(is_along, along_from, at), np.where(is_along, along_to, at), is_along, is_met


def _along(s: Floats, h: Floats, length: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the stretch of the step that has the edge beside it, and whether the edge lies on it there."""
    start, end = np.clip(s.min(axis=0), 0, length), np.clip(s.max(axis=0), 0, length)
    run = s[1] - s[0]
    slope = np.divide(h[1] - h[0], run, out=np.zeros(len(run)), where=run != 0)
    across = [h[0] + slope * (at - s[0]) for at in (start, end)]
    lies_on = (np.abs(across[0]) <= SAME_M) & (np.abs(across[1]) <= SAME_M)
    return start, end, lies_on & (end - start > 10 * SAME_M)


def _crossing(s: Floats, h: Floats, length: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return where the edge crosses the step's line, and whether that is on the step."""
    rise = h[1] - h[0]
    is_level = rise == 0
    share = np.divide(-h[0], rise, out=np.zeros(len(rise)), where=~is_level)
    at = s[0] + share * (s[1] - s[0])
    size = np.hypot(s[1] - s[0], rise)
    margin = SAME_M + np.divide(_ROUNDING_M * size, np.abs(rise), out=np.zeros(len(rise)), where=~is_level)
    is_on = (share >= 0) & (share <= 1) & (at >= -margin) & (at <= length + margin)
    return at, is_on & ~is_level
