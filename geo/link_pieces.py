"""Cut road links at area borders into pieces whose lengths add up to the link.

Only where a link meets an edge of a border is it cut, and only there can it change areas. So all pieces that hang
together without meeting a border lie in the same area, and one point tells for all of them which.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.arrays import Floats, Ints, Shapes, spread
from geo.borders import Owners, borders_of, numbered
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
    borders = borders_of(levels)
    met = contacts(lines, borders.edges)
    node, _ = numbered(np.concatenate([lines.xy[lines.first[:-1]], lines.xy[lines.first[1:] - 1]]))
    for areas, owners in zip(levels, borders.owners, strict=True):
        is_of_level = np.zeros(len(borders.edges), dtype=bool)
        is_of_level[owners.edge] = True
        pieces = _cut(lines, met[is_of_level[met["edge"].to_numpy()]])
        first, second = _areas_of(pieces, lines, node, areas, owners)
        yield _joined(pieces, lines, first, second)


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


def _areas_of(pieces: _Pieces, lines: Lines, node: Ints, areas: Shapes, owners: Owners) -> tuple[Ints, Ints]:
    """Return the first and second area of each stretch, -1 where there is none."""
    piece, edge = pieces.along
    group = _groups(pieces, node)
    # The longest of each group stands for it: its middle is far from borders.
    length = pieces.to_m - pieces.from_m
    order = np.lexsort((-length, group))
    _, first = np.unique(group[order], return_index=True)
    told = order[first]
    middles = lines.points_at(pieces.part[told], (pieces.from_m[told] + pieces.to_m[told]) / 2)
    area, point = shapely.STRtree(shapely.points(middles)).query(areas, predicate="intersects")
    pair, owner = owners.of(edge)
    held = np.concatenate([point, group[piece[pair]]])
    by = np.concatenate([area, owner])
    return tuple(column[group] for column in _lowest_two(held, by, len(told)))  # type: ignore[return-value]


def _groups(pieces: _Pieces, node: Ints) -> Ints:
    """Number groups of stretches that hang together without meeting a border."""
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
    return np.asarray(np.unique(label, return_inverse=True)[1], dtype=np.int64)


def _ends(part: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    changes = part[1:] != part[:-1]
    return np.append(True, changes)[: len(part)], np.append(changes, True)[: len(part)]


def _lowest_two(thing: Ints, area: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the lowest and second lowest area of each thing, -1 where there is none."""
    pairs = pd.DataFrame({"thing": thing, "area": area}).drop_duplicates().sort_values(["thing", "area"])
    rank = pairs.groupby("thing").cumcount().to_numpy()
    found = np.full((2, count), -1, dtype=np.int64)
    for n in (0, 1):
        nth = pairs[rank == n]
        found[n, nth["thing"]] = nth["area"]
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
