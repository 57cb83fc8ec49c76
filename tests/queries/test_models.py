"""The rules every model keeps, and what is refused when one does not."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from queries.models import (
    GIVEN_SCHEMAS,
    MODEL_SCHEMAS,
    Model,
    ModelError,
    build_order,
    load_models,
    parse_model,
)
from queries.publish import DICTIONARY
from tests.queries.drawing import GIVEN, Bench

MODELS = load_models()


def model(select: str, header: str = "-- One row per thing.\n-- key: a\n") -> Model:
    return parse_model("core.thing", header + select)


def test_a_model_is_read_from_its_file():
    found = model(
        "with b as (select x.a from staging.x as x)\n"
        "select\n    -- The a of it.\n    b.a,\n    -- Metres; null where\n    -- not known.\n    sum(b.a) as length_m\n"
        "from b\ninner join core.y as y on b.a = y.a\n",
        "-- One row per thing.\n-- More of it.\n-- key: a, length_m\n-- publish: rows\n",
    )
    assert found.grain == "One row per thing. More of it."
    assert found.key == ("a", "length_m")
    assert found.columns == {"a": "The a of it.", "length_m": "Metres; null where not known."}
    assert found.inputs == {"staging.x", "core.y"}
    assert found.rows_of_sources
    assert not model("select 1 as a").rows_of_sources


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("select 1 as a; select 2 as a", "exactly one SELECT"),
        ("select 1 as a union all select 2 as a", "exactly one SELECT"),
        ("create table core.x as select 1 as a", "exactly one SELECT"),
        ("drop table raw.area", "exactly one SELECT"),
        ("select * from raw.area", "name every output column"),
        ("select area.* from raw.area as area", "name every output column"),
        ("select * exclude (geom) from raw.area", "name every output column"),
        ("select count(*) from raw.area", "output column 1 has no name"),
        ("select 1 as a, 2 + 3 from raw.area", "output column 2 has no name"),
        ("select x.a, y.a from raw.x as x cross join raw.y as y", "two output columns have the same name"),
        ("select a from area", "write the schema before area"),
        ("select a from raw.x where a in (select a from y)", "write the schema before y"),
        ("with area as (select a from link) select a from area", "write the schema before link"),
        ("select a from 'points.csv'", "write the schema before points.csv"),
        ("select from where", "core.thing: "),
    ],
)
def test_what_a_model_may_not_be(select, said):
    with pytest.raises(ModelError, match=re.escape(said)):
        model(select)


def test_an_unknown_header_line_is_refused():
    with pytest.raises(ModelError, match=r"core\.thing: header line 'kye:' is not known"):
        model("select 1 as a", "-- One row per thing.\n-- kye: a\n")


def test_a_cte_may_carry_the_name_of_a_table():
    found = model("with area as (select a from raw.area) select a, count(*) as n from area group by all")
    assert found.inputs == {"raw.area"}


def named(name: str, *inputs: str) -> Model:
    return Model(name, "One row.", (), {}, frozenset(inputs))


def ordered(*models: Model) -> list[str]:
    return [m.name for m in build_order({m.name: m for m in models})]


def test_models_are_built_after_what_they_read_and_by_name():
    assert ordered(
        named("marts.a", "core.b", "core.a"),
        named("core.b", "raw.x"),
        named("core.c"),
        named("core.a", "core.c", "run.y"),
    ) == ["core.b", "core.c", "core.a", "marts.a"]


def test_models_that_read_each_other_are_refused():
    with pytest.raises(ModelError, match=r"models read each other: core\.\w -> core\.\w -> core\.\w"):
        ordered(named("core.a", "core.b"), named("core.b", "core.a"))


def test_a_missing_input_is_refused():
    with pytest.raises(ModelError, match=r"core\.a reads core\.gone, which no model builds"):
        ordered(named("core.a", "core.gone"))


def test_models_are_read_from_their_folders_with_the_python_ones(tmp_path: Path):
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "rate_new.sql").write_text("-- One row.\nselect 1 as a")
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "no.sql").write_text("select")
    found = load_models(tmp_path)
    assert {n for n, m in found.items() if m.python is None} == {"core.rate_new"}
    assert "core.rate_new" in found["core.estimate"].inputs, "a new outcome needs no other file"


# ---- all models that there are ---------------------------------------------------------------------------


def test_the_models_can_be_ordered():
    assert {m.name for m in build_order(MODELS)} == MODELS.keys()


def test_every_input_is_built_or_given():
    given = {t.name for t in GIVEN}
    missing = {(m.name, i) for m in MODELS.values() for i in m.inputs} - {
        (m.name, i) for m in MODELS.values() for i in given | MODELS.keys()
    }
    assert missing == set()


def test_staging_reads_raw_alone_and_marts_and_meta_are_read_by_none():
    read_by = {(m.name.split(".")[0], i.split(".")[0]) for m in MODELS.values() for i in m.inputs}
    # What a review corrected is itself a source, which the others take into account.
    of_staging = {i for m in MODELS.values() if m.schema == "staging" for i in m.inputs}
    assert {i for i in of_staging if not i.startswith(("raw.", "staging.correction"))} == set()
    assert {i for _, i in read_by} & {"marts", "meta"} == set()
    assert {i for _, i in read_by} <= {*MODEL_SCHEMAS, *GIVEN_SCHEMAS}


@pytest.mark.parametrize("one", MODELS.values(), ids=MODELS)
def test_every_model_says_what_its_rows_and_columns_are(one):
    assert one.grain.startswith("One row"), "begin with the grain: One row per ..."
    assert one.key
    assert {*one.key} <= one.columns.keys()
    assert [c for c in one.key if "Never null." not in one.columns[c]] == []
    for column, comment in one.columns.items():
        assert says_more(column, comment), f"{one.name}.{column}: '{comment}' is no more than its name"


def test_the_dictionary_says_what_its_own_columns_are():
    assert [c.name for c in DICTIONARY.columns if not says_more(c.name, c.comment)] == []


STOP = {"the", "a", "an", "of", "is", "in", "it", "its", "and", "or", "never", "null", "to", "this"}


def says_more(column: str, comment: str) -> bool:
    """True where a comment holds at least one word that the column's own name does not."""
    own = set(column.lower().split("_"))
    return bool({*re.findall(r"[a-z]+", comment.lower())} - own - STOP)


