"""A model is built with its comments and its promises kept, or the old table stays."""

from dataclasses import replace

import pandas as pd
import pytest

from geo.errors import WarehouseError
from geo.tables import Column, Table
from queries.build import PromiseBroken, build_model
from queries.models import Model, parse_model
from queries.python_models import PythonModel
from tests.queries.drawing import Bench

GOOD = (
    "-- One row per a.\n-- key: a\nselect\n    -- Just it's number.\n    v.a,\n    -- Text of it.\n    v.b\n"
)


def model(rows: str) -> Model:
    return parse_model("core.thing", f"{GOOD}from (values {rows}) as v (a, b)")


def things(bench: Bench) -> list[tuple[object, ...]]:
    return bench.con.execute("SELECT a, b FROM core.thing ORDER BY ALL").fetchall()


def test_a_model_is_built_with_its_comments(bench):
    assert build_model(bench.con, model("(1, 'x'), (2, 'y')")) == 2
    assert things(bench) == [(1, "x"), (2, "y")]
    assert bench.value("SELECT comment FROM duckdb_tables() WHERE table_name = 'thing'") == "One row per a."
    assert bench.con.execute(
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'thing' ORDER BY column_index"
    ).fetchall() == [("a", "Just it's number."), ("b", "Text of it.")]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("(1, 'x'), (null, 'y')", r'core\.thing: a key column \("a"\) is null'),
        ("(1, 'x'), (3, 'z'), (1, 'y')", r'core\.thing: more than one row has the key \("a"\) = \(1,\)'),
    ],
)
def test_a_broken_promise_leaves_the_old_table(bench, rows, said):
    build_model(bench.con, model("(7, 'old')"))
    with pytest.raises(PromiseBroken, match=said):
        build_model(bench.con, model(rows))
    assert things(bench) == [(7, "old")]


def test_sql_that_fails_is_told_with_the_model_and_leaves_the_old_table(bench):
    build_model(bench.con, model("(7, 'old')"))
    with pytest.raises(WarehouseError, match=r"core\.thing cannot be built: .*not.?a.?number"):
        build_model(bench.con, model("(1, 'x'), (cast('not a number' as integer), 'y')"))
    assert things(bench) == [(7, "old")]


def test_a_key_may_be_of_several_columns(bench):
    one = replace(model("(1, 'x'), (1, 'y')"), key=("a", "b"))
    assert build_model(bench.con, one) == 2
    with pytest.raises(PromiseBroken):
        build_model(bench.con, replace(model("(1, 'x'), (1, 'x')"), key=("a", "b")))


def test_a_rebuilt_model_replaces_the_old_table(bench):
    build_model(bench.con, model("(7, 'old')"))
    build_model(bench.con, model("(8, 'new')"))
    assert things(bench) == [(8, "new")]


# ---- Python models ---------------------------------------------------------------------------------------

TABLE = Table(
    "core.thing",
    "One row per a.",
    (
        Column("a", "BIGINT", "Number of it."),
        Column("b", "VARCHAR", "Text of it."),
        Column("geom", "GEOMETRY", "Where."),
    ),
    key=("a",),
)


def python(build, inputs=("staging.area",), families=()) -> Model:
    given = PythonModel(TABLE, build, inputs, families)
    columns = {c.name: c.comment for c in TABLE.columns}
    return Model(TABLE.name, TABLE.grain, TABLE.key, columns, frozenset(inputs), python=given)


