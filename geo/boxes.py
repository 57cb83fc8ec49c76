"""Which boxes may meet any of many others, found on a grid: cheap, and never too few."""

import numpy as np

from geo.arrays import Bools, Floats, Ints

Boxes = tuple[Floats, Floats]

_CELLS = 1024


def boxes_near(boxes: Boxes, others: Boxes) -> Bools:
    """Tell which boxes have a cell of the grid in common with any of the others: all that meet one, and a few more.

    The grid has a million cells, whatever it covers, and a box costs the same however many cells it takes.

    Args:
        boxes: lower and upper corners (each n x 2).
        others: the same.
    """
    if not len(boxes[0]) or not len(others[0]):
        return np.zeros(len(boxes[0]), dtype=bool)
    low = np.maximum(boxes[0].min(axis=0), others[0].min(axis=0))
    high = np.minimum(boxes[1].max(axis=0), others[1].max(axis=0))
    side = np.maximum((high - low) / _CELLS, 1e-3)
    x0, y0, x1, y1 = _cells(others, low, side)
    # Each box adds one to all its cells: marked at its corners, then summed up along both axes.
    marks = np.zeros((_CELLS + 3, _CELLS + 3), dtype=np.int64)
    for x, y, mark in ((x0, y0, 1), (x1 + 1, y0, -1), (x0, y1 + 1, -1), (x1 + 1, y1 + 1, 1)):
        np.add.at(marks, (x, y), mark)
    is_taken = marks.cumsum(axis=0).cumsum(axis=1) > 0
    # How many cells are taken up to each corner tells how many are within any box.
    count = np.zeros((_CELLS + 4, _CELLS + 4), dtype=np.int64)
    count[1:, 1:] = is_taken.cumsum(axis=0).cumsum(axis=1)
    x0, y0, x1, y1 = _cells(boxes, low, side)
    within = count[x1 + 1, y1 + 1] - count[x0, y1 + 1] - count[x1 + 1, y0] + count[x0, y0]
    return np.asarray(within > 0)


def _cells(boxes: Boxes, low: Floats, side: Floats) -> tuple[Ints, Ints, Ints, Ints]:
    """Return first and last column and row of each box; what lies beyond the grid is in a cell at its edge."""
    corners = (
        np.clip(np.floor((corner - low) / side) + 1, 0, _CELLS + 1).astype(np.int64) for corner in boxes
    )
    (x0, y0), (x1, y1) = (corner.T for corner in corners)
    return x0, y0, x1, y1
