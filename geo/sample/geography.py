"""Areas on the land: authorities, wards and small areas that nest exactly, and the people in them."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.arrays import Bools, Floats, Ints, Objects
from geo.sample.land import Land
from geo.sample.mesh import grow, rough_sides
from geo.sample.names import small_area_names, ward_names
from geo.sample.noise import fractal_noise
from geo.sample.search import nearest
from geo.sample.sketch import AUTHORITIES, COMBINED_AUTHORITY, TOWNS

_PEOPLE_PER_WARD = 9_200
_PEOPLE_PER_SMALL_AREA = 1_850
_COUNTRY_PEOPLE_PER_KM2 = 11.0


@dataclass(frozen=True)
class Level:
    """The areas of one level: codes, names, codes of the areas above, polygons, residents, deprivation."""

    codes: list[str]
    names: list[str]
    parents: list[str]
    polygons: Objects
    people: Ints
    deprivation: Floats


@dataclass(frozen=True)
class Geography:
    """Four levels of areas, coarse to fine."""

    combined: Level
    authorities: Level
    wards: Level
    small_areas: Level

    @property
    def authority_of_small_area(self) -> Ints:
        """Position of the authority that each small area lies in."""
        above = dict(zip(self.wards.codes, self.wards.parents, strict=True))
        return np.array([self.authorities.codes.index(above[ward]) for ward in self.small_areas.parents])


def make_geography(areas: np.random.Generator, people: np.random.Generator, land: Land) -> Geography:
    """Divide the land into areas; finer levels first decide nothing that coarser ones have not."""
    mesh = land.mesh
    hills = fractal_noise(areas, longest_m=9_000, shortest_m=1_000)
    costs = mesh.lengths_m * np.exp(0.9 * hills(mesh.middles))
    residents = _residents(people, land)
    authority = _authorities(land, costs)
    # The island is a block of its own, so that no ward or small area lies on both shores.
    block = np.where(land.is_dry, 2 * authority + land.is_island, -1)
    ward, _ = _divide(land, costs, block, residents, _PEOPLE_PER_WARD)
    small, ward_of = _divide(land, costs, ward, residents, _PEOPLE_PER_SMALL_AREA)
    authority_of_ward = _first(ward, authority)
    codes = list(AUTHORITIES)
    names = list(AUTHORITIES.values())
    polygons = _polygons(areas, land, small)
    counted = _counted(people, small, residents)
    deprivation = _deprivation(people, land, small)
    ward_codes = [f"D05{n:06}" for n in range(1, len(authority_of_ward) + 1)]
    small_areas = Level(
        [f"D01{n:06}" for n in range(1, len(ward_of) + 1)],
        small_area_names([names[authority_of_ward[w]] for w in ward_of], ward_of),
        [ward_codes[w] for w in ward_of],
        polygons,
        counted,
        deprivation,
    )
    wards = _above(small_areas, ward_of, ward_codes, _ward_names(land, ward, residents),
                   [codes[a] for a in authority_of_ward])  # fmt: skip
    code, name, members = COMBINED_AUTHORITY
    parents = [code if c in members else "" for c in codes]
    authorities = _above(wards, authority_of_ward, codes, names, parents)
    inside = np.where([p == code for p in parents], 0, -1)
    combined = _above(authorities, inside, [code], [name], [""])
    return Geography(combined, authorities, wards, small_areas)


def _authorities(land: Land, costs: Floats) -> Ints:
    """Grow each authority from its towns, then give what is cut off from its largest town to others."""
    codes = list(AUTHORITIES)
    owner = np.array([codes.index(t.authority) for t in TOWNS])
    centres = land.centre_sites[: len(TOWNS)]
    first = grow(land.mesh, costs, land.dry_pairs, centres)
    authority = np.where(first >= 0, owner[first], -1)
    within = land.dry_pairs & _same(land, authority)
    largest = [centres[np.where(owner == n)[0][0]] for n in range(len(codes))]
    kept = grow(land.mesh, costs, within, np.array(largest))
    kept = np.where(land.is_island, authority, kept)
    core = np.where(kept >= 0)[0]
    joined = grow(land.mesh, costs, land.dry_pairs, core)
    return np.where(joined >= 0, kept[core[joined]], -1)


def _divide(land: Land, costs: Floats, parent: Ints, residents: Floats, size: int) -> tuple[Ints, Ints]:
    """Divide each parent into areas of about `size` people; also return each area's parent, numbered anew."""
    seeds, owners = [], []
    for n, label in enumerate(np.unique(parent[parent >= 0])):
        sites = np.where(parent == label)[0]
        count = max(1, round(float(residents[sites].sum()) / size))
        for part in _halved(land.mesh.sites, sites, residents, count):
            middle = np.average(land.mesh.sites[part], axis=0, weights=residents[part])
            seeds.append(int(part[nearest(land.mesh.sites[part], middle[None])[1][0]]))
            owners.append(n)
    grown = grow(land.mesh, costs, land.dry_pairs & _same(land, parent), np.array(seeds))
    return grown, np.array(owners)


