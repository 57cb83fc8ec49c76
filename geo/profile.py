"""What a source held once read: counts that tomorrow's are compared with, and a fingerprint of each row."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from geo.contract import PROVENANCE
from geo.contracts import CONTRACTS
from geo.readers.load import raw_tables
from geo.sources import IncidentSource, PointSource, Source
from geo.tables import qualified
from geo.warehouse import literal, quote

_NUMBERS = {"BIGINT", "DOUBLE"}
_PROVENANCE = {column.name for column in PROVENANCE}
_KEYS = {"raw.area": ("area_code",), "raw.link": ("link_id",)}


@dataclass(frozen=True)
class Profile:
    """Counts of one source as accepted.

    `filled` counts the rows that have a value, by column of the source's first table; `points` those with usable
    coordinates, null where a source has none; `areas` the known areas it names, null where it names none by code;
    `totals` the figures that the region file gives published ones for; `repeated` the rows rejected since an
    earlier row has their key.
    """

    rows: int
    rows_read: int
    repeated: int
    filled: Mapping[str, int]
    points: int | None = None
    areas: int | None = None
    totals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Revision:
    """How the rows of one source differ from those of its last good version, by key."""

    source: str
    rows_added: int
    rows_removed: int
    rows_changed: int
    rows_unchanged: int


def take_profile(con: duckdb.DuckDBPyConnection, source: Source) -> Profile:
    """Count what the raw schema holds of a source."""
    tables = raw_tables(source)
    columns = _columns(con, tables[0])
    counted = ", ".join(f"count({quote(c)})" for c in columns)
    rows, *filled = con.execute(
        f"SELECT count(*), {counted} FROM {qualified(tables[0])} WHERE source = ?", [source.id]
    ).fetchall()[0]
    by_column = dict(zip(columns, filled, strict=True))
    return Profile(
        rows=rows,
        rows_read=_one(
            con, "SELECT coalesce(sum(rows_read), 0) FROM raw.source_file WHERE source = ?", source
        ),
        repeated=_one(
            con,
            "SELECT count(*) FROM raw.issue WHERE source = ? AND severity = 'rejected' AND rule LIKE 'key repeated%'",
            source,
        ),
        filled={c: n for c, n in by_column.items() if c != "geom"},
        points=by_column["geom"] if _has_points(source, by_column) else None,
        areas=_known_areas(con, tables[0], source) if "area_code" in columns else None,
        totals={name: _total(con, tables[0], name, source) for name in source.totals},
    )


def write_rows(con: duckdb.DuckDBPyConnection, source: Source, path: Path) -> None:
    """Write a fingerprint of each row of a source to Parquet: of its key, and of all the rest of it."""
    parts = []
    for table in raw_tables(source):
        columns = _columns(con, table)
        key = [k for k in _key(table) if k in columns] or columns
        rest = [c for c in columns if c not in key]
        parts.append(
            f"SELECT hash({literal(table)}, {_said(con, table, key)}) AS key, "
            f"hash({_said(con, table, rest) or '0'}) AS rest FROM {qualified(table)} WHERE source = {literal(source.id)}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    con.execute(
        f"COPY (SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL) TO {literal(str(fresh))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    fresh.replace(path)


def compare_rows(con: duckdb.DuckDBPyConnection, source: str, old: Path, new: Path) -> Revision:
    """Compare two files of fingerprints by key; rows that share a key are matched alike first, and counted by number."""
    added, removed, changed, same = con.execute(
        """
        WITH one AS (
            SELECT key, rest, count(*) AS n FROM read_parquet($old) GROUP BY ALL
        ), other AS (
            SELECT key, rest, count(*) AS n FROM read_parquet($new) GROUP BY ALL
        ), matched AS (
            SELECT coalesce(one.key, other.key) AS key,
                least(coalesce(one.n, 0), coalesce(other.n, 0)) AS same,
                coalesce(one.n, 0) - same AS gone, coalesce(other.n, 0) - same AS come
            FROM one FULL JOIN other ON one.key = other.key AND one.rest = other.rest
        ), by_key AS (
            SELECT sum(same) AS same, sum(gone) AS gone, sum(come) AS come FROM matched GROUP BY key
        )
        SELECT coalesce(sum(greatest(come - gone, 0)), 0)::BIGINT, coalesce(sum(greatest(gone - come, 0)), 0)::BIGINT,
            coalesce(sum(least(gone, come)), 0)::BIGINT, coalesce(sum(same), 0)::BIGINT
        FROM by_key
        """,
        {"old": str(old), "new": str(new)},
    ).fetchall()[0]
    return Revision(source, added, removed, changed, same)


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [
        name for name, *_ in con.execute(f"DESCRIBE {qualified(table)}").fetchall() if name not in _PROVENANCE
    ]


def _key(table: str) -> tuple[str, ...]:
    return next((c.key for c in CONTRACTS.values() if c.table == table), _KEYS.get(table, ()))


def _said(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> str:
    kinds = {name: kind for name, kind, *_ in con.execute(f"DESCRIBE {qualified(table)}").fetchall()}
    return ", ".join(
        f"st_aswkb({quote(c)})" if kinds[c].startswith("GEOMETRY") else quote(c) for c in columns
    )


def _has_points(source: Source, filled: Mapping[str, int]) -> bool:
    # Surveys, schemes and contracts may do without; what happened did so somewhere.
    return (
        "geom" in filled
        and isinstance(source, PointSource)
        and (isinstance(source, IncidentSource) or filled["geom"] > 0)
    )


def _known_areas(con: duckdb.DuckDBPyConnection, table: str, source: Source) -> int:
    return _one(
        con,
        f"SELECT count(DISTINCT area_code) FROM {qualified(table)} WHERE source = ? "
        "AND area_code IN (SELECT area_code FROM raw.area)",
        source,
    )


def _total(con: duckdb.DuckDBPyConnection, table: str, name: str, source: Source) -> float:
    """Return a total by the name the region file gives it; NaN, which meets no figure, where there is no such one."""
    kinds = {column: kind for column, kind, *_ in con.execute(f"DESCRIBE {qualified(table)}").fetchall()}
    fields = next((c.fields for c in CONTRACTS.values() if c.table == table), ())
    dated = next((f.name for f in fields if f.type in {"date", "instant"}), None)
    if name == "rows":
        said = "count(*)"
    elif kinds.get(name) in _NUMBERS:
        said = f"coalesce(sum({quote(name)}), 0)"
    elif dated and name.isdigit():
        said = f"count(*) FILTER (year({quote(dated)}) = {int(name)})"
    else:
        return math.nan
    found = con.execute(f"SELECT {said} FROM {qualified(table)} WHERE source = ?", [source.id]).fetchall()
    return float(found[0][0])


def _one(con: duckdb.DuckDBPyConnection, query: str, source: Source) -> int:
    return int(con.execute(query, [source.id]).fetchall()[0][0])
