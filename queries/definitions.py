"""The outcome register: each outcome described once, as data, in outcomes.toml."""

import tomllib
from importlib.resources import files

import duckdb

from geo.errors import WarehouseError
from geo.tables import Column, Table, create_table, insert_rows

OUTCOME_DEFINITION = Table(
    "run.outcome_definition",
    "One row per outcome of the register (queries/outcomes.toml).",
    (
        Column("outcome", "VARCHAR", "Name of the outcome. Never null."),
        Column("label", "VARCHAR", "Title for people. Never null."),
        Column("question", "VARCHAR", "The question it answers. Never null."),
        Column("unit", "VARCHAR", "Unit of its value. Never null."),
        Column("direction", "VARCHAR", "Which direction is better: lower or higher. Never null."),
        Column("theme", "VARCHAR", "Theme it belongs to. Never null."),
        Column("method", "VARCHAR", "How it is made, in words. Never null."),
        Column("minimum_observations", "BIGINT", "Fewest events or people for a verdict. Never null."),
        Column("decimals", "BIGINT", "Decimals to show. Never null."),
        Column("citation", "VARCHAR", "Where the method comes from. Never null."),
        Column("caveats", "VARCHAR", "What would mislead a reader. Never null."),
    ),
    key=("outcome",),
)
THEMES = ("safety", "reliability", "satisfaction", "condition", "responsiveness", "value")


def read_definitions(text: str) -> list[tuple[object, ...]]:
    """Return the register's rows in the order of its text.

    Raises:
        WarehouseError: an outcome lacks a part, has an unknown one, or a value that is not allowed.
    """
    parts = [c.name for c in OUTCOME_DEFINITION.columns[1:]]
    rows = []
    for outcome, said in tomllib.loads(text).items():
        if wrong := sorted(said.keys() ^ set(parts)):
            raise WarehouseError(f"outcomes.toml: outcome '{outcome}': '{wrong[0]}' is missing or not known.")
        if said["direction"] not in {"lower", "higher"}:
            raise WarehouseError(f"outcomes.toml: outcome '{outcome}': direction must be lower or higher.")
        if said["theme"] not in THEMES:
            raise WarehouseError(
                f"outcomes.toml: outcome '{outcome}': theme must be one of {', '.join(THEMES)}."
            )
        rows.append((outcome, *(said[part] for part in parts)))
    return rows


def write_definitions(con: duckdb.DuckDBPyConnection) -> None:
    """Write the register to run.outcome_definition."""
    create_table(con, OUTCOME_DEFINITION)
    text = files("queries").joinpath("outcomes.toml").read_text("utf-8")
    insert_rows(con, OUTCOME_DEFINITION, read_definitions(text))
