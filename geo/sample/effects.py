"""Where planted effects lie: a corridor, a hotspot that a border splits, and a contrast across a border.

Each place is found from the geometry by rule. A region that has no such route or authority has no such place.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Objects
from geo.sample.geography import Level
from geo.sample.links import Links
from geo.sample.pieces import Pieces, cut_around
from geo.sample.search import nearest
from geo.sample.truth import Truth

# Ends of pieces on both sides of a border, this near, are one crossing.
_SAME_POINT_M = 0.05
_ARCS_A_QUARTER = 32


@dataclass(frozen=True)
class Planted:
    """Which pieces lie in planted places; the point of the hotspot (EPSG:27700; not a number: none).

    `is_worse_side` and `is_other_side` are the two sides of the planted contrast across a border.
    """

    is_corridor: Bools
    is_hotspot: Bools
    is_worse_side: Bools
    is_other_side: Bools
    hotspot_xy: Floats

    def ratio(self, truth: Truth) -> Floats:
        """Return what planted places do to each piece's rate; where two overlap, both."""
        return np.asarray(
            np.where(self.is_corridor, truth.corridor_rate_ratio, 1.0)
            * np.where(self.is_hotspot, truth.hotspot_rate_ratio, 1.0)
            * np.where(self.is_worse_side, truth.border_rate_ratio, 1.0)
        )


def nothing_planted(count: int) -> Planted:
    """Return that none of `count` pieces lies in a planted place."""
    none = np.zeros(count, dtype=bool)
    return Planted(none, none, none, none, np.full(2, np.nan))


def plant(
    links: Links, pieces: Pieces, authorities: Level, numbers: list[str], truth: Truth
) -> tuple[Pieces, Planted]:
    """Find the planted places, and cut pieces at their outlines.

    Args:
        links: all links.
        pieces: pieces of them, cut at borders.
        authorities: highway authorities, in the order of `pieces.authority`.
        numbers: road numbers, in the order of `links.route`.
        truth: planted effects.

    Returns:
        The pieces, each now wholly inside or outside each place, and which lie inside.
    """
    xy = _crossing(links, pieces, authorities, numbers, truth)
    circle = shapely.Point(xy).buffer(truth.hotspot_radius_m, quad_segs=_ARCS_A_QUARTER)
    if np.isfinite(xy).all():
        around = _in_any(pieces, authorities, truth.hotspot_authorities)
        pieces = cut_around(pieces, circle, around, links.lines)
    worse, other = truth.border_authorities
    route = pieces.lines[_on(links, pieces, numbers, truth.border_route)]
    sides = (
        (worse, _band(authorities, other, route, truth)),
        (other, _band(authorities, worse, route, truth)),
    )
    for code, band in sides:
        pieces = cut_around(
            pieces, band, _beside(links, pieces, authorities, numbers, code, truth), links.lines
        )
    middles = pieces.middles
    is_corridor = _on(links, pieces, numbers, truth.corridor_route) & _in_any(
        pieces, authorities, truth.corridor_authorities
    )
    is_hotspot = _in_any(pieces, authorities, truth.hotspot_authorities) & _within(circle, middles)
    is_worse, is_other = (
        _beside(links, pieces, authorities, numbers, code, truth) & _within(band, middles)
        for code, band in sides
    )
    return pieces, Planted(is_corridor, is_hotspot, is_worse, is_other, xy)


def _on(links: Links, pieces: Pieces, numbers: list[str], number: str) -> Bools:
    """Tell the pieces of a numbered road."""
    routes = [n for n, name in enumerate(numbers) if name == number]
    return np.isin(links.route[pieces.link], routes)


def _in_any(pieces: Pieces, authorities: Level, codes: tuple[str, ...]) -> Bools:
    """Tell the pieces in some of the authorities."""
    return np.isin(pieces.authority, [n for n, code in enumerate(authorities.codes) if code in codes])


def _beside(
    links: Links, pieces: Pieces, authorities: Level, numbers: list[str], code: str, truth: Truth
) -> Bools:
    """Tell the pieces of the road of the border contrast that are in one of its authorities."""
    return _on(links, pieces, numbers, truth.border_route) & _in_any(pieces, authorities, (code,))


def _within(shape: shapely.Geometry, points: Objects) -> Bools:
    shapely.prepare(shape)
    return np.asarray(shapely.intersects(shape, points))


def _band(authorities: Level, code: str, route: Objects, truth: Truth) -> shapely.Geometry:
    """Return all that is near an authority, as far as a route goes; nothing where there is no contrast."""
    if not len(route) or not set(truth.border_authorities) <= set(authorities.codes):
        return shapely.Polygon()
    # No part of the authority further off is near the route; its whole outline would take long.
    x0, y0, x1, y1 = shapely.total_bounds(route)
    reach = truth.border_band_m + 1
    around = shapely.box(x0 - reach, y0 - reach, x1 + reach, y1 + reach)
    polygon = shapely.intersection(authorities.polygons[authorities.codes.index(code)], around)
    return shapely.buffer(polygon, truth.border_band_m, quad_segs=_ARCS_A_QUARTER)


def _crossing(links: Links, pieces: Pieces, authorities: Level, numbers: list[str], truth: Truth) -> Floats:
    """Return the point where the hotspot's route crosses the border of its two authorities.

    Where it does so more than once, the point around which roads of the two are most even in length.
    """
    on_route = _on(links, pieces, numbers, truth.hotspot_route)
    sides = [_in_any(pieces, authorities, (code,)) for code in truth.hotspot_authorities]
    ends = [_ends(pieces.lines[on_route & side]) for side in sides]
    if not all(len(points) for points in ends):
        return np.full(2, np.nan)
    gaps, _ = nearest(ends[1], ends[0])
    candidates = ends[0][gaps < _SAME_POINT_M]
    least = [
        min(_metres_near(pieces.lines[s], xy, truth.hotspot_radius_m) for s in sides) for xy in candidates
    ]
    return candidates[int(np.argmax(least))] if len(candidates) else np.full(2, np.nan)


def _ends(lines: Objects) -> Floats:
    return np.vstack([shapely.get_coordinates(shapely.get_point(lines, n)) for n in (0, -1)])


def _metres_near(lines: Objects, xy: Floats, radius_m: float) -> float:
    """Return the length of lines within a circle."""
    circle = shapely.Point(xy).buffer(radius_m)
    near = lines[shapely.dwithin(lines, shapely.Point(xy), radius_m)]
    return float(shapely.length(shapely.intersection(near, circle)).sum())
