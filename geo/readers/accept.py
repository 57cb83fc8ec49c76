"""Hold rows of text against a contract: what fits goes to the raw table, what does not is logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from geo.contract import SQL_TYPE, Contract, Field
from geo.errors import SourceError
from geo.readers.rules import DATE_FORMATS, ISO_FORMATS, fault, given, parameters, parsed
from geo.tables import qualified
from geo.warehouse import quote


@dataclass(frozen=True)
class Text:
    """Rows of text in a temporary table: ``row`` and one VARCHAR column for each field present.

    `headers` maps each field present to its name in the file, for messages; `torn` is how many more rows
    of the file could not be split into columns, and were logged. `dated` are the fields that the file holds
    as dates or times, and whose text is ISO 8601 whatever `date_format` says.
    """

    table: str
    source: str
    file: str
    headers: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    date_format: str | None
    max_rejected_share: float
    torn: int = 0
    dated: frozenset[str] = frozenset()

    @property
    def date_formats(self) -> list[str]:
        """The formats that a date given as text may have."""
        return [self.date_format] if self.date_format else DATE_FORMATS


def accept(con: duckdb.DuckDBPyConnection, contract: Contract, text: Text) -> tuple[int, int]:
    """Validate `text`, append what fits to the raw table (points without geometry) and log the rest.

    A value that does not fit rejects its row where the field is required and is blanked elsewhere; a key
    met before in the same source rejects the row.

    Returns:
        How many rows were accepted and how many quarantined.

    Raises:
        SourceError: more rows are rejected than the source may have (`max_rejected_share`).
    """
    _parse(con, contract, text)
    for field in contract.fields:
        if field.name in text.headers or field.required:
            _log_faults(con, field, text)
    _reject_repeated_keys(con, contract, text)
    accepted, rejected = _counts(con)
    _refuse_if_mostly_wrong(con, text, accepted, rejected)
    kept = ", ".join(_kept(f) for f in contract.fields)
    con.execute(
        f"INSERT INTO {qualified(contract.table)} BY NAME "
        f"SELECT ? AS source, ? AS file, row, {kept} FROM parsed WHERE NOT is_rejected ORDER BY row",
        [text.source, text.file],
    )
    con.execute("DROP TABLE parsed")
    return accepted, rejected


def period_of(
    con: duckdb.DuckDBPyConnection, contract: Contract, source: str, file: str
) -> tuple[date | None, date | None]:
    """Return the first and last day among the accepted rows of a file; nulls where it has no dates."""
    dated = next((f for f in contract.fields if f.type in {"date", "instant"}), None)
    if dated is None:
        return None, None
    found = con.execute(
        f"SELECT min({quote(dated.name)})::DATE, max({quote(dated.name)})::DATE "
        f"FROM {qualified(contract.table)} WHERE source = ? AND file = ?",
        [source, file],
    ).fetchone()
    return found or (None, None)


def _parse(con: duckdb.DuckDBPyConnection, contract: Contract, text: Text) -> None:
    named: dict[str, object] = {}
    givens, values, faults = [], [], []
    for f in contract.fields:
        name, raw, wrong = quote(f.name), quote(f"{f.name} given"), quote(f"{f.name} fault")
        if f.name in text.headers:
            mapping = text.values.get(f.name, {})
            named |= parameters(f, mapping, ISO_FORMATS if f.name in text.dated else text.date_formats)
            givens.append(f"{given(f)} AS {raw}")
            values.append(f"{parsed(f, raw, mapped=bool(mapping))} AS {name}")
        else:
            givens.append(f"NULL::VARCHAR AS {raw}")
            values.append(f"NULL::{SQL_TYPE[f.type]} AS {name}")
        faults.append(f"{fault(f, raw, name)} AS {wrong}")
    required = [quote(f"{f.name} fault") for f in contract.fields if f.required]
    rejected = " OR ".join(f"{name} IS NOT NULL" for name in required) or "false"
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE parsed AS
        WITH given AS (SELECT row, {", ".join(givens)} FROM {quote(text.table)}),
        typed AS (SELECT *, {", ".join(values)} FROM given),
        judged AS (SELECT *, {", ".join(faults)} FROM typed)
        SELECT *, {rejected} AS is_rejected FROM judged
        """,
        named,
    )


