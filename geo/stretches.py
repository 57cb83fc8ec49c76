"""Stretches of things measured along their length: cut them, and find which one holds a place."""

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Floats, Ints, spread


def cut_stretches(
    group: Ints, from_m: Floats, to_m: Floats, cut_group: Ints, cut_m: Floats
) -> tuple[Ints, Floats, Floats]:
    """Cut stretches where a cut of the same group falls inside them.

    Args:
        group: what each stretch is of.
        from_m: where each begins, metres along what it is of.
        to_m: where each ends.
        cut_group: what each cut is of; in order, and within a group in the order of `cut_m`.
        cut_m: where each cut is.

    Returns:
        For each stretch after cutting: the position of the one it is part of, its beginning and end.
    """
    first = last_before(cut_group, cut_m, group, from_m) + 1
    stop = last_before(cut_group, cut_m, group, to_m, or_at=False) + 1
    count = np.maximum(stop - first, 0)
    row = np.repeat(np.arange(len(group)), count + 1)
    starts, ends = from_m[row], to_m[row]
    cuts = cut_m[spread(first, count)]
    begins = np.cumsum(count + 1) - (count + 1)
    is_begin = np.zeros(len(row), dtype=bool)
    is_begin[begins] = True
    is_end = np.zeros(len(row), dtype=bool)
    is_end[begins + count] = True
    starts[~is_begin] = cuts
    ends[~is_end] = cuts
    return row, starts, ends


def last_before(
    group: Ints, at_m: Floats, of: Ints, place_m: Floats, *, or_at: bool = True
) -> NDArray[np.int64]:
    """Return for each place the position of the last mark of its group that is not beyond it.

    Where the group has no such mark this is the position before its first mark.

    Args:
        group: what each mark is of; marks are in order, and within a group in the order of `at_m`.
        at_m: where each mark is.
        of: what each place is of.
        place_m: where each place is.
        or_at: whether a mark at the place itself counts.
    """
    both = np.concatenate([group, of])
    at = np.concatenate([at_m, place_m])
    is_place = np.repeat([0, 1], [len(group), len(of)])
    order = np.lexsort((is_place if or_at else 1 - is_place, at, both))
    seen = np.cumsum(1 - is_place[order]) - 1
    found = np.empty(len(order), dtype=np.int64)
    found[order] = seen
    return found[len(group) :]
