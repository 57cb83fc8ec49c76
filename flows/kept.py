"""The build file of last night, gone on with: what has not changed is neither read nor built again.

A source is read again where its files differ, with all others that its reader looks at. A model is built again
where a table that it reads holds other rows than last night; where it then gives the same rows as before, what
reads it is left alone. Boundaries and roads reach everywhere: with them, as with another region file, other software
or other libraries, everything is built afresh.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import distributions

import duckdb

from flows.changes import Inputs
from flows.intake import LEDGERS, forget
from flows.store import Store
from geo.readers.load import raw_tables
from geo.region import Region
from geo.sources import Areas, AreaVintages, Roads, Source
from geo.tables import qualified
from geo.warehouse import quote
from queries.models import Model

_MARK = "whole.json"
# Kinds whose readers look at each other's rows.
_TOGETHER = ({"collisions", "casualties", "vehicles"}, {"observed_links", "travel_times"})


@dataclass
class Kept:
    """What goes on being used of last night's build file: all but `again`; `dirty` tables have other rows now."""

    again: frozenset[str]
    stale: Mapping[str, str]
    before: dict[str, str] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)

    def is_due(self, model: Model) -> bool:
        """Tell whether a model must be built again."""
        return bool(model.inputs & self.dirty)


def mark_whole(store: Store, inputs: Inputs, stale: Mapping[str, str]) -> None:
    """Say beside the build file what it was made from, once its release is published."""
    given = {**_made_with(inputs), "files": _by_source(inputs), "stale": dict(stale)}
    (store.build_file.parent / _MARK).write_text(json.dumps(given) + "\n", "utf-8")


def take_up(store: Store, region: Region, inputs: Inputs) -> Kept | None:
    """Return what of last night's build file can be gone on with; None where all must be built afresh.

    Its mark is taken away: killed half way, the file is whole for nobody.
    """
    mark = store.build_file.parent / _MARK
    try:
        last = json.loads(mark.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    mark.unlink()
    if not store.build_file.is_file() or {k: last.get(k) for k in _made_with(inputs)} != _made_with(inputs):
        return None
    now = _by_source(inputs)
    changed: set[str] = {s.kind for s in region.source if now[s.id] != last["files"].get(s.id)}
    changed |= {kind for group in _TOGETHER if group & changed for kind in group}
    again = [s for s in region.source if s.kind in changed]
    if any(isinstance(s, Areas | AreaVintages | Roads) for s in again):
        return None
    ids = frozenset(s.id for s in again)
    if not all(s.id in ids or store.snapshots.newest(s.id, s.path) for s in region.source):
        return None
    return Kept(ids, {k: v for k, v in last["stale"].items() if k not in ids})


def clear(con: duckdb.DuckDBPyConnection, kept: Kept, sources: Iterable[Source]) -> None:
    """Delete the rows of the sources that are read again, once each table's rows are known by a fingerprint."""
    again = [s for s in sources if s.id in kept.again]
    for table in sorted({*LEDGERS, *(table for s in again for table in raw_tables(s))}):
        kept.before[table] = rows_of(con, table)
    for source in again:
        forget(con, source)


def find_dirty(con: duckdb.DuckDBPyConnection, kept: Kept) -> None:
    """Mark the tables whose rows are others than before; once every source is read."""
    kept.dirty |= {table for table, rows in kept.before.items() if rows_of(con, table) != rows}


def rows_of(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return a fingerprint of a table's columns and rows, whatever their order."""
    kinds = [(name, kind) for name, kind, *_ in con.execute(f"DESCRIBE {qualified(table)}").fetchall()]
    said = ", ".join(
        f"st_aswkb({quote(name)})" if kind.startswith("GEOMETRY") else quote(name) for name, kind in kinds
    )
    # Two sums of 64 bits each: rows that cancel out in one do not in the other.
    found = con.execute(
        f"SELECT count(*), sum(h::HUGEINT), sum(hash(h, 1)::HUGEINT) FROM (SELECT hash({said}) AS h FROM {qualified(table)})"
    ).fetchall()[0]
    return f"{kinds} {found}"


def _by_source(inputs: Inputs) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for state in inputs.files:
        found.setdefault(state.source, {})[state.file] = state.sha256
    # One that could not be had is not the same as one that could, with the same bytes.
    for source in inputs.missing:
        found[source]["missing"] = "yes"
    return found


def _made_with(inputs: Inputs) -> dict[str, str]:
    return {"region": inputs.region, "software": inputs.software, "libraries": _libraries()}


@cache
def _libraries() -> str:
    installed = sorted(f"{d['Name']}={d['Version']}" for d in (found.metadata for found in distributions()))
    return hashlib.sha256("\n".join(installed).encode()).hexdigest()
