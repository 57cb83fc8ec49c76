"""The network cut at authority borders, and the collisions to be expected on each piece."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.arrays import Bools, Floats, Ints, Objects
from geo.sample.geography import Geography, Level
from geo.sample.network import Links
from geo.sample.truth import Truth


@dataclass(frozen=True)
class Pieces:
    """Pieces of links, each in one authority: line, link, authority (positions), in a town or not."""

    lines: Objects
    link: Ints
    authority: Ints
    is_town: Bools

    @property
    def km(self) -> Floats:
        """Length of each piece in km."""
        km: Floats = shapely.length(self.lines) / 1000
        return km


def cut_at_borders(links: Links, authorities: Level) -> Pieces:
    """Cut links where they cross a border; what lies over the sea (a bridge) is in no piece."""
    polygons = authorities.polygons
    owner, link = shapely.STRtree(links.lines).query(polygons, predicate="intersects")
    crossing = (np.bincount(link, minlength=len(links.lines))[link] > 1) | links.is_bridge[link]
    parts = links.lines[link]
    parts[crossing] = shapely.intersection(parts[crossing], polygons[owner[crossing]])
    lines, source = shapely.get_parts(parts, return_index=True)
    order = np.lexsort((owner[source], link[source]))
    order = order[shapely.length(lines[order]) > 0]
    kept = link[source[order]]
    return Pieces(lines[order], kept, owner[source[order]], links.in_place[kept] >= 0)


def expected_per_year(links: Links, pieces: Pieces, geography: Geography, truth: Truth) -> Floats:
    """Collisions a year expected on each piece in a typical year, before each link's own factor."""
    by_class = np.array([truth.collisions_per_km_year[name] for name in links.class_names])
    by_authority = np.array([truth.authority_rate_ratio[code] for code in geography.authorities.codes])
    town = np.where(pieces.is_town, truth.town_rate_ratio, 1.0)
    expected: Floats = pieces.km * by_class[pieces.link] * by_authority[pieces.authority] * town
    return expected


def link_factors(rng: np.random.Generator, count: int, truth: Truth) -> Floats:
    """Draw each link's own factor: what makes counts vary more than by chance."""
    return rng.gamma(truth.link_gamma_shape, 1 / truth.link_gamma_shape, count)
