"""Grid cells that lie wholly in one area: what keeps to them needs no look at a border."""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats, Ints

# Rows of the grid for each column: more than fit into any projected system at a metre.
_ROWS = np.int64(1) << 31


@dataclass(frozen=True)
class WholeCells:
    """Cells of one level, each wholly in one area: their numbers, in order, and the position of each one's area."""

    number: Ints
    area: Ints
    cell_m: float

    @staticmethod
    def of(cell_x: Ints, cell_y: Ints, area: Ints, cell_m: float) -> "WholeCells":
        """Return the cells in order."""
        number = _number(cell_x, cell_y)
        order = np.argsort(number)
        return WholeCells(number[order], area[order], cell_m)

    def holding(self, boxes: Floats) -> Ints:
        """Return the area that each box lies wholly in, -1 where its cells do not tell.

        Args:
            boxes: x and y of the lower left and the upper right corner, metres; a null box lies nowhere.
        """
        is_known: Bools = np.asarray(~np.isnan(boxes).any(axis=1))
        low, high = (
            np.floor(np.where(is_known[:, None], corner, 0.0) / self.cell_m).astype(np.int64)
            for corner in (boxes[:, :2], boxes[:, 2:])
        )
        # The cells of the four corners are all that a box no wider than this meets.
        is_small = is_known & (high - low <= 1).all(axis=1)
        corners = [self._area(x[:, 0], y[:, 1]) for x in (low, high) for y in (low, high)]
        is_one = np.logical_and.reduce([corner == corners[0] for corner in corners])
        return np.where(is_small & is_one, corners[0], -1)

    def _area(self, cell_x: Ints, cell_y: Ints) -> Ints:
        if not len(self.number):
            return np.full(len(cell_x), -1, dtype=np.int64)
        wanted = _number(cell_x, cell_y)
        at = np.minimum(np.searchsorted(self.number, wanted), len(self.number) - 1)
        return np.where(self.number[at] == wanted, self.area[at], -1)


def _number(cell_x: Ints, cell_y: Ints) -> Ints:
    return cell_x.astype(np.int64) * _ROWS + cell_y.astype(np.int64)
