"""Roads that go straight on: pairs of towns joined into routes at each town by the smallest turn."""

from collections.abc import Sequence

import numpy as np

from geo.arrays import Floats, Ints

_SHARPEST_TURN = np.pi / 4

# Towns in order.
Stroke = Sequence[int]


def strokes(xy: Floats, pairs: Ints) -> list[Stroke]:
    """Join pairs of towns into strokes, each pair in one of them.

    Args:
        xy: towns (n x 2).
        pairs: neighbours (m x 2, positions).
    """
    joined = _straightest(xy, pairs)
    used = np.zeros(len(pairs), dtype=bool)
    found: list[Stroke] = []
    for first in range(len(pairs)):
        if used[first]:
            continue
        used[first] = True
        a, b = pairs[first].tolist()
        ahead, behind = (_followed(pairs, joined, used, first, end) for end in (b, a))
        found.append([*behind[::-1], a, b, *ahead])
    return found


def _followed(
    pairs: Ints, joined: dict[tuple[int, int], int], used: np.ndarray, pair: int, town: int
) -> list[int]:
    """Go on from a pair through a town, and so on; return the towns reached."""
    reached = []
    while (pair, town) in joined and not used[joined[pair, town]]:
        pair = joined[pair, town]
        used[pair] = True
        a, b = pairs[pair].tolist()
        town = b if a == town else a
        reached.append(town)
    return reached


def _straightest(xy: Floats, pairs: Ints) -> dict[tuple[int, int], int]:
    """Match pairs at each town, straightest first: (pair, town) leads on to a pair."""
    at: dict[int, list[int]] = {}
    for n, (a, b) in enumerate(pairs.tolist()):
        at.setdefault(a, []).append(n)
        at.setdefault(b, []).append(n)
    joined: dict[tuple[int, int], int] = {}
    for town, own in at.items():
        other = pairs[own].sum(axis=1) - town
        heading = np.arctan2(*(xy[other] - xy[town]).T[::-1])
        turns = sorted(
            (abs(np.pi - abs((heading[i] - heading[j] + np.pi) % (2 * np.pi) - np.pi)), own[i], own[j])
            for i in range(len(own))
            for j in range(i)
        )
        for turn, one, two in turns:
            if turn < _SHARPEST_TURN and (one, town) not in joined and (two, town) not in joined:
                joined[one, town], joined[two, town] = two, one
    return joined
