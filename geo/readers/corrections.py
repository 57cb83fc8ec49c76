"""What a file of corrections must show before any of it is used: that each row was reviewed, and by no name."""

import duckdb

from geo.correction_contracts import CORRECTION, REVIEW
from geo.errors import SourceError
from geo.readers.accept import Text
from geo.warehouse import quote

_MAIL = r"[^\s@]+@[^\s@]+\.[^\s@]+"


def refuse_unreviewed(con: duckdb.DuckDBPyConnection, text: Text) -> None:
    """Refuse a file of corrections as a whole if one row lacks its review, or holds an e-mail address.

    Args:
        con: the build warehouse.
        text: the rows of the file, as read.

    Raises:
        SourceError: a row has no reviewer, no day or no decision; or names somebody by an address.
    """
    known = [*CORRECTION.fields[-1].codes, *(v.lower() for v in text.values.get("decision", {}))]
    missing = " OR ".join(f"coalesce(trim({quote(name)}), '') = ''" for name in REVIEW)
    undecided = "NOT list_contains($known, lower(trim(decision)))"
    _refuse(
        con,
        text,
        f"{missing} OR {undecided}",
        {"known": known},
        "has not been reviewed: each row needs reviewed_by (a role), reviewed_on (a day) and decision (accepted or "
        "rejected). Nothing of it is applied before that",
    )
    named = " OR ".join(f"regexp_matches({quote(name)}, $mail)" for name in text.headers)
    _refuse(
        con,
        text,
        named,
        {"mail": _MAIL},
        "holds an e-mail address: corrections are published, so name a role or a document instead",
    )


def _refuse(
    con: duckdb.DuckDBPyConnection, text: Text, fault: str, values: dict[str, object], said: str
) -> None:
    count, first = con.execute(
        f"SELECT count(*), min(row) FROM {quote(text.table)} WHERE {fault}", values
    ).fetchall()[0]
    if count:
        raise SourceError(
            f"Source '{text.source}': '{text.file}' {said}. Rows at fault: {count:,}, first: row {first}."
        )
