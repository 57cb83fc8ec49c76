"""The steps of a night as plain functions; nightly.py puts them in order and hands them to Prefect."""

import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb

from flows.changes import Inputs, write_inputs
from flows.plan import INPUTS_FILE, Plan
from flows.store import WAREHOUSE
from geo.errors import PlacelineError
from geo.readers.ledger import SourceFile
from geo.readers.load import create_raw, load_source
from geo.readers.settings import write_settings
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
from queries.publish import write_exports, write_warehouse

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
    """A build at work: its plan, id, open build file and the folder it will be published from."""

    plan: Plan
    build_id: str
    con: duckdb.DuckDBPyConnection
    partial: Path


def prepare(con: duckdb.DuckDBPyConnection, region: Region) -> None:
    """Write into an empty warehouse all that readers and models rely on: raw tables, settings, register, macros."""
    create_raw(con, region)
    write_settings(con, region)
    write_definitions(con)
    create_macros(con)


def start_build(plan: Plan, inputs: Inputs) -> Build:
    """Open a fresh build file and write into it what the region file and the register say."""
    build_id = f"{plan.now:%Y%m%dT%H%M%SZ}-{inputs.digest}"
    partial = plan.store.start(build_id)
    for old in plan.store.build_file.parent.glob("*"):
        old.unlink()
    con = connect(plan.store.build_file)
    plan.store.build_file.chmod(0o600)
    prepare(con, plan.region)
    create_table(con, BUILD)
    row = (build_id, plan.now.replace(tzinfo=None), SCHEMA_VERSION, version("placeline"))
    insert_rows(con, BUILD, [row])
    write_inputs(partial / INPUTS_FILE, inputs)
    return Build(plan, build_id, con, partial)


def load(build: Build, source: Source) -> list[SourceFile]:
    """Read one source into the raw schema."""
    return load_source(build.con, source, build.plan.region, build.plan.data)


def check(build: Build) -> list[CheckResult]:
    """Run every check and keep what they found.

    Raises:
        Refused: a check that must hold does not.
    """
    results = [run_check(build.con, one) for one in load_checks()]
    is_open = all(s.publish == "rows" for s in build.plan.region.source)
    write_results(build.con, results, show_examples=is_open)
    failed = [r for r in results if r.refuses]
    if failed:
        said = " ".join(f"{r.check.claim} It fails for {r.failures:,}, first: {r.example}." for r in failed)
        raise Refused(f"{len(failed)} of {len(results)} checks failed. {said}")
    return results


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
    build.plan.store.prune(build.plan.region.keep_releases)
    return release


def abandon(build: Build) -> None:
    """Throw a build away that will not be published."""
    build.con.close()
    shutil.rmtree(build.partial, ignore_errors=True)


def all_models() -> dict[str, Model]:
    """Return every model, by name."""
    return load_models()
