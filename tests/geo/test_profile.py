"""Profiles of what was read, and the comparison of row fingerprints."""

import math
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from geo.profile import Revision, compare_rows, take_profile, write_rows
from geo.sources import Source
from tests.geo.door import Door

HEADER = "collision_index,date,collision_severity,location_easting_osgr,location_northing_osgr\n"
A1 = "A1,01/02/2022,1,390000,400000\n"
A2 = "A2,03/02/2023,3,,\n"
A3 = "A3,04/02/2023,2,390010,400010\n"
SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


def read(door: Door, text: str, **more: object) -> Source:
    door.con.execute("DELETE FROM raw.collision; DELETE FROM raw.issue; DELETE FROM raw.source_file")
    name = door.write("a.csv", HEADER + text)
    door.load("collisions", name, max_rejected_share=1)
    return SOURCE.validate_python({"kind": "collisions", "id": "it", "title": "It", "path": name, **more})


def test_a_profile_counts_what_gates_look_at(door: Door) -> None:
    source = read(door, A1 + A2 + A2 + A3, totals={"rows": 3, "2023": 2, "severity": 1, "nothing": 0})
    found = take_profile(door.con, source)
    assert (found.rows, found.rows_read, found.repeated, found.points, found.areas) == (3, 4, 1, 2, None)
    assert {c: n for c, n in found.filled.items() if n} == {
        "collision_id": 3, "occurred_on": 3, "severity": 3, "x": 2, "y": 2,
    }  # fmt: skip
    assert (found.totals["rows"], found.totals["2023"]) == (3, 2)
    assert math.isnan(found.totals["nothing"])
    assert math.isnan(found.totals["severity"])


def test_areas_that_are_known_are_counted(door: Door) -> None:
    code = door.rows("SELECT min(area_code) FROM raw.area")[0][0]
    name = door.write("p.csv", f"area_code,population\n{code},5\nX9,6\n")
    door.load("area_facts", name)
    source = SOURCE.validate_python({"kind": "area_facts", "id": "it", "title": "It", "path": name})
    assert take_profile(door.con, source).areas == 1


def test_revisions_are_told_by_key_wherever_a_row_stands(door: Door, tmp_path: Path) -> None:
    write_rows(door.con, read(door, A1 + A2 + A3), tmp_path / "old.parquet")
    write_rows(
        door.con, read(door, A3 + A2.replace("3,,", "2,,") + A1.replace("A1", "A9")), tmp_path / "new.parquet"
    )
    found = compare_rows(door.con, "it", tmp_path / "old.parquet", tmp_path / "new.parquet")
    assert found == Revision("it", rows_added=1, rows_removed=1, rows_changed=1, rows_unchanged=1)


PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=12)


@pytest.fixture(scope="module")
def plain() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@settings(max_examples=40, deadline=None)
@given(old=PAIRS, new=PAIRS)
def test_revisions_are_those_of_counting_by_hand(
    plain: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
    old: list[tuple[int, int]],
    new: list[tuple[int, int]],
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name, pairs in (("old", old), ("new", new)):
        plain.execute("CREATE OR REPLACE TABLE t (key UBIGINT, rest UBIGINT)")
        if pairs:
            plain.executemany("INSERT INTO t VALUES (?, ?)", pairs)
        plain.execute(f"COPY t TO '{folder}/{name}.parquet'")
    found = compare_rows(plain, "s", folder / "old.parquet", folder / "new.parquet")
    added = removed = changed = same = 0
    for key in range(5):
        before = Counter(rest for k, rest in old if k == key)
        after = Counter(rest for k, rest in new if k == key)
        alike = (before & after).total()
        gone, come = before.total() - alike, after.total() - alike
        same, changed = same + alike, changed + min(gone, come)
        added, removed = added + max(come - gone, 0), removed + max(gone - come, 0)
    assert found == Revision("s", added, removed, changed, same)
