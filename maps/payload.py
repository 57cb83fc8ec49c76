"""What the map page is given: a catalogue of what there is, and one script per level and per view.

Nothing here is keyed by text from the data: levels, outcomes, periods and areas go by their position.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from maps import columns, shapes, words
from maps.assets import Assets
from maps.hierarchy import authority_names
from maps.json_text import delivery
from maps.read import Row, Warehouse

VALUE_COLUMNS = (
    "value", "lower", "upper", "level_of_confidence", "observations", "exposure", "exposure_unit",
    "raw_value", "low", "high", "uncertainty_kind", "is_suppressed", "method", "source", "basis", "series",
)  # fmt: skip
COMPARISON_COLUMNS = ("class", "comparator_value", "p", "q")
OUTCOME_KEYS = (
    "outcome", "label", "question", "unit", "direction", "theme", "method", "minimum_observations",
    "decimals", "citation", "caveats",
)  # fmt: skip
SOURCE_KEYS = ("source", "title", "publisher", "licence", "attribution")
Period: TypeAlias = tuple[dt.date, dt.date]


@dataclass(frozen=True)
class Payload:
    """The catalogue goes into the page; `first` are the scripts its first view needs."""

    catalogue: dict[str, Any]
    first: tuple[str, ...]
    centre: tuple[float, float]


class PayloadWriter:
    """Writes the scripts of one build, level by level and view by view."""

    def __init__(self, warehouse: Warehouse, assets: Assets) -> None:
        self._warehouse = warehouse
        self._assets = assets
        self._crs = str(warehouse.build()["crs"])
        self._levels = warehouse.levels()
        self._outcomes = warehouse.outcomes()
        self._areas = warehouse.areas()
        self._authority = authority_names(self._areas, self._levels)
        self._periods: list[Period] = [(p["period_start"], p["period_end"]) for p in warehouse.periods()]

    def write(self) -> Payload:
        """Write every script and return the catalogue that names them."""
        levels = [self._level(position, level) for position, level in enumerate(self._levels)]
        roads = self._roads()
        views = self._views()
        start = first_view(levels, views)
        catalogue = {
            "build_id": self._warehouse.build()["build_id"],
            "outcomes": [{key: outcome[key] for key in OUTCOME_KEYS} for outcome in self._outcomes],
            "levels": levels,
            "periods": [
                {"start": start.isoformat(), "end": end.isoformat(), "label": words.period(start, end)}
                for start, end in self._periods
            ],
            "comparators": self._comparators(views),
            "views": views,
            "sources": self._sources(),
            "places": self._places(),
            "roads": roads,
            "classes": [
                {"class": name, "label": label, "meaning": meaning} for name, label, meaning in words.CLASSES
            ],
            "start": start,
        }
        first = [roads["file"]] if roads else []
        if levels:
            first.insert(0, levels[start["level"]]["file"] if start else levels[0]["file"])
        if start:
            first.append(views[start["view"]]["file"])
        return Payload(catalogue, tuple(first), self._centre(levels))

    def _level(self, position: int, level: Row) -> dict[str, Any]:
        name = level["area_level"]
        areas = [area for area in self._areas if area["area_level"] == name]
        drawing = shapes.draw_areas(self._warehouse.shapes(name, self._crs))
        key = f"level-{position}"
        content = {
            "topology": drawing.topology if drawing else None,
            "bounds": drawing.bounds if drawing else None,
            "code": [area["area_code"] for area in areas],
            "name": [area["area_name"] for area in areas],
            "authority": [self._authority[(name, area["area_code"])] for area in areas],
            "population": [area["population"] for area in areas],
            "area_km2": [_short(area["area_km2"]) for area in areas],
            "road_km": [_short(area["road_km"]) for area in areas],
            "centre": [[_short(area["centre_lat"]), _short(area["centre_lon"])] for area in areas],
        }
        return {
            "area_level": name,
            "label": level["label"],
            "is_authority": level["is_authority"],
            "area_count": len(areas),
            "bounds": drawing.bounds if drawing else None,
            "key": key,
            "file": self._assets.add(f"level-{words.slug(name)}.js", delivery(key, content)),
        }

    def _roads(self) -> dict[str, str] | None:
        roads = self._warehouse.roads()
        drawing = shapes.draw_roads(self._warehouse.road_shapes(self._crs)) if roads else None
        if drawing is None:
            return None
        content = {
            "topology": drawing.topology,
            "road": [road["road"] for road in roads],
            "road_class": [road["road_class"] for road in roads],
            "authority_count": [road["authority_count"] for road in roads],
        }
        return {"key": "roads", "file": self._assets.add("roads.js", delivery("roads", content))}

    def _views(self) -> list[dict[str, Any]]:
        level_at = {level["area_level"]: position for position, level in enumerate(self._levels)}
        outcome_at = {outcome["outcome"]: position for position, outcome in enumerate(self._outcomes)}
        period_at = {period: position for position, period in enumerate(self._periods)}
        compared: dict[tuple[str, str], list[str]] = {}
        for row in self._warehouse.comparators():
            compared.setdefault((row["area_level"], row["outcome"]), []).append(row["comparator"])
        views = []
        for row in self._warehouse.views():
            level, outcome = row["area_level"], row["outcome"]
            if outcome not in outcome_at or level not in level_at:
                continue
            periods = sorted(period_at[(period["start"], period["end"])] for period in row["periods"])
            comparators = compared.get((level, outcome), [])
            key = f"view-{level_at[level]}-{outcome_at[outcome]}"
            content = self._view(outcome, level, periods, comparators)
            name = f"values-{words.slug(level)}-{words.slug(outcome)}.js"
            views.append(
                {
                    "level": level_at[level],
                    "outcome": outcome_at[outcome],
                    "periods": periods,
                    "comparators": comparators,
                    "key": key,
                    "file": self._assets.add(name, delivery(key, content)),
                }
            )
        return sorted(views, key=lambda view: (view["outcome"], view["level"]))

    def _view(self, outcome: str, level: str, periods: list[int], comparators: list[str]) -> dict[str, Any]:
        codes = [area["area_code"] for area in self._areas if area["area_level"] == level]
        cell_at = {code: position for position, code in enumerate(codes)}
        row_at = {self._periods[period]: row for row, period in enumerate(periods)}
        shape = (len(periods), len(codes))

        def grid(frame: Any, column: str) -> columns.Column:
            return columns.pack(columns.place(frame, column, rows, cells, shape))

        frame = self._warehouse.values(outcome, level)
        frame = frame[frame["area_code"].isin(cell_at)]
        starts, ends = (frame[column].dt.date for column in ("period_start", "period_end"))
        rows = np.array([row_at[period] for period in zip(starts, ends, strict=True)], dtype=np.intp)
        cells = np.array([cell_at[code] for code in frame["area_code"]], dtype=np.intp)
        packed = {column: grid(frame, column) for column in VALUE_COLUMNS}
        compared = []
        for comparator in comparators or [""]:
            comparison = self._warehouse.comparison(outcome, level, comparator)
            comparison = comparison[comparison["area_code"].isin(cell_at)]
            compared.append({column: grid(comparison, column) for column in COMPARISON_COLUMNS})
        return {"columns": packed, "comparisons": compared}

    def _comparators(self, views: list[dict[str, Any]]) -> list[dict[str, str]]:
        found = {name for view in views for name in view["comparators"]}
        order = [*words.COMPARATORS, *sorted(found - set(words.COMPARATORS))]
        return [
            {"comparator": name, "label": words.COMPARATORS.get(name, name)}
            for name in order
            if name in found
        ]

    def _sources(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for row in self._warehouse.sources():
            found.setdefault(row["source"], {key: row[key] for key in SOURCE_KEYS})
        return list(found.values())

    def _places(self) -> list[list[Any]]:
        """Names that orient a reader at any level: those of the authorities, the most people first."""
        levels = {level["area_level"] for level in self._levels if level["is_authority"]}
        named = [
            area for area in self._areas if area["area_level"] in levels and area["centre_lat"] is not None
        ]
        named.sort(key=lambda area: (-(area["population"] or 0), area["area_code"]))
        return [
            [
                area["area_name"],
                _short(area["centre_lat"]),
                _short(area["centre_lon"]),
                _short(area["area_km2"]),
            ]
            for area in named
        ]

    def _centre(self, levels: list[dict[str, Any]]) -> tuple[float, float]:
        bounds = [level["bounds"] for level in levels if level["bounds"]]
        if not bounds:
            return (54.0, -2.0)
        west, south, east, north = bounds[0]
        return (round((south + north) / 2, 4), round((west + east) / 2, 4))


def first_view(levels: list[dict[str, Any]], views: list[dict[str, Any]]) -> dict[str, int] | None:
    """Choose what the page opens with: the first outcome that authorities have, over its longest period."""
    if not views:
        return None
    best = min(
        range(len(views)),
        key=lambda at: (not levels[views[at]["level"]]["is_authority"], views[at]["outcome"]),
    )
    view = views[best]
    return {
        "view": best,
        "level": view["level"],
        "outcome": view["outcome"],
        "period": view["periods"][-1],
        "comparator": 0,
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 5)
