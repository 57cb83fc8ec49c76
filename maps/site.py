"""Builds the site of one published warehouse."""

import os
import re
import shutil
from pathlib import Path

from geo.warehouse import connect
from maps.across import write_pages
from maps.assets import Assets, SiteError
from maps.figure import PublishedFigure
from maps.findings import findings, hotspots_looked_for, only_borderless, top_problems
from maps.hierarchy import Key
from maps.json_text import delivery
from maps.methods import write_methods
from maps.outcome_map import OutcomeLayer, OutcomeMap
from maps.pages import Pages, environment
from maps.payload import Payload, PayloadWriter
from maps.pictures import write_pictures
from maps.place_names import place_names
from maps.profiles import profile_names, write_profiles
from maps.read import Warehouse
from maps.summaries import outcome_sources


def build_site(warehouse: Path, site: Path, *, exports: Path | None) -> list[Path]:
    """Write the pages of a warehouse below `site` and return every file written.

    Pages of this build go to ``runs/<build_id>/``; ``index.html`` only leads there, so that a visitor
    who stays while the next build is published never sees two builds mixed. The files in `exports` are
    offered for download.

    Raises:
        SiteError: the build's id cannot be a folder's name, or a third-party asset is missing.
        WarehouseError: the warehouse cannot be opened.
    """
    con = connect(warehouse, read_only=True)
    try:
        return _build(Warehouse(con), site, exports)
    finally:
        con.close()


def _build(warehouse: Warehouse, site: Path, exports: Path | None) -> list[Path]:
    build_id = str(warehouse.build()["build_id"])
    if not re.fullmatch(r"\w[\w.+-]*", build_id, re.ASCII):
        raise SiteError(f"Build id '{build_id}' cannot be the name of a folder.")
    run = site / "runs" / build_id
    run.mkdir(parents=True, exist_ok=True)
    assets = Assets(run)
    pages = Pages(warehouse, run, assets)
    data = _offer(exports, run / "data")
    profiles = profile_names(warehouse)
    _overview(pages, warehouse, assets, profiles)
    write_profiles(pages, warehouse, assets, profiles)
    pictures = write_pictures(warehouse, run)
    write_methods(pages, warehouse, pictures)
    write_pages(pages, warehouse, assets, _map(pages, warehouse, assets, pictures))
    _sources(pages, warehouse)
    pages.write(
        "downloads.html",
        "Downloads",
        "The figures behind every page, as files.",
        files=[{"name": path.relative_to(run).as_posix(), "size": path.stat().st_size} for path in data],
    )
    entrance = site / "index.html"
    entrance.write_text(
        environment().get_template("entrance.html.j2").render(build=warehouse.build()), encoding="utf-8"
    )
    return [entrance, *pages.written, *assets.written, *pictures.values(), *data]


def _overview(pages: Pages, warehouse: Warehouse, assets: Assets, profiles: dict[Key, str]) -> None:
    build = warehouse.build()
    pages.write(
        "index.html",
        str(build["title"]),
        f"{build['title']}: outcomes compared across authorities.",
        findings=findings(warehouse),
        problems=top_problems(warehouse),
        borderless=only_borderless(warehouse),
        hotspots_looked_for=hotspots_looked_for(warehouse),
        places_file=assets.add("place-names.js", delivery("places", place_names(warehouse, profiles))),
        scripts=[assets.address("pages.js")],
        outcomes=outcome_sources(warehouse),
    )


def _map(pages: Pages, warehouse: Warehouse, assets: Assets, pictures: dict[str, Path]) -> Payload:
    payload = PayloadWriter(warehouse, assets).write()
    for outcome in payload.catalogue["outcomes"]:
        picture = pictures.get(outcome["outcome"])
        outcome["picture"] = f"pictures/{picture.name}" if picture else None
    context = pages.context(
        "map.html",
        "Outcome map",
        "One map of every outcome, with its uncertainty, and a table that says the same.",
        catalogue=payload.catalogue,
        first=payload.first,
    )
    figure = PublishedFigure(pages.template("map.html.j2"), assets, context)
    if payload.catalogue["levels"]:
        outcome_map = OutcomeMap(payload.centre)
        outcome_map.add_child(OutcomeLayer())
        figure.add_child(outcome_map)
    pages.save("map.html", figure.render())
    return payload


def _sources(pages: Pages, warehouse: Warehouse) -> None:
    compared = warehouse.disagreements()
    pages.write(
        "sources.html",
        "Sources and data quality",
        "Where the figures come from, what was accepted, and what was wrong.",
        issues=warehouse.issues(),
        accounting=warehouse.accounting(),
        unplaced=warehouse.unplaced(),
        agreed=sum(row["incident_count"] for row in compared if row["reason"] == "agree"),
        disagreements=[row for row in compared if row["reason"] != "agree"],
        checks=warehouse.checks(),
        corrections=warehouse.corrections(),
        outcomes=outcome_sources(warehouse),
    )


def _offer(exports: Path | None, folder: Path) -> list[Path]:
    """Put the exported files beside the pages; as the same file where the file system can."""
    offered = []
    for source in sorted(path for path in exports.rglob("*") if path.is_file()) if exports else []:
        target = folder / source.relative_to(exports or source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
        offered.append(target)
    return offered
