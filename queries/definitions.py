"""The outcome register: each outcome described once, as data, in a file of its theme in queries/outcomes/."""

import tomllib
from importlib.resources import files

import duckdb

from geo.errors import WarehouseError
from geo.tables import Column, Table, create_table, insert_rows

OUTCOME_DEFINITION = Table(
    "run.outcome_definition",
    "One row per outcome of the register (queries/outcomes/).",
    (
        Column("outcome", "VARCHAR", "Name of the outcome. Never null."),
        Column("label", "VARCHAR", "Title for people. Never null."),
        Column("question", "VARCHAR", "The question it answers. Never null."),
        Column("unit", "VARCHAR", "Unit of its value. Never null."),
        Column("direction", "VARCHAR", "Which direction is better: lower, higher, or neither. Never null."),
        Column("theme", "VARCHAR", "Theme it belongs to. Never null."),
        Column("method", "VARCHAR", "How it is made, in words. Never null."),
        Column("minimum_observations", "BIGINT", "Fewest events or people for a verdict. Never null."),
        Column(
            "below_minimum",
            "VARCHAR",
            "What becomes of a value that rests on fewer: suppress, or no verdict. Never null.",
        ),
        Column("comparator", "VARCHAR", "What it is held against first. Never null."),
        Column("decimals", "BIGINT", "Decimals to show. Never null."),
        Column("citation", "VARCHAR", "Where the method comes from. Never null."),
        Column("caveats", "VARCHAR", "What would mislead a reader. Never null."),
        Column(
            "measured_by",
            "VARCHAR",
            "Outcomes that measure what people were asked about, comma-separated; null where none does.",
        ),
    ),
    key=("outcome",),
)
THEMES = ("safety", "reliability", "satisfaction", "condition", "responsiveness", "value")
COMPARATORS = ("all_areas", "parent", "family", "statistical_neighbours", "usual")
# A list in the file; the one part that an outcome may go without.
_OPTIONAL = "measured_by"
_ALLOWED = {
    "direction": ("lower", "higher", "neither"),
    "below_minimum": ("suppress", "no verdict"),
    "comparator": COMPARATORS,
}


def read_definitions(theme: str, text: str) -> list[tuple[object, ...]]:
    """Return the rows of one theme's file, in the order of its text.

    Raises:
        WarehouseError: the theme is not known; an outcome lacks a part, has an unknown one, or a value that is
            not allowed.
    """
    if theme not in THEMES:
        raise WarehouseError(f"outcomes/{theme}.toml: theme must be one of {', '.join(THEMES)}.")
    parts = {c.name for c in OUTCOME_DEFINITION.columns[1:]} - {"theme", _OPTIONAL}
    rows = []
    for outcome, said in tomllib.loads(text).items():
        where = f"outcomes/{theme}.toml: outcome '{outcome}'"
        if wrong := sorted((said.keys() - {_OPTIONAL}) ^ parts):
            raise WarehouseError(f"{where}: '{wrong[0]}' is missing or not known.")
        for part, allowed in _ALLOWED.items():
            if said[part] not in allowed:
                raise WarehouseError(f"{where}: {part} must be one of {', '.join(allowed)}.")
        whole = said | {"theme": theme, _OPTIONAL: ",".join(said.get(_OPTIONAL, [])) or None}
        rows.append((outcome, *(whole[c.name] for c in OUTCOME_DEFINITION.columns[1:])))
    return rows


def register() -> list[tuple[object, ...]]:
    """Return the rows of the whole register, theme by theme."""
    folder = files("queries").joinpath("outcomes")
    texts = {theme: folder.joinpath(f"{theme}.toml") for theme in THEMES}
    return [
        row
        for theme, file in texts.items()
        if file.is_file()
        for row in read_definitions(theme, file.read_text("utf-8"))
    ]


def write_definitions(con: duckdb.DuckDBPyConnection) -> None:
    """Write the register to run.outcome_definition."""
    create_table(con, OUTCOME_DEFINITION)
    insert_rows(con, OUTCOME_DEFINITION, register())
