"""Ways between neighbouring towns, all found in one search.

Every site belongs to the start it is cheapest to reach from; where two such territories touch, the cheapest
way between their starts leads over one pair of sites on their border (Mehlhorn 1988, Information Processing
Letters 27:125).
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import dijkstra

from geo.arrays import Floats, Ints, rank_among
from geo.sample.plan import Plan
from geo.sample.search import Ways, graph


@dataclass(frozen=True)
class Legs:
    """Legs: their two starts (positions, lower first), cost, and the pair of sites where they cross over."""

    ways: Ways
    between: Ints
    costs: Floats
    crossing: Ints
    starts: int

    def chosen(self, wanted: Ints) -> tuple[Ints, Ints]:
        """Return the legs that lead along routes.

        Args:
            wanted: route, start and end of each stretch (n x 3, starts as positions). Starts that are no
                neighbours are led by way of others.

        Returns:
            Positions of legs, and the route of each.
        """
        _, before = dijkstra(
            graph(self.between, self.costs, self.starts), directed=False, return_predecessors=True
        )
        leg_of = {(int(a), int(b)): n for n, (a, b) in enumerate(self.between)}
        legs, routes = [], []
        for route, start, end in wanted.tolist():
            at = end
            while at != start:
                earlier = int(before[start, at])
                legs.append(leg_of[min(at, earlier), max(at, earlier)])
                routes.append(route)
                at = earlier
        return np.array(legs), np.array(routes)

    def cheapest(self, count: int, *, within: float) -> Ints:
        """Return the `count` cheapest legs of each start that cost no more than `within` times the median."""
        start = self.between.ravel()
        leg = np.repeat(np.arange(len(self.between)), 2)
        order = np.lexsort((self.costs[leg], start))
        start, leg = start[order], leg[order]
        place = rank_among(start)
        is_near = self.costs[leg] <= within * np.median(self.costs)
        return np.unique(leg[(place < count) & is_near])

    def traced(self, plan: Plan, legs: Ints) -> tuple[Ints, Ints]:
        """Return the rows of a plan that legs lead over, and for which of the legs."""
        crossing = self.crossing[legs]
        rows = [plan.rows(crossing[:, 0], crossing[:, 1])]
        whose = [np.arange(len(legs))]
        for side in (0, 1):
            passed, end = plan.traced(self.ways.before, crossing[:, side])
            rows.append(passed)
            whose.append(end)
        return np.concatenate(rows), np.concatenate(whose)


def find_legs(plan: Plan, starts: Ints) -> Legs:
    """Find the cheapest way between any two of `starts` (sites) whose territories touch."""
    ways = plan.ways(starts)
    position = np.full(plan.size, -1)
    position[starts] = np.arange(len(starts))
    owner = np.where(ways.start >= 0, position[np.maximum(ways.start, 0)], -1)
    sides = owner[plan.pairs]
    touching = np.flatnonzero((sides[:, 0] != sides[:, 1]) & (sides >= 0).all(axis=1))
    between = np.sort(sides[touching], axis=1)
    total = ways.costs[plan.pairs[touching]].sum(axis=1) + plan.costs[touching]
    order = np.lexsort((total, between[:, 1], between[:, 0]))
    between, total = between[order], total[order]
    first = np.append(True, (between[1:] != between[:-1]).any(axis=1))
    return Legs(ways, between[first], total[first], plan.pairs[touching[order]][first], len(starts))
