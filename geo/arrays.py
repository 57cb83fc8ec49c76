"""Short names for array types, and positions within groups that numpy has no word for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Shapes = NDArray[np.object_]
# Arrays of text, of geometries, or of cells of mixed type.
Objects = NDArray[Any]


def both(mask: Bools, pairs: Ints) -> Bools:
    """Tell the pairs (n x 2, positions) whose two members are both marked."""
    # Not `mask[pairs].all(axis=1)`, which takes ten times as long.
    return np.asarray(mask[pairs[:, 0]] & mask[pairs[:, 1]])


def rank_in(count: Ints) -> Ints:
    """Return 0, 1, 2 ... for each group, one after another: [2, 3] gives [0, 1, 0, 1, 2]."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def rank_among(ordered: Ints) -> Ints:
    """Return 0, 1, 2 ... among equal neighbours of an array in order: [4, 4, 7, 7, 7] gives [0, 1, 0, 1, 2]."""
    return np.arange(len(ordered)) - np.searchsorted(ordered, ordered)


def spread(first: Ints, count: Ints) -> Ints:
    """Return first, first + 1, ... for each pair of a first number and a count, one after another."""
    return np.repeat(first, count) + rank_in(count)