def _log_faults(con: duckdb.DuckDBPyConnection, field: Field, text: Text) -> None:
    con.execute(
        f"""
        INSERT INTO raw.issue
        SELECT $source, $file, row, $header, {quote(f"{field.name} given")}, {quote(f"{field.name} fault")},
            $severity, $who
        FROM parsed WHERE {quote(f"{field.name} fault")} IS NOT NULL
        ORDER BY row
        """,
        {
            "source": text.source,
            "file": text.file,
            "header": text.headers.get(field.name, field.name),
            "severity": "rejected" if field.required else "blanked",
            "who": "publisher",
        },
    )


def _reject_repeated_keys(con: duckdb.DuckDBPyConnection, contract: Contract, text: Text) -> None:
    # Only a declared key says that two rows are one; a key with a blank in it does not identify anything.
    if not contract.key:
        return
    key = ", ".join(quote(k) for k in contract.key)
    whole = " AND ".join(f"{quote(k)} IS NOT NULL" for k in contract.key)
    before = " AND ".join(f"old.{quote(k)} = parsed.{quote(k)}" for k in contract.key)
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE repeated AS
        SELECT row FROM (
            SELECT row, row_number() OVER (PARTITION BY {key} ORDER BY row) AS nth FROM parsed
            WHERE NOT is_rejected AND {whole}
        ) WHERE nth > 1
        UNION
        SELECT row FROM parsed
        SEMI JOIN (SELECT * FROM {qualified(contract.table)} WHERE source = $source) AS old ON {before}
        WHERE NOT is_rejected
        """,
        {"source": text.source},
    )
    shown = " || ', ' || ".join(f"{quote(k)}::VARCHAR" for k in contract.key)
    con.execute(
        f"""
        INSERT INTO raw.issue
        SELECT $source, $file, row, $header, {shown}, 'key repeated: an earlier row has it', 'rejected', 'publisher'
        FROM parsed SEMI JOIN repeated USING (row) ORDER BY row
        """,
        {
            "source": text.source,
            "file": text.file,
            "header": ", ".join(text.headers.get(k, k) for k in contract.key),
        },
    )
    con.execute("UPDATE parsed SET is_rejected = true WHERE row IN (SELECT row FROM repeated)")
    con.execute("DROP TABLE repeated")


def _counts(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    found = con.execute(
        "SELECT count(*) FILTER (NOT is_rejected), count(*) FILTER (is_rejected) FROM parsed"
    ).fetchone()
    accepted, rejected = found or (0, 0)
    return int(accepted), int(rejected)


def _refuse_if_mostly_wrong(con: duckdb.DuckDBPyConnection, text: Text, accepted: int, rejected: int) -> None:
    rejected += text.torn
    total = accepted + rejected
    if total and rejected / total <= text.max_rejected_share:
        return
    if not total:
        raise SourceError(f"Source '{text.source}': '{text.file}' has a header and no rows.")
    rule, column, row, value = con.execute(
        """
        SELECT rule, column_name, min(row), arg_min(value, row) FROM raw.issue
        WHERE source = ? AND file = ? AND severity = 'rejected'
        GROUP BY rule, column_name ORDER BY count(*) DESC, rule LIMIT 1
        """,
        [text.source, text.file],
    ).fetchall()[0]
    where = f"column '{column}' is " if column else ""
    shown = f": {value!r}" if value is not None else ""
    raise SourceError(
        f"Source '{text.source}': {rejected:,} of {total:,} rows of '{text.file}' do not fit, more than the "
        f"{text.max_rejected_share:.0%} allowed. Most often: {where}{rule}; first in row {row}{shown}. "
        "Mend the file, map its columns or values in the region file, or raise max_rejected_share."
    )


def _kept(field: Field) -> str:
    if field.required:
        return quote(field.name)
    return f"CASE WHEN {quote(f'{field.name} fault')} IS NULL THEN {quote(field.name)} END AS {quote(field.name)}"
