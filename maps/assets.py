"""The files that pages load: third-party and our own, each published under a name that holds its hash."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from geo.errors import PlacelineError

PACKAGE = files("maps")

# One published script made of several sources, in this order; each source holds one idea.
BUNDLES: Mapping[str, tuple[str, ...]] = {
    "outcome-map.js": (
        "loader.js",
        "dom.js",
        "words.js",
        "columns.js",
        "state.js",
        "patterns.js",
        "areas.js",
        "roads.js",
        "labels.js",
        "legend.js",
        "summary.js",
        "trend.js",
        "detail.js",
        "table.js",
        "csv.js",
        "controls.js",
        "outcome-map.js",
    ),
    "tables.js": ("loader.js", "dom.js", "words.js", "csv.js", "rows.js"),
    # Loaded after tables.js, whose parts it uses.
    "places-map.js": ("patterns.js", "areas.js", "roads.js", "labels.js", "places.js"),
    "pages.js": ("loader.js", "dom.js", "find-place.js", "filter-rows.js"),
}


class SiteError(PlacelineError):
    """The site cannot be built as asked."""


class Assets:
    """Writes each asset once into the `assets` folder of a run and tells pages its address."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._addresses: dict[str, str] = {}
        self.written: list[Path] = []

    def address(self, name: str) -> str:
        """Address, relative to the pages, of one of our own or third-party files.

        Raises:
            SiteError: no such file, or it is not the one that assets.toml pins.
        """
        if name not in self._addresses:
            self.add(name, source_text(name))
        return self._addresses[name]

    def add(self, name: str, text: str) -> str:
        """Publish text made by the build under `name`, and return its address."""
        content = text.encode("utf-8")
        stem, dot, suffix = name.partition(".")
        # Licences and the like keep their plain names; all else may be cached for ever.
        mark = "" if suffix.endswith("txt") else f".{hashlib.sha256(content).hexdigest()[:12]}"
        self._addresses[name] = f"assets/{stem}{mark}{dot}{suffix}"
        target = self._run / self._addresses[name]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self.written.append(target)
        return self._addresses[name]


def source_text(name: str) -> str:
    """Text of a published file as it goes out."""
    if name in BUNDLES:
        return "\n".join(_read(PACKAGE / "static" / part) for part in BUNDLES[name])
    pinned = {entry["name"]: entry for entry in third_party()}
    if name not in pinned:
        return _read(PACKAGE / "static" / name)
    text = _read(PACKAGE / "vendor" / name)
    if hashlib.sha256(text.encode("utf-8")).hexdigest() != pinned[name]["sha256"]:
        raise SiteError(
            f"maps/vendor/{name} is not the file that maps/assets.toml pins. "
            "Install Placeline again (pip install -e .) to fetch it."
        )
    return without_requests(text)


def without_requests(text: str) -> str:
    """Take out what would make a browser ask for files that pages do not need.

    Leaflet's stylesheet names pictures of controls that no page shows; the map of a minified script
    only serves its authors.
    """
    text = re.sub(r"\n?//# sourceMappingURL=\S+", "", text)
    return re.sub(r"(background-image|behavior):\s*url\([^)]*\);", "", text)


def third_party() -> list[dict[str, str]]:
    """What assets.toml says of each third-party file."""
    entries: list[dict[str, str]] = tomllib.loads(_read(PACKAGE / "assets.toml"))["file"]
    return entries


def _read(source: Traversable) -> str:
    if not source.is_file():
        raise SiteError(
            f"'{source}' is missing. Files of other makers are fetched when Placeline is installed: "
            "run 'pip install -e .' in the project's folder."
        )
    return source.read_bytes().decode("utf-8")
