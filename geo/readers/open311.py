"""Read Open311 GeoReport v2 service requests (JSON or XML) as rows of text."""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, parse

from geo.errors import SourceError
from geo.readers.files import encoding_of
from geo.readers.text_table import text_table


def read_requests(
    con: duckdb.DuckDBPyConnection, path: Path, *, source: str, file: str, table: str
) -> tuple[list[str], int, int]:
    """Load service requests into a temporary table of text; ``row`` is the request's position from 1.

    Returns:
        The fields met, the number of requests (counted apart from the parser), and zero (none is torn).

    Raises:
        SourceError: not JSON or XML, cut off, or not a list of requests.
    """
    encoding_of(path)
    is_xml = path.suffix.lower() == ".xml"
    try:
        requests = _from_xml(path) if is_xml else _from_json(path)
    except (
        json.JSONDecodeError,
        ParseError,
        DefusedXmlException,
        UnicodeDecodeError,
        RecursionError,
    ) as error:
        raise SourceError(
            f"Source '{source}': '{file}' is not whole {'XML' if is_xml else 'JSON'} ({error}). "
            "It was cut off, or is an error page. Fetch it again."
        ) from error
    if not requests:
        raise SourceError(f"Source '{source}': '{file}' holds no service requests.")
    count = path.read_bytes().count(b"<request>") if is_xml else _count_json(con, path)
    if count != len(requests):
        raise SourceError(
            f"Source '{source}': '{file}' holds {count:,} requests but {len(requests):,} were read."
        )
    return text_table(con, table, requests), count, 0


def _from_json(path: Path) -> list[Mapping[str, object]]:
    given = json.loads(path.read_text("utf-8-sig"))
    if isinstance(given, dict):
        given = given.get("service_requests", given.get("requests"))
    if not isinstance(given, list) or not all(isinstance(r, dict) for r in given):
        raise SourceError(f"'{path.name}' is not a list of Open311 service requests.")
    return given


def _from_xml(path: Path) -> list[Mapping[str, object]]:
    root = parse(path).getroot()
    if root is None or root.tag != "service_requests":
        raise SourceError(f"'{path.name}' is not an Open311 <service_requests> document.")
    return [{child.tag: child.text for child in request} for request in root.findall("request")]


def _count_json(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    found = con.execute(
        """
        SELECT CASE json_type(json) WHEN 'ARRAY' THEN json_array_length(json) ELSE
            coalesce(json_array_length(json, '$.service_requests'), json_array_length(json, '$.requests')) END
        FROM (SELECT trim(content, chr(65279))::JSON AS json FROM read_text($path))
        """,
        {"path": str(path)},
    ).fetchone()
    return int(found[0]) if found else 0
