"""Read contracts from an OCDS release or record package (JSON): one row per contract, buyer and supplier."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from geo.errors import SourceError
from geo.readers.files import encoding_of
from geo.readers.text_table import text_table

Json = Mapping[str, Any]


def read_releases(
    con: duckdb.DuckDBPyConnection, path: Path, *, source: str, file: str, table: str
) -> tuple[list[str], int, int]:
    """Load the contracts of a package into a temporary table of text; ``row`` is their position from 1.

    A release without contract or award gives one row a buyer, without supplier: a tender. Of a record the compiled
    release is read, or else its releases. Days are taken as written, whatever the time of day beside them.

    Returns:
        The fields, the number of rows, and zero (none is torn).

    Raises:
        SourceError: not JSON, cut off, no package of releases or records, or records that only link to releases.

    Source: Open Contracting Data Standard 1.1, release and record schemas.
    """
    encoding_of(path)
    try:
        given = json.loads(path.read_text("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(
            f"Source '{source}': '{file}' is not whole JSON ({error}). "
            "It was cut off, or is an error page. Fetch it again."
        ) from error
    releases = _releases(given)
    if not releases:
        raise SourceError(f"Source '{source}': '{file}' is no OCDS package of releases or records.")
    if any(r.keys() <= {"url", "date", "tag"} for r in releases):
        raise SourceError(
            f"Source '{source}': '{file}' holds records that only link to releases. Fetch the compiled releases."
        )
    counted = _count(con, path)
    if isinstance(given, dict) and counted != len(given.get("releases") or given.get("records") or ()):
        raise SourceError(f"Source '{source}': '{file}' holds {counted:,} entries, but others were read.")
    rows = [row for release in releases for row in _rows(release)]
    return text_table(con, table, rows), len(rows), 0


def _releases(given: Any) -> list[Json]:
    if not isinstance(given, dict):
        return []
    found: list[Json] = list(given.get("releases") or ())
    for record in given.get("records") or ():
        compiled = record.get("compiledRelease")
        found += [compiled] if compiled else record.get("releases") or []
    return found


def _count(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    found = con.execute(
        """
        SELECT coalesce(json_array_length(json, '$.releases'), json_array_length(json, '$.records'))
        FROM (SELECT trim(content, chr(65279))::JSON AS json FROM read_text($path))
        """,
        {"path": str(path)},
    ).fetchone()
    return int(found[0] or 0) if found else 0


def _rows(release: Json) -> Iterator[dict[str, object]]:
    awards = list(release.get("awards") or ())
    contracts = list(release.get("contracts") or ())
    by_id = {a.get("id"): a for a in awards}
    let = [(c, by_id.get(c.get("awardID"), awards[0] if len(awards) == 1 else {})) for c in contracts]
    let += (
        [({}, a) for a in awards if a.get("id") not in {c.get("awardID") for c in contracts}] if let else []
    )
    let = let or [({}, a) for a in awards] or [({}, {})]
    ocid = release.get("ocid")
    for contract, award in let:
        own = contract.get("id") or award.get("id")
        facts: dict[str, object] = {
            # A procurement that led to one contract is known by its own reference from tender to end.
            "contract_id": ocid if len(let) == 1 else f"{ocid}/{own}",
            "process_id": ocid,
            "release_id": release.get("id"),
            "released_on": _day(release.get("date")),
        } | _facts(contract, award, release.get("tender") or {})
        for buyer in _buyers(release) or [{}]:
            for supplier in award.get("suppliers") or [{}]:
                yield facts | {
                    "buyer_name": buyer.get("name"),
                    "buyer_id": _reference(buyer),
                    "supplier_name": supplier.get("name"),
                    "supplier_id": _reference(supplier),
                }


def _facts(contract: Json, award: Json, tender: Json) -> dict[str, object]:
    value = contract.get("value") or award.get("value") or {}
    period = contract.get("period") or award.get("contractPeriod") or tender.get("contractPeriod") or {}
    items = contract.get("items") or award.get("items") or tender.get("items") or []
    classes = [item.get("classification") or {} for item in items]
    amendments = contract.get("amendments")
    return {
        "status": contract.get("status") or award.get("status") or tender.get("status"),
        "value": value.get("amount"),
        "currency": value.get("currency"),
        "cpv": next((c.get("id") for c in classes if c.get("scheme") == "CPV"), None),
        "start_on": _day(period.get("startDate")),
        "end_on": _day(period.get("endDate")),
        "amendment_count": len(amendments) if amendments else None,
    }


def _buyers(release: Json) -> list[Json]:
    """Return the buyer, and other parties that buy with it; who runs the procurement where none is named."""
    parties = list(release.get("parties") or ())
    by_id = {p.get("id"): p for p in parties}
    first = release.get("buyer") or {}
    named = [by_id.get(first.get("id"), {}) | first] if first else []
    for role in ("buyer", "procuringEntity"):
        known = {b.get("id") for b in named}
        if role == "buyer" or not named:
            named += [p for p in parties if role in (p.get("roles") or ()) and p.get("id") not in known]
    return named


def _reference(party: Json) -> str | None:
    identifier = party.get("identifier") or {}
    if identifier.get("scheme") and identifier.get("id"):
        return f"{identifier['scheme']}-{identifier['id']}"
    return party.get("id")


def _day(instant: object) -> str | None:
    return str(instant)[:10] if instant else None
