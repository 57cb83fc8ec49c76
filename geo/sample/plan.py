"""The plan of the roads: which pairs of sites are joined, and by what road."""

from dataclasses import dataclass, field

import numpy as np

from geo.arrays import Bools, Floats, Ints
from geo.sample.search import Ways, graph, ways_from_any

# Best first; a pair's class is a position here, and NONE where no road runs.
CLASSES = ("Motorway", "A Road", "B Road", "Classified Unnumbered", "Unclassified", "Not Classified")
NONE = len(CLASSES)
MOTORWAY, A_ROAD, B_ROAD, LANE, STREET, ACCESS = range(NONE)
# A new road follows an older one where that saves a little, but never a motorway.
_REUSE = 0.7
_AVOID = 25.0


@dataclass
class Plan:
    """Roads by pair of sites: class, route (position in the sketch's routes, -1: none), bridge or not."""

    pairs: Ints
    costs: Floats
    is_bridge: Bools
    size: int
    road_class: Ints = field(init=False)
    route: Ints = field(init=False)

    def __post_init__(self) -> None:
        order = np.lexsort((self.pairs[:, 1], self.pairs[:, 0]))
        self.pairs, self.costs, self.is_bridge = self.pairs[order], self.costs[order], self.is_bridge[order]
        self._keys = self.pairs[:, 0] * self.size + self.pairs[:, 1]
        self.road_class = np.full(len(order), NONE)
        self.route = np.full(len(order), -1)

    @property
    def is_laid(self) -> Bools:
        """Pairs that a road joins."""
        return self.road_class < NONE

    def rows(self, a: Ints, b: Ints) -> Ints:
        """Return the positions of pairs, given by their sites in any order."""
        return np.searchsorted(self._keys, np.minimum(a, b) * self.size + np.maximum(a, b))

    def lay(self, rows: Ints, road_class: int, route: Ints | int = -1) -> None:
        """Lay a road, wherever none of its class or better lies yet; of several routes the first wins."""
        routes = np.broadcast_to(np.asarray(route), rows.shape)
        order = np.lexsort((routes, rows))
        rows, routes = rows[order], routes[order]
        first = np.append(True, rows[1:] != rows[:-1]) if len(rows) else np.zeros(0, dtype=bool)
        worse = first & (self.road_class[rows] > road_class)
        self.road_class[rows[worse]] = road_class
        self.route[rows[worse]] = routes[worse]

    def ways(self, starts: Ints, *, reuse: bool = True) -> Ways:
        """Find the cheapest ways for a new road from the nearest of `starts`."""
        factor = np.where(self.is_laid & reuse, _REUSE, 1.0)
        factor[self.road_class == MOTORWAY] = _AVOID
        return ways_from_any(starts, graph(self.pairs, self.costs * factor, self.size))

    def traced(self, before: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """Follow a search back from `ends` to where it began: rows passed, and for which of the ends."""
        passed, whose = [], []
        at, end = ends, np.arange(len(ends))
        while len(at):
            goes_on = before[at] >= 0
            at, end = at[goes_on], end[goes_on]
            passed.append(self.rows(at, before[at]))
            whose.append(end)
            at = before[at]
        return np.concatenate(passed), np.concatenate(whose)
