"""Cover polygons with square grid cells, so that most points are placed by their cell alone."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

# Small enough that an edge piece has few vertices, large enough that a national cover stays under a million rows.
CELL_M = 1000.0

Shapes = NDArray[np.object_]


def grid_cover(shapes: Shapes, cell_m: float = CELL_M) -> pd.DataFrame:
    """Return the grid cells that each polygon touches.

    Cell (i, j) holds the points with floor(x / cell_m) = i and floor(y / cell_m) = j, so it owns its left
    and lower edges. A polygon is split in four again and again: a quarter that it fills is done, and the
    rest is cut to ever smaller pieces, so that no step handles a whole boundary more than once a level.

    Args:
        shapes: valid polygons or multipolygons in a projected system, metres.
        cell_m: side of a cell, metres.

    Returns:
        ``shape`` (position in `shapes`), ``cell_x``, ``cell_y``, ``piece`` (the part of the polygon in the
        cell; null where the polygon fills it). One row per polygon and cell.
    """
    parts = [*_split(shapes, cell_m)]
    if not parts:
        return pd.DataFrame({"shape": [], "cell_x": [], "cell_y": [], "piece": []}, dtype=object)
    shape, cell_x, cell_y, piece = (np.concatenate(column) for column in zip(*parts, strict=True))
    cover = pd.DataFrame({"shape": shape, "cell_x": cell_x, "cell_y": cell_y, "piece": piece})
    return cover.sort_values(["shape", "cell_x", "cell_y"], ignore_index=True)


def _split(shapes: Shapes, cell_m: float) -> Iterator[tuple[NDArray[Any], ...]]:
    index = np.flatnonzero(~shapely.is_empty(shapes)).astype(np.int64)
    pieces = shapes[index]
    if not len(index):
        return
    x0, y0, x1, y1 = shapely.total_bounds(pieces)
    # One cell lower where the outline runs along a cell's edge: that edge is a border of the cell below too.
    i0, j0 = int(np.ceil(x0 / cell_m)) - 1, int(np.ceil(y0 / cell_m)) - 1
    widest = max(np.floor(x1 / cell_m) - i0, np.floor(y1 / cell_m) - j0) + 1
    size = 1 << int(np.ceil(np.log2(widest)))
    i, j = np.full(len(index), i0, dtype=np.int64), np.full(len(index), j0, dtype=np.int64)
    while len(index):
        full = _fills(pieces, size * cell_m)
        yield from _cells(index[full], i[full], j[full], size)
        index, pieces, i, j = index[~full], pieces[~full], i[~full], j[~full]
        if size == 1:
            yield index, i, j, pieces
            return
        size //= 2
        index, pieces = np.repeat(index, 4), np.repeat(pieces, 4)
        i = np.repeat(i, 4) + np.tile([0, size, 0, size], len(i))
        j = np.repeat(j, 4) + np.tile([0, 0, size, size], len(j))
        index, pieces, i, j = _clip(index, pieces, i, j, size, cell_m)


def _fills(pieces: Shapes, side_m: float) -> NDArray[np.bool_]:
    # A piece is cut to its square, so it fills it just when it is the square: one ring of five points.
    square = (shapely.get_num_coordinates(pieces) == 5) & (shapely.get_type_id(pieces) == 3)  # noqa: PLR2004
    bounds = shapely.bounds(pieces)
    across = (bounds[:, 2] - bounds[:, 0] == side_m) & (bounds[:, 3] - bounds[:, 1] == side_m)
    return np.asarray(square & across & (shapely.area(pieces) == side_m * side_m))


def _cells(
    index: NDArray[np.int64], i: NDArray[np.int64], j: NDArray[np.int64], size: int
) -> Iterator[tuple[NDArray[Any], ...]]:
    if not len(index):
        return
    steps = np.arange(size)
    di, dj = (grid.ravel() for grid in np.meshgrid(steps, steps))
    n = len(di)
    yield (
        np.repeat(index, n),
        np.repeat(i, n) + np.tile(di, len(i)),
        np.repeat(j, n) + np.tile(dj, len(j)),
        np.full(len(index) * n, None),
    )


def _clip(
    index: NDArray[np.int64],
    pieces: Shapes,
    i: NDArray[np.int64],
    j: NDArray[np.int64],
    size: int,
    cell_m: float,
) -> tuple[NDArray[np.int64], Shapes, NDArray[np.int64], NDArray[np.int64]]:
    x, y, side = i * cell_m, j * cell_m, size * cell_m
    bounds = shapely.bounds(pieces)
    # Touching counts: a point on a cell's own edge belongs to that cell, so the cell must know the border there.
    near = (bounds[:, 2] >= x) & (bounds[:, 0] <= x + side) & (bounds[:, 3] >= y) & (bounds[:, 1] <= y + side)
    index, i, j, x, y = index[near], i[near], j[near], x[near], y[near]
    pieces = shapely.intersection(pieces[near], shapely.box(x, y, x + side, y + side))
    kept = ~shapely.is_empty(pieces)
    return index[kept], pieces[kept], i[kept], j[kept]
