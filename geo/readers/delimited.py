"""Read delimited files (CSV, TSV, .gz of either) as text, losing no record."""

from pathlib import Path

import duckdb

from geo.contract import Contract, Field
from geo.errors import SourceError
from geo.readers.files import (
    Records,
    as_utf8,
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
        SourceError: a mapped header is not in the file, a required field is not found, or nothing of what the kind
            of source measures is.
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
            raise _no_column([f], names, file=file, source=source)
    if contract.measures and not found.keys() & {*contract.measures}:
        wanted = [f for f in contract.fields if f.name in contract.measures]
        raise _no_column(wanted, names, file=file, source=source)
    return found


def _no_column(fields: list[Field], names: list[str], *, file: str, source: str) -> SourceError:
    known = ", ".join(name for f in fields for name in (f.name, *f.aliases))
    return SourceError(
        f"Source '{source}': '{file}' has no column for {' or '.join(f.name for f in fields)} "
        f"(known by: {known}). Its columns are {', '.join(names)}. "
        f'If one of these holds it, say so in the region file: columns = {{ {fields[0].name} = "..." }}.'
    )


def read_text(
    con: duckdb.DuckDBPyConnection, path: Path, *, source: str, file: str, table: str
) -> tuple[list[str], int, int]:
    """Load a delimited file into a temporary table of text, with its row numbers (header is row 1).

    Returns:
        The headers, the number of records (counted apart from the parser, header not included), and how
        many of them could not be split into columns; each of those has an issue.

    Raises:
        SourceError: not text, cut off, no header, or its records cannot be told apart.
    """
    encoding, delimiter = encoding_of(path, has_lines=True), delimiter_of(path)
    names = header_of(path, encoding, delimiter)
    records = count_records(path)
    if records.is_inside_quotes:
        raise SourceError(
            f"Source '{source}': '{file}' ends inside a quoted value, after {records.count:,} rows. "
            "It was cut off while being written or fetched, or has a stray double quote. Fetch it again."
        )
    columns = {f"{n} {name}": "VARCHAR" for n, name in enumerate(names)}
    torn = _parse(con, path, encoding, columns, delimiter, source=source, file=file, table=table)
    _refuse_if_cut_off(path, torn, records, source=source, file=file, width=len(names))
    parsed = _rows(con, table) + len(torn)
    if parsed != records.count - 1:
        raise SourceError(
            f"Source '{source}': '{file}' has {records.count - 1:,} rows by its line ends and quotes, but reads as "
            f"{parsed:,}. It has stray double quotes or unusual line ends. Save it again as CSV UTF-8."
        )
    if encoding != "utf-8":
        rule = "not UTF-8: read as Windows-1252 (Latin-1)"
        add_issues(con, [Issue(source, file, None, None, None, rule, "note")])
    # The text of a torn row is not kept: which of it is personal cannot be told.
    add_issues(
        con,
        [
            Issue(
                source,
                file,
                line,
                None,
                None,
                f"row cannot be split into columns ({why.lower()})",
                "rejected",
            )
            for line, why in torn
        ],
    )
    _number_rows(con, table, sorted([*records.blank_lines, *(line for line, _ in torn)]))
    return names, records.count - 1, len(torn)


def _parse(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    encoding: str,
    columns: dict[str, str],
    delimiter: str,
    *,
    source: str,
    file: str,
    table: str,
) -> list[tuple[int, str]]:
    """Parse into `table`; return the line and fault of each row that could not be split."""
    forget = "DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans"
    con.execute(forget)
    try:
        with as_utf8(path, encoding) as readable:
            con.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE {quote(table)} AS
                SELECT row_number() OVER () AS nth, * FROM read_csv(
                    $path, columns = $columns, header = true, auto_detect = false, all_varchar = true,
                    delim = $delimiter, quote = '"', escape = '"', store_rejects = true, rejects_limit = 0
                )
                """,
                {"path": str(readable), "columns": columns, "delimiter": delimiter},
            )
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        raise SourceError(
            f"Source '{source}': '{file}' cannot be split into rows: it mixes line ends, or is no delimited file "
            f"({str(error).splitlines()[0]}). Save it again as CSV UTF-8."
        ) from error
    torn = con.execute(
        "SELECT line, first(error_type ORDER BY error_type) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    con.execute(forget)
    return torn


def select_fields(
    con: duckdb.DuckDBPyConnection,
    table: str,
    names: list[str],
    headers: dict[str, str],
    where: dict[str, list[str]],
    *,
    into: str,
) -> int:
    """Take the contract's fields and the wanted rows over into a new table; return how many were left out.

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
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {quote(into)} AS SELECT row{fields} FROM {quote(table)} WHERE {wanted}",
        list(where.values()),
    )
    # Without a filter a row that is not taken over is lost, not left out: the account must not add up then.
    return _rows(con, table) - _rows(con, into) if where else 0


def _number_rows(con: duckdb.DuckDBPyConnection, table: str, skipped: list[int]) -> None:
    # Torn and blank lines take a row number too: the nth accepted record stands after those before it.
    if not skipped:
        con.execute(f"ALTER TABLE {quote(table)} RENAME nth TO row; UPDATE {quote(table)} SET row = row + 1")
        return
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {quote(table)} AS
        WITH lines AS (SELECT unnest($skipped) AS line, generate_subscripts($skipped, 1) AS skipped_before),
        skips AS (
            SELECT line - skipped_before AS kept_before, max(skipped_before) AS skipped_before
            FROM lines GROUP BY ALL
        )
        SELECT 1 + t.nth + coalesce(skips.skipped_before, 0) AS row, t.* EXCLUDE (nth)
        FROM {quote(table)} AS t ASOF LEFT JOIN skips ON t.nth >= skips.kept_before
        """,
        {"skipped": skipped},
    )


def _rows(con: duckdb.DuckDBPyConnection, table: str) -> int:
    found = con.execute(f"SELECT count(*) FROM {quote(table)}").fetchone()
    return int(found[0]) if found else 0


def _refuse_if_cut_off(
    path: Path, torn: list[tuple[int, str]], records: Records, *, source: str, file: str, width: int
) -> None:
    last = records.count + len(records.blank_lines)
    if torn and torn[-1] == (last, "MISSING COLUMNS") and not ends_with_newline(path):
        raise SourceError(
            f"Source '{source}': '{file}' is cut off: its last row, {last:,}, ends in the middle "
            f"({width} columns are expected). Fetch it again."
        )
