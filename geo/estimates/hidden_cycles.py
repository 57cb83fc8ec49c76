"""Cycles of hidden cells in a table whose rows and columns sum to zero: along one, events can be moved unseen.

A cycle goes from column to column through rows: through row r from column a to b, the cell (r, a) falls by one and
(r, b) rises by one. Columns are few (turn the table if not), so all pairs of them are looked at together.
"""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats, Ints

# Rows whose pairs of columns are held in memory together are those of about this many numbers.
_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Signed:
    """Which cells (rows x columns) may rise and which may fall, for all that a reader knows."""

    may_rise: Bools
    may_fall: Bools

    def turned(self) -> "Signed":
        """Return it with rows as columns: a cycle stays one."""
        return Signed(self.may_rise.T, self.may_fall.T)

    def steps(self, open_cells: Bools, rows: slice) -> Bools:
        """Tell, for each row and pair of columns, whether a step leads from the first to the second."""
        step = (self.may_fall & open_cells)[rows, :, None] & (self.may_rise & open_cells)[rows, None, :]
        each = np.arange(step.shape[1])
        step[:, each, each] = False
        return step


def on_a_cycle(signed: Signed, hidden: Bools) -> Bools:
    """Tell which hidden cells lie on a cycle of hidden cells that passes no cell twice."""
    rows, columns = hidden.shape
    size = max(1, _AT_ONCE // columns**2)
    parts = [slice(start, start + size) for start in range(0, rows, size)]
    count = np.zeros((columns, columns), dtype=np.int64)
    for part in parts:
        count += signed.steps(hidden, part).sum(axis=0)
    found = np.zeros_like(hidden)
    for part in parts:
        step = signed.steps(hidden, part)
        # A cycle passes a row once: the way back must do without it.
        back = _reached(count - step > 0).transpose(0, 2, 1)
        closed = step & back
        found[part] = closed.any(axis=1) | closed.any(axis=2)
    return found


def _reached(step: Bools) -> Bools:
    """Which column leads to which, in any number of steps, for each row of a stack."""
    reached = step.copy()
    for middle in range(step.shape[1]):
        reached |= reached[:, :, middle, None] & reached[:, None, middle, :]
    return reached


class CheapestCycles:
    """Hides cells, so that others lie on cycles, at the least cost for each in turn.

    Args:
        signed: which way cells may move.
        cost: of each cell: 0 if hidden already, infinite if it must be shown.
    """

    def __init__(self, signed: Signed, cost: Floats) -> None:
        self._signed = signed
        columns = cost.shape[1]
        # A step has a price too, less than any cell's: else a path might go round in circles for nothing.
        self._cost = cost * (columns + 1)
        # Of each step from column to column the cheapest two rows: the second for cells of the first.
        self._step_cost = np.full((2, columns, columns), np.inf)
        self._step_row = np.full((2, columns, columns), -1, dtype=np.int64)
        for start, end in np.argwhere(~np.eye(columns, dtype=bool)):
            allowed = signed.may_fall[:, start] & signed.may_rise[:, end]
            price = np.where(allowed, self._cost[:, start] + self._cost[:, end] + 1, np.inf)
            for place in range(min(2, len(price))):
                row = int(price.argmin())
                self._step_row[place, start, end], self._step_cost[place, start, end] = row, price[row]
                price[row] = np.inf

    def hide_for(self, unsafe: Bools) -> Bools:
        """Hide what each of these needs, row by row; return all that is then hidden."""
        for row, column in np.argwhere(unsafe):
            for cell in self._cycle(int(row), int(column)):
                if self._cost[cell] > 0:
                    self._cost[cell] = 0
                    self._offer(cell[0])
        return np.asarray(self._cost == 0)

    def _offer(self, row: int) -> None:
        """Take in that steps through a row have become cheaper."""
        cost, rows = self._step_cost, self._step_row
        own = self._cost[row]
        allowed = self._signed.may_fall[row, :, None] & self._signed.may_rise[row, None, :]
        np.fill_diagonal(allowed, val=False)
        price = np.where(allowed, own[:, None] + own[None, :] + 1, np.inf)
        first = rows[0] == row
        second = ~first & ((rows[1] == row) | (price < cost[1]))
        cost[0][first] = price[first]
        cost[1][second], rows[1][second] = price[second], row
        swap = (cost[1] < cost[0]) | ((cost[1] == cost[0]) & (rows[1] >= 0) & (rows[1] < rows[0]))
        cost[:, swap], rows[:, swap] = cost[::-1][:, swap], rows[::-1][:, swap]

    def _cycle(self, row: int, column: int) -> list[tuple[int, int]]:
        """Return the other cells of the cheapest cycle through a cell; none if there is no cycle."""
        taken = self._step_row[0] == row
        cost = np.where(taken, self._step_cost[1], self._step_cost[0])
        through = np.where(taken, self._step_row[1], self._step_row[0])
        may_rise, may_fall = self._signed.may_rise[row], self._signed.may_fall[row]
        # Where the cell rises, the way leads from its column to one whose cell in the row falls; else the reverse.
        onward, before = _shortest(cost, column)
        backward, after = _shortest(cost.T, column)
        rising = np.where(may_rise[column] & may_fall, onward + self._cost[row], np.inf)
        falling = np.where(may_fall[column] & may_rise, backward + self._cost[row], np.inf)
        rising[column] = falling[column] = np.inf
        if not np.isfinite(min(rising.min(), falling.min())):
            return []
        rises = bool(rising.min() <= falling.min())
        at = int(rising.argmin() if rises else falling.argmin())
        cells = [(row, at)]
        while at != column:
            other = int(before[at] if rises else after[at])
            step_row = int(through[other, at] if rises else through[at, other])
            cells += [(step_row, at), (step_row, other)]
            at = other
        return cells


def _shortest(cost: Floats, start: int) -> tuple[Floats, Ints]:
    """Return each column's distance from one and the column before it; steps cost more than 0."""
    distance, before = np.full(len(cost), np.inf), np.full(len(cost), -1, dtype=np.int64)
    distance[start] = 0
    while True:
        over = distance[:, None] + cost
        nearer = over.min(axis=0) < distance
        if not nearer.any():
            return distance, before
        before[nearer] = over.argmin(axis=0)[nearer]
        distance = np.where(nearer, over.min(axis=0), distance)
