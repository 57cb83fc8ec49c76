"""A row that comes with two files of the same bytes counts once, under the file that was read first.

A folder often holds a download twice, under two names; and two regions often name the same file whole, a national
one or that of a force whose patch reaches over both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

import duckdb

from geo.errors import SourceError
from geo.readers.ledger import Issue, add_issues
from geo.region import Region
from geo.sources import Casualties, IncidentSource, Source, TableSource, Vehicles
from geo.tables import qualified

# What a region may say in its own way of rows that stay the same.
_OWN = {
    "id", "title", "path", "where", "of", "complete_for", "publisher", "licence", "attribution", "publish",
    "fetched_on", "period_start", "period_end", "max_rejected_share",
    "download", "is_provisional", "totals", "gates",
}  # fmt: skip


@dataclass(frozen=True)
class Copied:
    """A file read before, of the same source, that has the same bytes as one about to be read."""

    file: str
    rows_read: int
    period: tuple[date | None, date | None]


def copied(con: duckdb.DuckDBPyConnection, source: str, sha256: str) -> Copied | None:
    """Return the file of the same source that has these bytes and was read before, if there is one."""
    found = con.execute(
        "SELECT file, rows_read, period_start, period_end FROM raw.source_file "
        "WHERE source = ? AND sha256 = ? ORDER BY rowid LIMIT 1",
        [source, sha256],
    ).fetchone()
    return Copied(found[0], found[1], (found[2], found[3])) if found else None


def twins(source: Source, region: Region) -> list[Source]:
    """Return the earlier sources whose rows are the same as this one's where their files are.

    What happened (a collision, a person hurt, a report) happened once, however two sources read it. Figures are
    the same only where they are read in the same way: one table may hold two indicators.
    """
    earlier = takewhile(lambda s: s.id != source.id, region.source)
    return [s for s in earlier if _same_kind(s, source) and (_happened(s) or _reading(s) == _reading(source))]


def leave_out_held(
    con: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    source: Source,
    file: str,
    sha256: str,
    others: Sequence[Source],
) -> int:
    """Delete the rows of one file that other sources hold from a file of the same bytes; return how many records.

    Args:
        con: the build warehouse.
        tables: raw tables that the file's rows went to; a record is a row of the first.
        source: whose rows are deleted.
        file: the file, as in the region file.
        sha256: SHA-256 of the file's bytes.
        others: sources that may hold the same rows.

    Raises:
        SourceError: one of them may be published otherwise than this one.
    """
    gone = 0
    for other in others if tables else []:
        files = con.execute(
            "SELECT file FROM raw.source_file WHERE source = ? AND sha256 = ? ORDER BY rowid",
            [other.id, sha256],
        ).fetchall()
        for (held,) in files:
            _same_publish(source, other)
            counts = [_delete(con, table, (source.id, file), (other.id, held)) for table in tables]
            gone += counts[0]
            if counts[0] and held != file:
                note_copy(con, source.id, file, f"'{held}' of source '{other.id}'", counts[0])
    return gone


def note_copy(con: duckdb.DuckDBPyConnection, source: str, file: str, of: str, rows: int) -> None:
    """Log that a file has the same bytes as another, whose rows stand for its own."""
    rule = f"has the same bytes as {of}: {rows} rows left out, so that they count once"
    add_issues(con, [Issue(source, file, None, None, None, rule, "note", "operator")])


def _delete(con: duckdb.DuckDBPyConnection, table: str, given: tuple[str, str], held: tuple[str, str]) -> int:
    deleted = con.execute(
        f"""
        DELETE FROM {qualified(table)} WHERE source = ? AND file = ? AND row IN (
            SELECT row FROM {qualified(table)} WHERE source = ? AND file = ?
        )
        """,
        [*given, *held],
    ).fetchall()
    return int(deleted[0][0])


def _same_publish(source: Source, other: Source) -> None:
    if other.publish != source.publish:
        raise SourceError(
            f"Sources '{other.id}' and '{source.id}' read the same file in the same way, but one says publish = "
            f"'{other.publish}' and the other '{source.publish}'. Say the same in both."
        )


def _same_kind(one: Source, other: Source) -> bool:
    if isinstance(one, TableSource) and isinstance(other, TableSource):
        return one.contract_kind == other.contract_kind
    return one.kind == other.kind


def _happened(source: Source) -> bool:
    return isinstance(source, IncidentSource | Casualties | Vehicles)


def _reading(source: Source) -> dict[str, object]:
    return source.model_dump(exclude=_OWN)
