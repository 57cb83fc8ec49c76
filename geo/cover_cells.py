"""The cells of a grid that polygons fill, and those where a border meets the grid's lines in a vertex."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes, rank_in, spread
from geo.cover_chains import Rings, cell_of, line_crossings


@dataclass(frozen=True)
class Cells:
    """One number for each polygon and cell near a set of polygons, in order of polygon, column and row."""

    left: int
    low: int
    columns: int
    rows: int
    cell_m: float

    @staticmethod
    def around(shapes: Shapes, cell_m: float) -> "Cells":
        """Return the cells that the shapes reach, and one more on every side."""
        x0, y0, x1, y1 = (int(np.floor(bound / cell_m)) for bound in shapely.total_bounds(shapes))
        return Cells(x0 - 1, y0 - 1, x1 - x0 + 3, y1 - y0 + 3, cell_m)

    def number(self, shape: Ints, cell_x: Ints, cell_y: Ints) -> Ints:
        """Return the numbers of polygons and cells."""
        return (shape * self.columns + (cell_x - self.left)) * self.rows + (cell_y - self.low)

    def named(self, number: Ints) -> tuple[Ints, Ints, Ints]:
        """Return polygon, column and row of each number."""
        column, row = np.divmod(number, self.rows)
        shape, column = np.divmod(column, self.columns)
        return shape, column + self.left, row + self.low


def filled(rings: Rings, cells: Cells) -> Ints:
    """Return the polygons and cells inside, by the borders that each row's middle line crosses.

    Between an odd crossing and the next the line is inside. Cells with a crossing are left out; cells that a
    border enters without reaching the middle line are not.
    """
    after, side = rings.following(), cells.cell_m
    # Middle lines are the grid's lines moved by half a cell.
    up = rings.y - side / 2
    row = cell_of(up, side)
    steps = row[after] - row
    (crossing,) = np.nonzero(steps)
    end = after[crossing]
    edge, _, x, _ = line_crossings(
        up[crossing], rings.x[crossing], up[end], rings.x[end], row[crossing], steps[crossing], side
    )
    shape = np.repeat(rings.shape, rings.size)[crossing][edge]
    line = np.where(steps[crossing] > 0, row[crossing] + 1, row[crossing])[edge]
    line += np.sign(steps[crossing])[edge] * rank_in(np.abs(steps[crossing]))
    order = np.lexsort((x, line, shape))
    comes, goes = order[::2], order[1::2]
    first, last = cell_of(x[comes], side) + 1, cell_of(x[goes], side)
    count = np.maximum(last - first, 0)
    at = np.repeat(comes, count)
    return cells.number(shape[at], spread(first, count), line[at])


def met(rings: Rings, cut: Rings, cells: Cells) -> Ints:
    """Return the polygons and cells where a vertex lies on the grid's lines, or a border runs through a corner.

    Args:
        rings: as given.
        cut: the same, with a vertex at each of the grid's lines.
        cells: the grid.
    """
    on_line = _is_on_line(rings.x, cells.cell_m) | _is_on_line(rings.y, cells.cell_m)
    on_corner = _is_on_line(cut.x, cells.cell_m) & _is_on_line(cut.y, cells.cell_m)
    shape = np.concatenate([_shapes(rings)[on_line], _shapes(cut)[on_corner]])
    x = np.concatenate([rings.x[on_line], cut.x[on_corner]])
    y = np.concatenate([rings.y[on_line], cut.y[on_corner]])
    columns = cell_of(x, cells.cell_m), np.ceil(x / cells.cell_m).astype(np.int64) - 1
    rows = cell_of(y, cells.cell_m), np.ceil(y / cells.cell_m).astype(np.int64) - 1
    return np.unique(np.concatenate([cells.number(shape, column, row) for column in columns for row in rows]))


def _shapes(rings: Rings) -> Ints:
    return np.repeat(rings.shape, rings.size)


def _is_on_line(along: Floats, cell_m: float) -> Bools:
    on_line: Bools = np.round(along / cell_m) * cell_m == along
    return on_line
