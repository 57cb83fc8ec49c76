"""An equal-area grid of squares that no border bends: which cells there are, and what of lines lies in each."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike

from geo.arrays import Floats, Ints, Shapes, rank_in
from geo.cover import CELL_M


def cell_of_points(x: ArrayLike, y: ArrayLike, cell_m: float = CELL_M) -> tuple[Ints, Ints]:
    """Return column and row of the cell of each point; a cell owns its left and lower edges.

    Args:
        x: easting in the working system, metres.
        y: northing.
        cell_m: side of a cell, metres.

    Raises:
        ValueError: a side that is not above 0, or a coordinate that is null or endless: such points have no cell.
    """
    if not cell_m > 0:
        raise ValueError(f"the side of a cell must be above 0 m, not {cell_m}")
    found = [np.floor(np.asarray(along, dtype=float) / cell_m) for along in (x, y)]
    if not all(np.isfinite(index).all() for index in found):
        raise ValueError("a point without coordinates has no cell")
    return found[0].astype(np.int64), found[1].astype(np.int64)


def cells_of_lines(lines: Shapes, cell_m: float = CELL_M) -> pd.DataFrame:
    """Return how much of each line lies in each cell, by arithmetic: each segment is cut at the grid's lines.

    Args:
        lines: lines or multilines, working system, metres; an empty or missing one has no rows.
        cell_m: side of a cell, metres.

    Returns:
        ``line`` (position), ``cell_x``, ``cell_y``, ``length_m``; one row per line and cell, in that order. The
        lengths of a line add up to its own. What runs along an edge of cells is in the right or upper one.
    """
    pieces = _cut_segments(lines, cell_m)
    total: pd.DataFrame = pieces.groupby(["line", "cell_x", "cell_y"])[["length_m"]].sum()
    return total.reset_index()


def runs_in_cells(lines: Shapes, cell_m: float = CELL_M) -> pd.DataFrame:
    """Return the runs of each line through cells, in its order: where it enters each and where it leaves it.

    Args:
        lines: as of ``cells_of_lines``; the parts of a multiline follow each other.
        cell_m: side of a cell, metres.

    Returns:
        ``line`` (position), ``cell_x``, ``cell_y``, ``from_m``, ``to_m`` (metres along the line); by line, then
        place. Runs of a line leave nothing out and do not overlap; the first begins at 0.
    """
    pieces = _cut_segments(lines, cell_m)
    line, length = pieces["line"].to_numpy(), pieces["length_m"].to_numpy()
    along = np.cumsum(length)
    is_first = np.append(True, line[1:] != line[:-1])[: len(line)]
    before = (along - length)[is_first]
    place = pieces[["line", "cell_x", "cell_y"]].to_numpy()
    is_begin = np.append(True, (place[1:] != place[:-1]).any(axis=1))[: len(line)]
    begins = np.flatnonzero(is_begin)
    offset = before[np.cumsum(is_first)[begins] - 1]
    ends = np.append(begins[1:], len(line))[: len(begins)] - 1
    to_m = along[ends] - offset
    follows = ~is_first[begins]
    # A run begins where the one before it ended, to the bit.
    from_m = np.where(follows, np.append(0.0, to_m)[: len(begins)], 0.0)
    runs = pieces.loc[is_begin, ["line", "cell_x", "cell_y"]].reset_index(drop=True)
    return runs.assign(from_m=from_m, to_m=to_m)


def _cut_segments(lines: Shapes, cell_m: float) -> pd.DataFrame:
    """Return the parts of every segment, each in one cell, in the order of the line."""
    start, end, line = _segments(lines)
    row, at = _cuts(start, end, cell_m)
    order = np.lexsort((at, row))
    row, at = row[order], at[order]
    is_step = row[1:] == row[:-1]
    row, low, high = row[:-1][is_step], at[:-1][is_step], at[1:][is_step]
    span = end[row] - start[row]
    middle = start[row] + span * ((low + high) / 2)[:, None]
    cell_x, cell_y = cell_of_points(middle[:, 0], middle[:, 1], cell_m)
    length = np.hypot(*span.T) * (high - low)
    pieces = pd.DataFrame({"line": line[row], "cell_x": cell_x, "cell_y": cell_y, "length_m": length})
    kept: pd.DataFrame = pieces[high > low]
    return kept


def neighbours_in_grid(cell_x: Ints, cell_y: Ints) -> Ints:
    """Return the pairs of given cells that share an edge or a corner, each both ways, as positions (n x 2)."""
    place = pd.MultiIndex.from_arrays([cell_x, cell_y])
    if place.has_duplicates:
        raise ValueError("a cell is there twice")
    pairs = []
    for step_x, step_y in ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)):
        other = place.get_indexer(pd.MultiIndex.from_arrays([cell_x + step_x, cell_y + step_y]))
        one = np.flatnonzero(other >= 0)
        pairs.append(np.column_stack([one, other[one]]))
    found = np.concatenate(pairs).astype(np.int64)
    return found[np.lexsort((found[:, 1], found[:, 0]))]


def _segments(lines: Shapes) -> tuple[Floats, Floats, Ints]:
    """Return the beginning and the end of every segment, and the position of its line."""
    parts, line = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    # A segment without length adds none, and where it lies would be an accident.
    is_segment = (part[1:] == part[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    return xy[:-1][is_segment], xy[1:][is_segment], line[part[:-1][is_segment]].astype(np.int64)


def _cuts(start: Floats, end: Floats, cell_m: float) -> tuple[Ints, Floats]:
    """Return the segment and place (0 to 1) of every end of a segment and of every line of the grid it crosses."""
    count = len(start)
    rows, places = [np.arange(count), np.arange(count)], [np.zeros(count), np.ones(count)]
    for axis in (0, 1):
        low, high = np.minimum(start, end)[:, axis], np.maximum(start, end)[:, axis]
        first = np.floor(low / cell_m).astype(np.int64) + 1
        crossed = np.maximum(np.ceil(high / cell_m).astype(np.int64) - first, 0)
        row = np.repeat(np.arange(count), crossed)
        grid_line = (first[row] + rank_in(crossed)) * cell_m
        rows.append(row)
        places.append((grid_line - start[row, axis]) / (end - start)[row, axis])
    return np.concatenate(rows), np.clip(np.concatenate(places), 0.0, 1.0)
