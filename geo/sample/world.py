"""A region made from its plan: land, areas, roads, traffic, and the collisions to be expected on each piece."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample import exposure
from geo.sample.effects import Planted, plant
from geo.sample.geography import Geography, make_geography
from geo.sample.land import make_land
from geo.sample.links import DUAL, Links
from geo.sample.merger import predecessor_by_northing
from geo.sample.network import make_links
from geo.sample.pieces import Pieces
from geo.sample.places import Places
from geo.sample.routes import plan_roads
from geo.sample.sketch import Sketch
from geo.sample.traffic import Flows, traffic_flows
from geo.sample.truth import Truth

Streams = Mapping[str, np.random.Generator]


@dataclass(frozen=True)
class World:
    """All that files are written of; authorities are told by their position in `codes`.

    `earlier` is, by small area, the code its authority had before a merger ("" where there was none).
    """

    sketch: Sketch
    truth: Truth
    places: Places
    geography: Geography
    links: Links
    flows: Flows
    pieces: Pieces
    planted: Planted
    expected: exposure.Expected
    earlier: Objects

    @property
    def codes(self) -> list[str]:
        """Codes of the highway authorities."""
        return self.geography.authorities.codes

    @property
    def names(self) -> list[str]:
        """Names of the highway authorities."""
        return self.geography.authorities.names

    @property
    def numbers(self) -> list[str]:
        """Road number of each route."""
        return [r.number for r in self.sketch.routes]

    @property
    def is_trunk_route(self) -> Bools:
        """Routes that belong to the strategic operator."""
        return np.array([r.trunk for r in self.sketch.routes])

    @property
    def is_trunk(self) -> Bools:
        """Links that belong to the strategic operator."""
        return np.append(self.is_trunk_route, False)[self.links.route]

    @property
    def road_km(self) -> Floats:
        """Km of road of each link; the two carriageways of a dual one are one road."""
        return self.links.lengths_m / 1000 * np.where(self.links.form == DUAL, 0.5, 1.0)

    @property
    def forces(self) -> Ints:
        """Police force of each highway authority."""
        return np.array([a.force for a in self.sketch.authorities])

    @property
    def authority_of_link(self) -> Ints:
        """Authority that most of each link lies in; -1 for a bridge over the sea."""
        order = np.argsort(self.pieces.km, kind="stable")
        owner = np.full(len(self.links), -1)
        # The longest piece is written last.
        owner[self.pieces.link[order]] = self.pieces.authority[order]
        return owner


def make_world(random: Streams, sketch: Sketch, truth: Truth) -> World:
    """Make a region from its plan; everything follows from the random streams."""
    geography, links, places = _ground(random, sketch)
    flows = traffic_flows(
        random["traffic"],
        links,
        places.centres,
        places.people,
        is_trunk_route=[r.trunk for r in sketch.routes],
        truth=truth,
    )
    pieces = exposure.cut_at_borders(links, geography.authorities)
    numbers = [r.number for r in sketch.routes]
    pieces, planted = plant(links, pieces, geography.authorities, numbers, truth)
    expected = exposure.expect(
        random["collisions"],
        links,
        pieces,
        planted,
        flows.on_link,
        codes=geography.authorities.codes,
        truth=truth,
    )
    earlier = _earlier(geography, truth)
    return World(sketch, truth, places, geography, links, flows, pieces, planted, expected, earlier)


def _ground(random: Streams, sketch: Sketch) -> tuple[Geography, Links, Places]:
    """Make areas, roads and places; the mesh under them, which is large, is let go of."""
    land = make_land(random["land"], sketch)
    geography = make_geography(random["areas"], random["people"], land, sketch)
    plan = plan_roads(random["roads"], land, sketch)
    return geography, make_links(random["roads"], land, plan, sketch, geography), land.places


def _earlier(geography: Geography, truth: Truth) -> Objects:
    """Say what each small area's authority was before the merger; wards were not divided by it."""
    areas, wards = geography.small_areas, geography.wards
    northing: Floats = shapely.get_y(shapely.centroid(wards.polygons))
    owner = geography.authority_of_small_area
    is_own = owner == geography.authorities.position([truth.merged_authority])[0]
    is_own &= owner >= 0
    return predecessor_by_northing(northing[wards.position(areas.parents)], areas.people, is_own, truth)
