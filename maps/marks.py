"""What a page draws on its map over the areas that the outcome map draws too: lines, outlines, borders, groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from maps.read import Row


@dataclass(frozen=True)
class Class:
    """One entry of a legend; its name says how it is drawn, in maps/static/places.css."""

    name: str
    label: str
    kind: str = "dot"  # dot, line or area


@dataclass
class Marks:
    """The marks of a page, in the order of its table."""

    classes: tuple[Class, ...]
    tolerance: float  # degrees that a line may be straightened by
    marks: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self, name: str, identity: str, title: str, lines: Sequence[str | None], **where: Any
    ) -> int | None:
        """Add a mark and return its place; none where it cannot be drawn.

        `where` is ``wkb``, or ``codes`` of authorities to be drawn as one, or a ``pair`` of neighbours.
        """
        if "wkb" in where:
            shape = self._shape(where.pop("wkb"))
            if shape is None:
                return None
            where["shape"] = shape
        at = [one.name for one in self.classes].index(name)
        said = [line for line in lines if line]
        self.marks.append({"class": at, "id": identity, "name": title, "lines": said, **where})
        return len(self.marks) - 1

    def legend(self) -> list[Row]:
        """Each class with how many marks it has."""
        counts = [mark["class"] for mark in self.marks]
        return [
            {"name": one.name, "label": one.label, "kind": one.kind, "count": counts.count(at)}
            for at, one in enumerate(self.classes)
        ]

    def content(self) -> Row:
        """What the page's script is given."""
        return {"classes": [vars(one) for one in self.classes], "marks": self.marks}

    def _shape(self, wkb: bytes | None) -> Row | None:
        geometry = None if wkb is None else shapely.from_wkb(bytes(wkb))
        if geometry is None or geometry.is_empty:
            return None
        is_area = geometry.geom_type in ("Polygon", "MultiPolygon")
        simple = geometry.simplify(self.tolerance)
        parts = list(getattr(simple, "geoms", [simple]))
        on = geometry.representative_point() if is_area else geometry.interpolate(0.5, normalized=True)
        return {
            "area": is_area,
            "at": _point((on.x, on.y)),
            "parts": [
                [_ring(ring) for ring in (part.exterior, *part.interiors)] if is_area else _ring(part)
                for part in parts
            ],
        }


def _ring(line: Any) -> list[list[float]]:
    return [_point(point) for point in line.coords]


def _point(point: tuple[float, ...]) -> list[float]:
    """Latitude first, as Leaflet has it, to about a metre."""
    return [round(point[1], 5), round(point[0], 5)]
