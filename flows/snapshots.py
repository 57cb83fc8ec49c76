"""Copies of source files by their SHA-256, and which of them were good: what a release was published from."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from geo.errors import SourceError
from geo.profile import Profile
from geo.readers.files import sha256


@dataclass(frozen=True)
class Version:
    """The files of one source as a release was made from them.

    `files` gives the SHA-256 by path; `reading` stands for what the region file said of how to read them; `rows`
    names the file of row fingerprints; `taken_at` is ISO, UTC.
    """

    files: Mapping[str, str]
    taken_at: str
    is_provisional: bool
    reading: str
    profile: Profile
    rows: str


@dataclass(frozen=True)
class Fetched:
    """What is known of a file fetched by address: `sha256` of its bytes, and what its server calls them."""

    url: str
    sha256: str
    bytes: int
    fetched_at: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Ledger:
    """What is kept of one source: good versions, newest first, its files fetched, by path, and why none newer is good."""

    good: tuple[Version, ...] = ()
    fetched: Mapping[str, Fetched] = field(default_factory=dict)
    why_stale: str | None = None


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one region.

    ``objects/<sha256>`` are copies, not links: a file that its publisher's tool writes over in place would change
    under a link. ``<source>.json`` is a source's ledger, ``rows/`` its row fingerprints, ``as_read/<source>/`` links
    that give the copies the names they have in the region file.
    """

    folder: Path

    @property
    def rows(self) -> Path:
        """Folder of row fingerprints."""
        return self.folder / "rows"

    def object(self, digest: str) -> Path:
        """Return where the copy of these bytes is, or would be."""
        return self.folder / "objects" / digest

    def add(self, path: Path) -> str:
        """Copy a file in, unless its bytes are there already; return their SHA-256, taken from the copy."""
        fresh = self.new_file()
        try:
            shutil.copyfile(path, fresh)
            return self.adopt(fresh)
        finally:
            fresh.unlink(missing_ok=True)

    def new_file(self) -> Path:
        """Return a path to write a file to that `adopt` then takes in; what a killed run left, `prune` deletes."""
        self.object("").mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.folder / "objects" / f".new-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        return fresh

    def adopt(self, fresh: Path) -> str:
        """Take a file written below the folder in under its SHA-256; return that."""
        digest = sha256(fresh)
        fresh.chmod(0o400)
        fresh.replace(self.object(digest))
        return digest

    def is_intact(self, digest: str) -> bool:
        """Tell whether the copy is there and its bytes are what its name says."""
        path = self.object(digest)
        return path.is_file() and sha256(path) == digest

    def lay_out(self, source: str, files: Mapping[str, str]) -> Path:
        """Link the copies of a source's files under their own names; return the data root that they are below.

        Raises:
            SourceError: a copy is gone.
        """
        root = self.folder / "as_read" / source
        shutil.rmtree(root, ignore_errors=True)
        for name, digest in files.items():
            if not self.object(digest).is_file():
                raise SourceError(f"Source '{source}': the snapshot of '{name}' ({digest[:12]}) is gone.")
            link = root / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(self.object(digest).absolute())
        return root

    def read(self, source: str) -> Ledger:
        """Read the ledger of a source; an empty one where there is none or it cannot be read."""
        try:
            given = json.loads((self.folder / f"{source}.json").read_text("utf-8"))
            good = tuple(Version(**{**v, "profile": Profile(**v["profile"])}) for v in given["good"])
            return Ledger(
                good, {name: Fetched(**f) for name, f in given["fetched"].items()}, given["why_stale"]
            )
        except (OSError, ValueError, KeyError, TypeError):
            # Of an older version, or torn by a full disk: what it knew is learned again tonight.
            return Ledger()

    def write(self, source: str, ledger: Ledger) -> None:
        """Write the ledger of a source, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        given: dict[str, Any] = asdict(ledger)
        fresh = self.folder / f".{source}.json.new"
        fresh.write_text(json.dumps(given, indent=1) + "\n", "utf-8")
        fresh.replace(self.folder / f"{source}.json")

    def newest(self, source: str, names: list[str]) -> Version | None:
        """Return the newest good version of a source that has all its files; its copies may be gone."""
        return next((v for v in self.read(source).good if set(names) <= set(v.files)), None)

    def last_good(self, source: str, names: list[str]) -> Version | None:
        """Return the newest good version of a source that has all its files, each of them intact; or None."""
        for version in self.read(source).good:
            if set(names) <= set(version.files) and all(map(self.is_intact, version.files.values())):
                return version
        return None

    def note_good(self, source: str, version: Version, keep: int) -> None:
        """Put a version first among the good ones, and forget the oldest beyond those to keep."""
        ledger = self.read(source)
        others = [v for v in ledger.good if v.files != version.files]
        self.write(source, Ledger((version, *others)[:keep], ledger.fetched))

    def note_stale(self, source: str, why: str) -> None:
        """Remember why the newest good version of a source stands in for what is there."""
        self.write(source, replace(self.read(source), why_stale=why))

    def prune(self) -> int:
        """Delete copies and fingerprints that no ledger names; return how many."""
        named: set[str] = set()
        for path in self.folder.glob("*.json"):
            ledger = self.read(path.stem)
            named |= {digest for v in ledger.good for digest in v.files.values()}
            named |= {v.rows for v in ledger.good} | {f.sha256 for f in ledger.fetched.values()}
        old = [path for path in self._kept() if path.name not in named]
        for path in old:
            path.unlink()
        return len(old)

    def _kept(self) -> Iterator[Path]:
        for folder in (self.folder / "objects", self.rows):
            with contextlib.suppress(FileNotFoundError):
                yield from sorted(folder.iterdir())
