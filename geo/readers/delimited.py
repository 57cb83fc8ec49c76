"""Read delimited files (CSV, TSV, .gz of either) as text, losing no record."""

from pathlib import Path

import duckdb

from geo.contracts import Contract
from geo.errors import SourceError
from geo.readers.files import (
    count_records,
    delimiter_of,
    encoding_of,
    ends_with_newline,
    header_of,
)
from geo.readers.ledger import Issue, add_issues
from geo.warehouse import quote


def normal(header: str) -> str:
    """Return a header as contracts spell them: lower case, words joined by underscores."""
    return "_".join(header.lower().replace("-", " ").split()).replace(" ", "_")


def match_headers(
    names: list[str], contract: Contract, columns: dict[str, str], *, file: str, source: str, opt_in: bool
) -> dict[str, str]:
    """Return, for each field present in the file, the header it goes by.

    The region file's `columns` win; then the field's own name; then its aliases, in the contract's order.

    Raises:
        SourceError: a mapped header is not in the file, or a required field is not found.
    """
    by_normal = {normal(name): name for name in reversed(names) if name}
    found: dict[str, str] = {}
    for f in contract.fields:
        if f.name in contract.opt_in and not opt_in:
            continue
        if f.name in columns:
            if columns[f.name] not in names:
                raise SourceError(
                    f"Source '{source}': '{file}' has no column '{columns[f.name]}' (mapped to {f.name} in the "
                    f"region file). Its columns are {', '.join(names)}."
                )
            found[f.name] = columns[f.name]
            continue
        header = next((by_normal[a] for a in (f.name, *map(normal, f.aliases)) if a in by_normal), None)
        if header is not None:
            found[f.name] = header
        elif f.required:
            raise SourceError(
                f"Source '{source}': '{file}' has no column for {f.name} "
                f"(known by: {', '.join((f.name, *f.aliases))}). Its columns are {', '.join(names)}. "
                f'If one of these holds it, say so in the region file: columns = {{ {f.name} = "..." }}.'
            )
    return found


def read_text(
    con: duckdb.DuckDBPyConnection, path: Path, *, source: str, file: str, table: str
) -> tuple[list[str], int, int]:
    """Load a delimited file into a temporary table of text, with its row numbers (header is row 1).

    Returns:
        The headers, the number of records (counted apart from the parser, header not included), and how
        many of them could not be split into columns; each of those has an issue.

    Raises:
        SourceError: not text, cut off, no header, or no rows.
    """
    encoding, delimiter = encoding_of(path), delimiter_of(path)
    names = header_of(path, encoding, delimiter)
    records, inside_quotes = count_records(path)
    if inside_quotes:
        raise SourceError(
            f"Source '{source}': '{file}' ends inside a quoted value, after {records:,} rows. "
            "It was cut off while being written or fetched, or has a stray double quote. Fetch it again."
        )
    columns = {f"{n} {name}": "VARCHAR" for n, name in enumerate(names)}
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {quote(table)} AS
        SELECT row_number() OVER () AS nth, * FROM read_csv(
            $path, columns = $columns, header = true, auto_detect = false, all_varchar = true,
            delim = $delimiter, quote = '"', escape = '"', encoding = $encoding,
            store_rejects = true, rejects_limit = 0
        )
        """,
        {"path": str(path), "columns": columns, "delimiter": delimiter, "encoding": encoding},
    )
    torn = con.execute(
        "SELECT line, first(error_type ORDER BY error_type), first(csv_line) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    _refuse_if_cut_off(path, torn, records, source=source, file=file, width=len(names))
    if encoding != "utf-8":
        add_issues(con, [Issue(source, file, None, None, None, "not UTF-8: read as Latin-1", "note")])
    add_issues(
        con,
        [
            Issue(
                source,
                file,
                line,
                None,
                text,
                f"row cannot be split into columns ({why.lower()})",
                "rejected",
            )
            for line, why, text in torn
        ],
    )
    _number_rows(con, table, torn_lines=bool(torn))
    return names, records - 1, len(torn)


def select_fields(
    con: duckdb.DuckDBPyConnection,
    table: str,
    names: list[str],
    headers: dict[str, str],
    where: dict[str, list[str]],
) -> int:
    """Narrow the text table to the contract's fields and the wanted rows; return how many were left out.

    Whatever no field asks for (personal data among it) goes no further than here.
    """
    position = {name: f"{n} {name}" for n, name in enumerate(names)}
    if unknown := sorted(where.keys() - position.keys()):
        raise SourceError(f"where: there is no column '{unknown[0]}'. Columns are {', '.join(names)}.")
    wanted = (
        " AND ".join(f"list_contains(${n}, trim({quote(position[c])}))" for n, c in enumerate(where, 1))
        or "true"
    )
    fields = "".join(f", {quote(position[header])} AS {quote(field)}" for field, header in headers.items())
    before = _rows(con, table)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {quote(table)} AS SELECT row{fields} FROM {quote(table)} WHERE {wanted}",
        list(where.values()),
    )
    return before - _rows(con, table)


def _number_rows(con: duckdb.DuckDBPyConnection, table: str, *, torn_lines: bool) -> None:
    # Rejected records take a row number too: the nth accepted one stands after those before it.
    if not torn_lines:
        con.execute(f"ALTER TABLE {quote(table)} RENAME nth TO row; UPDATE {quote(table)} SET row = row + 1")
        return
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {quote(table)} AS
        WITH lines AS (SELECT line, row_number() OVER (ORDER BY line) AS torn_before FROM reject_errors GROUP BY line),
        torn AS (SELECT line - torn_before AS accepted_before, max(torn_before) AS torn_before FROM lines GROUP BY ALL)
        SELECT 1 + t.nth + coalesce(torn.torn_before, 0) AS row, t.* EXCLUDE (nth)
        FROM {quote(table)} AS t ASOF LEFT JOIN torn ON t.nth >= torn.accepted_before
        """
    )


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()
    return int(found[0]) if found else 0


def _refuse_if_cut_off(
    path: Path, torn: list[tuple[int, str, str]], records: int, *, source: str, file: str, width: int
) -> None:
    if torn and torn[-1][0] == records and torn[-1][1] != "TOO MANY COLUMNS" and not ends_with_newline(path):
        raise SourceError(
            f"Source '{source}': '{file}' is cut off: its last row, {records:,}, ends in the middle "
            f"({torn[-1][2]!r}; {width} columns are expected). Fetch it again."
        )
