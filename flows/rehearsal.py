"""A night without publishing: read everything, build everything in memory, say what the checks would."""

from dataclasses import dataclass

from flows.plan import Plan
from geo.readers.ledger import SourceFile
from geo.readers.load import create_raw, in_reading_order, load_source
from geo.readers.settings import write_settings
from geo.warehouse import connect
from queries.build import build_model, create_macros
from queries.checks import CheckResult, load_checks, run_check
from queries.definitions import write_definitions
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
        create_raw(con, plan.region)
        write_settings(con, plan.region)
        write_definitions(con)
        create_macros(con)
        files = [
            f for s in in_reading_order(plan.region) for f in load_source(con, s, plan.region, plan.data)
        ]
        for model in build_order(load_models()):
            if not model.name.startswith("meta."):
                build_model(con, model)
        issues = con.execute(
            """
            SELECT source, column_name, rule, severity, count(*), min(row) FROM raw.issue
            GROUP BY ALL ORDER BY ALL
            """
        ).fetchall()
        return Rehearsal(files, issues, [run_check(con, c) for c in load_checks()])
