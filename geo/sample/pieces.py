"""Pieces of links, each in one authority, and how they are cut."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Objects


@dataclass(frozen=True)
class Pieces:
    """Pieces of links, each in one authority: line, link, authority (positions), in a town or not.

    `at_node` tells for the first and the last point of each whether the link ends there: where a piece was
    cut, there is no junction.
    """

    lines: Objects
    link: Ints
    authority: Ints
    is_town: Bools
    at_node: Bools

    @property
    def km(self) -> Floats:
        """Length of each piece in km."""
        km: Floats = shapely.length(self.lines) / 1000
        return km

    @property
    def middles(self) -> Objects:
        """Point half-way along each piece (EPSG:27700)."""
        points: Objects = shapely.line_interpolate_point(self.lines, 0.5, normalized=True)
        return points


def whole_links(lines: Objects, authority: Ints, is_town: Bools) -> Pieces:
    """Take links as pieces, for a network that no border cuts."""
    at_node = np.ones((len(lines), 2), dtype=bool)
    return Pieces(lines, np.arange(len(lines)), authority, is_town, at_node)


def is_node(pieces: Objects, links: Objects) -> Bools:
    """Tell which ends of pieces are ends of the links they were cut from; two columns: first, last."""
    ends = [shapely.get_coordinates(shapely.get_point(links, n)) for n in (0, -1)]
    own = [shapely.get_coordinates(shapely.get_point(pieces, n)) for n in (0, -1)]
    return np.column_stack([np.logical_or(*((point == end).all(axis=1) for end in ends)) for point in own])


def cut_around(pieces: Pieces, shape: shapely.Geometry, chosen: Bools, links: Objects) -> Pieces:
    """Cut the chosen pieces where they cross the outline of `shape`; order by link is kept.

    Args:
        pieces: pieces of links.
        shape: polygon (EPSG:27700).
        chosen: which pieces to cut.
        links: lines of all links, to tell where a piece still ends at a node.
    """
    shapely.prepare(shape)
    crossing = np.where(chosen)[0]
    near = pieces.lines[crossing]
    crossing = crossing[shapely.intersects(shape, near) & ~shapely.contains_properly(shape, near)]
    cut = pieces.lines[crossing]
    halves = [shapely.intersection(cut, shape), shapely.difference(cut, shape)]
    lines, source = shapely.get_parts(np.concatenate(halves), return_index=True)
    is_line = (shapely.get_dimensions(lines) == 1) & (shapely.length(lines) > 0)
    lines, source = lines[is_line], np.concatenate([crossing, crossing])[source[is_line]]
    whole = np.setdiff1d(np.arange(len(pieces.link)), crossing)
    from_piece = np.concatenate([whole, source])
    order = np.argsort(from_piece, kind="stable")
    from_piece = from_piece[order]
    at_node = np.concatenate([pieces.at_node[whole], is_node(lines, links[pieces.link[source]])])
    return Pieces(
        np.concatenate([pieces.lines[whole], lines])[order],
        pieces.link[from_piece],
        pieces.authority[from_piece],
        pieces.is_town[from_piece],
        at_node[order],
    )
