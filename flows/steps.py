"""The steps of a night as plain functions; nightly.py puts them in order and hands them to Prefect."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb

from flows.changes import Inputs, write_inputs
from flows.intake import Intake, carry_over, note_good, read_source, take_snapshots
from flows.kept import Kept, clear, find_dirty, mark_whole, rows_of, take_up
from flows.plan import INPUTS_FILE, Plan
from flows.store import WAREHOUSE
from geo.errors import PlacelineError
from geo.gate_rules import settled
from geo.gates import GateRefused
from geo.readers.ledger import SourceFile
from geo.readers.load import create_raw
from geo.readers.settings import set_variables, write_settings
from geo.region import Region
from geo.sources import Source
from geo.tables import Column, Table, create_table, insert_rows
from geo.warehouse import connect
from maps.site import build_site
from queries.build import create_macros
from queries.checks import CheckResult, load_checks, run_check, write_results
from queries.contract import SCHEMA_VERSION, hold_contract
from queries.definitions import write_definitions
from queries.models import Model, load_models
from queries.outcome_gates import judge_outcomes
from queries.publish import write_exports, write_warehouse
from queries.run_tables import create_run_tables, write_gates

BUILD = Table(
    "run.build",
    "One row: this build.",
    (
        Column("build_id", "VARCHAR", "Id of the build. Never null."),
        Column("built_at", "TIMESTAMP", "When it was built, UTC. Never null."),
        Column("schema_version", "BIGINT", "Version of the published tables. Never null."),
        Column("placeline_version", "VARCHAR", "Version of the software. Never null."),
    ),
)


class Refused(PlacelineError):  # noqa: N818 - reads as what happened
    """A gate failed: the release is not published and the last one stays up."""


@dataclass(frozen=True)
class Build:
    """A build at work: its plan, id, open build file and the folder it will be published from.

    `kept` is set where last night's build file is gone on with.
    """

    plan: Plan
    build_id: str
    con: duckdb.DuckDBPyConnection
    partial: Path
    intake: Intake
    kept: Kept | None = None


def prepare(con: duckdb.DuckDBPyConnection, region: Region) -> None:
    """Write into an empty warehouse all that readers and models rely on: raw tables, settings, register, macros."""
    create_raw(con, region)
    write_settings(con, region)
    write_definitions(con)
    create_run_tables(con)
    create_macros(con)


def start_build(plan: Plan, inputs: Inputs, *, afresh: bool = False) -> Build:
    """Open a build file, last night's where it can be gone on with, and write into it what the region file says.

    Args:
        plan: what the night is to do.
        inputs: what it is to be done with; files are copied into the snapshots first.
        afresh: begin with an empty build file, whatever last night's may spare.
    """
    inputs = take_snapshots(plan, inputs)
    build_id = f"{plan.now:%Y%m%dT%H%M%SZ}-{inputs.digest}"
    partial = plan.store.start(build_id)
    intake = Intake(plan, inputs)
    kept = take_up(plan.store, plan.region, inputs)
    if afresh or kept is None:
        kept = None
        for old in plan.store.build_file.parent.glob("*"):
            old.unlink()
    con = connect(plan.store.build_file)
    plan.store.build_file.chmod(0o600)
    if kept is None:
        prepare(con, plan.region)
    else:
        intake.stale |= kept.stale
        set_variables(con)
        clear(con, kept, plan.region.source)
    create_table(con, BUILD)
    row = (build_id, plan.now.replace(tzinfo=None), SCHEMA_VERSION, version("placeline"))
    insert_rows(con, BUILD, [row])
    write_inputs(partial / INPUTS_FILE, inputs)
    return Build(plan, build_id, con, partial, intake, kept)


def load(build: Build, source: Source) -> list[SourceFile]:
    """Read one source into the raw schema: as it is, or as it last was good.

    Raises:
        SourceError: it cannot be used, nor was it ever good.
        Refused: a gate refuses it, and it was never good.
    """
    if build.kept and source.id not in build.kept.again:
        carry_over(build.con, build.intake, source)
        return []
    try:
        return read_source(build.con, build.intake, source)
    except GateRefused as error:
        raise Refused(str(error)) from error


def due(build: Build, order: Sequence[Model]) -> Iterator[Model]:
    """Yield each model that must be built, in order; each must be built before the next is asked for.

    Those of meta are not among them: they are built last, and always.
    """
    kept, con = build.kept, build.con
    if kept:
        find_dirty(con, kept)
    for model in order:
        if model.schema == "meta" or (kept and not kept.is_due(model)):
            continue
        before = rows_of(con, model.name) if kept else ""
        yield model
        if kept and rows_of(con, model.name) != before:
            kept.dirty.add(model.name)


def check(build: Build) -> list[CheckResult]:
    """Run every check, hold outcomes against the last release's, and keep what was found.

    Raises:
        Refused: a check or a gate that must hold does not.
    """
    results = [run_check(build.con, one) for one in load_checks()]
    is_open = all(s.publish == "rows" for s in build.plan.region.source)
    write_results(build.con, results, show_examples=is_open)
    _hold_outcomes(build)
    failed = [r for r in results if r.refuses]
    if failed:
        said = " ".join(f"{r.check.claim} It fails for {r.failures:,}, first: {r.example}." for r in failed)
        raise Refused(f"{len(failed)} of {len(results)} checks failed. {said}")
    return results


def _hold_outcomes(build: Build) -> None:
    build.con.execute("DELETE FROM run.gate WHERE source = ''")
    up, last = build.plan.store.current_release(), build.plan.last_inputs()
    if up is None or last is None or not (up / WAREHOUSE).is_file():
        return
    now = build.intake.inputs
    results = judge_outcomes(
        build.con,
        up / WAREHOUSE,
        settled(build.plan.region.gates),
        is_made_alike=(now.region, now.software) == (last.region, last.software),
    )
    write_gates(build.con, results)
    failed = [r for r in results if r.result == "fail"]
    if failed:
        said = "; ".join(map(str, failed[:5]))
        raise Refused(
            f"Outcomes differ from the last release's beyond belief: {said}. Look into the build; where it is right, "
            f'say so in the region file for a night: gates = {{ {failed[0].gate} = {{ severity = "warn" }} }}.'
        )


def stage_release(build: Build, models: dict[str, Model]) -> None:
    """Write the published warehouse, the exports and the site into the partial release.

    Raises:
        Refused: a published column would go or change type under the same schema version.
    """
    build.con.close()
    warehouse = build.partial / WAREHOUSE
    write_warehouse(build.plan.store.build_file, warehouse, models)
    last = build.plan.store.current_release()
    if last is not None and (last / WAREHOUSE).is_file():
        try:
            hold_contract(last / WAREHOUSE, warehouse)
        except PlacelineError as error:
            raise Refused(str(error)) from error
    exports = build.partial / "data"
    write_exports(warehouse, exports)
    build_site(warehouse, build.partial / "site", exports=exports)


def publish(build: Build) -> Path:
    """Make the partial release the current one and delete the oldest beyond those to keep."""
    release = build.plan.store.publish(build.partial)
    note_good(build.intake)
    mark_whole(build.plan.store, build.intake.inputs, build.intake.stale)
    build.plan.store.prune(build.plan.region.keep_releases)
    return release


def abandon(build: Build) -> None:
    """Throw a build away that will not be published."""
    build.con.close()
    shutil.rmtree(build.partial, ignore_errors=True)


def set_aside(build: Build, why: str) -> Path:
    """Keep a refused build for inspection; return where."""
    build.con.close()
    return build.plan.store.keep_refused(build.partial, why)


def all_models() -> dict[str, Model]:
    """Return every model, by name."""
    return load_models()
