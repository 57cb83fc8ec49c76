"""The network cut at authority borders, and the collisions to be expected on each piece."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats
from geo.sample.effects import Planted
from geo.sample.geography import Level
from geo.sample.links import Links
from geo.sample.pieces import Pieces, is_node
from geo.sample.plan import CLASSES
from geo.sample.truth import Truth, by_code


@dataclass(frozen=True)
class Expected:
    """Collisions a year on each piece in a year of ratio 1: by what is planted, and with its link's factor.

    A hotspot is a few links: were they safe ones by chance, what is planted would not be there to be found. So their
    factors are scaled, that the place has what is planted; `unscaled` are those before.
    """

    planted: Floats
    with_factor: Floats
    unscaled: Floats


def cut_at_borders(links: Links, authorities: Level) -> Pieces:
    """Cut links where they cross a border; what lies over the sea (a bridge) is in no piece."""
    polygons = authorities.polygons
    owner, link = shapely.STRtree(links.lines).query(polygons, predicate="intersects")
    is_cut = (np.bincount(link, minlength=len(links.lines))[link] > 1) | links.is_bridge[link]
    whole, crossing = np.flatnonzero(~is_cut), np.flatnonzero(is_cut)
    cut = shapely.intersection(links.lines[link[crossing]], polygons[owner[crossing]])
    cut, source = shapely.get_parts(cut, return_index=True)
    # Whole links stay the objects they are: a country has millions.
    lines = np.concatenate([links.lines[link[whole]], cut])
    source = np.concatenate([whole, crossing[source]])
    order = np.lexsort((owner[source], link[source]))
    order = order[shapely.length(lines[order]) > 0]
    lines, source = lines[order], source[order]
    kept = link[source]
    at_node = np.ones((len(lines), 2), dtype=bool)
    changed = is_cut[source]
    at_node[changed] = is_node(lines[changed], links.lines[kept[changed]])
    return Pieces(lines, kept, owner[source], links.in_place[kept] >= 0, at_node)


def typical_flow(links: Links, flow: Floats) -> Floats:
    """Return the mean traffic of each road class (vehicles a day by class, km-weighted; 0: no such road)."""
    metres = shapely.length(links.lines)
    known = np.isfinite(flow)
    total = np.bincount(links.road_class[known], (flow * metres)[known], minlength=len(CLASSES))
    length = np.bincount(links.road_class[known], metres[known], minlength=len(CLASSES))
    mean: Floats = total / np.maximum(length, 1e-9)
    return mean


def expected_per_year(
    links: Links, pieces: Pieces, planted: Planted, flow: Floats, *, codes: list[str], truth: Truth
) -> Floats:
    """Collisions a year expected on each piece in a typical year, before each link's own factor.

    Args:
        links: all links.
        pieces: pieces of them, cut at borders and at planted places.
        planted: which pieces lie in planted places.
        flow: vehicles a day on each link; not a number where unknown, which counts as typical of its class.
        codes: authority codes, in the order of `pieces.authority`.
        truth: planted rates and effects.
    """
    rate = np.array([truth.collisions_per_km_year[name] for name in CLASSES])[links.road_class]
    typical = typical_flow(links, flow)[links.road_class]
    busy = np.divide(flow, typical, out=np.ones(len(flow)), where=np.isfinite(flow) & (typical > 0))
    by_link = rate * busy**truth.flow_elasticity
    by_authority = np.array(by_code(truth.authority_rate_ratio, codes, 1.0))
    town = np.where(pieces.is_town, truth.town_rate_ratio, 1.0)
    expected: Floats = pieces.km * by_link[pieces.link] * by_authority[pieces.authority] * town
    return expected * planted.ratio(truth)


def link_factors(rng: np.random.Generator, count: int, truth: Truth) -> Floats:
    """Draw each link's own factor: what makes counts vary more than by chance."""
    return rng.gamma(truth.link_gamma_shape, 1 / truth.link_gamma_shape, count)


def expect(
    rng: np.random.Generator,
    links: Links,
    pieces: Pieces,
    planted: Planted,
    flow: Floats,
    *,
    codes: list[str],
    truth: Truth,
) -> Expected:
    """Return collisions expected on each piece, and draw links' own factors; see `expected_per_year`."""
    by_plan = expected_per_year(links, pieces, planted, flow, codes=codes, truth=truth)
    factors = link_factors(rng, len(links.lines), truth)
    unscaled = by_plan * factors[pieces.link]
    return Expected(by_plan, scaled_to(by_plan, unscaled, planted.is_hotspot), unscaled)


def scaled_to(planted: Floats, with_factor: Floats, place: Bools) -> Floats:
    """Scale the collisions expected in a place so that together it has what is planted; elsewhere they stay."""
    total = with_factor[place].sum()
    if not total > 0:
        return with_factor
    return np.where(place, with_factor * (planted[place].sum() / total), with_factor)
