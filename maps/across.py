"""Pages for what no single authority sees: each a summary, a map, tables that say the same, and what is not known."""

from collections.abc import Callable
from typing import Any

from maps import across_lines, across_places, read_across
from maps.across_parts import Content
from maps.assets import Assets
from maps.figure import PublishedFigure
from maps.json_text import delivery
from maps.marks import Marks
from maps.outcome_map import PlacesLayer, PlacesMap
from maps.pages import Pages
from maps.payload import Payload
from maps.read import Warehouse

MakeContent = Callable[[Warehouse, float], Content]

PAGES: tuple[tuple[str, str, str, MakeContent], ...] = (
    ("priorities.html", "Priorities", "What to put right first, and who must act.", across_places.priorities),
    ("hotspots.html", "Hotspots", "Where collisions gather, whoever's road it is.", across_places.hotspots),
    (
        "borders.html",
        "Borders",
        "The two sides of each border, held against each other.",
        across_lines.borders,
    ),
    ("corridors.html", "Corridors", "Roads that cross borders, from end to end.", across_lines.corridors),
    ("works.html", "What works", "Places that do well, and what differs there.", across_places.works),
    ("together.html", "Act together", "Authorities that share problems.", across_places.together),
)


def write_pages(pages: Pages, warehouse: Warehouse, assets: Assets, payload: Payload) -> None:
    """Write every page about more than one authority."""
    absent = read_across.absent(warehouse)
    titles = {row["source"]: row["title"] for row in warehouse.sources()}
    for name, title, description, content in PAGES:
        made = Content() if absent else content(warehouse, _tolerance(payload))
        context = pages.context(
            name,
            title,
            description,
            content=made,
            source_titles=sorted({titles.get(source, source) for source in made.sources}),
            is_old=bool(absent),
            table_script=assets.address("tables.js"),
            page_styles=[assets.address("outcome-map.css"), assets.address("places.css")],
            **_map(assets, payload, name, made.marks),
        )
        figure = PublishedFigure(pages.template(f"{name}.j2"), assets, context)
        if context["places"]:
            places = PlacesMap(payload.centre)
            places.add_child(PlacesLayer())
            figure.add_child(places)
        pages.save(name, figure.render())


def _tolerance(payload: Payload) -> float:
    """Degrees: half a thousandth of what is drawn, and fifty metres at most."""
    bounds = [level["bounds"] for level in payload.catalogue["levels"] if level["bounds"]]
    across = max((max(east - west, north - south) for west, south, east, north in bounds), default=0.0)
    return min(across / 2_000, 0.0005)


def _map(assets: Assets, payload: Payload, name: str, marks: Marks | None) -> dict[str, Any]:
    levels = [level for level in payload.catalogue["levels"] if level["is_authority"] and level["bounds"]]
    if marks is None or not marks.marks or not levels:
        return {"places": None, "first": [], "legend": []}
    stem = name.removesuffix(".html")
    part = {"key": stem, "file": assets.add(f"places-{stem}.js", delivery(stem, marks.content()))}
    parts = [levels[0], part, *([payload.catalogue["roads"]] if payload.catalogue["roads"] else [])]
    places = {
        "level": {key: levels[0][key] for key in ("key", "file")},
        "marks": part,
        "roads": payload.catalogue["roads"],
    }
    return {"places": places, "first": [one["file"] for one in parts], "legend": marks.legend()}
