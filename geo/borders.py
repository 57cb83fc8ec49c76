"""The borders of areas as straight edges, each kept once with the areas that own it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, spread


@dataclass(frozen=True)
class Owners:
    """Which area of one level owns which edge: pairs of positions, in the order of edge, then area."""

    edge: Ints
    area: Ints

    def of(self, edges: Ints) -> tuple[Ints, Ints]:
        """Return each of the given edges with each of its owners: positions in `edges`, areas."""
        first = np.searchsorted(self.edge, edges, side="left")
        count = np.searchsorted(self.edge, edges, side="right") - first
        return np.repeat(np.arange(len(edges)), count), self.area[spread(first, count)]


@dataclass(frozen=True)
class Borders:
    """Edges (x0, y0, x1, y1 in metres; lower end first) and, level by level, their owners."""

    edges: Floats
    owners: list[Owners]


def borders_of(levels: Iterable[Shapes], near: Floats | None = None) -> Borders:
    """Return the edges of all polygons of all levels, each once however many areas and levels share it.

    Args:
        levels: polygons of each level, in one projected system.
        near: only edges whose box meets this one (x0, y0, x1, y1); None takes all.
    """
    box = np.array([-np.inf, -np.inf, np.inf, np.inf]) if near is None else near
    outlines = [_outlines(areas, box) for areas in levels]
    if not outlines:
        return Borders(np.empty((0, 4)), [])
    every = np.concatenate([edges for edges, _ in outlines])
    number, first = numbered(every)
    owners, done = [], 0
    for edges, area in outlines:
        count = int(area.max(initial=-1)) + 1
        # Not np.unique, whose hash table is many times slower than a sort here.
        pairs = np.sort(number[done : done + len(edges)] * max(count, 1) + area)
        pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
        owners.append(Owners(*np.divmod(pairs, max(count, 1))))
        done += len(edges)
    return Borders(every[first], owners)


def numbered(rows: Floats) -> tuple[Ints, Ints]:
    """Number rows that are the same from 0 on, in order of appearance; return numbers and the first of each."""
    # One 64-bit key for each row: sorting rows themselves would take ten times as long.
    bits = np.ascontiguousarray(rows + 0.0).view(np.uint64)
    key = np.zeros(len(rows), dtype=np.uint64)
    for column in bits.T:
        key = (key ^ column) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    number, _ = pd.factorize(key)
    first = np.empty(int(number.max(initial=-1)) + 1, dtype=np.int64)
    # The last one written stays.
    first[number[::-1]] = np.arange(len(rows))[::-1]
    if not np.array_equal(rows, rows[first[number]]):
        # Two rows have one key by chance, which is all but impossible.
        _, first, number = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return np.asarray(number, dtype=np.int64).reshape(-1), np.asarray(first, dtype=np.int64)


def _outlines(areas: Shapes, near: Floats) -> tuple[Floats, Ints]:
    """Return the edges of rings that come near the box, lower end first, and the area each is of."""
    bounds = shapely.bounds(areas).reshape(-1, 4)
    is_near = _boxes_meet(bounds[:, :2], bounds[:, 2:], near)
    parts, area = shapely.get_parts(areas[is_near], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start, end = xy[:-1], xy[1:]
    is_edge = (ring[:-1] == ring[1:]) & (start != end).any(axis=1)
    is_edge &= _boxes_meet(np.minimum(start, end), np.maximum(start, end), near)
    edges: Any = np.hstack([start[is_edge], end[is_edge]])
    ring = ring[:-1][is_edge]
    is_down = (edges[:, 0] > edges[:, 2]) | ((edges[:, 0] == edges[:, 2]) & (edges[:, 1] > edges[:, 3]))
    edges[is_down] = edges[is_down][:, [2, 3, 0, 1]]
    return edges, np.flatnonzero(is_near)[area[part[ring]]]


def _boxes_meet(low: Floats, high: Floats, box: Floats) -> Bools:
    return np.asarray((high >= box[:2]).all(axis=1) & (low <= box[2:]).all(axis=1))
