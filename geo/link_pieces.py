"""Cut road links at area borders into pieces whose lengths add up to the link."""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

Shapes = NDArray[np.object_]

# Overlay noise: shorter pieces are dust from rounding where a line only touches a border.
_DUST_M = 1e-6


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
        left = links[one]
        mine = area[link == one]
        for a in mine:
            piece = shapely.intersection(left, areas[a])
            length = float(shapely.length(piece))
            if length <= _DUST_M:
                continue
            others = [areas[b] for b in mine if b != a]
            shared = any(shapely.length(shapely.intersection(piece, b)) > _DUST_M for b in others)
            rows.append((int(one), int(a), length, shared))
            left = shapely.difference(left, areas[a])
        outside = float(shapely.length(left))
        if outside > _DUST_M:
            rows.append((int(one), -1, outside, False))
    return pd.DataFrame(rows, columns=["link", "area", "length_m", "is_shared"])
