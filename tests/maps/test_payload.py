"""What the map page is given is what the warehouse holds: every row, every column."""

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.warehouse import connect
from maps import columns
from maps.hierarchy import authority_names

NUMBERS = (
    "value", "lower", "upper", "level_of_confidence", "observations", "exposure", "raw_value", "low", "high",
)  # fmt: skip
WORDS = ("exposure_unit", "uncertainty_kind", "method", "source", "basis", "series")


def delivered(file: Path) -> Any:
    """Read a script file back as the browser would."""
    match = re.fullmatch(r'placeline\.deliver\("[a-z0-9-]+",(.*)\);\n', file.read_text("utf-8"), re.DOTALL)
    assert match
    return json.loads(match[1])


def catalogue(run: Path) -> Any:
    block = re.search(
        r'<script type="application/json" id="catalogue">(.*?)</script>',
        (run / "map.html").read_text("utf-8"),
        re.DOTALL,
    )
    assert block
    return json.loads(block[1])


def cell(column: Any, row: int, area: int) -> Any:
    """Open one cell of a packed column."""
    if "rows" not in column:
        return column["same"]
    at = column["rows"][row][area]
    return column["words"][at] if "words" in column and at is not None else at


def every_row(run: Path) -> dict[tuple[str, ...], dict[str, Any]]:
    """All the cells of all views that hold a value or a class, by the key of marts.outcome."""
    listed = catalogue(run)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for view in listed["views"]:
        level = delivered(run / listed["levels"][view["level"]]["file"])
        content = delivered(run / view["file"])
        for row, at in enumerate(view["periods"]):
            period = listed["periods"][at]
            for area, code in enumerate(level["code"]):
                key = (
                    listed["outcomes"][view["outcome"]]["outcome"],
                    listed["levels"][view["level"]]["area_level"], code, period["start"], period["end"],
                )  # fmt: skip
                values = {name: cell(column, row, area) for name, column in content["columns"].items()}
                for name, packed in zip(view["comparators"], content["comparisons"], strict=True):
                    values[name] = {one: cell(column, row, area) for one, column in packed.items()}
                found[key] = values
    return found


def same(given: Any, expected: float | None) -> bool:
    if expected is None or given is None:
        return given is None and expected is None
    return math.isclose(given, expected, rel_tol=1e-6)


def test_every_value_is_the_warehouse_s(run: Path, warehouse: Path) -> None:
    con = connect(warehouse, read_only=True)
    cursor = con.execute("SELECT * FROM marts.outcome")
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    con.close()
    given = every_row(run)
    assert len(rows) > 400
    for row in rows:
        key = (
            row["outcome"],
            row["area_level"],
            row["area_code"],
            str(row["period_start"]),
            str(row["period_end"]),
        )
        page = given[key]
        assert all(same(page[name], row[name]) for name in NUMBERS), key
        assert [page[name] for name in WORDS] == [row[name] for name in WORDS], key
        assert bool(page["is_suppressed"]) == row["is_suppressed"], key


def test_every_comparison_is_the_warehouse_s_and_its_class_follows(run: Path, warehouse: Path) -> None:
    con = connect(warehouse, read_only=True)
    rows = con.execute("""
        SELECT c.* EXCLUDE (p, q, usual_low, usual_high), c.p, c.q, o.is_suppressed
        FROM marts.comparison AS c JOIN marts.outcome AS o
        USING (outcome, area_level, area_code, period_start, period_end)
    """).fetchall()
    con.close()
    given = every_row(run)
    assert {row[-1] for row in rows} == {True, False}
    for outcome, level, code, start, end, comparator, value, verdict, p, q, suppressed in rows:
        page = given[outcome, level, code, str(start), str(end)][comparator]
        assert page["class"] == ("suppressed" if suppressed else verdict)
        assert same(page["comparator_value"], value)
        assert same(page["p"], p)
        assert same(page["q"], q)


def test_zero_missing_suppressed_and_absent_differ(run: Path) -> None:
    given = every_row(run)
    first, last = ("2021-01-01", "2021-12-31"), ("2021-01-01", "2025-12-31")
    assert given["collision_rate", "authority", "A0", *first]["value"] == 0
    classes = {values["all_areas"]["class"] for values in given.values()}
    assert classes == {
        "better", "similar", "worse", "too few data", "uncertainty unknown", "suppressed", "missing", None,
    }  # fmt: skip
    assert ("fixed_28", "authority", "A0", *last) not in given, "this outcome has no pooled period"


def test_what_is_suppressed_carries_no_figure(run: Path) -> None:
    suppressed = [values for values in every_row(run).values() if values["is_suppressed"]]
    assert suppressed
    for values in suppressed:
        assert all(values[name] is None for name in ("value", "lower", "upper", "raw_value", "low", "high"))


def test_the_first_view_is_the_authorities_first_outcome_pooled(run: Path) -> None:
    listed = catalogue(run)
    start = listed["start"]
    assert listed["levels"][start["level"]]["is_authority"]
    assert listed["outcomes"][start["outcome"]]["theme"] == "safety"
    assert listed["periods"][start["period"]]["label"] == "2021 to 2025"
    assert [level["area_level"] for level in listed["levels"]] == ["authority", "ward"], (
        "levels without areas"
    )


def test_numbers_are_short_and_null_is_kept() -> None:
    grid = np.array([[1 / 3, np.nan, 0.0], [123_456_789.5, -2 / 3e9, 1e-300]])
    assert columns.pack(grid) == {"rows": [[0.3333333, None, 0], [123456800, -6.666667e-10, 1e-300]]}
    assert columns.pack(np.full((2, 2), 0.95)) == {"same": 0.95}
    assert columns.pack(np.full((1, 2), np.nan)) == {"same": None}
    assert columns.pack(np.array([[np.inf, 1.0]])) == {"rows": [[None, 1]]}


def test_words_go_by_position() -> None:
    words = np.array([["b", None], ["a", "b"]], dtype=object)
    assert columns.pack(words) == {"words": ["a", "b"], "rows": [[1, None], [0, 1]]}
    assert columns.pack(np.array([["a", "a"]], dtype=object)) == {"same": "a"}


@pytest.mark.parametrize("parent", [None, "w1", "elsewhere"])
def test_an_authority_is_found_through_any_number_of_levels(parent: str | None) -> None:
    def area(level: str, code: str, above: str | None = None, over: str | None = None) -> dict[str, Any]:
        return {
            "area_level": level,
            "area_code": code,
            "area_name": code.upper(),
            "parent_level": above,
            "parent_code": over,
        }

    levels = [{"area_level": "county", "is_authority": True}, {"area_level": "ward", "is_authority": False}]
    areas = [
        area("county", "c"),
        area("district", "d", "county", "c"),
        area("ward", "w", "district", "d"),
        area("ward", "w1", "ward", parent),
    ]
    found = authority_names(areas, levels)
    assert found["ward", "w"] == "C"
    assert found["county", "c"] is None
    assert found["ward", "w1"] is None, "a parent that is absent, or itself, ends the search"
