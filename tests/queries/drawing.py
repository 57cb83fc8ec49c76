"""Tables drawn as text, and a bench that builds one model from them."""

import math
import re
from collections.abc import Mapping
from typing import Any

import duckdb
import shapely
import shapely.wkt

from geo.contract import raw_table
from geo.contracts import CONTRACTS
from geo.readers.areas import area_table, area_vintage_table
from geo.readers.ledger import ISSUE, SOURCE_FILE
from geo.readers.misfits import misfit_table
from geo.readers.roads import link_table
from geo.readers.settings import (
    COMPARATOR,
    COVARIATE,
    FAMILY,
    INDICATOR,
    LEVEL,
    PRIORITY_SETTING,
    PRIORITY_WEIGHT,
    REGION,
    SOURCE,
    set_variables,
)
from geo.tables import Column, Table, create_table, qualified
from geo.warehouse import connect, quote
from queries.build import build_model, create_macros
from queries.checks import CHECK_RESULT
from queries.definitions import OUTCOME_DEFINITION
from queries.models import MODEL_SCHEMAS, build_order, load_models
from queries.run_tables import GATE, REVISION, SOURCE_STATE

CRS = "EPSG:27700"
MODELS = load_models()
RUN_BUILD = Table(
    "run.build",
    "One row: this build.",
    (
        Column("build_id", "VARCHAR", "Id of the build."),
        Column("built_at", "TIMESTAMP", "When it was built."),
        Column("schema_version", "BIGINT", "Version of the published tables."),
        Column("placeline_version", "VARCHAR", "Version of the software."),
    ),
)
# Every table that a build is given, as readers and the run declare it.
GIVEN = (
    *(REGION, LEVEL, COMPARATOR, FAMILY, COVARIATE, SOURCE, INDICATOR, ISSUE, SOURCE_FILE),
    *(OUTCOME_DEFINITION, CHECK_RESULT, RUN_BUILD, PRIORITY_WEIGHT, PRIORITY_SETTING),
    *(GATE, REVISION, SOURCE_STATE),
    *(area_table(CRS), area_vintage_table(CRS), link_table(CRS), misfit_table(CRS)),
    *(raw_table(contract, CRS) for contract in CONTRACTS.values()),
)
SETTINGS: Mapping[str, object] = {
    "region": "here",
    "title": "Here",
    "crs": CRS,
    "basis": "as_now",
    "basis_on": "2024-05-01",
    "authority_level": "authority",
    "buffer_m": 2000,
    "border_tolerance_m": 25,
    "snap_tolerance_m": 50,
    "corridor_gap_m": 250,
    "count_reach_m": 5000,
    # Off, so that figures small enough to be worked out by hand are shown; tests of it set it.
    "small_count_threshold": 0,
    "pooled_years": 5,
    "cell_m": 1000,
}
LEVELS = """
    area_level | position | is_authority
    county     | 1        | false
    authority  | 2        | true
    ward       | 3        | false
"""
Row = tuple[Any, ...]


