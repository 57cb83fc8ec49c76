"""Land and sea: the mesh of Doggerland, which of its cells are dry, and which belong to a place."""

from dataclasses import dataclass

import numpy as np

from geo.sample.arrays import Bools, Floats, Ints
from geo.sample.mesh import Mesh, build_mesh, components
from geo.sample.names import HAMLETS
from geo.sample.noise import Noise, fractal_noise
from geo.sample.search import nearest
from geo.sample.sketch import EXTENT_KM, ISLAND, LAND, ORIGIN, STRAIT_RATIO, TOWNS, Ellipse

_COUNTRY_SPACING_M = 560.0
_STREET_SPACING_M = 205.0
_PEOPLE_PER_KM2_IN_TOWN = 2900.0
# Keeps hamlets a little inland; the coast is at 0, the middle of the land near 1.
_HAMLET_HEIGHT = 0.1


@dataclass(frozen=True)
class Places:
    """Towns, then hamlets: name, centre (metres), radius of the built-up part (metres), residents."""

    names: list[str]
    centres: Floats
    radii_m: Floats
    people: Floats

    @property
    def towns(self) -> int:
        """How many of the places are towns."""
        return len(TOWNS)


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
        return np.asarray(self.is_dry[self.mesh.pairs].all(axis=1))


def make_land(rng: np.random.Generator) -> Land:
    """Raise the land out of the sketch: coast, towns and hamlets."""
    coast = fractal_noise(rng, longest_m=16_000, shortest_m=1_000, roughness=0.75)
    places = _place_hamlets(rng, coast)
    sites, place = _sites(rng, places)
    mesh = build_mesh(sites)
    is_dry, is_island = _dry(mesh, _height(sites, coast))
    is_reachable = _reachable(mesh, is_dry, is_island)
    firm = np.where(is_reachable)[0]
    centre_sites = firm[nearest(sites[firm], places.centres)[1]]
    return Land(mesh, is_dry, is_island, is_reachable, np.where(is_dry, place, -1), places, centre_sites)


def metres(x_km: float, y_km: float) -> Floats:
    """Turn a point of the sketch into EPSG:27700 metres."""
    return np.array([ORIGIN[0] + 1000 * x_km, ORIGIN[1] + 1000 * y_km])


def _height(xy: Floats, coast: Noise) -> Floats:
    rough = 0.27 * coast(xy)
    height = np.full(len(xy), -1.0)
    for ellipse in LAND:
        if ellipse.height > 0:
            height = np.maximum(height, 1 - _distance(xy, ellipse) ** 2)
    for ellipse in LAND:
        if ellipse.height < 0:
            height = height + ellipse.height * np.exp(-(_distance(xy, ellipse) ** 4))
    island = _distance(xy, ISLAND) + 0.7 * rough
    # A strait all round, or the noise would sometimes join the island to the mainland.
    return np.where(island < STRAIT_RATIO, 1 - island, height + rough)


def _distance(xy: Floats, ellipse: Ellipse) -> Floats:
    offset = (xy - metres(ellipse.x, ellipse.y)) / (1000 * np.array([ellipse.across, ellipse.along]))
    return np.asarray(np.hypot(*offset.T))


def _place_hamlets(rng: np.random.Generator, coast: Noise) -> Places:
    """Scatter hamlets over dry land, clear of the towns and of each other."""
    centres = [metres(t.x, t.y) for t in TOWNS]
    people = [float(t.people) for t in TOWNS]
    radii = [_radius(p) for p in people]
    candidates = rng.uniform(0, 1, (6000, 2)) * np.array(EXTENT_KM) * 1000 + np.array(ORIGIN)
    for candidate in candidates[_height(candidates, coast) > _HAMLET_HEIGHT]:
        if len(centres) == len(TOWNS) + len(HAMLETS):
            break
        gaps = np.hypot(*(np.array(centres) - candidate).T)
        if (gaps > np.array(radii) + 2300).all():
            centres.append(candidate)
            people.append(float(np.round(rng.lognormal(6.25, 0.5))))
            radii.append(_radius(people[-1]))
    hamlets = list(HAMLETS[: len(centres) - len(TOWNS)])
    return Places([t.name for t in TOWNS] + hamlets, np.array(centres), np.array(radii), np.array(people))


