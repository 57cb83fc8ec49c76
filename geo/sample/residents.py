"""Where people live, how deprived each small area is, and how rural."""

import numpy as np
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints
from geo.sample.grouping import mean_value
from geo.sample.land import Land
from geo.sample.noise import fractal_noise

_COUNTRY_PEOPLE_PER_KM2 = 11.0
_TOWNS_NEARBY = 6


def spread(rng: np.random.Generator, land: Land) -> Floats:
    """Return people at each site: town people over the town's sites, denser inwards; a few in the country."""
    sites, places = land.mesh.sites, land.places
    country = (land.is_dry & (land.place < 0)).sum()
    spacing_km2 = _area_km2(land) / max(country, 1)
    people = np.where(land.is_dry, _COUNTRY_PEOPLE_PER_KM2 * spacing_km2, 0.0)
    built = np.flatnonzero(land.place >= 0)
    own = land.place[built]
    gap = np.hypot(*(sites[built] - places.centres[own]).T) / places.radii_m[own]
    weight = np.exp(-(gap**2)) * rng.lognormal(0, 0.3, len(built))
    total = np.bincount(own, weight, minlength=len(places.names))
    people[built] += places.people[own] * weight / total[own]
    # A place too small for a street corner of its own is where its centre is.
    empty = total == 0
    np.add.at(people, land.centre_sites[empty], places.people[empty])
    return people


def counted(rng: np.random.Generator, small: Ints, residents: Floats) -> Ints:
    """Count people by small area, within the 1,000 to 3,000 that statistical areas are drawn for."""
    total = np.bincount(small[small >= 0], residents[small >= 0]) * rng.normal(1, 0.04, small.max() + 1)
    # Bent towards the limits: cut off at them, a tenth of the areas would have the same number.
    return np.asarray(np.round(2000 + 1000 * np.tanh((total - 2000) / 1000)), dtype=np.int64)


def deprivation(rng: np.random.Generator, land: Land, small: Ints) -> Floats:
    """Score small areas from about 3 to 70: more towards town centres and in some quarters of the region."""
    quarters = fractal_noise(rng, longest_m=14_000, shortest_m=1_500, roughness=0.5)
    centres = np.column_stack([mean_value(small, land.mesh.sites[:, n]) for n in (0, 1)])
    towns = land.places.towns
    gap, near = cKDTree(land.places.centres[:towns]).query(centres, k=min(_TOWNS_NEARBY, towns))
    inner = np.exp(-(gap / land.places.radii_m[near]).min(axis=1))
    score = np.exp(2.45 + 0.45 * quarters(centres) + 1.0 * inner + rng.normal(0, 0.2, len(centres)))
    return np.asarray(np.round(np.clip(score, 2, 80), 2))


def rural_share(land: Land, small: Ints, residents: Floats) -> Floats:
    """Return the share of each small area's residents who live outside towns."""
    in_town = (land.place >= 0) & (land.place < land.places.towns)
    inside = small >= 0
    everyone = np.bincount(small[inside], residents[inside])
    outside = np.bincount(small[inside], np.where(in_town, 0.0, residents)[inside])
    return np.asarray(np.round(outside / everyone, 4))


def _area_km2(land: Land) -> float:
    """Estimate the dry country from its sites: each stands for the square of its mean gap to neighbours."""
    pairs = land.dry_pairs & (land.place[land.mesh.pairs] < 0).all(axis=1)
    gap = float(np.median(land.mesh.lengths_m[pairs])) / 1000
    return float((land.is_dry & (land.place < 0)).sum()) * gap**2
