"""Areas on the land: councils, wards and small areas that nest exactly, and the people in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample import residents
from geo.sample.border_lanes import BorderLanes, border_lanes
from geo.sample.division import divide
from geo.sample.grouping import first_value, members
from geo.sample.land import Land
from geo.sample.mesh import grow, rough_sides
from geo.sample.names import small_area_names, ward_names
from geo.sample.noise import fractal_noise
from geo.sample.search import nearest
from geo.sample.sketch import Council, Sketch

_PEOPLE_PER_WARD = 9_200
_PEOPLE_PER_SMALL_AREA = 1_850
# A town's lands begin at the edge of its built-up part, and the larger the town, the further they reach.
_HEAD_START = 1.3
_LEAST_HEAD_M = 1_800.0


@dataclass(frozen=True)
class Level:
    """The areas of one level.

    Codes, names, codes of the areas above ("": none), polygons (EPSG:27700), residents, deprivation score,
    share of residents who live outside towns.
    """  # fmt: skip

    codes: list[str]
    names: list[str]
    parents: list[str]
    polygons: Objects
    people: Ints
    deprivation: Floats
    rural_share: Floats

    def position(self, codes: Sequence[str]) -> Ints:
        """Return the position of each code in this level; -1 where it is not of this level."""
        return _positions(codes, self.codes)


@dataclass(frozen=True)
class Geography:
    """Five levels of areas, coarse to fine; an authority without districts is its own district.

    `border_lanes` are lanes that run along borders of authorities, as lines.
    """

    combined: Level
    authorities: Level
    districts: Level
    wards: Level
    small_areas: Level
    border_lanes: Objects

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels, coarse to fine."""
        return self.combined, self.authorities, self.districts, self.wards, self.small_areas

    @property
    def district_of_small_area(self) -> Ints:
        """Position of the district that each small area lies in."""
        ward = self.wards.position(self.small_areas.parents)
        return self.districts.position(self.wards.parents)[ward]

    @property
    def authority_of_small_area(self) -> Ints:
        """Position of the authority that each small area lies in."""
        return self.authorities.position(self.districts.parents)[self.district_of_small_area]


def make_geography(
    areas: np.random.Generator, people: np.random.Generator, land: Land, sketch: Sketch
) -> Geography:
    """Divide the land into areas; finer levels first decide nothing that coarser ones have not."""
    mesh = land.mesh
    hills = fractal_noise(areas, longest_m=9_000, shortest_m=1_000)
    costs = mesh.lengths_m * np.exp(0.4 * hills(mesh.middles))
    at_site = residents.spread(people, land)
    district = _districts(land, costs, sketch)
    # The island is a block of its own, so that no ward or small area lies on both shores.
    block = np.where(land.is_dry, 2 * district + land.is_island, -1)
    block = np.where(block >= 0, np.unique(block, return_inverse=True)[1] - int((block < 0).any()), -1)
    ward, _ = divide(land, costs, block, at_site, _PEOPLE_PER_WARD)
    small, ward_of = divide(land, costs, ward, at_site, _PEOPLE_PER_SMALL_AREA)
    lower = sketch.lower_tier
    lanes = _border_lanes(land, district, sketch)
    district_of_ward = first_value(ward, district)
    ward_codes = [f"D05{n:06}" for n in range(1, len(district_of_ward) + 1)]
    small_areas = Level(
        [f"D01{n:06}" for n in range(1, len(ward_of) + 1)],
        small_area_names([lower[district_of_ward[w]].name for w in ward_of], ward_of),
        [ward_codes[w] for w in ward_of],
        _polygons(areas, land, small, lanes.pairs),
        residents.counted(people, small, at_site),
        residents.deprivation(people, land, small),
        residents.rural_share(land, small, at_site),
    )
    wards = _above(small_areas, ward_of, ward_codes, _ward_names(land, ward, at_site),
                   [lower[d].code for d in district_of_ward])  # fmt: skip
    districts = _councils(wards, lower, [sketch.authority_of(d) for d in lower])
    authorities = _councils(districts, sketch.authorities, [a.parent for a in sketch.authorities])
    combined = _councils(authorities, sketch.combined, ["" for _ in sketch.combined])
    return Geography(combined, authorities, districts, wards, small_areas, lanes.lines)