def test_says_more_can_tell():
    assert not says_more("area_code", "The area code. Never null.")
    assert says_more("area_code", "Code of the area as published. Never null.")


def test_metres_and_kilometres_are_named_and_commented():
    units = {"_m": "metres", "_km": "kilometres", "_km2": "square kilometres", "_mph": "miles an hour"}
    for one in MODELS.values():
        for column, comment in one.columns.items():
            unit = next((u for end, u in units.items() if column.endswith(end)), "")
            assert unit in comment, f"{one.name}.{column} does not say '{unit}'"


def test_columns_named_alike_have_one_type(bench: Bench):
    types: dict[str, dict[str, str]] = {}
    for name in MODELS:
        for column, kind in bench.types(name).items():
            types.setdefault(column, {})[kind] = name
    # A geometry's type names its system; the others are two things by one name.
    known = {"geom", "value", "road_number", "piece", "line", "site"}
    assert {c: kinds for c, kinds in types.items() if len(kinds) > 1 and c not in known} == {}


def test_no_model_gives_types_that_other_clients_do_not_know(bench: Bench):
    odd = [
        (name, column, kind)
        for name in MODELS
        for column, kind in bench.types(name).items()
        if kind.startswith(("HUGEINT", "DECIMAL", "UHUGEINT"))
    ]
    assert odd == []


def test_headers_say_publish_rows_only_of_core_tables_with_a_source():
    marked = {m.name for m in MODELS.values() if m.rows_of_sources}
    assert marked == {
        *("core.incident", "core.incident_authority", "core.incident_link", "core.incident_place"),
        *("core.incident_responsible", "core.incident_road", "core.count_link", "core.incident_vintage"),
    }
    assert [n for n in marked if "source" not in MODELS[n].columns] == []


def test_a_python_model_takes_the_outcome_models_as_inputs():
    inputs = MODELS["core.estimate"].inputs
    assert {"core.rate_collision", "core.rate_report", "core.score_satisfaction"} <= inputs
    assert replace(MODELS["core.estimate"], inputs=frozenset()).inputs == frozenset()


def test_headers_name_counts_only_of_columns_they_have_in_tables_with_a_source():
    marked = [m for m in MODELS.values() if m.counts]
    assert marked
    for model in marked:
        assert {*model.counts, "source"} <= {*model.columns}, model.name
        assert not {*model.counts} & {*model.key}, model.name
