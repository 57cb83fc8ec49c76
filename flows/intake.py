"""Take each source in: as it is tonight where it passes every gate, otherwise as it last was good."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import duckdb

from flows.changes import Inputs
from flows.plan import Plan
from flows.snapshots import Snapshots, Version
from geo.errors import SourceError
from geo.gate_rules import settled
from geo.gates import GateRefused, GateResult, judge_source, refuse
from geo.profile import Profile, compare_rows, take_profile, write_rows
from geo.readers.ledger import SourceFile
from geo.readers.load import load_source, raw_tables
from geo.sources import Source
from geo.tables import insert_rows, qualified
from queries.run_tables import SOURCE_STATE, write_gates, write_revision

# Of a source, what says nothing of how its files are to be read.
_NOT_READING = {
    "id", "title", "publisher", "url", "licence", "attribution", "publish", "fetched_on", "max_rejected_share",
    "download", "is_provisional", "totals", "gates",
}  # fmt: skip

LEDGERS = ("raw.issue", "raw.source_file")
_OF_THE_NIGHT = ("run.gate", "run.revision", "run.source_state")


@dataclass
class Intake:
    """What the sources of one night were read from; `used` grows as they are read."""

    plan: Plan
    inputs: Inputs
    used: dict[str, Version] = field(default_factory=dict)
    stale: dict[str, str] = field(default_factory=dict)

    @property
    def snapshots(self) -> Snapshots:
        """The region's snapshots."""
        return self.plan.store.snapshots


def take_snapshots(plan: Plan, inputs: Inputs) -> Inputs:
    """Copy every file that the snapshots lack; return the inputs as copied, should one have changed meanwhile."""
    snapshots, states = plan.store.snapshots, []
    fetched = {s.id for s in plan.region.source if s.download} | inputs.missing.keys()
    for state in inputs.files:
        if state.source in fetched or snapshots.object(state.sha256).is_file():
            states.append(state)
            continue
        path = plan.data / state.file
        try:
            states.append(replace(state, sha256=snapshots.add(path)))
        except OSError as error:
            raise SourceError(
                f"Source '{state.source}': '{state.file}' cannot be copied: {error}."
            ) from error
    return replace(inputs, files=tuple(states))


