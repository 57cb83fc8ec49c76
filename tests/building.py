"""Build a region without Prefect, in the steps the nightly flow takes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from flows import steps
from flows.plan import Plan
from flows.store import Store
from geo.readers.load import in_reading_order, load_source
from geo.region import Region, combine, read_region
from geo.warehouse import connect
from queries.build import build_model
from queries.checks import load_checks, run_check
from queries.models import build_order, load_models

NOW = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Built:
    """A region built in memory, marts included, and the checks that did not hold."""

    con: duckdb.DuckDBPyConnection
    refused: list[str]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.con.sql(query).fetchall()

    def one(self, query: str) -> object:
        [(value,)] = self.con.sql(query).fetchall()
        return value


def build_in_memory(region: Region, data: Path) -> Built:
    """Read and build everything but meta, which needs a build id."""
    con = connect()
    steps.prepare(con, region)
    for source in in_reading_order(region):
        load_source(con, source, region, data)
    for model in build_order(load_models()):
        if model.schema != "meta":
            build_model(con, model)
    results = [run_check(con, check) for check in load_checks()]
    return Built(con, [f"{r.check.claim} {r.example}" for r in results if r.refuses])


def build_files(*files: Path, data: Path) -> Built:
    """Read region files and build them as one."""
    return build_in_memory(combine([read_region(f) for f in files]), data)


def publish_without_prefect(config: Path, home: Path) -> Path:
    """Make a whole release, warehouse, exports and site; return its folder."""
    region = read_region(config)
    plan = Plan(region, config.parent, Store(home / region.name), NOW)
    plan.store.prepare()
    return publish_plan(plan).path


@dataclass(frozen=True)
class Published:
    """A release as published, and the models that were built for it (meta left out)."""

    path: Path
    built: list[str]


def publish_plan(plan: Plan, *, afresh: bool = False) -> Published:
    """Make a whole release of a plan, in the steps the nightly flow takes."""
    build = steps.start_build(plan, plan.inputs(), afresh=afresh)
    for source in in_reading_order(plan.region):
        steps.load(build, source)
    models = steps.all_models()
    order = build_order(models)
    built = []
    for model in steps.due(build, order):
        build_model(build.con, model)
        built.append(model.name)
    steps.check(build)
    for model in order:
        if model.schema == "meta":
            build_model(build.con, model)
    steps.stage_release(build, models)
    return Published(steps.publish(build), built)
