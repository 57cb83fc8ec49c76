"""The outcome register: complete, allowed values only, and in step with the models."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
import sqlglot

from geo.errors import WarehouseError
from queries.definitions import OUTCOME_DEFINITION, THEMES, read_definitions, register, write_definitions
from queries.models import load_models
from queries.python_models import FAMILIES
from queries.register_page import register_page
from tests.queries.drawing import Bench

PARTS = {
    "label": '"Potholes"', "question": '"How many?"', "unit": '"per km"', "direction": '"lower"',
    "method": '"Counted."', "minimum_observations": "10", "below_minimum": '"no verdict"',
    "comparator": '"all_areas"', "decimals": "1",
    "citation": '"None."', "caveats": '"None."',
}  # fmt: skip


def entry(**changes: str | None) -> str:
    parts = {**PARTS, **changes}
    return "[potholes]\n" + "\n".join(f"{k} = {v}" for k, v in parts.items() if v is not None)


def test_an_outcome_is_read_in_the_order_of_the_columns():
    assert read_definitions("condition", entry()) == [
        (
            "potholes",
            "Potholes",
            "How many?",
            "per km",
            "lower",
            "condition",
            "Counted.",
            10,
            "no verdict",
            "all_areas",
            1,
            "None.",
            "None.",
            None,
        )
    ]


def test_an_outcome_may_say_what_measures_it():
    [row] = read_definitions("satisfaction", entry(measured_by='["a", "b"]'))
    assert row[-1] == "a,b"


@pytest.mark.parametrize("part", PARTS)
def test_a_missing_part_is_refused(part):
    with pytest.raises(WarehouseError, match=f"outcome 'potholes': '{part}' is missing or not known"):
        read_definitions("condition", entry(**{part: None}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": '"red"'}, "'colour' is missing or not known"),
        ({"direction": '"up"'}, "direction must be one of lower, higher, neither"),
        ({"below_minimum": '"hide"'}, "below_minimum must be one of suppress, no verdict"),
        ({"comparator": '"others"'}, "comparator must be one of all_areas, parent"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(changes, said):
    with pytest.raises(WarehouseError, match=re.escape(said)):
        read_definitions("condition", entry(**changes))


def test_a_theme_that_is_not_known_is_refused():
    with pytest.raises(WarehouseError, match=f"theme must be one of {', '.join(THEMES)}"):
        read_definitions("joy", entry())


def test_every_file_of_the_register_is_of_a_theme():
    assert {file.name for file in files("queries").joinpath("outcomes").iterdir()} <= {
        f"{theme}.toml" for theme in THEMES
    }


def test_the_register_is_written_whole_and_in_order(bench: Bench):
    write_definitions(bench.con)
    found = bench.con.execute("FROM run.outcome_definition").fetchall()
    assert found == register()
    assert len({row[0] for row in found}) == len(found) > 0
    assert all(cell not in {None, ""} for row in found for cell in row[:-1])
    assert all(cell != "" for row in found for cell in row)
    bench.build("marts.outcome_definition")
    columns = " ".join(c.name for c in OUTCOME_DEFINITION.columns)
    assert sorted(found, key=lambda row: str(row[0])) == bench.rows("marts.outcome_definition", columns)


def test_outcomes_that_models_make_are_in_the_register(bench: Bench):
    """Found by building each model on counts that give it rows, and by the words it writes itself."""
    known = {row[0] for row in register()}
    bench.draw("raw.source", "source | kind\ns | collisions\nr | reports")
    bench.draw(
        "core.collision_count",
        "area_level | area_code | period_start | period_end | years | is_of_all | is_of_ksi\n"
        "a | A | 2023-01-01 | 2023-12-31 | 1 | true | true",
    )
    bench.draw("core.exposure", "area_level | area_code | road_km | population\na | A | 1 | 1")
    bench.build("core.rate_collision")
    made = {row[0] for row in bench.rows("core.rate_collision", "outcome")}
    assert made == {"collisions_per_km", "collisions_per_100k", "ksi_per_km", "ksi_per_100k"}
    assert made <= known


@pytest.mark.parametrize(
    "model",
    [m for m in load_models().values() if m.sql and m.name.startswith(tuple(FAMILIES))],
    ids=lambda m: m.name,
)
def test_an_outcome_written_out_in_a_model_is_in_the_register(model):
    query = sqlglot.parse_one(model.sql, dialect="duckdb")
    assert isinstance(query, sqlglot.exp.Select)
    column = next(c for c in query.selects if c.alias_or_name == "outcome")
    literals = {i.this for i in [column.unalias()] if isinstance(i, sqlglot.exp.Literal)}
    assert literals <= {row[0] for row in register()}
    if model.name == "core.rate_report":
        assert literals == {"reports_per_1000"}


def test_the_page_of_outcomes_is_in_step_with_the_register():
    page = Path(__file__).parents[2] / "docs" / "outcomes.md"
    assert page.read_text("utf-8") == register_page(), "run make docs"
    assert [line for line in page.read_text("utf-8").splitlines() if line.startswith("`")] == [
        f"`{row[0]}`" for row in register()
    ]
