"""What the pages about more than one authority have in common: their content, its reasons and its sources."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from maps import read_across
from maps.figures import Table, number, table, text
from maps.marks import Marks
from maps.read import Row, Warehouse

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class Content:
    """One page's content; `reasons` complete 'Not computable here, because'."""

    summary: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    marks: Marks | None = None
    strips: list[Row] = field(default_factory=list)


def amount_or_none(amount: int) -> str:
    """Write a count; none where there are none."""
    return f"{amount:,}" if amount else "none"


def letter(at: int) -> str:
    """A to Z, then AA and on."""
    return LETTERS[at] if at < len(LETTERS) else f"{LETTERS[at // 26 - 1]}{LETTERS[at % 26]}"


def accounting_table(warehouse: Warehouse, list_of: str, title: str) -> Table:
    """How many places of each kind were looked at, judged and found."""
    columns = (
        text("Kind", "kind", kind="head"),
        text("Theme", "theme"),
        number("Looked at", "looked_at"),
        number("Judged", "judged"),
        number("Found", "found"),
        number("No part of another", "counted"),
        text("Why there are none", "reason"),
    )
    return table(
        "accounting", title, columns, read_across.accounting(warehouse, list_of), "priority_accounting"
    )


def not_looked_for(warehouse: Warehouse, list_of: str) -> list[str]:
    """Why some could not be looked for at all; where some were and none was found, the table says so."""
    rows = read_across.accounting(warehouse, list_of)
    alone = 1 if list_of == "group" else 0
    return because(
        (f"{row['kind']}, {row['theme']}", row["reason"]) for row in rows if row["judged"] <= alone
    )


def because(said: Iterable[tuple[str, Any]]) -> list[str]:
    """Say each reason once, after what it is of."""
    return list(dict.fromkeys(f"{what}: {why}" for what, why in said if why))


def source_ids(rows: list[Row]) -> set[str]:
    """Sources that rows name."""
    return {name.strip() for row in rows for name in (row["source"] or "").split(",") if name.strip()}


def sources_of_outcomes(warehouse: Warehouse, rows: list[Row]) -> set[str]:
    """Sources of the outcomes that rows are of, where the rows do not name them."""
    outcomes = {row["outcome"] for row in rows}
    return source_ids([row for row in warehouse.outcome_sources() if row["outcome"] in outcomes])
