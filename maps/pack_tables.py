"""The tables of a pack: every published table that says something of the authority, found by its dictionary."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from geo.tables import qualified
from geo.warehouse import literal, quote
from maps.pack_scope import Authority

# Outcomes and their comparisons are one table of a pack; see pack_outcomes.
_TOLD_ELSEWHERE = {"marts.outcome", "marts.comparison", "marts.outcome_definition", "marts.area_level"}
_INCIDENT = ("incident_kind", "source", "incident_id")
# Columns that say whose area a row is of; of all other codes, only the authority's own counts.
_MAIN = ("area_code", "authority_code")
_CODE = re.compile(r"^(?!first_)(.*_)?codes?(_now)?$")
# Of the source files behind the figures as a whole, since no row of them names an area.
_BY_SOURCE = ("marts.incident_accounting", "marts.unplaced", "meta.issue", "meta.source")


@dataclass(frozen=True)
class PackTable:
    """One table of a pack: rows of a published table, with what its columns mean."""

    name: str
    grain: str
    comments: Mapping[str, str]
    columns: Sequence[str]
    rows: Sequence[tuple[object, ...]]


@dataclass(frozen=True)
class _Known:
    name: str
    grain: str
    types: Mapping[str, str]
    comments: Mapping[str, str]


def pack_tables(
    con: duckdb.DuckDBPyConnection, authority: Authority, keys: Mapping[str, Sequence[str]]
) -> Iterator[PackTable]:
    """Yield each table with a row of the authority, or of an area below it, by name.

    Args:
        con: a published warehouse, with the tables of `write_scope`.
        authority: whose rows.
        keys: key of each published table; without one, rows have no record id.

    A table without a code of an area comes along where it holds the whole key of one that has (the reasons of a
    problem), or names incidents or sources of the authority.
    """
    known = _dictionary(con)
    entered: dict[str, str] = {}
    for name, table in known.items():
        if name not in _TOLD_ELSEWHERE and (where := _of_authority(table, authority)):
            entered[name] = where
    for name, table in known.items():
        if name not in entered and name not in _TOLD_ELSEWHERE and not name.startswith("meta."):
            for parent, where in list(entered.items()):
                key = keys.get(parent, ())
                if key and {*key} <= table.types.keys() and name.startswith("marts."):
                    names = ", ".join(quote(k) for k in key)
                    entered[name] = f"({names}) IN (SELECT ({names}) FROM {qualified(parent)} WHERE {where})"
                    break
    for name, where in sorted(entered.items(), key=lambda found: _order(found[0])):
        made = _read(con, known[name], where, keys.get(name, ()))
        if made.rows:
            yield made


def _order(name: str) -> tuple[bool, bool, str]:
    return name.startswith("meta."), name.startswith("core."), name


def _dictionary(con: duckdb.DuckDBPyConnection) -> dict[str, _Known]:
    rows = con.execute(
        """
        SELECT table_name, any_value(table_comment), list(column_name ORDER BY position),
            list(data_type ORDER BY position), list(column_comment ORDER BY position)
        FROM meta.dictionary GROUP BY table_name ORDER BY table_name
        """
    ).fetchall()
    return {
        name: _Known(
            name,
            grain or "",
            dict(zip(columns, types, strict=True)),
            dict(zip(columns, comments, strict=True)),
        )
        for name, grain, columns, types, comments in rows
    }


def _of_authority(table: _Known, authority: Authority) -> str | None:
    """SQL that holds for the authority's rows of a table; none where it cannot have any."""
    if table.name in _BY_SOURCE:
        return "source IN (SELECT source FROM pack_source)"
    if table.name.startswith("meta."):
        return None
    if {*_INCIDENT} <= table.types.keys():
        return f"({', '.join(_INCIDENT)}) IN (SELECT ({', '.join(_INCIDENT)}) FROM pack_incident)"
    parts = []
    for column in table.types:
        if not _CODE.search(column):
            continue
        if column in _MAIN:
            names = ["area_level", column] if "area_level" in table.types else [column]
            below = ", ".join(["area_level", "area_code"][-len(names) :])
            parts.append(f"({', '.join(map(quote, names))}) IN (SELECT ({below}) FROM pack_area)")
        else:
            parts.append(_names(table.types[column], quote(column), authority.code))
    return " OR ".join(parts) or None


def _names(kind: str, column: str, code: str) -> str:
    """SQL that holds where a column names a code, alone or in a list."""
    if kind.endswith("[]"):
        return f"list_contains({column}, {literal(code)})"
    if kind != "VARCHAR":
        return "false"
    return f"list_contains(string_split_regex({column}, '[,;]\\s*'), {literal(code)})"


def _read(con: duckdb.DuckDBPyConnection, table: _Known, where: str, key: Sequence[str]) -> PackTable:
    shown, names = [], []
    for column, kind in table.types.items():
        if not kind.startswith("GEOMETRY"):
            shown.append(quote(column))
            names.append(column)
        elif table.name == "core.incident":
            point = f"st_x({quote(column)}), st_y({quote(column)})"
            shown.append(f"format('{{:.1f}} {{:.1f}}', {point})")
            names.append("location")
    record = f"concat_ws('/', {', '.join(quote(k) for k in key)})" if key else "NULL"
    order = ", ".join(quote(k) for k in key) or "ALL"
    rows = con.execute(
        f"SELECT {record} AS record_id, {', '.join(shown)} FROM {qualified(table.name)} WHERE {where} ORDER BY {order}"
    ).fetchall()
    comments = {
        **table.comments,
        "location": "Easting and northing, metres, in the working coordinate system.",
    }
    return PackTable(
        table.name, table.grain, {n: comments.get(n) or "" for n in names}, ["record_id", *names], rows
    )
