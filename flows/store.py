"""Releases on disk: whole folders, published by one rename and kept for a while."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from flows.snapshots import Snapshots
from geo.errors import PlacelineError

WAREHOUSE = "placeline.duckdb"
_PARTIAL = ".partial-"
_KEEP_REFUSED = 2


class StoreError(PlacelineError):
    """A release cannot be found, or another run is at work."""


@dataclass(frozen=True)
class Store:
    """The output folder of one region.

    ``releases/<build_id>/`` are whole releases; ``current`` is a link to one of them, replaced by a single
    rename, so that warehouse, exports and site always change together.
    """

    folder: Path

    @property
    def releases(self) -> Path:
        """Folder of all releases."""
        return self.folder / "releases"

    @property
    def current(self) -> Path:
        """Link to the release that is up."""
        return self.folder / "current"

    @property
    def build_file(self) -> Path:
        """Build warehouse of the latest run: everything, for the operator's eyes only."""
        return self.folder / "build" / "build.duckdb"

    @property
    def keep(self) -> Path:
        """Folder of what a later run may use again; it can be deleted at any time."""
        return self.folder / "keep"

    @property
    def snapshots(self) -> Snapshots:
        """Copies of source files as they were."""
        return Snapshots(self.folder / "snapshots")

    @property
    def refused(self) -> Path:
        """Folder of builds that were not published, for the operator to look into."""
        return self.folder / "refused"

    def prepare(self) -> None:
        """Create the folders; the build folder is the operator's alone."""
        self.releases.mkdir(parents=True, exist_ok=True)
        self.build_file.parent.mkdir(mode=0o700, exist_ok=True)

    def current_release(self) -> Path | None:
        """Return the folder of the release that is up; none before the first."""
        return self.releases / self.current.readlink().name if self.current.is_symlink() else None

    def build_ids(self) -> list[str]:
        """Return the ids of all whole releases, oldest first."""
        if not self.releases.is_dir():
            return []
        return sorted(p.name for p in self.releases.iterdir() if p.is_dir() and not p.name.startswith("."))

    def start(self, build_id: str) -> Path:
        """Return an empty folder to build a release in; it is no release until published."""
        for left_over in self.releases.glob(f"{_PARTIAL}*"):
            shutil.rmtree(left_over)
        folder = self.releases / f"{_PARTIAL}{build_id}"
        folder.mkdir()
        return folder

    def publish(self, partial: Path) -> Path:
        """Make a finished folder the current release; readers see the old one or the new one, nothing between."""
        release = self.releases / partial.name.removeprefix(_PARTIAL)
        _sync_tree(partial)
        partial.rename(release)
        _sync(self.releases)
        self._point_to(release.name)
        return release

    def keep_refused(self, partial: Path, why: str) -> Path:
        """Keep a build that will not be published: what was made of its release, the build file, and why.

        The last two are kept, below ``refused/``, for the operator's eyes only.
        """
        build_id = partial.name.removeprefix(_PARTIAL)
        self.refused.mkdir(mode=0o700, exist_ok=True)
        kept = self.refused / build_id
        partial.rename(kept)
        (kept / "why.txt").write_text(why + "\n", "utf-8")
        if self.build_file.is_file():
            self.build_file.rename(kept / self.build_file.name)
        for old in sorted(p for p in self.refused.iterdir() if p.is_dir())[:-_KEEP_REFUSED]:
            shutil.rmtree(old)
        return kept

    def roll_back(self, build_id: str | None = None) -> str:
        """Make an earlier release current: the one named, or the one before the current.

        Raises:
            StoreError: there is no such release, or none earlier.
        """
        known, up = self.build_ids(), self.current_release()
        if build_id is None:
            earlier = [b for b in known if up is not None and b < up.name]
            if not earlier:
                raise StoreError(f"There is no release before the current one in '{self.releases}'.")
            build_id = earlier[-1]
        if build_id not in known:
            raise StoreError(f"There is no release '{build_id}'. There are: {', '.join(known) or 'none'}.")
        self._point_to(build_id)
        return build_id

    def prune(self, keep: int) -> list[str]:
        """Delete the oldest releases beyond `keep`, never the current one; return their ids."""
        up = self.current_release()
        old = [b for b in self.build_ids()[:-keep] if up is None or b != up.name]
        for build_id in old:
            shutil.rmtree(self.releases / build_id)
        return old

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Hold the region's lock; the system lets go of it when the process ends, however it ends.

        Raises:
            StoreError: another run holds it.
        """
        lock = FileLock(self.folder / "lock")
        holder = self.folder / "lock.holder"
        try:
            lock.acquire(timeout=0)
        except Timeout:
            said = holder.read_text().strip() if holder.exists() else "unknown"
            raise StoreError(
                f"Another run is at work in '{self.folder}' (process {said}). Wait for it to end."
            ) from None
        try:
            holder.write_text(f"{os.getpid()}\n")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()

    def _point_to(self, build_id: str) -> None:
        fresh = self.folder / ".current.new"
        fresh.unlink(missing_ok=True)
        # Relative, so that the whole folder can be copied or mounted elsewhere.
        fresh.symlink_to(Path("releases") / build_id)
        fresh.replace(self.current)
        _sync(self.folder)


def find_store(home: Path, region: str | None) -> Store:
    """Return the store of a region below the output root; without a name, the only one that has a release.

    Raises:
        StoreError: there is none, or several to choose from.
    """
    known = sorted(p.parent.name for p in home.glob("*/current")) if home.is_dir() else []
    if region is not None:
        if region not in known:
            raise StoreError(
                f"There is no release of '{region}' in '{home}'. There are: {', '.join(known) or 'none'}."
            )
        return Store(home / region)
    if not known:
        raise StoreError(f"There is no release in '{home}' yet. Make one with: placeline run REGION.toml")
    if len(known) > 1:
        raise StoreError(f"'{home}' holds several regions: {', '.join(known)}. Choose one with --region.")
    return Store(home / known[0])


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            _sync(path)
    _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
