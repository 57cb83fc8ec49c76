"""Make the pack of an authority from the release about to be published, or from one that is out."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from flows.store import WAREHOUSE, Store, StoreError
from geo.region import read_region
from geo.warehouse import connect
from maps.preview import Pack, write_pack
from queries.models import load_models
from queries.publish import write_warehouse

LATEST, CURRENT = "latest", "current"


def preview_of(authority: str, home: Path, region: str | None, release: str, to: Path | None) -> Pack:
    """Write the pack of an authority, beside the releases of its region or into a folder.

    Args:
        authority: code or name.
        home: output root.
        region: name of the region, or its region file; none where the root holds one only.
        release: ``latest`` (the last build, published or not), ``current``, or the id of a release.
        to: folder to write into; none for a folder of its own below the region's ``previews``.

    Raises:
        StoreError: there is no such region, release or whole build, or a run is at work.
        PackError: no authority is called so, or several are.
    """
    store = find_region(home, region)
    keys = {name: model.key for name, model in load_models().items()}
    with _warehouse(store, release) as warehouse:
        return write_pack(warehouse, authority, to or store.folder / "previews", keys=keys, named=to is None)


def find_region(home: Path, region: str | None) -> Store:
    """Return the store of a region that was built, whether or not a release of it is up.

    Raises:
        StoreError: there is none, or several to choose from.
    """
    if region is not None and region.endswith(".toml"):
        given = read_region(Path(region))
        return Store((home / (given.output or given.name)).absolute())
    found = [*home.glob("*/current"), *home.glob("*/build/build.duckdb")] if home.is_dir() else []
    known = sorted({path.relative_to(home).parts[0] for path in found})
    listed = ", ".join(known) or "none"
    if region is not None and region not in known:
        raise StoreError(f"'{region}' was not built in '{home}'. There are: {listed}.")
    if not known:
        raise StoreError(f"Nothing was built in '{home}' yet. Make a release with: placeline run REGION.toml")
    if region is None and len(known) > 1:
        raise StoreError(f"'{home}' holds several regions: {listed}. Name one after the authority.")
    return Store((home / (region or known[0])).absolute())


@contextmanager
def _warehouse(store: Store, release: str) -> Iterator[Path]:
    """Give the warehouse of a release; of a build that is not one, what would be published of it."""
    if release == CURRENT:
        if store.current_release() is None:
            raise StoreError(f"No release is up in '{store.folder}'.")
        yield store.current / WAREHOUSE
    elif release == LATEST:
        with store.one_at_a_time():
            built = _built(store)
        if built in store.build_ids():
            yield store.releases / built / WAREHOUSE
        else:
            with store.one_at_a_time(), tempfile.TemporaryDirectory(dir=store.folder) as folder:
                made = Path(folder) / WAREHOUSE
                write_warehouse(store.build_file, made, load_models())
                yield made
    elif release in store.build_ids():
        yield store.releases / release / WAREHOUSE
    else:
        raise StoreError(
            f"There is no release '{release}'. There are: {LATEST}, {CURRENT}, {', '.join(store.build_ids())}."
        )


def _built(store: Store) -> str:
    """Return the id of the last build, if it is whole."""
    if not store.build_file.is_file():
        raise StoreError(f"There is no build in '{store.folder}'. Choose a release with --release.")
    try:
        with connect(store.build_file, read_only=True) as con:
            # Written last: a build that was refused or failed has none.
            found = con.execute("SELECT build_id FROM meta.build").fetchone()
    except duckdb.Error:
        found = None
    if found is None:
        raise StoreError(
            "The last build was refused or failed before it was whole, so nothing is about to be published. "
            "See what is out with --release current."
        )
    return str(found[0])
