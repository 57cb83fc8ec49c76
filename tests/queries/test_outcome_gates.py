"""Outcomes of tonight against those of the release that is up, drawn by hand."""

from pathlib import Path

import duckdb
import pytest

from geo.gate_rules import DEFAULTS
from geo.gates import GateResult
from queries.outcome_gates import judge_outcomes

COLUMNS = "outcome, area_level, area_code, period_start, period_end, series, value, lower, upper"
TYPES = (
    "outcome VARCHAR, area_level VARCHAR, area_code VARCHAR, period_start DATE, period_end DATE, series VARCHAR, "
    "value DOUBLE, lower DOUBLE, upper DOUBLE"
)
Value = tuple[float | None, float | None, float | None]
USUAL: dict[str, Value] = {f"A{n}": (10.0 + n, 8.0, 25.0) for n in range(8)}


def fill(con: duckdb.DuckDBPyConnection, table: str, values: dict[str, Value]) -> None:
    con.execute(f"CREATE SCHEMA {table.split('.', maxsplit=1)[0]}")
    con.execute(f"CREATE TABLE {table} ({TYPES})")
    for area, value in values.items():
        con.execute(
            f"INSERT INTO {table} ({COLUMNS}) VALUES ('rate', 'ward', ?, '2023-01-01', '2023-12-31', NULL, ?, ?, ?)",
            [area, *value],
        )


def judged(
    tmp_path: Path, now: dict[str, Value], last: dict[str, Value], *, alike: bool = True
) -> dict[str, GateResult]:
    path = tmp_path / "last.duckdb"
    with duckdb.connect(str(path)) as con:
        fill(con, "marts.outcome", last)
    with duckdb.connect() as con:
        fill(con, "core.estimate", now)
        results = judge_outcomes(con, path, DEFAULTS, is_made_alike=alike)
        assert con.execute(
            "SELECT count(*) FROM duckdb_databases() WHERE database_name = 'last_release'"
        ).fetchall() == [(0,)]
    assert {r.subject for r in results} <= {"rate at level ward"}
    return {r.gate: r for r in results}


def changed(**values: Value) -> dict[str, Value]:
    return USUAL | values


@pytest.mark.parametrize(
    "now",
    [
        USUAL,
        {a: (v[0] * 1.5 if v[0] else None, v[1], v[2]) for a, v in USUAL.items()},
        changed(A0=(31.0, 20.0, 40.0), A1=(40.0, 20.0, 50.0)),
        changed(A0=(None, None, None)),
        changed(A9=(500.0, None, None)),
    ],
)
def test_what_happens_from_night_to_night_passes(tmp_path: Path, now: dict[str, Value]) -> None:
    results = judged(tmp_path, now, USUAL)
    assert results.keys() == {"outcomes", "outcome_jumps"}
    assert {r.result for r in results.values()} == {"ok"}


def test_outcomes_that_jump_refuse(tmp_path: Path) -> None:
    now = changed(A0=(31.0, 20.0, 40.0), A1=(2.0, 1.0, 3.0), A2=(-5.0, -9.0, 0.0))
    found = judged(tmp_path, now, USUAL)["outcome_jumps"]
    assert (found.measured, found.allowed, found.result) == (3 / 8, 0.25, "fail")
    assert judged(tmp_path / "..", now, USUAL, alike=False)["outcome_jumps"].result == "warn"


def test_a_jump_within_its_own_interval_is_chance(tmp_path: Path) -> None:
    last: dict[str, Value] = {f"A{n}": (10.0, 1.0, 90.0) for n in range(8)}
    now: dict[str, Value] = {f"A{n}": (80.0, 30.0, 200.0) for n in range(8)}
    assert judged(tmp_path, now, last)["outcome_jumps"].measured == 0


def test_without_an_interval_only_the_size_tells(tmp_path: Path) -> None:
    last: dict[str, Value] = {"A": (20.0, None, None), "B": (20.0, None, None)}
    now: dict[str, Value] = {"A": (61.0, None, None), "B": (30.0, None, None)}
    assert judged(tmp_path, now, last)["outcome_jumps"].measured == 0.5


def test_outcomes_that_vanish_refuse(tmp_path: Path) -> None:
    assert judged(tmp_path, {}, USUAL)["outcomes"].result == "fail"
    few = {a: v for a, v in USUAL.items() if a in {"A1", "A2", "A3"}}
    (tmp_path / "last.duckdb").unlink()
    found = judged(tmp_path, few, USUAL)["outcomes"]
    assert (found.measured, found.result) == (3 / 8, "fail")


def test_the_first_release_of_an_outcome_is_held_against_nothing(tmp_path: Path) -> None:
    assert judged(tmp_path, USUAL, {}) == {}


def test_a_release_of_older_software_that_lacks_a_column_is_held_against_nothing(tmp_path: Path) -> None:
    path = tmp_path / "last.duckdb"
    with duckdb.connect(str(path)) as con:
        fill(con, "marts.outcome", USUAL)
        con.execute("ALTER TABLE marts.outcome DROP COLUMN series")
    with duckdb.connect() as con:
        fill(con, "core.estimate", USUAL)
        assert judge_outcomes(con, path, DEFAULTS) == []
