"""One still picture (SVG) of each outcome map, for reports and link previews: it says all that it must in the image."""

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from maps import words
from maps.findings import sentence
from maps.pages import environment
from maps.read import Row, Warehouse
from maps.summaries import authority_levels, outcome_sources

WIDTH, MAP_WIDTH, MAP_HEIGHT = 900, 560, 560
# Names are written where they have room: with more areas than this they have none.
NAMED = 15
# Light colours of the pages, so that picture and page look alike.
COLOURS = dict(
    reversed(
        re.findall(r"--class-(\w+): (#\w+);", (files("maps") / "static" / "site.css").read_text("utf-8"))
    )
)
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_pictures(warehouse: Warehouse, run: Path) -> dict[str, Path]:
    """Draw each outcome that authorities have, over its longest, latest period; return the files by outcome."""
    folder, written = run / "pictures", dict[str, Path]()
    for level in authority_levels(warehouse):
        drawing = _outlines(warehouse, level)
        if drawing is None:
            continue
        figures: dict[str, list[Row]] = {}
        for row in warehouse.latest_figures(level):
            figures.setdefault(row["outcome"], []).append(row)
        label = next(row["label"] for row in warehouse.levels() if row["area_level"] == level)
        folder.mkdir(exist_ok=True)
        template = environment().get_template("picture.svg.j2")
        for outcome in outcome_sources(warehouse):
            if outcome["outcome"] in figures and outcome["outcome"] not in written:
                said = _said(warehouse, outcome, figures[outcome["outcome"]], drawing, str(label))
                target = folder / f"{re.sub(r'[^A-Za-z0-9_-]', '-', outcome['outcome'])}.svg"
                target.write_text(_NOT_XML.sub("", template.render(said)), encoding="utf-8")
                written[outcome["outcome"]] = target
    return written


def _said(
    warehouse: Warehouse, outcome: Row, rows: list[Row], drawing: Mapping[str, Any], label: str
) -> dict[str, Any]:
    classes = {row["area_code"]: row["class"] for row in rows}
    areas = [{**area, "class": classes.get(area["code"], "missing")} for area in drawing["areas"]]
    counts = Counter(area["class"] for area in areas)
    period = words.period(rows[0]["period_start"], rows[0]["period_end"])
    comparator = str(outcome["comparator"])
    held = words.COMPARATORS.get(comparator, comparator)
    build = warehouse.build()
    foot = [
        *textwrap.wrap(f"{label}, measured in {outcome['unit']}, each compared with {held}.", 120),
        *_sources(warehouse, outcome),
        f"{build['title']}, build {build['build_id']}, Placeline {build['placeline_version']}.",
        f"Boundaries as on {words.day(build['basis_on'])}.",
        *(
            [f"Private release: not for publication. {build['private_reason'] or ''}"]
            if build["is_private"]
            else []
        ),
    ]
    title = textwrap.wrap(f"{outcome['label']}, {period}", 52)
    return {
        "width": WIDTH, "title": title, "question": textwrap.wrap(outcome["question"], 105),
        "label": label, "areas": areas, "map_height": drawing["height"],
        "names": areas if len(areas) <= NAMED else [], "map_width": drawing["width"],
        "legend": [(name, text, counts[name]) for name, text, _ in words.CLASSES if counts[name]],
        "most": max(counts.values()), "held": held, "foot": foot, "colours": COLOURS,
        "spoken": sentence(dict(counts), len(areas), held),
    }  # fmt: skip


def _sources(warehouse: Warehouse, outcome: Row) -> Iterator[str]:
    found = {
        f"{row['attribution'] or row['publisher'] or row['title']} ({row['licence'] or 'no licence stated'})"
        for row in warehouse.sources()
        if row["source"] in outcome["source_ids"]
    }
    yield from textwrap.wrap(
        f"Sources: {'; '.join(outcome['source_titles']) or 'not stated'}. {'; '.join(sorted(found))}", 120
    )


def _outlines(warehouse: Warehouse, level: str) -> dict[str, Any] | None:
    """Outlines of a level in steps of the picture, simplified together; None where no area has a shape."""
    areas = [area for area in warehouse.areas() if area["area_level"] == level]
    shapes = warehouse.shapes(level, str(warehouse.build()["crs"]))
    present = ~(shapes.is_empty | shapes.isna())
    if not present.any():
        return None
    west, south, east, north = shapes[present].total_bounds
    step = max((east - west) / MAP_WIDTH, (north - south) / MAP_HEIGHT)
    simple = gpd.GeoSeries(shapely.coverage_simplify(shapes[present].to_numpy(), step))
    drawn = []
    for area, shape in zip([a for a, here in zip(areas, present, strict=True) if here], simple, strict=True):
        point = shapely.get_point(shapely.maximum_inscribed_circle(shape, step), 0)
        drawn.append(
            {
                "code": area["area_code"],
                "name": area["area_name"],
                "path": _path(shape, west, north, step),
                "x": round((point.x - west) / step, 1),
                "y": round((north - point.y) / step, 1),
            }
        )
    return {"areas": drawn, "width": round((east - west) / step), "height": round((north - south) / step)}


def _path(shape: Any, west: float, north: float, step: float) -> str:
    """Write polygons as SVG path data, to a tenth of a step."""
    parts = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            points = [f"{(x - west) / step:.1f} {(north - y) / step:.1f}" for x, y in ring.coords[:-1]]
            parts.append("M" + "L".join(points) + "Z")
    return "".join(parts)
