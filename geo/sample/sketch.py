"""The hand-drawn plan of Doggerland: where land, towns and numbered roads are meant to be.

Kilometres east and north of `ORIGIN`. The land stays west of longitude 1.9: beyond 1.92 PROJ falls back
from the national grid's datum shift to none at all, which moves a point by 130 m, one way only.
"""

from dataclasses import dataclass

from geo.sample.truth import BOTNEY, LEMAN, SILVERPIT, TAILEND

ORIGIN = (598_000.0, 468_000.0)
EXTENT_KM = (54.0, 90.0)


@dataclass(frozen=True)
class Ellipse:
    """Centre and half axes in km; `height` below zero takes land away."""

    x: float
    y: float
    across: float
    along: float
    height: float = 1.0


@dataclass(frozen=True)
class Town:
    """A town: centre in km, residents, and the authority it belongs to."""

    name: str
    x: float
    y: float
    people: int
    authority: str


@dataclass(frozen=True)
class Route:
    """A numbered road through towns, in order; `trunk` roads belong to the strategic operator."""

    number: str
    road_class: str
    towns: tuple[str, ...]
    trunk: bool = False


AUTHORITIES = {
    SILVERPIT: "Silverpit and Sole",
    BOTNEY: "Botney Cut",
    LEMAN: "Leman and Ower",
    TAILEND: "Dogger Tail",
}
COMBINED_AUTHORITY = ("D47000001", "Outer Silverpit Combined Authority", (SILVERPIT, BOTNEY, LEMAN))

LAND = (
    Ellipse(26, 45, 17, 28),
    Ellipse(14, 38, 10, 14),
    Ellipse(32, 68, 13, 15),
    Ellipse(24, 22, 15, 12),
    # An estuary from the west and a bay from the east.
    Ellipse(6, 56, 12, 2.6, -1.3),
    Ellipse(47, 52, 7, 3.5, -0.9),
)
ISLAND = Ellipse(45.5, 25, 3.6, 5.0)
STRAIT_RATIO = 1.5

TOWNS = (
    Town("Silverpit", 22, 39, 50_000, SILVERPIT),
    Town("Solepit-on-Sea", 8, 37, 13_500, SILVERPIT),
    Town("Clayhythe Deep", 31, 34, 6_400, SILVERPIT),
    Town("Peat Norton", 15, 46, 4_300, SILVERPIT),
    Town("Haddock Magna", 17, 31, 3_600, SILVERPIT),
    Town("Lemanmouth", 21, 16, 24_000, LEMAN),
    Town("Ower Regis", 31, 23, 8_800, LEMAN),
    Town("Marram", 14, 22, 4_700, LEMAN),
    Town("Eelgarth", 45.5, 25, 3_900, LEMAN),
    Town("Botney", 36, 46, 22_000, BOTNEY),
    Town("Aurochs Cross", 27, 51, 5_900, BOTNEY),
    Town("Skatehole", 40, 39, 4_100, BOTNEY),
    Town("Tailend", 33, 70, 19_500, TAILEND),
    Town("Outerwell", 24, 63, 7_600, TAILEND),
    Town("Storegga End", 39, 78, 3_400, TAILEND),
    Town("Elkham St Mary", 38, 60, 3_900, TAILEND),
)

ROUTES = (
    Route("M88", "Motorway", ("Lemanmouth", "Haddock Magna", "Silverpit"), trunk=True),
    Route("A88", "A Road", ("Silverpit", "Aurochs Cross", "Elkham St Mary", "Tailend"), trunk=True),
    Route("A8001", "A Road", ("Solepit-on-Sea", "Silverpit", "Clayhythe Deep", "Skatehole", "Botney")),
    Route("A8002", "A Road", ("Lemanmouth", "Ower Regis", "Clayhythe Deep", "Botney", "Elkham St Mary")),
    Route("A8003", "A Road", ("Marram", "Lemanmouth")),
    Route("A8004", "A Road", ("Peat Norton", "Outerwell")),
    Route("B8010", "B Road", ("Marram", "Solepit-on-Sea", "Peat Norton", "Aurochs Cross", "Botney")),
    Route("B8011", "B Road", ("Ower Regis", "Eelgarth")),
    Route("B8012", "B Road", ("Aurochs Cross", "Outerwell", "Tailend", "Storegga End")),
    Route("B8013", "B Road", ("Peat Norton", "Silverpit", "Ower Regis")),
)
