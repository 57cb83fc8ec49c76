"""A night without publishing: read everything, build everything in memory, say what the checks would."""

from dataclasses import dataclass
from pathlib import Path

from flows.changes import fetch_files
from flows.plan import Plan
from flows.steps import prepare
from geo.readers.ledger import SourceFile
from geo.readers.load import in_reading_order, load_source
from geo.sources import Source
from geo.warehouse import connect
from queries.build import build_model
from queries.checks import CheckResult, load_checks, run_check
from queries.models import build_order, load_models


@dataclass(frozen=True)
class Rehearsal:
    """What a night would do; `issues` are counted by source, column, rule and severity."""

    files: list[SourceFile]
    issues: list[tuple[object, ...]]
    results: list[CheckResult]


def rehearse(plan: Plan) -> Rehearsal:
    """Read, build and check in memory.

    Raises:
        SourceError: a source cannot be used.
    """
    with connect() as con:
        prepare(con, plan.region)
        files = [
            f for s in in_reading_order(plan.region) for f in load_source(con, s, plan.region, _root(plan, s))
        ]
        for model in build_order(load_models()):
            if model.schema != "meta":
                build_model(con, model)
        issues = con.execute(
            """
            SELECT source, column_name, rule, severity, count(*), min(row) FROM raw.issue
            GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
        return Rehearsal(files, issues, [run_check(con, c) for c in load_checks()])


def _root(plan: Plan, source: Source) -> Path:
    if not source.download:
        return plan.data
    return plan.store.snapshots.lay_out(
        source.id,
        {f.file: f.sha256 for f in fetch_files(source, plan.region, plan.store.snapshots, plan.now)},
    )
