"""A toy region of six authorities side by side, 6 km by 12 km each, with roads from west to east.

From the west: Cleaver, Botney, the County, Silverpit, Aurochs, Outerwell. The A8002 lies at northing 3,040 m,
the A8004 at 6,040 m, the A8001 at 9,040 m. Links are 200 m long and cross borders at their middles.
"""

from types import SimpleNamespace
from typing import Any

import numpy as np
import shapely

from geo.sample import exposure
from geo.sample.doggerland import AUROCHS, BANKS, BOTNEY, CLEAVER, COUNTY, OUTERWELL, SHELF, SILVERPIT
from geo.sample.effects import plant
from geo.sample.links import SINGLE, Links
from geo.sample.recorded_places import RecordedPlaces, small_areas_of
from geo.sample.satisfaction import Surveyed

CODES = [CLEAVER, BOTNEY, COUNTY, SILVERPIT, AUROCHS, OUTERWELL]
NUMBERS = ["A8002", "A8004", "A8001"]
FORCES = np.array([BANKS, BANKS, SHELF, SHELF, BANKS, BANKS])
_WIDE, _TALL, _CELL, _LINK = 6_000, 12_000, 2_000, 200
_ROUTE_AT = {3_040: 0, 6_040: 1, 9_040: 2}


def _level(polygons, codes, names):
    return SimpleNamespace(
        codes=codes,
        names=names,
        polygons=np.array(polygons),
        people=np.arange(1000, 1000 + len(codes)),
        deprivation=np.linspace(5, 60, len(codes))[::-1],
    )


AUTHORITIES: Any = _level(
    [shapely.box(_WIDE * n, 0, _WIDE * (n + 1), _TALL) for n in range(len(CODES))],
    CODES,
    [f"Council {n}" for n in range(len(CODES))],
)
_CORNERS = [(x, y) for x in range(0, _WIDE * len(CODES), _CELL) for y in range(0, _TALL, _CELL)]
SMALL_AREAS: Any = _level(
    [shapely.box(x, y, x + _CELL, y + _CELL) for x, y in _CORNERS],
    [f"D01{n:06}" for n in range(len(_CORNERS))],
    [f"Area {n}" for n in range(len(_CORNERS))],
)
OWNER = np.array([x // _WIDE for x, _ in _CORNERS])
GEOGRAPHY: Any = SimpleNamespace(
    authorities=AUTHORITIES, small_areas=SMALL_AREAS, authority_of_small_area=OWNER
)
SURVEYED = Surveyed(SMALL_AREAS.codes, SMALL_AREAS.people, SMALL_AREAS.deprivation, OWNER, CODES)


def single_links(lines, road_class, route, *, in_place, nodes=None) -> Links:
    """Return single carriageways."""
    count = len(lines)
    return Links(
        lines=lines,
        nodes=np.zeros((count, 2), dtype=np.int64) if nodes is None else nodes,
        road_class=road_class,
        route=route,
        in_place=in_place,
        is_bridge=np.zeros(count, dtype=bool),
        form=np.full(count, SINGLE),
    )


def make_links() -> Links:
    rows = np.arange(540, _TALL, 250)
    y, x = (
        grid.ravel()
        for grid in np.meshgrid(rows, np.arange(100, _WIDE * len(CODES) - 100, _LINK), indexing="ij")
    )
    lines = shapely.linestrings(np.stack([np.stack([x, y], 1), np.stack([x + _LINK, y], 1)], axis=1))
    route = np.array([_ROUTE_AT.get(int(northing), -1) for northing in y])
    in_place = np.where((y > 4_000) & (y < 8_000), 0, -1)
    return single_links(lines, np.where(route >= 0, 1, 4), route, in_place=in_place)


LINKS = make_links()
FLOW = np.where(LINKS.route >= 0, 9_000.0, 500.0)


def cut(truth, numbers=NUMBERS):
    """Return pieces and planted places."""
    return plant(LINKS, exposure.cut_at_borders(LINKS, AUTHORITIES), AUTHORITIES, numbers, truth)


def make_places(pieces, earlier=None):
    tree = shapely.STRtree(SMALL_AREAS.polygons)
    codes = np.array(CODES, dtype=object)
    return RecordedPlaces(
        np.array(SMALL_AREAS.codes),
        OWNER,
        codes[OWNER],
        np.full(len(OWNER), "", dtype=object) if earlier is None else earlier,
        codes,
        FORCES,
        small_areas_of(pieces, tree, OWNER),
        tree,
    )
