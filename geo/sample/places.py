"""Places: towns as sketched, hamlets between them, and the street corners of each."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from geo.arrays import Floats, Ints
from geo.sample.names import hamlet_names
from geo.sample.noise import fractal_noise
from geo.sample.scatter import Lattice, scatter
from geo.sample.sketch import Sketch

_PEOPLE_PER_KM2_IN_TOWN = 3100.0
_LEAST_REACH_M = 330.0
# Hamlets keep so far from the edge of any town.
_CLEAR_OF_TOWNS_M = 1_500.0
_LOG_PEOPLE_IN_HAMLET, _LOG_SPREAD = 6.0, 0.5
# Corners stray this far beyond the round town they would fill, as a share of its radius.
_RAGGEDNESS = 0.22
_MOST_RAGGED = 1.6
_NEIGHBOURS = 8
# Side streets for each corner of a block, and how long they are, in blocks.
_SIDE_STREETS = 0.8
_SIDE_STREET_BLOCKS = (0.22, 0.42)


@dataclass(frozen=True)
class Places:
    """Towns, then hamlets.

    Names, centres (n x 2, metres), radii of the built-up part (metres), residents, turns of the streets
    (radians), and how many are towns.
    """  # fmt: skip

    names: list[str]
    centres: Floats
    radii_m: Floats
    people: Floats
    turns: Floats
    towns: int

    def owner(self, xy: Floats) -> Ints:
        """Return the place whose built-up part each point is deepest in, or least far from."""
        gaps, near = cKDTree(self.centres).query(xy, k=min(_NEIGHBOURS, len(self.names)))
        return np.asarray(np.take_along_axis(near, (gaps / self.radii_m[near]).argmin(1)[:, None], 1)[:, 0])


def make_places(rng: np.random.Generator, sketch: Sketch, inland: Floats) -> Places:
    """Put hamlets on points inland (metres) that are clear of every town."""
    centres = np.array([sketch.metres(t.x, t.y) for t in sketch.towns])
    people = np.array([float(t.people) for t in sketch.towns])
    gaps, near = cKDTree(centres).query(inland, k=min(_NEIGHBOURS, len(centres)))
    hamlets = inland[(gaps > _radius(people)[near] + _CLEAR_OF_TOWNS_M).all(axis=1)]
    in_hamlets = np.round(rng.lognormal(_LOG_PEOPLE_IN_HAMLET, _LOG_SPREAD, len(hamlets)))
    everyone = np.concatenate([people, in_hamlets])
    names = [t.name for t in sketch.towns] + hamlet_names(rng, len(hamlets))
    turns = rng.uniform(0, np.pi / 2, len(names))
    return Places(names, np.concatenate([centres, hamlets]), _radius(everyone), everyone, turns, len(centres))


def _radius(people: Floats) -> Floats:
    radius: Floats = 1000 * np.sqrt(people / _PEOPLE_PER_KM2_IN_TOWN / np.pi)
    return radius


def street_sites(rng: np.random.Generator, places: Places, spacing: float) -> tuple[Floats, Ints]:
    """Scatter street corners (metres) over the built-up part of each place, and say whose each is."""
    reach = np.maximum(places.radii_m, _LEAST_REACH_M)
    half = np.repeat(_MOST_RAGGED * reach[:, None], 2, axis=1)
    corners, owner = scatter(rng, Lattice(places.centres, half, spacing, places.turns), jitter=0.1)
    # Side streets and closes: blocks of one size only would make no street short.
    beside = rng.uniform(size=len(corners)) < _SIDE_STREETS
    way = rng.uniform(0, 2 * np.pi, int(beside.sum()))
    reach_m = spacing * rng.uniform(*_SIDE_STREET_BLOCKS, len(way))
    sides = corners[beside] + reach_m[:, None] * np.column_stack([np.cos(way), np.sin(way)])
    corners, owner = np.concatenate([corners, sides]), np.concatenate([owner, owner[beside]])
    ragged = fractal_noise(rng, longest_m=3000, shortest_m=600)
    gap = np.hypot(*(corners - places.centres[owner]).T)
    inside = gap < reach[owner] * (1 + _RAGGEDNESS * ragged(corners))
    # Where towns run into each other, each corner belongs to one of them only.
    inside[inside] = places.owner(corners[inside]) == owner[inside]
    return corners[inside], owner[inside]
