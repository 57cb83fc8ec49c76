"""Renders pages: what every page of a run has in common, said once."""

from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from maps import words
from maps.assets import Assets, third_party
from maps.json_text import json_text
from maps.read import Row, Warehouse

NAVIGATION = (
    ("index.html", "Overview"),
    ("map.html", "Outcome map"),
    ("priorities.html", "Priorities"),
    ("hotspots.html", "Hotspots"),
    ("borders.html", "Borders"),
    ("corridors.html", "Corridors"),
    ("works.html", "What works"),
    ("together.html", "Act together"),
    ("profiles.html", "Authorities"),
    ("methods.html", "Methods"),
    ("sources.html", "Sources and data quality"),
    ("downloads.html", "Downloads"),
)

# Nothing but this site's own files, no inline script or style, no plug-in, no form, no other base.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)


def environment() -> jinja2.Environment:
    """Templates with escaping on, where a name that nobody set is an error."""
    env = jinja2.Environment(
        loader=jinja2.PackageLoader("maps", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        day=words.day,
        instant=words.instant,
        number=words.number,
        pounds=words.pounds,
        amount=words.count,
        comparator=lambda name: words.COMPARATORS.get(name, name),
        verdict={name: label for name, label, _ in words.CLASSES}.get,
        size=words.size,
        sentence=words.sentence,
        web_link=web_link,
        # Marked as safe because nothing that HTML could read is left in it.
        json_block=lambda value: Markup(json_text(value)),  # noqa: S704
    )
    return env


def web_link(url: str | None) -> str | None:
    """Let an address from the data be a link only if it is one of the web's."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


class Pages:
    """Renders the pages of one run into its folder."""

    def __init__(self, warehouse: Warehouse, run: Path, assets: Assets) -> None:
        self._env = environment()
        self._run = run
        self._assets = assets
        self._shared = self._in_common(warehouse)
        self.written: list[Path] = []

    def context(self, name: str, title: str, description: str, **more: Any) -> dict[str, Any]:
        """Return what the template of the page `name` may use."""
        return {**self._shared, "here": name, "title": title, "description": description, **more}

    def template(self, name: str) -> jinja2.Template:
        """Return a page template by its file name."""
        return self._env.get_template(name)

    def write(
        self, name: str, title: str, description: str, *, template: str | None = None, **more: Any
    ) -> None:
        """Render a template, the one of the same name if no other is given, and write the page."""
        plain = {"styles": (), "scripts": (), "start": None}
        page = self.template(template or f"{name}.j2").render(
            self.context(name, title, description, **plain | more)
        )
        self.save(name, page)

    def save(self, name: str, text: str) -> None:
        """Write a rendered page."""
        target = self._run / name
        target.write_text(text, encoding="utf-8")
        self.written.append(target)

    def _in_common(self, warehouse: Warehouse) -> dict[str, Any]:
        sources = warehouse.sources()
        return {
            "build": warehouse.build(),
            "navigation": NAVIGATION,
            "policy": POLICY,
            "sources": sources,
            "credits": credit_lines(sources),
            "covers": covered(warehouse.periods()),
            "site_style": self._assets.address("site.css"),
            "freshness": self._assets.address("freshness.js"),
            "software": software(self._assets),
        }


def credit_lines(sources: list[Row]) -> list[tuple[str, str]]:
    """Attributions and their licences, each pair once."""
    found = {
        (row["attribution"] or row["publisher"] or row["title"], row["licence"] or "no licence stated")
        for row in sources
    }
    return sorted(found)


def covered(periods: list[Row]) -> str:
    """Write the time from the first to the last period of any outcome."""
    if not periods:
        return "no period yet"
    return words.period(
        min(row["period_start"] for row in periods), max(row["period_end"] for row in periods)
    )


def software(assets: Assets) -> list[dict[str, str]]:
    """Other makers' packages that these pages carry, each with the address of its licence."""
    return [
        {**entry, "address": assets.address(entry["name"])}
        for entry in third_party()
        if entry["name"].endswith(".LICENSE.txt")
    ]
