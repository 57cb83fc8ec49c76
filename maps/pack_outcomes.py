"""Every outcome row of an authority and the areas below it: value, interval, comparator, verdict, how it was made."""

import datetime as dt
from dataclasses import dataclass

from geo.warehouse import literal
from maps import words
from maps.pack_scope import Authority
from maps.read import Row, Warehouse

NAME = "marts.outcome"
_SQL = """
    SELECT
        concat_ws('/', o.outcome, o.area_level, o.area_code, o.period_start, o.period_end) AS record_id,
        d.theme, o.outcome, d.label, d.unit, o.area_level, o.area_code, a.area_name, a.depth, o.basis,
        o.period_start, o.period_end, o.value, o.lower, o.upper, o.level_of_confidence,
        o.observations, o.exposure, o.exposure_unit, o.raw_value, o.low, o.high, o.uncertainty_kind, o.is_suppressed,
        o.series, c.* EXCLUDE (outcome, area_level, area_code, period_start, period_end), o.method, o.source
    FROM marts.outcome AS o
    JOIN pack_area AS a ON a.area_level = o.area_level AND a.area_code = o.area_code
    LEFT JOIN marts.outcome_definition AS d ON d.outcome = o.outcome
    LEFT JOIN marts.comparison AS c
        ON (c.outcome, c.area_level, c.area_code, c.period_start, c.period_end)
         = (o.outcome, o.area_level, o.area_code, o.period_start, o.period_end)
    ORDER BY a.depth, o.area_level, o.area_code, d.theme, d.label, o.outcome,
        o.period_end - o.period_start > 400 DESC, o.period_start DESC, o.period_end DESC, c.comparator
"""


@dataclass(frozen=True)
class Figure:
    """One outcome row of the authority, as the page shows it."""

    period: str
    value: str
    interval: str
    observations: str
    comparisons: tuple[str, ...]
    method: str
    source: str
    record_id: str


@dataclass(frozen=True)
class OutcomeOf:
    """One outcome of the authority: what it asks, its figures, the query that gives them, notes beside it."""

    definition: Row
    figures: tuple[Figure, ...]
    query: str
    notes: tuple[Row, ...]


def outcome_rows(warehouse: Warehouse) -> list[Row]:
    """Return one row per outcome row and comparator (one where it has none), each with its query."""
    rows = warehouse.rows(_SQL)
    for row in rows:
        row["query"] = _query(row, row["period_start"], row["period_end"])
        # What is suppressed stays so, whatever stands beside it.
        if row["is_suppressed"]:
            row.update(dict.fromkeys(("value", "lower", "upper", "raw_value", "low", "high", "p", "q")))
    return rows


def outcomes_of(
    warehouse: Warehouse, rows: list[Row], authority: Authority, notes: list[Row]
) -> list[OutcomeOf]:
    """Group the authority's own rows by outcome, in the order that pages list them."""
    own: dict[str, list[Row]] = {}
    for row in rows:
        if (row["area_level"], row["area_code"]) == (authority.level, authority.code):
            own.setdefault(row["outcome"], []).append(row)
    return [
        OutcomeOf(
            definition,
            tuple(_figures(own[definition["outcome"]], int(definition["decimals"] or 0))),
            _query(own[definition["outcome"]][0]),
            tuple(
                n
                for n in notes
                if n["outcome"] == definition["outcome"] and n["outcome_area_code"] == authority.code
            ),
        )
        for definition in warehouse.outcomes()
        if definition["outcome"] in own
    ]


def _figures(rows: list[Row], decimals: int) -> list[Figure]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["record_id"], []).append(row)
    figures = []
    for record, of_one in grouped.items():
        first = of_one[0]
        known = first["lower"] is not None
        period = words.period(first["period_start"], first["period_end"])
        figures.append(
            Figure(
                period if first["series"] is None else f"{period} ({first['series']})",
                "withheld" if first["is_suppressed"] else words.number(first["value"], decimals),
                f"{words.number(first['lower'], decimals)} to {words.number(first['upper'], decimals)}"
                if known
                else f"none ({first['uncertainty_kind']})",
                words.number(first["observations"]),
                tuple(_comparison(row, decimals) for row in of_one if row["comparator"]),
                first["method"],
                first["source"],
                record,
            )
        )
    return figures


def _comparison(row: Row, decimals: int) -> str:
    held = words.COMPARATORS.get(row["comparator"], row["comparator"])
    chance = "" if row["q"] is None else f", q = {row['q']:.3f}"
    return f"{held} ({words.number(row['comparator_value'], decimals)}): {row['verdict']}{chance}"


def _query(row: Row, start: dt.date | None = None, end: dt.date | None = None) -> str:
    period = f"\n    and period_start = '{start}' and period_end = '{end}'" if start and end else ""
    return (
        f"select * from marts.outcome\nwhere outcome = {literal(row['outcome'])}"
        f" and area_level = {literal(row['area_level'])} and area_code = {literal(row['area_code'])}{period}"
    )