def forget(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Delete all that was read of a source and written down about it."""
    for table in (*raw_tables(source), *LEDGERS, *_OF_THE_NIGHT):
        con.execute(f"DELETE FROM {qualified(table)} WHERE source = ?", [source.id])


def read_source(con: duckdb.DuckDBPyConnection, intake: Intake, source: Source) -> list[SourceFile]:
    """Read one source into the raw schema, and write down what gates and publisher's revisions there were.

    It may be tried again after a fault: what an earlier attempt wrote is deleted first.

    Raises:
        SourceError: it cannot be used, nor is there a good version before it.
        GateRefused: likewise.
    """
    forget(con, source)
    offered = intake.inputs.of(source.id)
    last = intake.snapshots.newest(source.id, source.path)
    why = intake.inputs.missing.get(source.id)
    try:
        files, version = _read(con, intake, source, offered, last)
    except (SourceError, GateRefused) as error:
        good = intake.snapshots.last_good(source.id, source.path)
        if good is None or good.files == offered:
            raise
        why = str(error)
        try:
            files, version = _read(con, intake, source, good.files, None, like=good)
        except SourceError:
            # Where the good one cannot be read either, the region file is at fault, and the first error says how.
            raise error from None
        read = [_reading(source.id, is_read=isinstance(error, GateRefused))]
        write_gates(con, [*read, *(error.results if isinstance(error, GateRefused) else [])])
    if why is not None:
        intake.stale[source.id] = why
    intake.used[source.id] = version
    _note(con, intake, source, version, last)
    return files


def note_good(intake: Intake) -> None:
    """Remember what was read as good, once a release made from it is published; forget what is older than kept."""
    for source, version in intake.used.items():
        if why := intake.stale.get(source):
            intake.snapshots.note_stale(source, why)
        else:
            intake.snapshots.note_good(source, version, intake.plan.region.keep_snapshots)
    intake.snapshots.prune()


def carry_over(con: duckdb.DuckDBPyConnection, intake: Intake, source: Source) -> None:
    """Write down of a source that is not read again what reading it again would have."""
    last = intake.snapshots.newest(source.id, source.path)
    if last is None:
        raise AssertionError(f"last night's build file is gone on with, and '{source.id}' was never good")
    intake.used[source.id] = last
    if source.id in intake.stale:
        return
    for table in _OF_THE_NIGHT:
        con.execute(f"DELETE FROM {table} WHERE source = ?", [source.id])
    write_gates(con, _judged(intake, source, last.profile, last, last.reading))
    _note(con, intake, source, last, last)


def _read(
    con: duckdb.DuckDBPyConnection,
    intake: Intake,
    source: Source,
    given: Mapping[str, str],
    last: Version | None,
    like: Version | None = None,
) -> tuple[list[SourceFile], Version]:
    """Read given files; `like` is the version that they are known to be, which no gate needs to judge again."""
    root = intake.snapshots.lay_out(source.id, given)
    reading = _digest(source, intake.plan.region.crs)
    profile: list[Profile] = []

    def judge() -> None:
        profile.append(take_profile(con, source))
        if like is None:
            write_gates(con, _judged(intake, source, profile[0], last, reading))

    files = load_source(con, source, intake.plan.region, root, judge)
    if like is not None:
        return files, like
    rows = f"{source.id}-{_short(given)}-{reading}-{duckdb.__version__}.parquet"
    write_rows(con, source, intake.snapshots.rows / rows)
    # Read again as it was: since when it is so does not change.
    same = next((v for v in intake.snapshots.read(source.id).good if v.files == given), None)
    taken_at = same.taken_at if same else _taken_at(intake, source)
    return files, Version(dict(given), taken_at, source.is_provisional, reading, profile[0], rows)


def _judged(
    intake: Intake, source: Source, profile: Profile, last: Version | None, reading: str
) -> list[GateResult]:
    results = judge_source(
        source.id,
        profile,
        last.profile if last else None,
        settled(intake.plan.region.gates, source.gates),
        source.totals,
        is_read_alike=last is not None and last.reading == reading,
    )
    refuse(source.id, results)
    return [_reading(source.id, is_read=source.id not in intake.inputs.missing), *results]


def _reading(source: str, *, is_read: bool) -> GateResult:
    return GateResult("reading", source, "", float(is_read), 1.0, "at least", "fail")


def _note(
    con: duckdb.DuckDBPyConnection, intake: Intake, source: Source, version: Version, last: Version | None
) -> None:
    why = intake.stale.get(source.id)
    taken_at = _utc(version.taken_at)
    row = (source.id, taken_at, version.is_provisional, why is not None, bool(source.download), why)
    insert_rows(con, SOURCE_STATE, [row])
    rows = intake.snapshots.rows
    # Row fingerprints of another DuckDB, or read in another way, cannot be compared.
    if last and _like(last.rows, version.rows) and (rows / last.rows).is_file():
        revision = compare_rows(con, source.id, rows / last.rows, rows / version.rows)
        write_revision(con, revision, _utc(last.taken_at), was_provisional=last.is_provisional)


def _like(one: str, other: str) -> bool:
    return one.split("-")[-2:] == other.split("-")[-2:]


def _taken_at(intake: Intake, source: Source) -> str:
    fetched = intake.snapshots.read(source.id).fetched
    times = [fetched[name].fetched_at for name in source.path if name in fetched]
    return max(times) if source.download and times else intake.plan.now.isoformat()


def _utc(taken_at: str) -> datetime:
    return datetime.fromisoformat(taken_at).replace(tzinfo=None)


def _digest(source: Source, crs: str) -> str:
    said = json.dumps([crs, source.model_dump(mode="json", exclude=_NOT_READING)], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def _short(files: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(files), sort_keys=True).encode()).hexdigest()[:16]
