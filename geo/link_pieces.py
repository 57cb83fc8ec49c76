"""Cut road links at area borders into pieces whose lengths add up to the link."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]

# Overlay noise: shorter pieces are dust from rounding where a line only touches a border.
_DUST_M = 1e-6
# Pieces must add up to the link; a tenth of a millimetre is more than rounding loses.
_LOST_M = 1e-4


def cut_links(links: Shapes, areas: Shapes) -> pd.DataFrame:
    """Return the pieces of each link in each area of one level, and what lies in none.

    Where a link runs along a border both areas hold it: the piece goes to the area given first, so lengths
    still add up, and is marked shared.

    Args:
        links: lines in a projected system, metres.
        areas: polygons of one level in the same system, in the order that settles ties.

    Returns:
        ``link`` and ``area`` (positions; -1 for no area), ``length_m``, ``is_shared``.
    """
    tree = shapely.STRtree(areas)
    link, area = tree.query(links, predicate="intersects")
    order = np.lexsort((area, link))
    link, area = link[order], area[order]
    shapely.prepare(areas)
    alone = np.bincount(link, minlength=len(links))[link] == 1
    # Within one area and touched by no other: the common case needs no overlay.
    simple = alone & shapely.covers(areas[area], links[link])
    whole = pd.DataFrame({"link": link[simple], "area": area[simple], "is_shared": False})
    whole = whole.assign(length_m=shapely.length(links[link[simple]]))
    cut = _cut(links, areas, link[~simple], area[~simple])
    outside = np.setdiff1d(np.arange(len(links)), np.union1d(whole["link"], cut["link"].astype("int64")))
    none = pd.DataFrame(
        {"link": outside, "area": -1, "length_m": shapely.length(links[outside]), "is_shared": False}
    )
    parts = [part for part in (whole, cut, none) if len(part)]
    if not parts:
        return pd.DataFrame({"link": [], "area": [], "length_m": [], "is_shared": []})
    pieces = pd.concat(parts, ignore_index=True)
    pieces = pieces.astype({"link": "int64", "area": "int64", "length_m": "float64", "is_shared": "bool"})
    return pieces.sort_values(["link", "area"], ignore_index=True)[["link", "area", "length_m", "is_shared"]]


def _cut(links: Shapes, areas: Shapes, link: NDArray[np.int64], area: NDArray[np.int64]) -> pd.DataFrame:
    rows: list[tuple[int, int, float, bool]] = []
    for one in np.unique(link):
        mine = area[link == one]
        found = _shares([links[one]], areas, mine)
        # Overlay merges a line that comes back on itself; taken segment by segment it keeps its whole length.
        if abs(sum(length for length, _ in found.values()) - shapely.length(links[one])) > _LOST_M:
            found = _shares(_segments(links[one]), areas, mine)
        rows += [(int(one), a, length, is_shared) for a, (length, is_shared) in found.items()]
    return pd.DataFrame(rows, columns=["link", "area", "length_m", "is_shared"])


def _shares(lines: Iterable[Any], areas: Shapes, mine: NDArray[np.int64]) -> dict[int, tuple[float, bool]]:
    """Return, for each area (-1 for none) that holds some of the lines, its length and whether it is shared."""
    found: dict[int, tuple[float, bool]] = {}

    def add(a: int, length: float, *, is_shared: bool) -> None:
        before, was_shared = found.get(a, (0.0, False))
        found[a] = (before + length, was_shared or is_shared)

    for line in lines:
        left = line
        for a in mine:
            piece = shapely.intersection(left, areas[a])
            length = float(shapely.length(piece))
            if length <= _DUST_M:
                continue
            others = [areas[b] for b in mine if b != a]
            is_shared = any(shapely.length(shapely.intersection(piece, b)) > _DUST_M for b in others)
            add(int(a), length, is_shared=is_shared)
            left = shapely.difference(left, areas[a])
        outside = float(shapely.length(left))
        if outside > _DUST_M:
            add(-1, outside, is_shared=False)
    return found


def _segments(line: Any) -> Shapes:
    ends = [shapely.get_coordinates(part) for part in shapely.get_parts(line)]
    return np.concatenate([shapely.linestrings(np.stack([e[:-1], e[1:]], axis=1)) for e in ends])
