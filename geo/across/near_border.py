"""How far places in one area lie from each area beside it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats, Ints, Objects

# Points of a border in one box of the index: few enough that boxes are small, many enough that there are not too many.
_POINTS_A_PIECE = 8


def near_neighbours(
    xy: Floats, area: Ints, polygons: Objects, pairs: Sequence[tuple[int, int]] | Ints, reach_m: float
) -> pd.DataFrame:
    """Measure how far places lie from the areas beside their own, in plan.

    Args:
        xy: easting and northing of each place, metres (n x 2).
        area: position of the area that each lies in.
        polygons: polygons of areas, metres; any kind of polygon, none null.
        pairs: positions of an area and of one beside it (m x 2), each direction that is asked for once.
        reach_m: places further off are left out.

    Returns:
        ``place`` (position), ``neighbour`` (position of the other area) and ``distance_m`` to the nearest point of
        its outline; by neighbour, then place.
    """
    beside = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    order = np.argsort(area, kind="stable")
    start = np.searchsorted(area[order], np.arange(len(polygons) + 1))
    parts = []
    for other in np.unique(beside[:, 1]):
        own = [order[start[a] : start[a + 1]] for a in np.sort(beside[beside[:, 1] == other, 0])]
        place = np.concatenate(own)
        x0, y0, x1, y1 = shapely.bounds(polygons[other]) + np.array([-1, -1, 1, 1]) * reach_m
        x, y = xy[place].T
        place = np.sort(place[(x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)])
        tree = shapely.STRtree(_outline(polygons[other]))
        (found, _), distance = tree.query_nearest(
            shapely.points(xy[place]), max_distance=reach_m, return_distance=True, all_matches=False
        )
        parts.append(
            pd.DataFrame({"place": place[found], "neighbour": np.int64(other), "distance_m": distance})
        )
    empty = {"place": np.empty(0, np.int64), "neighbour": np.empty(0, np.int64), "distance_m": np.empty(0)}
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(empty)


def _outline(polygon: shapely.Geometry) -> Objects:
    """Return an outline as many short lines."""
    lines = []
    for ring in shapely.get_rings(shapely.get_parts(polygon)):
        points = shapely.get_coordinates(ring)
        ends = [*range(0, len(points) - 1, _POINTS_A_PIECE), len(points) - 1]
        lines += [points[a : b + 1] for a, b in pairwise(ends)]
    sizes = np.array([len(line) for line in lines])
    made: Objects = shapely.linestrings(
        np.concatenate(lines), indices=np.repeat(np.arange(len(sizes)), sizes)
    )
    return made
