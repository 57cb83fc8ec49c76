"""Pairs of like roads joined into chains, from junction to junction."""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Ints
from geo.sample.plan import Plan

# Roads at a site that is no junction.
_THROUGH = 2


@dataclass(frozen=True)
class Chains:
    """Chains of sites, end to end: `sites[starts[n] : starts[n] + sizes[n]]` is the n-th; `row` is a pair of it."""

    sites: Ints
    starts: Ints
    sizes: Ints
    row: Ints

    @property
    def ends(self) -> Ints:
        """First and last site of each chain."""
        return np.column_stack([self.sites[self.starts], self.sites[self.starts + self.sizes - 1]])

    @property
    def middles(self) -> Ints:
        """The site half way along each chain."""
        return np.asarray(self.sites[self.starts + self.sizes // 2])

    def of_size(self, chosen: Ints, size: int) -> Ints:
        """Return the sites of chosen chains that all have one size (n x size)."""
        return np.asarray(self.sites[self.starts[chosen][:, None] + np.arange(size)])


def chains(plan: Plan, rows: Ints, breaks: Ints | None = None) -> Chains:
    """Join pairs (`rows` of the plan) that meet with nothing of another kind between them, nor a break.

    Args:
        plan: the roads.
        rows: pairs to join.
        breaks: sites that end a chain whatever meets there.
    """
    pairs = plan.pairs[rows]
    kind = np.column_stack([plan.road_class, plan.route, plan.is_bridge])[rows]
    is_through, across = _through(pairs, kind, plan.size)
    if breaks is not None:
        is_through[breaks] = False
    # Half n goes along pair n // 2, from its first site to its second if n is even.
    size = 2 * len(pairs)
    leaves, reaches = pairs.ravel(), pairs[:, ::-1].ravel()
    starts = np.flatnonzero(~is_through[leaves])
    walk, step, half = _walked(starts, reaches, is_through, across, size)
    last = np.empty(len(starts), dtype=np.int64)
    last[walk] = half
    # Every chain is walked from both ends; the walk from its lower pair is kept, of a single pair the even half.
    first_pair, last_pair = starts // 2, last // 2
    kept = (first_pair < last_pair) | ((first_pair == last_pair) & (starts % 2 == 0))
    steps = np.bincount(walk, minlength=len(starts))[kept]
    order = np.lexsort((step, walk))
    order = order[kept[walk[order]]]
    sizes = steps + 1
    begins = np.cumsum(sizes) - sizes
    sites = np.empty(int(sizes.sum()), dtype=np.int64)
    sites[begins] = leaves[starts[kept]]
    inner = np.ones(len(sites), dtype=bool)
    inner[begins] = False
    sites[inner] = reaches[half[order]]
    return Chains(sites, begins, sizes, rows[first_pair[kept]])


def _through(pairs: Ints, kind: Ints, size: int) -> tuple[Bools, Ints]:
    """Tell the sites where a road just goes on, and the two pairs that meet there (n x 2)."""
    site = pairs.ravel()
    pair = np.repeat(np.arange(len(pairs)), 2)
    order = np.argsort(site, kind="stable")
    degree = np.bincount(site, minlength=size)
    first = np.cumsum(degree) - degree
    is_through = degree == _THROUGH
    across = np.full((size, 2), -1)
    at = np.flatnonzero(is_through)
    across[at] = pair[order[first[at][:, None] + np.arange(_THROUGH)]]
    is_through[at] = (kind[across[at, 0]] == kind[across[at, 1]]).all(axis=1)
    return is_through, across


def _walked(
    starts: Ints, reaches: Ints, is_through: Bools, across: Ints, size: int
) -> tuple[Ints, Ints, Ints]:
    """Walk from every start until a junction, all at once: the walk, the step and the half of each step."""
    walk, half = np.arange(len(starts)), starts
    walks, steps, halves = [], [], []
    step = 0
    while len(walk):
        walks.append(walk)
        steps.append(np.full(len(walk), step))
        halves.append(half)
        at = reaches[half]
        goes_on = is_through[at]
        walk, half, at = walk[goes_on], half[goes_on], at[goes_on]
        two = across[at]
        following = np.where(two[:, 0] == half // 2, two[:, 1], two[:, 0])
        # Of the two halves of the next pair, the one that does not lead back here.
        half = 2 * following + (reaches[np.minimum(2 * following, size - 1)] == at)
        step += 1
    return np.concatenate(walks), np.concatenate(steps), np.concatenate(halves)
