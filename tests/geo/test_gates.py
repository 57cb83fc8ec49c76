"""Each gate fires on what it is for, and not on good data."""

import math
from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from geo.gate_rules import DEFAULTS, GateName, GateRule, settled
from geo.gates import GateRefused, GateResult, judge_source, refuse
from geo.profile import Profile, take_profile
from geo.sources import Source
from tests.geo.door import Door

GOOD = Profile(
    rows=28_619,
    rows_read=28_640,
    repeated=2,
    filled={"collision_id": 28_619, "speed_limit_mph": 28_000, "light": 25, "rare": 3},
    points=28_500,
    areas=40,
    totals={"2023": 9_550},
)
FIGURES = {"2023": 9_551.0}


def judged(
    now: Profile, last: Profile | None = GOOD, figures: dict[str, float] = FIGURES
) -> list[GateResult]:
    return judge_source("s", now, last, DEFAULTS, figures)


def of(results: list[GateResult], gate: str, subject: str = "") -> GateResult:
    [found] = [r for r in results if (r.gate, r.subject) == (gate, subject)]
    return found


@pytest.mark.parametrize(
    "now",
    [
        GOOD,
        replace(GOOD, rows=29_400, rows_read=29_400, points=29_000),
        replace(GOOD, filled={**GOOD.filled, "rare": 0}),
    ],
)
@pytest.mark.parametrize("last", [GOOD, None])
def test_good_data_pass_every_gate(now: Profile, last: Profile | None) -> None:
    results = judged(now, last)
    assert [str(r) for r in results if r.result != "ok"] == []
    refuse("s", results)


def test_every_gate_of_a_source_is_listed() -> None:
    assert {r.gate for r in judged(GOOD)} == set(DEFAULTS) - {"outcomes", "outcome_jumps"}


FIRES = {
    "volume": (replace(GOOD, rows=37, rows_read=37, points=37), 37 / 28_619, "fail"),
    "growth": (replace(GOOD, rows=90_000, rows_read=90_000, points=90_000), 90_000 / 28_619, "warn"),
    "keys": (replace(GOOD, repeated=300), 300 / 28_640, "fail"),
    "coordinates": (replace(GOOD, points=14_000), 14_000 / 28_619, "fail"),
    "coordinates_lost": (replace(GOOD, points=25_500), 3_000 / 28_619, "fail"),
    "codes": (replace(GOOD, areas=35), 35 / 40, "fail"),
}


@pytest.mark.parametrize("gate", FIRES)
def test_a_gate_fires(gate: str) -> None:
    now, measured, result = FIRES[gate]
    fired = of(judged(now), gate)
    assert fired.measured == pytest.approx(measured)
    assert fired.result == result
    assert fired.source == "s"


def test_a_column_that_is_gone_is_named() -> None:
    results = judged(replace(GOOD, filled={"collision_id": 28_619, "light": 25, "rare": 3}))
    gone = of(results, "columns", "speed_limit_mph")
    assert (gone.measured, gone.result) == (1, "fail")
    with pytest.raises(
        GateRefused, match=r"Source 's' is refused: gate 'columns' of speed_limit_mph: 1 measured"
    ):
        refuse("s", results)


def test_a_column_that_thins_out_warns() -> None:
    thin = of(
        judged(replace(GOOD, filled={**GOOD.filled, "speed_limit_mph": 9_000})), "filled", "speed_limit_mph"
    )
    assert thin.result == "warn"
    assert thin.measured == pytest.approx(9_000 / 28_000)


@pytest.mark.parametrize(
    ("found", "result"), [(9_551, "ok"), (9_460, "ok"), (9_450, "fail"), (9_700, "fail"), (math.nan, "fail")]
)
def test_totals_are_held_against_published_figures(found: float, result: str) -> None:
    assert of(judged(replace(GOOD, totals={"2023": found}), None), "totals", "2023").result == result


def test_a_published_nothing_is_met_by_nothing_only() -> None:
    assert of(judged(replace(GOOD, totals={"x": 0}), None, {"x": 0}), "totals", "x").result == "ok"
    assert of(judged(replace(GOOD, totals={"x": 1}), None, {"x": 0}), "totals", "x").result == "fail"


def test_the_source_s_rule_stands_before_the_region_s_before_the_default() -> None:
    region: dict[GateName, GateRule] = {"volume": GateRule(limit=0.9), "keys": GateRule(severity="warn")}
    rules = settled(region, {"volume": GateRule(severity="warn")})
    assert rules["volume"] == GateRule(limit=0.9, severity="warn")
    assert rules["keys"] == GateRule(limit=DEFAULTS["keys"].limit, severity="warn")
    assert rules["codes"] == DEFAULTS["codes"]


def test_what_the_operator_changed_only_warns_where_it_is_compared_with_before() -> None:
    few = replace(GOOD, rows=37, rows_read=37, points=0)
    results = judge_source("s", few, GOOD, DEFAULTS, {}, is_read_alike=False)
    assert of(results, "volume").result == "warn"
    assert of(results, "coordinates").result == "fail"


def test_nothing_compared_where_nothing_was_good() -> None:
    assert {r.gate for r in judged(GOOD, None)} == {"keys", "coordinates", "totals"}


HEADER = "collision_index,date,collision_severity,speed_limit,location_easting_osgr,location_northing_osgr"
ROWS = [f"C{n},{n % 28 + 1:02}/02/2023,3,{20 + n % 3},{390000 + n},400000" for n in range(40)]
READ = {
    "rows gone": ((HEADER, ROWS[:7]), "volume", ""),
    "a column renamed": ((HEADER.replace("speed_limit", "limit"), ROWS), "columns", "speed_limit_mph"),
    "points lost": (
        (HEADER, [r.replace("400000", "") if n % 5 == 0 else r for n, r in enumerate(ROWS)]),
        "coordinates_lost",
        "",
    ),
    "keys twice": ((HEADER, ROWS + ROWS[:3]), "keys", ""),
}


def profile(door: Door, header: str, rows: list[str]) -> Profile:
    door.con.execute("DELETE FROM raw.collision; DELETE FROM raw.issue; DELETE FROM raw.source_file")
    name = door.write("a.csv", "\n".join([header, *rows]) + "\n")
    door.load("collisions", name)
    given = {"kind": "collisions", "id": "it", "title": "It", "path": name}
    source: Source = TypeAdapter(Source).validate_python(given)
    return take_profile(door.con, source)


def test_gates_fire_on_files_as_they_are_read(door: Door) -> None:
    last = profile(door, HEADER, ROWS)
    assert [r for r in judged(last, last, {}) if r.result != "ok"] == []
    for fault, ((header, rows), gate, subject) in READ.items():
        results = judged(profile(door, header, rows), last, {})
        assert [(r.gate, r.subject) for r in results if r.result == "fail"] == [(gate, subject)], fault
