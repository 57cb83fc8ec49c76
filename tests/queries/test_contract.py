"""A published column is not taken from analysts without a word."""

from pathlib import Path

import pytest

from geo.warehouse import connect
from queries.contract import SCHEMA_VERSION, ContractBroken, broken_columns, hold_contract, published_columns
from queries.models import load_models
from queries.publish import write_warehouse

OLD = {("marts.a", "x"): "BIGINT", ("marts.a", "y"): "VARCHAR", ("meta.b", "z"): "DOUBLE"}


@pytest.mark.parametrize(
    ("new", "faults"),
    [
        (OLD, []),
        ({**OLD, ("marts.a", "added"): "DATE", ("marts.new", "x"): "DATE"}, []),
        ({k: v for k, v in OLD.items() if k != ("marts.a", "y")}, ["marts.a.y is gone"]),
        ({**OLD, ("marts.a", "x"): "DOUBLE"}, ["marts.a.x was BIGINT and is DOUBLE"]),
        ({}, ["marts.a.x is gone", "marts.a.y is gone", "meta.b.z is gone"]),
    ],
)
def test_a_column_that_is_gone_or_retyped_is_a_fault_and_an_added_one_is_not(new, faults):
    assert broken_columns(OLD, new) == faults


def release(path: Path, columns: str, version: int = 1) -> Path:
    with connect(path) as con:
        con.execute("CREATE SCHEMA marts; CREATE SCHEMA meta; CREATE SCHEMA core")
        con.execute(f"CREATE TABLE meta.build AS SELECT {version} AS schema_version")
        con.execute(f"CREATE TABLE marts.area AS SELECT {columns}")
        con.execute("CREATE TABLE core.free AS SELECT 1 AS a")
    return path


GOOD = "1::BIGINT AS n, 'x' AS code"


@pytest.mark.parametrize(
    ("columns", "said"),
    [("'x' AS code", "n is gone"), ("1.5::DOUBLE AS n, 'x' AS code", "n was BIGINT and is DOUBLE")],
)
def test_a_release_that_breaks_queries_is_refused_unless_its_version_rose(tmp_path, columns, said):
    last = release(tmp_path / "last", GOOD)
    with pytest.raises(ContractBroken, match=f"marts.area.{said}.*raise SCHEMA_VERSION above 1"):
        hold_contract(last, release(tmp_path / "same", columns))
    with pytest.raises(ContractBroken):
        hold_contract(
            release(tmp_path / "later", GOOD, version=2), release(tmp_path / "old", columns, version=1)
        )
    hold_contract(last, release(tmp_path / "raised", columns, version=2))


def test_a_release_may_add_columns_and_change_core(tmp_path):
    last, new = release(tmp_path / "last", GOOD), release(tmp_path / "new", f"{GOOD}, 2 AS added")
    with connect(new) as con:
        con.execute("DROP TABLE core.free")
    hold_contract(last, new)


def test_the_contract_covers_marts_and_meta_of_a_real_release(warehouse, tmp_path):
    target = tmp_path / "placeline.duckdb"
    models = load_models()
    write_warehouse(warehouse, target, models)
    with connect(target, read_only=True) as con:
        columns = published_columns(con)
    assert {t for t, _ in columns} == {m for m in models if m.startswith(("marts.", "meta."))} | {
        "meta.dictionary"
    }
    assert columns["marts.outcome", "value"] == "DOUBLE"
    assert columns["marts.area", "geom"] == "GEOMETRY('EPSG:4326')"
    hold_contract(target, target)
    assert SCHEMA_VERSION == 1
