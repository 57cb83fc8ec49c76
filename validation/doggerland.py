"""Doggerland's truth in memory, and collisions drawn from it again and again without writing a file."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample import SIZES, Truth
from geo.sample.exposure import link_factors
from geo.sample.streams import streams
from geo.sample.world import World, make_world

# Whole regions are made anew at these seeds, so that geography, roads and traffic vary too; 8000 is the sample's.
GEOGRAPHIES = {"tiny": (8000, 8001, 8002), "demo": (8000, 8001, 8002), "region": (8000,)}
SECTION_M = 2_000.0
DAYS = 365


@dataclass(frozen=True)
class Units:
    """Places that events are counted in: small areas, or sections of numbered roads.

    A piece of road lies in a unit with a share of its length (`piece`, `unit`, `share`). By unit: `km`, `flow`
    (vehicles a day on a mean km), `kind` (class of road, and town or country), and whether it holds a planted
    place (corridor, hotspot, or the worse side of the border contrast).
    """

    name: str
    piece: Ints
    unit: Ints
    share: Floats
    km: Floats
    flow: Floats
    kind: Objects
    is_planted: Bools

    def total(self, by_piece: Floats) -> Floats:
        """Add up what is known by piece."""
        return np.bincount(self.unit, by_piece[self.piece] * self.share, minlength=len(self.km)).astype(float)


@dataclass(frozen=True)
class Ground:
    """A region and the units that its events are counted in."""

    size: str
    world: World
    units: tuple[Units, ...]

    def collisions_a_year(self, rng: np.random.Generator) -> Floats:
        """Return true collisions a year on each piece, the links' own factors drawn anew."""
        factors = link_factors(rng, len(self.world.links.lines), self.world.truth)
        return np.asarray(self.world.expected.planted * factors[self.world.pieces.link])


@cache
def grounds(size: str, most: int = 3) -> tuple[Ground, ...]:
    """Return the regions of a size, one for each of its seeds."""
    return tuple(ground(size, seed) for seed in GEOGRAPHIES[size][:most])


def ground(size: str, seed: int) -> Ground:
    """Make a region."""
    random = streams(seed)
    world = make_world(random, SIZES[size](random["sketch"]), Truth())
    return Ground(size, world, (small_areas(world), sections(world)))


def small_areas(world: World) -> Units:
    """Return the small areas; a piece of road belongs to the one its middle lies in."""
    tree = shapely.STRtree(world.geography.small_areas.polygons)
    piece, area = tree.query(world.pieces.middles, predicate="intersects")
    first = np.unique(piece, return_index=True)[1]
    piece, area = np.asarray(piece[first], dtype=np.int64), area[first]
    # Renumbered: a small area without road has no rate to speak of.
    code: Ints = np.asarray(np.unique(area, return_inverse=True)[1], dtype=np.int64)
    return _units("small areas", world, piece, code, by_class=False)


def sections(world: World) -> Units:
    """Return sections: what lies of a numbered road in one authority within one square of two km."""
    piece = np.flatnonzero(world.links.route[world.pieces.link] >= 0)
    xy = np.floor(shapely.get_coordinates(world.pieces.middles[piece]) / SECTION_M).astype(np.int64)
    table = pd.DataFrame({"route": world.links.route[world.pieces.link[piece]],
                          "authority": world.pieces.authority[piece], "x": xy[:, 0], "y": xy[:, 1]})  # fmt: skip
    code: Ints = np.asarray(table.groupby(list(table), sort=True).ngroup(), dtype=np.int64)
    return _units("sections", world, piece, code, by_class=True)


def _units(name: str, world: World, piece: Ints, unit: Ints, *, by_class: bool) -> Units:
    pieces, planted = world.pieces, world.planted
    size = int(unit.max()) + 1

    def total(values: Floats | Bools) -> Floats:
        return np.bincount(unit, np.asarray(values, dtype=float)[piece], minlength=size).astype(float)

    flow = np.nan_to_num(world.flows.on_link, nan=1.0)[pieces.link]
    km = total(pieces.km)
    place = np.where(total(pieces.km * pieces.is_town) > km / 2, "town", "country")
    kind = place.astype(object)
    if by_class:
        road_class = np.zeros(size, dtype=np.int64)
        road_class[unit] = world.links.road_class[pieces.link[piece]]
        kind = np.array([f"{c} {p}" for c, p in zip(road_class, place, strict=True)], dtype=object)
    is_planted = total(planted.is_corridor | planted.is_hotspot | planted.is_worse_side) > 0
    share = np.ones(len(piece))
    return Units(name, piece, unit, share, km, total(flow * pieces.km) / km, kind, is_planted)


def draws(seeds: int, salt: int) -> list[np.random.Generator]:
    """Return a random generator for each seed of a study; studies differ by their salt."""
    return [np.random.default_rng([salt, seed]) for seed in range(seeds)]
