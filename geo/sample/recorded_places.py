"""What the place of a collision is called in the records: small area, authority, district, force."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Floats, Ints, Objects
from geo.sample.collisions import Drawn
from geo.sample.merger import is_before_merger
from geo.sample.pieces import Pieces
from geo.sample.truth import Truth


@dataclass(frozen=True)
class RecordedPlaces:
    """Codes of places: arrays by small area, by authority, and the small area of each piece of road.

    `tree` holds the polygons of the small areas (EPSG:27700); without it, a collision is in the small area
    of its piece, and none is recorded under a neighbour. `earlier` is the code of the authority that a small
    area belonged to before a merger, "" where there is none.
    """

    small_areas: Objects
    authority_of_small_area: Ints
    districts: Objects
    earlier: Objects
    authorities: Objects
    forces: Ints
    small_area_of_piece: Ints
    tree: shapely.STRtree | None


@dataclass(frozen=True)
class Recorded:
    """Codes by collision: small area (text, "-1": none), districts and authorities then and now, force."""

    small_area: Objects
    district: Objects
    authority: Objects
    authority_now: Objects
    force: Ints


def small_areas_of(pieces: Pieces, tree: shapely.STRtree, authority_of_small_area: Ints) -> Ints:
    """Return the small area around the middle of each piece; the nearest, where rounding leaves none.

    A piece that runs along a border counts to a small area of its own authority, if one is there.
    """
    middles = pieces.middles
    piece, area = tree.query(middles, predicate="intersects")
    is_other = authority_of_small_area[area] != pieces.authority[piece]
    order = np.lexsort((area, is_other, piece))
    found = np.full(len(middles), -1)
    firsts, at = np.unique(piece[order], return_index=True)
    found[firsts] = area[order][at]
    lost = np.where(found < 0)[0]
    found[lost] = tree.nearest(middles[lost])
    return found


def record_places(
    rng: np.random.Generator, drawn: Drawn, pieces: Pieces, places: RecordedPlaces, truth: Truth
) -> Recorded:
    """Say under which codes each collision is recorded: near a border, sometimes the neighbour's.

    A collision belongs to the authority of its piece of road, though its point may lie across the border by
    the width of the road.
    """
    home = places.small_area_of_piece[drawn.piece]
    points = shapely.points(drawn.xy)
    around = _neighbours(rng, points, home, pieces.authority[drawn.piece], places, truth)
    now = places.authorities[places.authority_of_small_area[around]]
    is_old = is_before_merger(rng, now, drawn.at, truth) & (places.earlier[around] != "")
    then = np.where(is_old, places.earlier[around], now)
    # A unitary authority is its own district, so its code changed too.
    is_unitary = places.districts[around] == now
    return Recorded(
        _small_area(points, home, places),
        np.where(is_unitary, then, places.districts[around]),
        then,
        now,
        places.forces[pieces.authority[drawn.piece]],
    )


def _neighbours(
    rng: np.random.Generator,
    points: Objects,
    home: Ints,
    authority: Ints,
    places: RecordedPlaces,
    truth: Truth,
) -> Ints:
    """Return the small area whose codes are recorded: for some near a border, the nearest one across it."""
    chosen = np.where(rng.uniform(size=len(points)) < truth.misrecorded_share)[0]
    recorded = home.copy()
    if places.tree is None or not len(chosen):
        return recorded
    one, area = places.tree.query(points[chosen], predicate="dwithin", distance=truth.misrecorded_within_m)
    other = places.authority_of_small_area[area] != authority[chosen[one]]
    one, area = chosen[one[other]], area[other]
    gaps: Floats = shapely.distance(points[one], places.tree.geometries[area])
    order = np.lexsort((area, gaps, one))
    firsts, at = np.unique(one[order], return_index=True)
    recorded[firsts] = area[order][at]
    return recorded


def _small_area(points: Objects, home: Ints, places: RecordedPlaces) -> Objects:
    """Return the code of the small area around each point; "-1" outside all."""
    if places.tree is None:
        return places.small_areas[home]
    point, area = places.tree.query(points, predicate="intersects")
    found = np.full(len(points), -1)
    # Of several at a shared corner, the last wins, whichever way the tree was built.
    order = np.lexsort((area, point))
    found[point[order]] = area[order]
    return np.where(found >= 0, places.small_areas[found], "-1")
