"""Has anything changed since the last release? Decided from sizes and times, and now and then from hashes."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from geo.readers.files import locate, sha256
from geo.region import Region

# A file may change and keep its size and time (a restored copy); so all are hashed again this often.
_REHASH_AFTER = timedelta(days=7)
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
    """Everything a release is made from: files, region file and software."""

    region: str
    software: str
    hashed_at: str
    files: tuple[FileState, ...]

    def same_as(self, other: "Inputs") -> bool:
        """Tell whether both would give the same release."""
        mine = {(f.source, f.file, f.sha256) for f in self.files}
        theirs = {(f.source, f.file, f.sha256) for f in other.files}
        return (self.region, self.software, mine) == (other.region, other.software, theirs)

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that stand for all of it."""
        parts = [self.region, self.software, *sorted(f"{f.source}/{f.file}={f.sha256}" for f in self.files)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def inputs_now(region: Region, root: Path, last: Inputs | None, now: datetime) -> Inputs:
    """Return the state of all inputs, hashing only files whose size or time differ from `last`.

    Raises:
        SourceError: a file is missing.
    """
    fresh = last is not None and now - datetime.fromisoformat(last.hashed_at) < _REHASH_AFTER
    known = {(f.source, f.file): f for f in last.files} if last is not None and fresh else {}
    states = [_state(root, s.id, name, known.get((s.id, name))) for s in region.source for name in s.path]
    return Inputs(
        region=hashlib.sha256(region.model_dump_json().encode()).hexdigest(),
        software=_software(),
        hashed_at=last.hashed_at if last is not None and fresh else now.astimezone(UTC).isoformat(),
        files=tuple(states),
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
