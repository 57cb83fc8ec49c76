"""Road links: lines from node to node, and what each is."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.plan import CLASSES

FORMS = ("Single Carriageway", "Collapsed Dual Carriageway", "Dual Carriageway", "Roundabout", "Slip Road")
SINGLE, COLLAPSED, DUAL, ROUNDABOUT, SLIP = range(len(FORMS))


@dataclass(frozen=True)
class Links:
    """Road links: line (EPSG:27700 metres), node numbers at both ends, and what the road is.

    `road_class` is a position in CLASSES, `route` in the sketch's routes and `in_place` in the places, both
    -1 for none; `form` is a position in FORMS. The two carriageways of a dual one are two links.
    """

    lines: Objects
    nodes: Ints
    road_class: Ints
    route: Ints
    in_place: Ints
    is_bridge: Bools
    form: Ints

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def class_names(self) -> list[str]:
        """Road class of each link, in words."""
        return [CLASSES[c] for c in self.road_class]

    @property
    def form_of_way(self) -> list[str]:
        """Form of each link, in words."""
        return [FORMS[f] for f in self.form]

    @property
    def is_roundabout(self) -> Bools:
        """Arcs of roundabouts."""
        return np.asarray(self.form == ROUNDABOUT)

    @property
    def lengths_m(self) -> Floats:
        """Length of each link, metres."""
        length: Floats = shapely.length(self.lines)
        return length

    def of(self, chosen: Bools | Ints) -> "Links":
        """Return the chosen links."""
        return Links(*(getattr(self, f.name)[chosen] for f in fields(self)))

    def and_also(self, *others: "Links") -> "Links":
        """Return these links, then the others."""
        columns = ([getattr(links, f.name) for links in (self, *others)] for f in fields(self))
        return Links(*(np.concatenate(parts) for parts in columns))


def links_like(
    drawn: Sequence[tuple[shapely.LineString, tuple[int, int]]], road_class: int, route: int, form: int
) -> Links:
    """Return links that are alike but for where they run (line, nodes); they lie in no place, on no bridge."""
    size = len(drawn)
    lines: Objects = np.empty(size, dtype=object)
    lines[:] = [line for line, _ in drawn]
    return Links(
        lines,
        np.array([nodes for _, nodes in drawn], dtype=np.int64).reshape(size, 2),
        np.full(size, road_class),
        np.full(size, route),
        np.full(size, -1),
        np.zeros(size, dtype=bool),
        np.full(size, form),
    )