def drawn(text: str) -> tuple[list[str], list[list[str | None]]]:
    """Read a drawn table: names in the first line, cells between bars, an empty cell is null."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    names, rows = lines[0], lines[1:]
    for row in rows:
        assert len(row) == len(names), f"drawn with {len(row)} cells under {len(names)} names: {row}"
    return names, [[cell or None for cell in row] for row in rows]


def shape(text: str) -> str:
    """WKT of a drawn shape: ``point 1 2``, ``box 0 0 9 9``, ``line 0 0, 9 9``, or WKT itself."""
    word, _, rest = text.partition(" ")
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", rest)]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    match word:
        case "point":
            found = shapely.Point(numbers)
        case "box":
            found = shapely.box(*numbers)
        case "line":
            found = shapely.LineString(pairs)
        case _:
            found = shapely.wkt.loads(text)
    return str(found.wkt)


def same(value: object, other: object) -> bool:
    """True where two cells hold the same; numbers with a fraction to nine digits."""
    if isinstance(value, float) and isinstance(other, float):
        return math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-9)
    return value == other and type(value) is type(other)


class Bench:
    """One database in memory; draw the tables that a model reads, build it, look at its rows."""

    def __init__(self) -> None:
        self.con = connect()
        self.reset()
        self._types = _types_of_every_table(self.con)

    def reset(self, **settings: object) -> None:
        """Empty the database and write the region's settings anew."""
        for schema in ("raw", "run", *MODEL_SCHEMAS):
            self.con.execute(f"DROP SCHEMA IF EXISTS {quote(schema)} CASCADE")
        for table in GIVEN:
            create_table(self.con, table)
        self.set(**settings)
        self._fill("raw.level", LEVELS, {c.name: c.type for c in LEVEL.columns})
        create_macros(self.con)

    def set(self, **settings: object) -> None:
        """Write settings of the region file; those not named stand as in SETTINGS."""
        assert settings.keys() <= SETTINGS.keys(), f"no such setting: {settings.keys() - SETTINGS.keys()}"
        given = {**SETTINGS, **settings}
        marks = ", ".join("?" * len(REGION.columns))
        self.con.execute("DELETE FROM raw.region")
        self.con.execute(f"INSERT INTO raw.region VALUES ({marks})", [given[c.name] for c in REGION.columns])
        set_variables(self.con)

    def draw(self, table: str, text: str) -> "Bench":
        """Put drawn rows into an input table; columns that are not drawn are null."""
        self._empty(table)
        self._fill(table, text, self._types[table])
        return self

    def build(self, *names: str) -> "Bench":
        """Build models in the order given; inputs that were not drawn or built are empty."""
        for name in names:
            for needed in sorted(MODELS[name].inputs):
                if not self._exists(needed):
                    self._empty(needed)
            build_model(self.con, MODELS[name])
        return self

    def rows(self, name: str, columns: str = "*") -> list[Row]:
        """Return rows of a table in the order of its key, geometry as WKT."""
        table = MODELS[name]
        wanted = list(table.columns) if columns == "*" else columns.split()
        kinds = self._types[name]
        shown = ", ".join(
            f"st_astext({quote(c)})" if kinds[c].startswith("GEOMETRY") else quote(c) for c in wanted
        )
        key = ", ".join(quote(k) for k in table.key)
        return self.con.execute(f"SELECT {shown} FROM {qualified(name)} ORDER BY {key}").fetchall()

    def expect(self, name: str, text: str) -> None:
        """Build a model and hold the drawn columns of all its rows, in key order, against the drawing."""
        self.build(name)
        names, cells = drawn(text)
        kinds = self._types[name]
        wanted = [self._typed(row, [kinds[n] for n in names]) for row in cells]
        found = self.rows(name, " ".join(names))
        assert len(found) == len(wanted), f"{len(found)} rows, not {len(wanted)}: {found}"
        for row, other in zip(found, wanted, strict=True):
            assert len(row) == len(other)
            assert all(map(same, row, other)), f"{row}\nis not\n{other}\nin\n{found}"

    def value(self, sql: str) -> Any:
        """Return the one value of a query."""
        found = self.con.execute(sql).fetchone()
        assert found is not None
        return found[0]

    def types(self, table: str) -> dict[str, str]:
        """Return the type of every column of a table."""
        return self._types[table]

    def plan(self, name: str) -> str:
        """Return DuckDB's plan of a model."""
        found = self.con.execute(f"EXPLAIN {MODELS[name].sql}").fetchone()
        assert found is not None
        return str(found[1])

    def _exists(self, table: str) -> bool:
        found = "SELECT count(*) FROM duckdb_tables() WHERE schema_name || '.' || table_name = ?"
        return bool((self.con.execute(found, [table]).fetchone() or (0,))[0])

    def _empty(self, table: str) -> None:
        columns = ", ".join(f"{quote(name)} {kind}" for name, kind in self._types[table].items())
        self.con.execute(f"CREATE SCHEMA IF NOT EXISTS {quote(table.partition('.')[0])}")
        self.con.execute(f"CREATE OR REPLACE TABLE {qualified(table)} ({columns})")

    def _fill(self, table: str, text: str, kinds: Mapping[str, str]) -> None:
        names, rows = drawn(text)
        unknown = set(names) - kinds.keys()
        assert not unknown, f"{table} has no column {sorted(unknown)}; it has {sorted(kinds)}"
        for row in rows:
            cells = self._typed(row, [kinds[n] for n in names], text=True)
            values = ", ".join(cell_type(kinds[n]) for n in names)
            columns = ", ".join(quote(n) for n in names)
            self.con.execute(f"INSERT INTO {qualified(table)} ({columns}) VALUES ({values})", cells)

    def _typed(self, row: list[str | None], kinds: list[str], *, text: bool = False) -> Row:
        cells = [as_text(cell, kind) for cell, kind in zip(row, kinds, strict=True)]
        if text:
            return tuple(cells)
        marks = ", ".join(f"CAST(? AS {'VARCHAR' if k.startswith('GEOMETRY') else k})" for k in kinds)
        return self.con.execute(f"SELECT {marks}", cells).fetchone() or ()


def as_text(cell: str | None, kind: str) -> str | None:
    if cell is None:
        return None
    if cell == "''":
        return ""
    return shape(cell) if kind.startswith("GEOMETRY") else cell


def cell_type(kind: str) -> str:
    return f"st_setcrs(st_geomfromtext(?), '{CRS}')" if kind.startswith("GEOMETRY") else f"CAST(? AS {kind})"


def _types_of_every_table(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Types of every column of every table: as declared, and for SQL models as DuckDB finds them."""
    for model in build_order(MODELS):
        if model.python is None:
            build_model(con, model)
            continue
        table = model.python.table
        columns = tuple(
            Column(c.name, f"GEOMETRY('{CRS}')" if c.type == "GEOMETRY" else c.type, c.comment)
            for c in table.columns
        )
        create_table(con, Table(table.name, table.grain, columns, table.key))
    types: dict[str, dict[str, str]] = {}
    for table_name, column, kind in con.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY schema_name, table_name, column_index"
    ).fetchall():
        types.setdefault(table_name, {})[column] = kind
    return types
