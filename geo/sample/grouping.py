"""Members of groups, without one pass over everything for each group."""

from itertools import pairwise

import numpy as np

from geo.arrays import Floats, Ints


def members(label: Ints, count: int) -> list[Ints]:
    """Return the positions that carry each label 0 to `count` - 1, in order; labels below 0 are none."""
    order = np.argsort(label, kind="stable")
    edges = np.searchsorted(label[order], np.arange(count + 1))
    return [order[a:b] for a, b in pairwise(edges.tolist())]


def first_value(label: Ints, value: Ints) -> Ints:
    """Return the value of one member of each label; labels below 0 are none, all others must have one."""
    found = np.zeros(label.max() + 1, dtype=np.int64)
    found[label[label >= 0]] = value[label >= 0]
    return found


def mean_value(label: Ints, value: Floats) -> Floats:
    """Return the mean over the members of each label; labels below 0 are none."""
    inside = label >= 0
    return np.bincount(label[inside], value[inside]) / np.bincount(label[inside])