def _radius(people: float) -> float:
    return float(1000 * np.sqrt(people / _PEOPLE_PER_KM2_IN_TOWN / np.pi))


def _sites(rng: np.random.Generator, places: Places) -> tuple[Floats, Ints]:
    """Scatter sites: wide in the country, close and street-like in places; with each site's place or -1."""
    country = _lattice(rng, np.array(EXTENT_KM) * 500 + np.array(ORIGIN), np.array(EXTENT_KM) * 500,
                       _COUNTRY_SPACING_M, jitter=0.33, turn=0.3)  # fmt: skip
    streets, owners = [], []
    ragged = fractal_noise(rng, longest_m=3000, shortest_m=600)
    for n, (centre, radius) in enumerate(zip(places.centres, places.radii_m, strict=True)):
        reach = max(radius, 330.0)
        grid = _lattice(rng, centre, np.full(2, 1.6 * reach), _STREET_SPACING_M, jitter=0.1,
                        turn=rng.uniform(0, np.pi / 2))  # fmt: skip
        inside = np.hypot(*(grid - centre).T) < reach * (1 + 0.22 * ragged(grid))
        streets.append(grid[inside])
        owners.append(np.full(inside.sum(), n))
    town = np.concatenate(streets)
    gap, _ = nearest(town, country)
    country = country[gap > 0.62 * _COUNTRY_SPACING_M]
    place = np.concatenate([*owners, np.full(len(country), -1)])
    return np.round(np.concatenate([town, country]), 2), place


def _lattice(
    rng: np.random.Generator, centre: Floats, half: Floats, spacing: float, *, jitter: float, turn: float
) -> Floats:
    """Return a turned, gently bent and jittered lattice that covers a box."""
    reach = int(np.hypot(*half) / spacing) + 1
    steps = np.arange(-reach, reach + 1) * spacing
    grid = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    bend = fractal_noise(rng, longest_m=40 * spacing, shortest_m=10 * spacing)
    grid = grid + spacing * 1.0 * np.column_stack([bend(grid), bend(grid[:, ::-1] + 7919.0)])
    grid = grid + rng.uniform(-jitter, jitter, grid.shape) * spacing
    cos, sin = np.cos(turn), np.sin(turn)
    turned: Floats = grid @ np.array([[cos, sin], [-sin, cos]])
    return (turned + centre)[(np.abs(turned) <= half).all(axis=1)]


def _dry(mesh: Mesh, height: Floats) -> tuple[Bools, Bools]:
    """Keep the mainland and the island; fill lakes and drown specks of land."""
    above = height > 0
    near = np.array([metres(TOWNS[0].x, TOWNS[0].y), metres(ISLAND.x, ISLAND.y)])
    land = components(mesh, np.asarray(above[mesh.pairs].all(axis=1)))
    dry_sites = np.where(above)[0]
    main, island = land[dry_sites[nearest(mesh.sites[above], near)[1]]]
    is_island = above & (land == island)
    kept = (above & (land == main)) | is_island
    sea = components(mesh, np.asarray(~kept[mesh.pairs].any(axis=1)))
    open_sea = np.bincount(sea[~kept]).argmax()
    lakes = ~kept & (sea != open_sea)
    return kept | lakes, is_island


def _reachable(mesh: Mesh, is_dry: Bools, is_island: Bools) -> Bools:
    """Tell the sites roads can reach: some headlands hang on by a corner that no straight line passes."""
    joined = components(mesh, mesh.is_direct & is_dry[mesh.pairs].all(axis=1))
    shores = (is_dry & ~is_island, is_island)
    reached = [shore & (joined == np.bincount(joined[shore]).argmax()) for shore in shores]
    return np.asarray(reached[0] | reached[1])
