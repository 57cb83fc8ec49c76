"""Land and sea: the mesh of the region, which of its cells are dry, and which belong to a place."""

from dataclasses import dataclass

import numpy as np

from geo.arrays import Bools, Floats, Ints, both
from geo.sample.mesh import Mesh, build_mesh, components
from geo.sample.noise import Noise, fractal_noise
from geo.sample.places import Places, make_places, street_sites
from geo.sample.scatter import Lattice, scatter
from geo.sample.search import nearest
from geo.sample.sketch import Ellipse, Sketch

# Keeps hamlets a little inland; the coast is at 0, the middle of the land near 1.
_HAMLET_HEIGHT = 0.1
# Below this height, the sea needs no fine mesh.
_OPEN_SEA = -0.35
_SEA_COARSER = 3.0
# How far the sea keeps from an island, against the island's own size.
_STRAIT_RATIO = 1.75
# A site of the country keeps off streets by this share of the country's spacing.
_CLEAR_OF_STREETS = 0.62


@dataclass(frozen=True)
class Land:
    """The mesh; which sites are dry, on the island, within reach of roads; in which place (-1: none)."""

    mesh: Mesh
    is_dry: Bools
    is_island: Bools
    is_reachable: Bools
    place: Ints
    places: Places
    centre_sites: Ints

    @property
    def dry_pairs(self) -> Bools:
        """Pairs of neighbours that are both dry."""
        return both(self.is_dry, self.mesh.pairs)


def make_land(rng: np.random.Generator, sketch: Sketch) -> Land:
    """Raise the land out of the sketch: coast, towns and hamlets."""
    coast = fractal_noise(rng, longest_m=16_000 * sketch.scale, shortest_m=1_000, roughness=0.75)
    inland = _even_points(rng, sketch, 1000 * sketch.hamlet_km)
    inland = inland[_height(inland, coast, sketch) > _HAMLET_HEIGHT]
    places = make_places(rng, sketch, inland)
    sites, place = _sites(rng, sketch, places, coast)
    mesh = build_mesh(sites)
    is_dry, is_island = _dry(mesh, _height(sites, coast, sketch), sketch)
    is_reachable = _reachable(mesh, is_dry, is_island)
    firm = np.where(is_reachable)[0]
    centre_sites = firm[nearest(sites[firm], places.centres)[1]]
    return Land(mesh, is_dry, is_island, is_reachable, np.where(is_dry, place, -1), places, centre_sites)


def _height(xy: Floats, coast: Noise, sketch: Sketch) -> Floats:
    rough = 0.27 * coast(xy)
    height = np.full(len(xy), -1.0)
    for ellipse in sketch.land:
        if ellipse.height > 0:
            height = np.maximum(height, 1 - _distance(xy, ellipse, sketch) ** 2)
    for ellipse in sketch.land:
        if ellipse.height < 0:
            height = height + ellipse.height * np.exp(-(_distance(xy, ellipse, sketch) ** 4))
    island = _distance(xy, sketch.island, sketch) + 0.7 * rough
    # A strait all round, or the noise would sometimes join the island to the mainland; never so deep that the
    # mesh there is coarse, or cells would touch across it.
    return np.where(island < _STRAIT_RATIO, np.maximum(1 - island, 0.8 * _OPEN_SEA), height + rough)


def _distance(xy: Floats, ellipse: Ellipse, sketch: Sketch) -> Floats:
    offset = (xy - sketch.metres(ellipse.x, ellipse.y)) / (1000 * np.array([ellipse.across, ellipse.along]))
    return np.asarray(np.hypot(*offset.T))


def _even_points(rng: np.random.Generator, sketch: Sketch, spacing: float, *, turn: float = 0.3) -> Floats:
    """Scatter points over the whole extent, about `spacing` metres apart."""
    half = np.array(sketch.extent_km) * 500
    lattice = Lattice(np.array(sketch.origin)[None] + half, half[None], spacing, np.array([turn]))
    return scatter(rng, lattice, jitter=0.33)[0]


def _sites(rng: np.random.Generator, sketch: Sketch, places: Places, coast: Noise) -> tuple[Floats, Ints]:
    """Scatter sites: wide in the country, close and street-like in places; with each site's place or -1."""
    streets, owner = street_sites(rng, places, sketch.street_m)
    country = _even_points(rng, sketch, sketch.country_m)
    deep = _even_points(rng, sketch, sketch.country_m * _SEA_COARSER)
    country = country[_height(country, coast, sketch) > _OPEN_SEA]
    deep = deep[_height(deep, coast, sketch) <= _OPEN_SEA]
    country = country[nearest(streets, country)[0] > _CLEAR_OF_STREETS * sketch.country_m]
    deep = deep[nearest(country, deep)[0] > _CLEAR_OF_STREETS * sketch.country_m * _SEA_COARSER]
    place = np.concatenate([owner, np.full(len(country) + len(deep), -1)])
    return np.round(np.concatenate([streets, country, deep]), 2), place


def _dry(mesh: Mesh, height: Floats, sketch: Sketch) -> tuple[Bools, Bools]:
    """Keep the mainland and the island; fill lakes and drown specks of land."""
    above = height > 0
    first = sketch.towns[0]
    near = np.array([sketch.metres(first.x, first.y), sketch.metres(sketch.island.x, sketch.island.y)])
    land = components(mesh, both(above, mesh.pairs))
    dry_sites = np.where(above)[0]
    main, island = land[dry_sites[nearest(mesh.sites[above], near)[1]]]
    is_island = above & (land == island)
    kept = (above & (land == main)) | is_island
    sea = components(mesh, both(~kept, mesh.pairs))
    open_sea = np.bincount(sea[~kept]).argmax()
    lakes = ~kept & (sea != open_sea)
    return kept | lakes, is_island


def _reachable(mesh: Mesh, is_dry: Bools, is_island: Bools) -> Bools:
    """Tell the sites roads can reach: some headlands hang on by a corner that no straight line passes."""
    joined = components(mesh, mesh.is_direct & both(is_dry, mesh.pairs))
    shores = (is_dry & ~is_island, is_island)
    reached = [shore & (joined == np.bincount(joined[shore]).argmax()) for shore in shores]
    return np.asarray(reached[0] | reached[1])