def _districts(land: Land, costs: Floats, sketch: Sketch) -> Ints:
    """Grow each lower-tier council from its towns, then give what is cut off from its largest to others."""
    codes = [c.code for c in sketch.lower_tier]
    owner = np.array([codes.index(t.council) for t in sketch.towns])
    people = np.array([t.people for t in sketch.towns])
    centres = land.centre_sites[: len(owner)]
    head_start = _HEAD_START * np.maximum(land.places.radii_m[: len(owner)], _LEAST_HEAD_M * sketch.scale)
    first = grow(land.mesh, costs, land.dry_pairs, centres, head_start=head_start)
    district = np.where(first >= 0, owner[first], -1)
    apart = np.flatnonzero([t.is_apart for t in sketch.towns])
    largest = [own[people[own].argmax()] for own in members(owner, len(codes))]
    rooted = np.unique(np.concatenate([largest, apart]).astype(np.int64))
    within = grow(land.mesh, costs, land.dry_pairs & _same(land, district), centres[rooted])
    kept = np.where(within >= 0, owner[rooted][within], -1)
    kept = np.where(land.is_island, district, kept)
    return _filled(land, costs, kept)


def _filled(land: Land, costs: Floats, kept: Ints) -> Ints:
    """Give dry sites without a council to the one next to them."""
    pairs = land.mesh.pairs[land.dry_pairs]
    a, b = kept[pairs].T
    edge = np.unique(np.concatenate([pairs[(a >= 0) & (b < 0), 0], pairs[(b >= 0) & (a < 0), 1]]))
    if not len(edge):
        return kept
    joined = grow(land.mesh, costs, land.dry_pairs, edge)
    return np.where((kept < 0) & (joined >= 0), kept[edge[joined]], kept)


def _border_lanes(land: Land, district: Ints, sketch: Sketch) -> BorderLanes:
    codes = [a.code for a in sketch.authorities]
    authority_of = np.array([codes.index(sketch.authority_of(d)) for d in sketch.lower_tier] + [-1])
    return border_lanes(
        land.mesh, authority_of[district], land.is_dry & (land.place < 0), sketch.border_lanes
    )


def _polygons(rng: np.random.Generator, land: Land, small: Ints, straight: Bools) -> Objects:
    """Draw the small areas; neighbours share every vertex of their border."""
    mesh = land.mesh
    a, b = small[mesh.pairs].T
    faces = shapely.get_parts(shapely.polygonize(rough_sides(rng, mesh, a != b, straight)))
    owner = np.full(len(faces), -1)
    # One site tells of most faces; the rest are asked all sites. Lakes were filled, so a face without a site
    # is a pocket of sea.
    for asked in (np.unique(small, return_index=True)[1], np.arange(len(small))):
        unknown = np.flatnonzero(owner < 0)
        site, face = shapely.STRtree(faces[unknown]).query(
            shapely.points(mesh.sites[asked]), predicate="within"
        )
        owner[unknown[face]] = small[asked[site]]
    return np.array([_whole(faces[own]) for own in members(owner, int(small.max()) + 1)])


def _whole(parts: Objects) -> shapely.Geometry:
    return shapely.normalize(parts[0] if len(parts) == 1 else shapely.multipolygons(parts))


def _councils(below: Level, councils: Sequence[Council], parents: list[str]) -> Level:
    codes = [c.code for c in councils]
    return _above(below, _positions(below.parents, codes), codes, [c.name for c in councils], parents)


def _positions(wanted: Sequence[str], codes: Sequence[str]) -> Ints:
    at = {code: n for n, code in enumerate(codes)}
    return np.array([at.get(code, -1) for code in wanted])


def _above(below: Level, owner: Ints, codes: list[str], names: list[str], parents: list[str]) -> Level:
    """Sum a level up into the one above; `owner` says which area each belongs to (-1: none)."""
    groups = members(owner, len(codes))

    def averaged(values: Floats) -> Floats:
        return np.array([np.average(values[g], weights=below.people[g]) for g in groups])

    return Level(
        codes,
        names,
        parents,
        np.array([shapely.normalize(shapely.coverage_union_all(below.polygons[g])) for g in groups]),
        np.array([below.people[g].sum() for g in groups]),
        np.round(averaged(below.deprivation), 2),
        np.round(averaged(below.rural_share), 4),
    )


def _ward_names(land: Land, ward: Ints, at_site: Floats) -> list[str]:
    """Name each ward after the place where most of its people live."""
    names = []
    for own in members(ward, int(ward.max()) + 1):
        built = own[land.place[own] >= 0]
        if len(built):
            names.append(land.places.names[np.bincount(land.place[built], at_site[built]).argmax()])
        else:
            centre = land.mesh.sites[own].mean(axis=0)
            names.append(land.places.names[nearest(land.places.centres, centre[None])[1][0]])
    return ward_names(names)


def _same(land: Land, label: Ints) -> Bools:
    a, b = label[land.mesh.pairs].T
    same: Bools = (a == b) & (a >= 0)
    return same
