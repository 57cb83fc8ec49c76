"""Cut road links at area borders into pieces whose lengths add up to the link.

Only where a link meets an edge of a border is it cut, and only there can it change areas. So all pieces that hang
together without meeting a border lie in the same area, and one point tells for all of them which. Links are cut at
the borders of all levels at once; for each level, pieces that lie in the same area are joined again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.arrays import Floats, Ints, Shapes, rank_among, spread
from geo.borders import borders_of, numbered
from geo.contacts import SAME_M, Lines, contacts, lines_of

COLUMNS = ("link", "area", "from_m", "to_m", "length_m", "is_shared", "other_area")


def cut_links(links: Shapes, areas: Shapes) -> pd.DataFrame:
    """Return the pieces of each link in the areas of one level; see `cut_at_levels`."""
    [pieces] = cut_at_levels(links, [areas])
    return pieces


def cut_at_levels(links: Shapes, levels: Sequence[Shapes]) -> Iterator[pd.DataFrame]:
    """Yield, for each level, the pieces of each link in the areas of the level, and what lies in none.

    A piece that runs along a border, or lies where areas overlap, is in several areas: it goes to the one given
    first, so that lengths still add up, and is marked shared with the next.

    Args:
        links: lines in a projected system, metres.
        levels: polygons of each level in the same system, in the order that settles ties.

    Yields:
        ``link`` and ``area`` (positions; -1 for no area), ``from_m`` and ``to_m`` (metres along the link),
        ``length_m``, ``is_shared``, ``other_area`` (-1 where not shared); in the order of the links.
    """
    lines = lines_of(links)
    borders = borders_of(levels, near=_box(lines))
    pieces = _cut(lines, contacts(lines, borders.edges))
    ends = np.concatenate([lines.xy[lines.first[:-1]], lines.xy[lines.first[1:] - 1]])
    group, told = _groups(pieces, numbered(ends)[0])
    middles = lines.points_at(pieces.part[told], (pieces.from_m[told] + pieces.to_m[told]) / 2)
    points = shapely.STRtree(shapely.points(middles))
    for areas, owners in zip(levels, borders.owners, strict=True):
        area, point = points.query(areas, predicate="intersects")
        along, owner = owners.of(pieces.along[1])
        held = np.concatenate([point, group[pieces.along[0][along]]])
        first, second = _lowest_two(held, np.concatenate([area, owner]), len(told))
        yield _joined(pieces, lines, first[group], second[group])


def whole_pieces(link: Ints, area: Ints, length_m: Floats) -> pd.DataFrame:
    """Return links that lie wholly in one area as one piece each, as `cut_at_levels` would."""
    found = {
        "link": link,
        "area": area,
        "from_m": np.zeros(len(link)),
        "to_m": length_m,
        "length_m": length_m,
    }
    return pd.DataFrame(
        {**found, "is_shared": np.zeros(len(link), dtype=bool), "other_area": np.full(len(link), -1)}
    )


def _box(lines: Lines) -> Floats:
    """Return the box around lines, with room for what counts as touching; not a number where there are none."""
    if not len(lines.xy):
        return np.full(4, np.nan)
    return np.concatenate([lines.xy.min(axis=0) - SAME_M, lines.xy.max(axis=0) + SAME_M])


@dataclass(frozen=True)
class _Pieces:
    """Stretches of parts between neighbouring cuts, in the order of parts; and what is known of them.

    `is_open` tells, for the start and end of each, whether it is an end of the part that lies on no border.
    `along` pairs stretches with the edges that they run along.
    """

    part: Ints
    from_m: Floats
    to_m: Floats
    is_open: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    along: tuple[Ints, Ints]


def _cut(lines: Lines, met: pd.DataFrame) -> _Pieces:
    length = lines.length_m
    part = met["part"].to_numpy()
    start, end = met["from_m"].to_numpy(), met["to_m"].to_numpy()
    on_border = np.zeros((2, len(length)), dtype=bool)
    on_border[0, part[start <= SAME_M]] = True
    on_border[1, part[end >= length[part] - SAME_M]] = True
    every = np.arange(len(length))
    is_inside = [(at > SAME_M) & (at < length[part] - SAME_M) for at in (start, end)]
    cut = np.concatenate([every, part[is_inside[0]], part[is_inside[1]]])
    at = np.concatenate([np.zeros(len(length)), start[is_inside[0]], end[is_inside[1]]])
    order = np.lexsort((at, cut))
    cut, at = cut[order], at[order]
    is_new = np.append(True, (cut[1:] != cut[:-1]) | (at[1:] - at[:-1] > SAME_M))[: len(cut)]
    cut, at = cut[is_new], at[is_new]
    is_last = np.append(cut[1:] != cut[:-1], True)[: len(cut)]
    to = np.where(is_last, length[cut], np.append(at[1:], 0.0)[: len(at)])
    is_first = np.append(True, is_last[:-1])[: len(cut)]
    is_open = (is_first & ~on_border[0, cut], is_last & ~on_border[1, cut])
    return _Pieces(cut, at, to, is_open, _run_along(cut, at, to, met[met["is_along"].to_numpy()]))


def _run_along(part: Ints, from_m: Floats, to_m: Floats, along: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return pairs of stretch and edge where the one runs along the other."""
    of = along["part"].to_numpy()
    first = np.searchsorted(part, of, side="left")
    count = np.searchsorted(part, of, side="right") - first
    row = np.repeat(np.arange(len(along)), count)
    piece = spread(first, count)
    middle = (from_m[piece] + to_m[piece]) / 2
    holds = (middle > along["from_m"].to_numpy()[row]) & (middle < along["to_m"].to_numpy()[row])
    return piece[holds], along["edge"].to_numpy()[row[holds]]


