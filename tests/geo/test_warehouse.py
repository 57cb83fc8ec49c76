"""The one place that opens DuckDB, and the quoting every statement leans on."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import WarehouseError
from geo.tables import Column, Table, create_table, insert_rows
from geo.warehouse import connect, literal, quote

BNG = "GEOMETRY('EPSG:27700')"
# Greenwich observatory: longitude first, or it lands in the Indian Ocean.
TO_BNG = "SELECT st_x(g), st_y(g) FROM (SELECT st_transform(st_setcrs(st_point(0.0, 51.4779), 'EPSG:4326'), 'EPSG:27700') AS g)"
GREENWICH = (538874, 177319)

HOSTILE = [
    "plain",
    'a"b',
    "a'b",
    "'; DROP TABLE x; --",
    '"; DROP TABLE x; --',
    "é ü\n\t",
    "\\",
    "$1",
    "a''b\"\"",
    "select",
]


def test_longitude_comes_first_in_connections_and_their_cursors(con: duckdb.DuckDBPyConnection) -> None:
    for opened in (con, con.cursor(), con.cursor().cursor()):
        assert opened.execute(TO_BNG).fetchone() == pytest.approx(GREENWICH, abs=150)


def test_the_coordinate_system_survives_reopening(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with connect(path) as con:
        con.execute(f"CREATE TABLE t (geom {BNG})")
        con.execute("INSERT INTO t VALUES (st_setcrs(st_point(1, 2), 'EPSG:27700'))")
    for read_only in (False, True):
        with connect(path, read_only=read_only) as con:
            assert con.execute("SELECT typeof(geom), st_x(geom), st_y(geom) FROM t").fetchall() == [
                (BNG, 1, 2)
            ]


def test_joining_two_coordinate_systems_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE metres (geom {BNG})")
    con.execute("CREATE OR REPLACE TEMP TABLE degrees (geom GEOMETRY('EPSG:4326'))")
    with pytest.raises(duckdb.BinderException):
        con.execute("SELECT * FROM metres JOIN degrees ON st_intersects(metres.geom, degrees.geom)")
    con.execute("SELECT * FROM metres JOIN metres AS others ON st_intersects(metres.geom, others.geom)")


def test_a_fresh_process_with_an_empty_home_has_everything(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    script = f"from geo.warehouse import connect; print(*connect().execute({TO_BNG!r}).fetchone())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [float(v) for v in done.stdout.split()] == pytest.approx(GREENWICH, abs=150)
    assert list(home.rglob("*.duckdb_extension*")) == []


def test_a_missing_file_is_not_made_by_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "none.duckdb"
    with pytest.raises(
        WarehouseError, match=r"none\.duckdb' does not exist, so there is no warehouse to open"
    ):
        connect(path, read_only=True)
    assert not path.exists()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("not a database, only a long enough text " * 200)
    with pytest.raises(WarehouseError, match=r"w\.duckdb' cannot be opened as a DuckDB file"):
        connect(path)


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    connect(path).close()
    with connect(path, read_only=True) as con, pytest.raises(duckdb.InvalidInputException):
        con.execute("CREATE TABLE t (a INT)")


@settings(max_examples=60, deadline=None)
@given(
    text=st.one_of(
        st.sampled_from(HOSTILE), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
    )
)
def test_a_literal_is_the_text_itself(text: str) -> None:
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {literal(text)}").fetchone() == (text,)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_quoted_name_is_the_name_itself(con: duckdb.DuckDBPyConnection, name: str) -> None:
    found = con.execute(f"SELECT 1 AS {quote(name)}")
    assert [column[0] for column in found.description or []] == [name]


@pytest.mark.parametrize("text", HOSTILE)
def test_tables_take_hostile_names_and_comments(con: duckdb.DuckDBPyConnection, text: str) -> None:
    table = Table("odd.hostile", f"One row: {text}", (Column(text, "VARCHAR", f"About {text}"),))
    create_table(con, table)
    insert_rows(con, table, [(text,), (None,)])
    insert_rows(con, table, [])
    assert con.execute("SELECT * FROM odd.hostile").fetchall() == [(text,), (None,)]
    assert con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'hostile'").fetchall() == [
        (f"One row: {text}",)
    ]
    assert con.execute(
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'hostile'"
    ).fetchall() == [(text, f"About {text}")]
