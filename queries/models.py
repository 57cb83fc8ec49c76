"""Read the models: one SELECT per file, or a registered Python function, in the order they must be built.

Folder is schema and file is table. A file's header states the grain in its first sentence, then ``key:``;
a comment above each output column says what it holds. Tables a model reads are found by parsing it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp

from geo.errors import WarehouseError
from queries.areal_models import AREAL_MODELS
from queries.border_models import BORDER_MODELS
from queries.hotspot_models import HOTSPOT_MODELS
from queries.network_models import NETWORK_MODELS
from queries.priority_models import PRIORITY_MODELS
from queries.python_models import PYTHON_MODELS, PythonModel
from queries.reliability_models import RELIABILITY_MODELS
from queries.response_models import RESPONSE_MODELS
from queries.safety_models import SAFETY_MODELS
from queries.survey_models import SURVEY_MODELS
from queries.trend_models import TREND_MODELS
from queries.value_models import VALUE_MODELS

FOLDER = Path(__file__).parent
MODEL_SCHEMAS = ("staging", "core", "marts", "meta")
REGISTERED = (
    *PYTHON_MODELS,
    *NETWORK_MODELS,
    *AREAL_MODELS,
    *SAFETY_MODELS,
    *SURVEY_MODELS,
    *RESPONSE_MODELS,
    *RELIABILITY_MODELS,
    *VALUE_MODELS,
    *TREND_MODELS,
    *HOTSPOT_MODELS,
    *PRIORITY_MODELS,
    *BORDER_MODELS,
)
# Written by readers and by the run itself, not by models.
GIVEN_SCHEMAS = ("raw", "run")


class ModelError(WarehouseError):
    """A model breaks a rule that building or documenting it needs."""


@dataclass(frozen=True)
class Model:
    """One table to build: from a SELECT (`sql`) or a Python function (`python`).

    `rows_of_sources` marks a core table that may be published, row by row, for sources that allow it.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    inputs: frozenset[str]
    sql: str = ""
    python: PythonModel | None = None
    header: Mapping[str, str] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        """Schema of the table: staging, core, marts or meta."""
        return self.name.split(".")[0]

    @property
    def counts(self) -> tuple[str, ...]:
        """Columns that count what happened one by one: small ones may not be shown of every source."""
        return tuple(c.strip() for c in self.header.get("counts", "").split(",") if c.strip())

    @property
    def rows_of_sources(self) -> bool:
        """True where the header says ``publish: rows``."""
        return self.header.get("publish") == "rows"


def parse_model(name: str, text: str) -> Model:
    """Read one SQL model; `name` is ``schema.table``.

    Raises:
        ModelError: not exactly one SELECT whose columns have names of their own, a table without its schema,
            or an unknown header line.
    """
    prose, header = _split_header(name, text)
    try:
        statements = sqlglot.parse(text, dialect="duckdb")
    except sqlglot.errors.ParseError as error:
        raise ModelError(f"{name}: {error}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        raise ModelError(f"{name}: a model is exactly one SELECT; put unions into a WITH")
    query = statements[0]
    if any(column.is_star for column in query.selects):
        raise ModelError(f"{name}: name every output column; * hides what is published")
    for position, column in enumerate(query.selects, 1):
        if not isinstance(column, exp.Alias | exp.Column):
            raise ModelError(f"{name}: output column {position} has no name; write 'as ...' after it")
    names = [column.alias_or_name for column in query.selects]
    if len({*names}) < len(names):
        raise ModelError(f"{name}: two output columns have the same name")
    return Model(
        name=name,
        grain=" ".join(prose),
        key=tuple(k.strip() for k in header.get("key", "").split(",") if k.strip()),
        columns={column.alias_or_name: _comment_of(column) for column in query.selects},
        inputs=frozenset(_tables_read(name, query)),
        sql=text,
        header=header,
    )


def load_models(folder: Path = FOLDER) -> dict[str, Model]:
    """Read every model, SQL and Python, by name."""
    files = sorted(p for schema in MODEL_SCHEMAS for p in (folder / schema).glob("*.sql"))
    models = [parse_model(f"{p.parent.name}.{p.stem}", p.read_text("utf-8")) for p in files]
    names = [*(m.name for m in models), *(p.table.name for p in REGISTERED)]
    models += [_from_python(p, names) for p in REGISTERED]
    return {m.name: m for m in models}


def build_order(models: Mapping[str, Model]) -> list[Model]:
    """Return the models so that each comes after all it reads, names settling ties.

    Raises:
        ModelError: a model reads a table that nothing builds, or models read each other.
    """
    for model in models.values():
        for table in sorted(model.inputs):
            if table not in models and table.split(".")[0] not in GIVEN_SCHEMAS:
                raise ModelError(f"{model.name} reads {table}, which no model builds")
    sorter = TopologicalSorter({m.name: sorted(m.inputs & models.keys()) for m in models.values()})
    try:
        sorter.prepare()
    except CycleError as error:
        raise ModelError(f"models read each other: {' -> '.join(error.args[1])}") from None
    order: list[Model] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += [models[name] for name in ready]
        sorter.done(*ready)
    return order


def _from_python(given: PythonModel, names: Iterable[str]) -> Model:
    families = {m for m in names for prefix in given.families if m.startswith(prefix)}
    return Model(
        name=given.table.name,
        grain=given.table.grain,
        key=given.table.key,
        columns={c.name: c.comment for c in given.table.columns},
        inputs=frozenset({*given.inputs, *families}),
        python=given,
    )


def _tables_read(name: str, query: exp.Expression) -> set[str]:
    ctes = {cte.alias for cte in query.find_all(exp.CTE)}
    tables = [t for t in query.find_all(exp.Table) if isinstance(t.this, exp.Identifier)]
    bare = sorted({t.name for t in tables if not t.db} - ctes)
    if bare:
        raise ModelError(f"{name}: write the schema before {', '.join(bare)}")
    return {f"{t.db}.{t.name}" for t in tables if t.db}


def _split_header(name: str, text: str) -> tuple[list[str], dict[str, str]]:
    prose: list[str] = []
    header: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        said = line.removeprefix("--").strip()
        word, colon, value = said.partition(": ")
        if colon and word in {"key", "publish", "counts"}:
            header[word] = value
        elif colon and word.isidentifier():
            raise ModelError(
                f"{name}: header line '{word}:' is not known; they are key:, publish: and counts:"
            )
        elif said:
            prose.append(said)
    return prose, header


def _comment_of(column: exp.Expr) -> str:
    return " ".join(line.strip() for node in column.walk() for line in node.comments or [])
