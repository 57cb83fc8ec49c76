"""Hold tonight's outcomes against those of the release that is up: what vanished, and what jumped beyond belief."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from geo.gate_rules import GateName, GateRule
from geo.gates import Bound, GateResult
from geo.warehouse import literal

# No outcome of a whole area trebles, or falls to a third, between two nights over the same period.
_BEYOND_BELIEF = 3.0
_SUBJECT = "{} at level {}"
# What both must have: a release of older software may lack some.
_COLUMNS = {
    *(
        "outcome",
        "area_level",
        "area_code",
        "period_start",
        "period_end",
        "series",
        "value",
        "lower",
        "upper",
    ),
}


def judge_outcomes(
    con: duckdb.DuckDBPyConnection,
    last: Path,
    rules: Mapping[GateName, GateRule],
    *,
    is_made_alike: bool = True,
) -> list[GateResult]:
    """Compare core.estimate with marts.outcome of the last release, over the same areas and periods.

    ``outcomes``: values, as a share of those that the last release had, outcome by outcome and level by level.
    ``outcome_jumps``: share of values that are more than three times the last release's, or less than a third,
    and lie outside its interval.

    Args:
        con: the build warehouse.
        last: published warehouse of the release that is up.
        rules: limit and severity of each gate.
        is_made_alike: False where region file or software are others than last night: then both only warn.

    Returns:
        Two results for each outcome and level; none where the last release is of software too old to compare with.
    """
    con.execute(f"ATTACH {literal(str(last))} AS last_release (READ_ONLY)")
    try:
        if not _columns_of_last(con) >= _COLUMNS:
            return []
        rows = con.execute(
            """
            WITH before AS (
                SELECT outcome, area_level, area_code, period_start, period_end, series, value, lower, upper
                FROM last_release.marts.outcome WHERE value IS NOT NULL
            ), pair AS (
                SELECT before.*, now.value AS new_value,
                    now.value NOT BETWEEN coalesce(before.lower, before.value)
                        AND coalesce(before.upper, before.value)
                    AND (
                        greatest(abs(now.value), abs(before.value))
                        > $factor * least(abs(now.value), abs(before.value)) OR now.value * before.value < 0
                    ) AS is_jump
                FROM before LEFT JOIN core.estimate AS now
                    ON before.outcome = now.outcome AND before.area_level = now.area_level
                    AND before.area_code = now.area_code AND before.period_start = now.period_start
                    AND before.period_end = now.period_end AND before.series IS NOT DISTINCT FROM now.series
            ), held AS (
                SELECT outcome, area_level, count(*) AS values_now FROM core.estimate
                WHERE value IS NOT NULL GROUP BY ALL
            )
            SELECT pair.outcome, pair.area_level, coalesce(any_value(values_now), 0) / count(*),
                count(*) FILTER (is_jump) / count(*)
            FROM pair LEFT JOIN held USING (outcome, area_level)
            GROUP BY pair.outcome, pair.area_level ORDER BY ALL
            """,
            {"factor": _BEYOND_BELIEF},
        ).fetchall()
    finally:
        con.execute("DETACH last_release")
    return [
        result
        for outcome, level, held, jumped in rows
        for result in (
            _result("outcomes", outcome, level, held, rules, is_made_alike),
            _result("outcome_jumps", outcome, level, jumped, rules, is_made_alike),
        )
    ]


def _columns_of_last(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {
        name
        for (name,) in con.execute(
            """
            SELECT column_name FROM duckdb_columns()
            WHERE database_name = 'last_release' AND schema_name = 'marts' AND table_name = 'outcome'
            """
        ).fetchall()
    }


def _result(
    gate: GateName,
    outcome: str,
    level: str,
    measured: float,
    rules: Mapping[GateName, GateRule],
    is_made_alike: bool,  # noqa: FBT001
) -> GateResult:
    rule = rules[gate]
    severity = (rule.severity or "fail") if is_made_alike else "warn"
    bound: Bound = "at least" if gate == "outcomes" else "at most"
    return GateResult(
        gate, "", _SUBJECT.format(outcome, level), float(measured), rule.limit or 0.0, bound, severity
    )