def test_a_python_model_gets_its_inputs_and_gives_its_table_typed(bench):
    bench.draw("staging.area", "area_level | area_code | geom\nward | b | point 3 4\nward | a | point 1 2\n")
    bench.draw("core.rate_collision", "outcome | area_level\nx | ward").draw("core.rate_report", "outcome\ny")
    bench.draw("core.period", "region\nhere")
    seen = {}

    def build(frames):
        seen.update({name: list(frame.columns)[:2] for name, frame in frames.items()})
        areas = frames["staging.area"]
        assert list(areas["area_code"]) == ["a", "b"], "in a stable order"
        return pd.DataFrame({"a": [1.0, 2.0], "b": [None, "x"], "geom": areas["geom"]})

    build_model(bench.con, python(build, families=("core.rate_",)))
    assert seen == {
        "core.rate_collision": ["outcome", "area_level"],
        "core.rate_report": ["outcome", "area_level"],
        "staging.area": ["source", "area_level"],
    }
    assert bench.con.execute("SELECT a, b, st_astext(geom) FROM core.thing ORDER BY a").fetchall() == [
        (1, None, "POINT (1 2)"),
        (2, "x", "POINT (3 4)"),
    ]
    assert bench.con.execute("DESCRIBE core.thing").fetchall()[2][1] == "GEOMETRY('EPSG:27700')"


@pytest.mark.parametrize(
    "frame",
    [
        {"a": [1]},
        {"a": [1], "b": ["x"], "geom": [None], "c": [1]},
        {"b": ["x"], "a": [1], "geom": [None]},
    ],
)
def test_a_python_model_that_gives_other_columns_is_refused(bench, frame):
    build_model(bench.con, model("(7, 'old')"))
    bench.draw("staging.area", "area_level")
    with pytest.raises(
        PromiseBroken, match=r"core\.thing: columns .* are not the declared \['a', 'b', 'geom'\]"
    ):
        build_model(bench.con, python(lambda _: pd.DataFrame(frame)))
    assert things(bench) == [(7, "old")]


def test_a_python_model_keeps_its_promises_too(bench):
    bench.draw("staging.area", "area_level")
    with pytest.raises(PromiseBroken, match="more than one row has the key"):
        build_model(
            bench.con, python(lambda _: pd.DataFrame({"a": [1, 1], "b": ["x", "y"], "geom": [None, None]}))
        )


def test_a_python_model_that_fails_leaves_the_old_table(bench):
    build_model(bench.con, model("(7, 'old')"))
    bench.draw("staging.area", "area_level")
    with pytest.raises(ZeroDivisionError):
        build_model(bench.con, python(lambda _: 1 // 0))
    assert things(bench) == [(7, "old")]
    build_model(bench.con, model("(8, 'new')"))
    assert things(bench) == [(8, "new")]


def frame(*numbers: int) -> pd.DataFrame:
    return pd.DataFrame({"a": numbers, "b": [f"x{n}" for n in numbers], "geom": [None] * len(numbers)})


def test_a_python_model_may_give_its_rows_frame_by_frame(bench):
    bench.draw("staging.area", "area_level")
    assert build_model(bench.con, python(lambda _: (frame(n, n + 1) for n in (1, 3)))) == 4
    assert things(bench) == [(1, "x1"), (2, "x2"), (3, "x3"), (4, "x4")]
    # No frame at all is an empty table of the declared columns.
    assert build_model(bench.con, python(lambda _: iter(()))) == 0
    assert bench.con.execute("DESCRIBE core.thing").fetchall()[2][1] == "GEOMETRY('EPSG:27700')"


def test_frames_keep_the_promises_together_and_fail_together(bench):
    build_model(bench.con, model("(7, 'old')"))
    bench.draw("staging.area", "area_level")
    with pytest.raises(PromiseBroken, match=r"more than one row has the key \(\"a\"\) = \(2,\)"):
        build_model(bench.con, python(lambda _: (frame(n, n + 1) for n in (1, 2))))
    with pytest.raises(PromiseBroken, match="are not the declared"):
        build_model(bench.con, python(lambda _: iter([frame(1), pd.DataFrame({"a": [2]})])))
    assert things(bench) == [(7, "old")]


def test_keys_that_differ_only_in_case_or_column_are_two(bench):
    two = model("('x', 'X'), ('X', 'x'), ('', 'xX')")
    assert build_model(bench.con, replace(two, key=("a", "b"))) == 3
