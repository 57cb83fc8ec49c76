"""Cover polygons with square grid cells, so that most points are placed by their cell alone."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Ints, Shapes
from geo.cover_cells import Cells, filled, met
from geo.cover_chains import chains_of, cut_at_lines, rings_of, take
from geo.cover_pieces import close_chains

# Small enough that an edge piece has few vertices, large enough that a national cover stays under a million rows.
CELL_M = 1000.0

# Vertices handled at once: bounds the memory, whatever the size of the level.
_BATCH = 2_000_000


def grid_cover(shapes: Shapes, cell_m: float = CELL_M) -> pd.DataFrame:
    """Return the grid cells that each polygon touches.

    Cell (i, j) holds the points with floor(x / cell_m) = i and floor(y / cell_m) = j, so it owns its left
    and lower edges; a polygon that only touches a cell, from any side, has a piece there too. Only the cells
    that a polygon's own edges cross are cut, and those between them are filled row by row. GEOS cuts the few
    cells where a vertex lies on the grid's lines, or where pieces could be put together in more than one way.

    Args:
        shapes: valid polygons or multipolygons in a projected system, metres.
        cell_m: side of a cell, metres.

    Returns:
        ``shape`` (position in `shapes`), ``cell_x``, ``cell_y``, ``piece`` (the part of the polygon in the
        cell; null where the polygon fills it). One row per polygon and cell.
    """
    index = np.flatnonzero(~shapely.is_empty(shapes)).astype(np.int64)
    if not len(index):
        return pd.DataFrame({name: [] for name in ("shape", "cell_x", "cell_y", "piece")}, dtype=object)
    return pd.concat([_cover(shapes, batch, cell_m) for batch in _batches(shapes, index)], ignore_index=True)


def _batches(shapes: Shapes, index: Ints) -> Iterator[Ints]:
    passed = np.cumsum(shapely.get_num_coordinates(shapes[index])) // _BATCH
    yield from np.split(index, np.flatnonzero(np.diff(passed)) + 1)


def _cover(shapes: Shapes, index: Ints, cell_m: float) -> pd.DataFrame:
    cells = Cells.around(shapes[index], cell_m)
    rings = rings_of(shapes[index], index)
    cut = cut_at_lines(rings, cell_m)
    chains = chains_of(cut, cell_m)
    doubtful = met(rings, cut, cells)
    clear = ~np.isin(cells.number(chains.shape, chains.cell_x, chains.cell_y), doubtful)
    chains = take(chains, clear)
    crossed, group = np.unique(cells.number(chains.shape, chains.cell_x, chains.cell_y), return_inverse=True)
    pieces, unclear = close_chains(chains, group, len(crossed), cell_m)
    whole = filled(rings, cells)
    whole = whole[~np.isin(whole, crossed) & ~np.isin(whole, doubtful)]
    by_geos, cut_by_geos = _clip(shapes, cells, np.concatenate([doubtful, crossed[unclear]]))
    number = np.concatenate([whole, crossed[~unclear], by_geos])
    piece = np.concatenate([np.full(len(whole), None), pieces[~unclear], cut_by_geos])
    order = np.argsort(number)
    shape, cell_x, cell_y = cells.named(number[order])
    return pd.DataFrame({"shape": shape, "cell_x": cell_x, "cell_y": cell_y, "piece": piece[order]})


def _clip(shapes: Shapes, cells: Cells, number: Ints) -> tuple[Ints, Shapes]:
    shape, cell_x, cell_y = cells.named(number)
    x, y, side = cell_x * cells.cell_m, cell_y * cells.cell_m, cells.cell_m
    # Touching counts: a point on a cell's own edge belongs to that cell, so the cell must know the border there.
    pieces = shapely.intersection(shapes[shape], shapely.box(x, y, x + side, y + side))
    # A piece is cut to its cell, so it fills it just when it is the square: one ring of five points.
    square = (shapely.get_num_coordinates(pieces) == 5) & (shapely.get_type_id(pieces) == 3)  # noqa: PLR2004
    pieces[square & (shapely.area(pieces) == side * side)] = None
    kept = ~shapely.is_empty(pieces)
    return number[kept], pieces[kept]
