"""Has anything changed since the last release? Decided from sizes and times, and now and then from hashes."""

import glob
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from flows.snapshots import Snapshots
from geo.errors import SourceError
from geo.readers.files import locate, sha256
from geo.region import Region
from geo.sources import Source

# A file may change and keep its size and time (a restored copy); so all are hashed again this often.
_REHASH_AFTER = timedelta(days=7)
_SHAPEFILE = {".dbf", ".shx", ".prj", ".cpg"}
_PACKAGES = ("flows", "geo", "queries", "maps")


@dataclass(frozen=True)
class FileState:
    """One input file as it was when last hashed."""

    source: str
    file: str
    bytes: int
    modified_ns: int
    sha256: str


@dataclass(frozen=True)
class Inputs:
    """Everything a release is made from: files, region file and software.

    `missing` says of sources that could not be had why not; their files are those of the last good version.
    """

    region: str
    software: str
    hashed_at: str
    files: tuple[FileState, ...]
    missing: Mapping[str, str] = field(default_factory=dict)

    def same_as(self, last: "Inputs") -> bool:
        """Tell whether the release made from `last` is what these would give; one that can do without is."""
        mine = {(f.source, f.file, f.sha256) for f in self.files}
        theirs = {(f.source, f.file, f.sha256) for f in last.files}
        # Back again, though with the same bytes: no longer out of date.
        is_back = last.missing.keys() - self.missing.keys()
        return not is_back and (self.region, self.software, mine) == (last.region, last.software, theirs)

    def of(self, source: str) -> dict[str, str]:
        """Return the SHA-256 of each file of a source, by path."""
        return {f.file: f.sha256 for f in self.files if f.source == source}

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that stand for all of it."""
        parts = [self.region, self.software, *sorted(f"{f.source}/{f.file}={f.sha256}" for f in self.files)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def inputs_now(
    region: Region, root: Path, last: Inputs | None, now: datetime, snapshots: Snapshots | None = None
) -> Inputs:
    """Return the state of all inputs, hashing only files whose size or time differ from `last`.

    A source that cannot be had stands as its last good version, where `snapshots` have one. Those that have an
    address are fetched into them.

    Raises:
        SourceError: a file is missing, and no good version of its source is kept.
    """
    fresh = last is not None and now - datetime.fromisoformat(last.hashed_at) < _REHASH_AFTER
    known = {(f.source, f.file): f for f in last.files} if last is not None and fresh else {}
    states: list[FileState] = []
    missing: dict[str, str] = {}
    for source in region.source:
        try:
            states += _states(source, region, root, known, now, snapshots)
        except SourceError as error:
            good = snapshots.last_good(source.id, source.path) if snapshots else None
            if good is None:
                raise
            missing[source.id] = str(error)
            states += [FileState(source.id, name, 0, 0, digest) for name, digest in good.files.items()]
    return Inputs(
        region=hashlib.sha256(region.model_dump_json().encode()).hexdigest(),
        software=_software(),
        hashed_at=last.hashed_at if last is not None and fresh else now.astimezone(UTC).isoformat(),
        files=tuple(states),
        missing=missing,
    )


def read_inputs(path: Path) -> Inputs | None:
    """Read the inputs that a release was made from; none where there is no such file."""
    if not path.is_file():
        return None
    given = json.loads(path.read_text("utf-8"))
    return Inputs(**{**given, "files": tuple(FileState(**f) for f in given["files"])})


def write_inputs(path: Path, inputs: Inputs) -> None:
    """Write the inputs beside the release made from them."""
    path.write_text(json.dumps(asdict(inputs), indent=1) + "\n", "utf-8")


def _states(
    source: Source,
    region: Region,
    root: Path,
    known: Mapping[tuple[str, str], FileState],
    now: datetime,
    snapshots: Snapshots | None,
) -> list[FileState]:
    if not source.download:
        names = [part for name in source.path for part in _parts(root, name)]
        return [_state(root, source.id, name, known.get((source.id, name))) for name in names]
    if snapshots is None:
        raise AssertionError(f"'{source.id}' is fetched by address, and there is nowhere to put it")
    return fetch_files(source, region, snapshots, now)


def fetch_files(source: Source, region: Region, snapshots: Snapshots, now: datetime) -> list[FileState]:
    """Fetch the files of a source that has addresses into the snapshots, those that have changed.

    Raises:
        SourceError: one cannot be fetched.
    """
    from flows.fetch import Limits, fetch  # noqa: PLC0415 - half a second that most regions do not need

    limits = Limits(region.download_limit_mb * 1e6, region.download_timeout_s)
    ledger = snapshots.read(source.id)
    fetched = dict(ledger.fetched)
    for name, url in zip(source.path, source.download, strict=True):
        fetched[name] = fetch(snapshots, source.id, url, fetched.get(name), limits, now)
    snapshots.write(source.id, replace(ledger, fetched=fetched))
    return [FileState(source.id, name, fetched[name].bytes, 0, fetched[name].sha256) for name in source.path]


def _parts(root: Path, name: str) -> list[str]:
    # A shapefile is several files, and only one of them is named.
    path = Path(name)
    if path.suffix.lower() != ".shp":
        return [name]
    beside = (root / path).parent.glob(f"{glob.escape(path.stem)}.*")
    return [name, *sorted(str(path.with_name(p.name)) for p in beside if p.suffix.lower() in _SHAPEFILE)]


def _state(root: Path, source: str, name: str, known: FileState | None) -> FileState:
    path = locate(root, name, source)
    stat = path.stat()
    if known and (known.bytes, known.modified_ns) == (stat.st_size, stat.st_mtime_ns):
        return known
    return FileState(source, name, stat.st_size, stat.st_mtime_ns, sha256(path))


def _software() -> str:
    digest = hashlib.sha256(version("placeline").encode())
    for package in _PACKAGES:
        root = Path(str(files(package)))
        for path in sorted(
            p for p in root.rglob("*") if p.suffix in {".py", ".sql", ".toml", ".j2", ".js", ".css"}
        ):
            digest.update(str(path.relative_to(root)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