def _halved(sites: Floats, members: Ints, residents: Floats, count: int) -> list[Ints]:
    """Cut a set of sites across its longer extent, again and again, into `count` parts of equal people."""
    if count == 1:
        return [members]
    spread = np.cov(sites[members].T)
    axis = np.linalg.eigh(spread)[1][:, -1]
    # The sign of an eigenvector is the library's whim.
    axis = axis * np.sign(axis[np.abs(axis).argmax()])
    order = members[np.argsort(sites[members] @ axis, kind="stable")]
    left = count // 2
    sums = np.cumsum(residents[order])
    cut = int(np.clip(np.searchsorted(sums, sums[-1] * left / count), left, len(order) - (count - left)))
    first = _halved(sites, order[:cut], residents, left)
    return first + _halved(sites, order[cut:], residents, count - left)


def _residents(rng: np.random.Generator, land: Land) -> Floats:
    """Spread people over sites: town people over the town's sites, denser inwards; a few in the country."""
    sites, places = land.mesh.sites, land.places
    residents = np.where(land.is_dry, _COUNTRY_PEOPLE_PER_KM2 * 0.27, 0.0)
    for n, (centre, radius, count) in enumerate(
        zip(places.centres, places.radii_m, places.people, strict=True)
    ):
        own = np.where(land.place == n)[0]
        own = own if len(own) else land.centre_sites[n : n + 1]
        weight = np.exp(-((np.hypot(*(sites[own] - centre).T) / radius) ** 2)) * rng.lognormal(
            0, 0.3, len(own)
        )
        residents[own] += count * weight / weight.sum()
    return residents


def _counted(rng: np.random.Generator, small: Ints, residents: Floats) -> Ints:
    """Count people by small area, within the 1,000 to 3,000 that statistical areas are drawn for."""
    total = np.bincount(small[small >= 0], residents[small >= 0]) * rng.normal(1, 0.04, small.max() + 1)
    # Bent towards the limits: cut off at them, a tenth of the areas would have the same number.
    return np.asarray(np.round(2000 + 1000 * np.tanh((total - 2000) / 1000)), dtype=np.int64)


def _deprivation(rng: np.random.Generator, land: Land, small: Ints) -> Floats:
    """Score small areas from about 3 to 70: more towards town centres and in some quarters of the region."""
    quarters = fractal_noise(rng, longest_m=14_000, shortest_m=1_500, roughness=0.5)
    centres = np.column_stack([_mean(small, land.mesh.sites[:, n]) for n in (0, 1)])
    towns = land.places.centres[: land.places.towns]
    gap = np.hypot(*(centres[:, None] - towns[None]).transpose(2, 0, 1)) / land.places.radii_m[: len(towns)]
    inner = np.exp(-gap.min(axis=1))
    score = np.exp(2.45 + 0.45 * quarters(centres) + 1.0 * inner + rng.normal(0, 0.2, len(centres)))
    return np.asarray(np.round(np.clip(score, 2, 80), 2))


def _polygons(rng: np.random.Generator, land: Land, small: Ints) -> Objects:
    """Draw the small areas; neighbours share every vertex of their border."""
    mesh = land.mesh
    a, b = small[mesh.pairs].T
    faces = shapely.get_parts(shapely.polygonize(rough_sides(rng, mesh, a != b)))
    # Lakes were filled, so a face without a site is a pocket of sea.
    site, face = shapely.STRtree(faces).query(shapely.points(mesh.sites), predicate="within")
    owner = np.full(len(faces), -1)
    owner[face] = small[site]
    return np.array([_whole(faces[owner == n]) for n in range(small.max() + 1)])


def _whole(parts: Objects) -> shapely.Geometry:
    return shapely.normalize(parts[0] if len(parts) == 1 else shapely.multipolygons(parts))


def _above(below: Level, owner: Ints, codes: list[str], names: list[str], parents: list[str]) -> Level:
    """Sum a level up into the one above; `owner` says which area each belongs to (-1: none)."""
    groups = [np.where(owner == n)[0] for n in range(len(codes))]
    return Level(
        codes,
        names,
        parents,
        np.array([shapely.normalize(shapely.coverage_union_all(below.polygons[g])) for g in groups]),
        np.array([below.people[g].sum() for g in groups]),
        np.round([np.average(below.deprivation[g], weights=below.people[g]) for g in groups], 2),
    )


def _ward_names(land: Land, ward: Ints, residents: Floats) -> list[str]:
    """Name each ward after the place where most of its people live."""
    names = []
    for n in range(ward.max() + 1):
        own = (ward == n) & (land.place >= 0)
        if not own.any():
            centre = land.mesh.sites[ward == n].mean(axis=0)
            names.append(land.places.names[nearest(land.places.centres, centre[None])[1][0]])
            continue
        names.append(land.places.names[np.bincount(land.place[own], residents[own]).argmax()])
    return ward_names(names)


def _same(land: Land, label: Ints) -> Bools:
    a, b = label[land.mesh.pairs].T
    same: Bools = (a == b) & (a >= 0)
    return same


def _first(label: Ints, value: Ints) -> Ints:
    found = np.zeros(label.max() + 1, dtype=np.int64)
    found[label[label >= 0]] = value[label >= 0]
    return found


def _mean(label: Ints, value: Floats) -> Floats:
    inside = label >= 0
    return np.bincount(label[inside], value[inside]) / np.bincount(label[inside])