def _groups(pieces: _Pieces, node: Ints) -> tuple[Ints, Ints]:
    """Number groups of stretches that hang together without meeting a border; return also the longest of each."""
    count, parts = len(pieces.part), len(node) // 2
    is_along = np.zeros(count, dtype=bool)
    is_along[pieces.along[0]] = True
    # A node is closed to all when one of the links that end there was seen to meet a border at it.
    is_first, is_last = _ends(pieces.part)
    is_closed = np.zeros(int(node.max(initial=-1)) + 1, dtype=bool)
    for is_end, is_open, side in zip((is_first, is_last), pieces.is_open, (0, parts), strict=True):
        is_closed[node[side + pieces.part[is_end & ~is_open]]] = True
    ends, nodes = [], []
    for is_open, side in zip(pieces.is_open, (0, parts), strict=True):
        joins = np.flatnonzero(is_open & ~is_along)
        at = node[side + pieces.part[joins]]
        ends.append(joins[~is_closed[at]])
        nodes.append(at[~is_closed[at]] + count)
    rows, columns = np.concatenate(ends), np.concatenate(nodes)
    size = count + len(is_closed)
    graph = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(size, size))
    label = connected_components(graph.tocsr(), directed=False)[1][:count]
    # The longest stands for its group: its middle is far from borders.
    order = np.lexsort((pieces.from_m - pieces.to_m, label))
    is_first = np.append(True, label[order][1:] != label[order][:-1])[:count]
    group = np.empty(count, dtype=np.int64)
    group[order] = np.cumsum(is_first) - 1
    return group, order[is_first]


def _ends(part: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    changes = part[1:] != part[:-1]
    return np.append(True, changes)[: len(part)], np.append(changes, True)[: len(part)]


def _lowest_two(thing: Ints, area: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the lowest and second lowest area of each thing, -1 where there is none."""
    size = int(area.max(initial=-1)) + 1
    pairs = np.unique(thing * size + area)
    held, by = np.divmod(pairs, max(size, 1))
    found = np.full((2, count), -1, dtype=np.int64)
    rank = rank_among(held)
    for n in (0, 1):
        found[n, held[rank == n]] = by[rank == n]
    return found[0], found[1]


def _joined(pieces: _Pieces, lines: Lines, area: Ints, other: Ints) -> pd.DataFrame:
    """Join neighbouring stretches of a link that lie in the same areas."""
    link = lines.line[pieces.part]
    from_m = lines.before_m[pieces.part] + pieces.from_m
    to_m = lines.before_m[pieces.part] + pieces.to_m
    is_new = (link[1:] != link[:-1]) | (area[1:] != area[:-1]) | (other[1:] != other[:-1])
    first = np.flatnonzero(np.append(True, is_new)[: len(link)])
    last = np.append(first[1:], len(link)) - 1
    last = last[: len(first)]
    found = {
        "link": link[first],
        "area": area[first],
        "from_m": from_m[first],
        "to_m": to_m[last],
        "length_m": to_m[last] - from_m[first],
        "is_shared": other[first] >= 0,
        "other_area": other[first],
    }
    return pd.DataFrame(found)
