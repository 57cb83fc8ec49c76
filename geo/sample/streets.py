"""Streets: links of a place that lie in one line, and so share a name."""

import numpy as np
import shapely

from geo.arrays import Ints
from geo.sample.links import Links
from geo.sample.places import Places
from geo.sample.plan import MOTORWAY

# A line of streets changes its name after so many blocks.
_BLOCKS = 8


def street_of(links: Links, places: Places, block_m: float) -> Ints:
    """Number the streets, in no place -1; nor have motorways and roundabouts a street name.

    Args:
        links: the links.
        places: the places they lie in.
        block_m: distance from one street to the next, metres.
    """
    named = np.flatnonzero((links.in_place >= 0) & (links.road_class > MOTORWAY) & ~links.is_roundabout)
    place = links.in_place[named]
    start, end = (shapely.get_coordinates(shapely.get_point(links.lines[named], n)) for n in (0, -1))
    turn = places.turns[place]
    cos, sin = np.cos(turn), np.sin(turn)

    def turned_back(xy: np.ndarray) -> np.ndarray:
        return np.column_stack([xy[:, 0] * cos + xy[:, 1] * sin, xy[:, 1] * cos - xy[:, 0] * sin])

    along = np.abs(turned_back(end - start))
    middle = turned_back((start + end) / 2 - places.centres[place])
    axis = (along[:, 1] > along[:, 0]).astype(np.int64)
    row = np.floor(np.where(axis == 0, middle[:, 1], middle[:, 0]) / block_m + 0.5)
    stretch = np.floor(np.where(axis == 0, middle[:, 0], middle[:, 1]) / (_BLOCKS * block_m))
    key = np.column_stack([place, axis, row, stretch]).astype(np.int64)
    street = np.full(len(links), -1)
    if len(named):
        street[named] = np.unique(key, axis=0, return_inverse=True)[1].ravel()
    return street
