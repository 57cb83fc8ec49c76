"""What a region is sketched with: land, councils, towns and numbered roads, before anything is drawn."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from geo.arrays import Floats


@dataclass(frozen=True)
class Ellipse:
    """Centre and half axes in km; `height` below zero takes land away."""

    x: float
    y: float
    across: float
    along: float
    height: float = 1.0


@dataclass(frozen=True)
class Council:
    """A council: code, name, and the code of the council or combined authority above it ("": none).

    `force` is the number of the police force; `formed_from` are the codes the council had before it was
    formed of several, with the towns of each.
    """

    code: str
    name: str
    parent: str = ""
    force: int = 80


@dataclass(frozen=True)
class Town:
    """A town: centre in km, residents, and the lower-tier council it belongs to.

    `is_apart` marks a town whose surroundings stay with its council though another lies between.
    """

    name: str
    x: float
    y: float
    people: int
    council: str
    is_apart: bool = False


@dataclass(frozen=True)
class Route:
    """A numbered road through towns, in order; `trunk` roads belong to the strategic operator."""

    number: str
    road_class: str
    towns: tuple[str, ...]
    trunk: bool = False


@dataclass(frozen=True)
class Sketch:
    """The plan of a region. Positions are km east and north of `origin` (EPSG:27700 metres).

    `authorities` are the highway authorities; `districts` are the councils below a county, and every other
    authority is its own lower tier. Sites, the corners of the road network, lie about `street_m` apart in
    places and `country_m` elsewhere; hamlets lie about `hamlet_km` apart;
    `border_lanes` lanes run along borders. `scale` is the length of a bay of
    the coast against that of the hand-drawn plan.
    """

    name: str
    title: str
    origin: tuple[float, float]
    extent_km: tuple[float, float]
    land: tuple[Ellipse, ...]
    island: Ellipse
    authorities: tuple[Council, ...]
    districts: tuple[Council, ...]
    combined: tuple[Council, ...]
    towns: tuple[Town, ...]
    routes: tuple[Route, ...]
    street_m: float = 165.0
    country_m: float = 480.0
    hamlet_km: float = 3.6
    border_lanes: int = 3
    scale: float = 1.0

    @property
    def lower_tier(self) -> tuple[Council, ...]:
        """Districts, and the authorities that have none."""
        divided = {d.parent for d in self.districts}
        return (*(a for a in self.authorities if a.code not in divided), *self.districts)

    @property
    def at_sea(self) -> Floats:
        """A point in the sea, EPSG:27700 metres."""
        return self.metres(3 * self.scale, 6 * self.scale)

    def authority_of(self, council: Council) -> str:
        """Return the code of the highway authority that a lower-tier council lies in, or is."""
        return council.parent if council in self.districts else council.code

    def metres(self, x_km: float, y_km: float) -> Floats:
        """Turn a point of the sketch into EPSG:27700 metres."""
        return np.array([self.origin[0] + 1000 * x_km, self.origin[1] + 1000 * y_km])

    def stretched(self, times: float) -> "Sketch":
        """Return the sketch with every distance `times` as long, and as many more people as land.

        Its eastern edge stays where it is.
        """

        def ellipse(e: Ellipse) -> Ellipse:
            return replace(e, x=e.x * times, y=e.y * times, across=e.across * times, along=e.along * times)

        def towns(every: Iterable[Town]) -> tuple[Town, ...]:
            return tuple(
                replace(t, x=t.x * times, y=t.y * times, people=round(t.people * times**2)) for t in every
            )

        west = self.origin[0] + 1000 * self.extent_km[0] * (1 - times)
        return replace(
            self,
            origin=(west, self.origin[1]),
            extent_km=(self.extent_km[0] * times, self.extent_km[1] * times),
            land=tuple(ellipse(e) for e in self.land),
            island=ellipse(self.island),
            towns=towns(self.towns),
            scale=self.scale * times,
        )
