"""A matrix of formats and faults: what becomes of each file is declared here, before it is read.

Each ends in one of three: accepted (so many rows, the rest quarantined or blanked with a reason each), or refused in
a paragraph that names the file, with nothing of it kept. None may take more than 300 MB.
"""

import gzip
import io
import json
import re
import resource
import struct
import zipfile
from dataclasses import dataclass, field
from typing import Any

import duckdb
import geopandas as gpd
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.errors import SourceError
from geo.sources import Source
from tests.geo.door import Door, open_door

MOST_MEMORY_MB = 300
MB = 1 << 20
HEAD = "collision_index,date,time,collision_severity,location_easting_osgr,location_northing_osgr\n"
GOOD = [f"C{n},0{n}/02/2023,08:0{n},3,39000{n},400000\n" for n in range(1, 10)]
TABLE = HEAD + "".join(GOOD)
LONLAT = {"x": "lon", "y": "lat"}
LL_HEAD = "collision_index,date,collision_severity,lon,lat\n"
REPORTS = [
    {
        "service_request_id": f"R{n}",
        "status": "open",
        "service_name": "Pothole",
        "requested_datetime": "2024-01-11T09:00:00Z",
        "lat": 400_000 + n,
        "long": 390_000,
    }
    for n in range(5)
]


@dataclass(frozen=True)
class Kept:
    """So many rows are accepted and so many quarantined; each of `issues` is a rule told of, and no other is."""

    accepted: int
    quarantined: int = 0
    issues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """Nothing is kept, and the message says this."""

    said: str


@dataclass(frozen=True)
class File:
    """A bad file: its kind of source, its name, its bytes, and what is to become of it."""

    kind: str
    name: str
    data: bytes
    outcome: Kept | Refused
    settings: dict[str, Any] = field(default_factory=dict)


def table(text: str, outcome: Kept | Refused, encoding: str = "utf-8", **settings: Any) -> File:
    return File("collisions", "a.csv", text.encode(encoding), outcome, {"max_rejected_share": 0.5} | settings)


def row(n: int, old: str, new: str) -> str:
    """The good table with one change in one of its rows, from 1."""
    assert old in GOOD[n - 1]
    return HEAD + "".join(r.replace(old, new) if i == n else r for i, r in enumerate(GOOD, 1))


def packed(*members: bytes, times: int = 1) -> bytes:
    """A .gz of several members, the last many times: as large as one likes, at the cost of one."""
    *first, last = (gzip.compress(m, 9) for m in members)
    return b"".join([*first, last * times])


def blanked(rule: str) -> Kept:
    return Kept(9, issues=(rule,))


def rejected(rule: str) -> Kept:
    return Kept(8, 1, (rule,))


TEXT = {
    "byte-order mark": table("\ufeff" + TABLE, Kept(9)),
    "UTF-16": table(TABLE, Refused("is in UTF-16. Save it as CSV UTF-8"), "utf-16"),
    "UTF-16 without a mark": table(TABLE, Refused("holds NUL bytes"), "utf-16-le"),
    "Windows-1252": table(
        TABLE.replace("C1", "Café"), Kept(9, issues=("not UTF-8: read as Windows-1252",)), "cp1252"
    ),
    "carriage returns and line feeds": table(TABLE.replace("\n", "\r\n"), Kept(9)),
    "carriage returns alone": table(TABLE.replace("\n", "\r"), Refused("a.csv")),
    "NUL bytes at its end": table(TABLE + "\0" * 512, Refused("holds NUL bytes")),
    "an embedded line feed": table(row(3, "C3", '"C\n3"'), Kept(9)),
    "embedded delimiters and quotes": table(row(3, "C3", '"C,""3"""'), Kept(9)),
    "a stray quote": table(row(3, "C3", 'C3 5" pipe'), Kept(9)),
    "a quote that never closes": table(row(8, "C8", '"C8'), Refused("ends inside a quoted value")),
    "one that never closes, beside a stray one, for 4 MB": table(
        row(2, "C2", 'C2 5" pipe')
        + '"'
        + "".join(f"D{n},01/02/2023,08:00,3,390001,400000\n" for n in range(110_000)),
        Refused("ends inside a quoted value"),
    ),
    "semicolons": table(TABLE.replace(",", ";"), Kept(9)),
    "tabs": table(TABLE.replace(",", "\t"), Kept(9)),
    "blank lines": table(TABLE.replace("C4", "\n\nC4"), Kept(9)),
    "a blank first line": table("\n" + TABLE, Refused("begins with a blank line")),
    "a row too short": table(row(4, ",390004,400000", ""), rejected("row cannot be split into columns")),
    "a row too long": table(row(4, "400000", "400000,x,y"), rejected("row cannot be split into columns")),
    "a last row cut off": table(TABLE[:-20], Refused("is cut off")),
    "a header alone": table(HEAD, Refused("a.csv")),
    "no bytes": table("", Refused("is empty")),
    "no header": table("".join(GOOD), Refused("has no column for")),
    "other headers": table(TABLE.replace("collision_severity", "how_bad"), Refused("no column for severity")),
    "a header twice": table(
        TABLE.replace("time", "date", 1), Refused("column 'date' is in the header twice")
    ),
    "a web page with status 200": table(
        "<!DOCTYPE html>\n<html><body>Sorry</body></html>\n", Refused("is a web page")
    ),
    "an XML error with status 200": table(
        '<?xml version="1.0"?>\n<Error><Code>NoSuchKey</Code></Error>\n', Refused("is a web page")
    ),
    "an error in JSON with status 200": table('{"error": "busy", "code": 503}\n', Refused("a.csv")),
    "formula cells": table(row(5, "C5", '"=HYPERLINK(""http://x"")"'), Kept(9)),
    "digits of another script": table(row(5, ",3,", ",٣,"), rejected("")),
    "zero-width and non-breaking spaces": table(row(5, "C5", "\u00a0C5\u200b"), Kept(9)),
    "a name with control characters": table(row(5, "C5", "C\x07\x1b[31m5"), Kept(9)),
    "a value of 1 MB": table(row(5, "C5", "C" * MB), Kept(9)),
    "a line of 24 MB": table(HEAD + "x" * (24 * MB), Refused("has a line of more than 16 MB")),
}
VALUES = {
    "a key twice": table(TABLE + GOOD[0], Kept(9, 1, ("key repeated",))),
    "no key": table(row(2, "C2", ""), rejected("")),
    "the 31st of February": table(row(2, "02/02/2023", "31/02/2023"), rejected("")),
    "a month 13": table(row(2, "02/02/2023", "12/13/2023"), rejected("")),
    "a date of year 0": table(row(2, "02/02/2023", "01/01/0000"), rejected("")),
    "a date from a spreadsheet's number": table(row(2, "02/02/2023", "44959"), rejected("")),
    "25 o'clock": table(row(2, "08:02", "25:02"), blanked("")),
    "the hour that is missing in spring": table(row(2, "02/02/2023,08:02", "26/03/2023,01:30"), Kept(9)),
    "the hour that comes twice in autumn": table(row(2, "02/02/2023,08:02", "29/10/2023,01:30"), Kept(9)),
    "an unknown code": table(row(2, ",3,", ",7,"), rejected("")),
    "easting and northing swapped": table(
        HEAD + "".join(re.sub(r"(\d{6}),(\d{6})\n", r"\2,\1\n", r) for r in GOOD), Kept(9)
    ),
    "null island": table(row(2, "390002,400000", "0,0"), blanked("")),
    # One of the marks of what is missing.
    "not a number": table(row(2, "390002", "NaN"), Kept(9)),
    "infinity": table(row(2, "390002", "inf"), blanked("")),
    "a huge number": table(row(2, "390002", "1e308"), blanked("")),
    "a number too long for any type": table(row(2, "390002", "9" * 400), blanked("")),
    "a comma for a decimal point": table(row(2, "390002", '"390002,5"'), blanked("")),
    "longitude and latitude swapped": table(
        LL_HEAD + "".join(f"C{n},01/02/2023,3,53.49,-2.15\n" for n in range(9)),
        Refused("a.csv"),
        crs="EPSG:4326",
        columns=LONLAT,
    ),
    "another coordinate system than said": table(TABLE, Refused("a.csv"), crs="EPSG:3035"),
    "degrees said to be metres": table(
        LL_HEAD + "".join(f"C{n},01/02/2023,3,-2.15,53.49\n" for n in range(9)),
        Refused("a.csv"),
        columns=LONLAT,
    ),
    "latitude 91": table(
        LL_HEAD + "".join(f"C{n},01/02/2023,3,-2.15,{53.49 if n else 91}\n" for n in range(9)),
        blanked(""),
        crs="EPSG:4326",
        columns=LONLAT,
    ),
    "mostly wrong": table(TABLE.replace("/02/", "/13/"), Refused("a.csv")),
}


def gz(data: bytes, outcome: Kept | Refused) -> File:
    return File("collisions", "a.csv.gz", data, outcome)


WHOLE_GZ = gzip.compress(TABLE.encode())
BOMB_LINE = b"C1,01/02/2023,08:00,3,390001,400000\n" * 110_000
PACKED = {
    "whole": gz(WHOLE_GZ, Kept(9)),
    "cut off": gz(WHOLE_GZ[:-9], Refused("is a torn .gz file")),
    "a byte changed": gz(WHOLE_GZ[:-6] + b"xx" + WHOLE_GZ[-4:], Refused("is a torn .gz file")),
    "not packed": gz(TABLE.encode(), Refused("is a torn .gz file")),
    "a bomb of 1 GB": gz(
        packed(HEAD.encode(), BOMB_LINE, times=270), Refused("unpacks to more than 200 times")
    ),
    "a line of 1 GB": gz(packed(b"x" * (4 * MB), times=256), Refused("has a line of more than 16 MB")),
    "a zip called csv": File("collisions", "a.csv", b"", Refused("a.csv")),
}


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def zipped(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, data)
    return buffer.getvalue()


FRAME = pd.read_csv(io.StringIO(TABLE), dtype=str)
PARQUET = {
    "whole": File("collisions", "a.parquet", parquet(FRAME), Kept(9)),
    "cut off": File("collisions", "a.parquet", parquet(FRAME)[:-40], Refused("a.parquet")),
    "a table of text": File("collisions", "a.parquet", TABLE.encode(), Refused("a.parquet")),
    "no rows": File("collisions", "a.parquet", parquet(FRAME[:0]), Refused("a.parquet")),
    "a footer of 2 GB": File(
        "collisions",
        "a.parquet",
        b"PAR1" + b"x" * 64 + struct.pack("<I", 0x7FFFFFFF) + b"PAR1",
        Refused("a.parquet"),
    ),
    "a month 13": File(
        "collisions",
        "a.parquet",
        parquet(FRAME.assign(date=["01/13/2023", *FRAME["date"][1:]])),
        Kept(8, 1, ("",)),
    ),
}
ZIP = zipped("a.csv", TABLE.encode())
PACKED["a zip called csv"] = File("collisions", "a.csv", ZIP, Refused("a.csv"))


def reports(text: str, outcome: Kept | Refused, name: str = "a.json") -> File:
    return File("reports", name, text.encode(), outcome, {"crs": "EPSG:27700"})


XML = (
    "<service_requests>"
    + "".join("<request>" + "".join(f"<{k}>{v}</{k}>" for k, v in r.items()) + "</request>" for r in REPORTS)
    + "</service_requests>"
)
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
READ_FILE = '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
TREES = {
    "JSON": reports(json.dumps(REPORTS), Kept(5)),
    "JSON cut off": reports(json.dumps(REPORTS)[:-9], Refused("is not whole JSON")),
    "JSON of nothing": reports("[]", Refused("holds no service requests")),
    "JSON of something else": reports(
        '{"error": "busy"}', Refused("is not a list of Open311 service requests")
    ),
    "JSON with NaN": reports(json.dumps(REPORTS).replace("400001", "NaN"), Kept(5)),
    "JSON 100,000 deep": reports("[" * 100_000, Refused("is not whole JSON")),
    "a web page called JSON": reports("<!DOCTYPE html><html></html>", Refused("is not whole JSON")),
    "XML": reports(XML, Kept(5), "a.xml"),
    "XML cut off": reports(XML[:-30], Refused("is not whole XML"), "a.xml"),
    "XML whose entities grow": reports(
        LAUGHS + XML.replace("Pothole", "&i;"), Refused("is not whole XML"), "a.xml"
    ),
    "XML that reads a file": reports(
        READ_FILE + XML.replace("Pothole", "&f;"), Refused("is not whole XML"), "a.xml"
    ),
}


def areas(*shapes: tuple[str | None, Any], outcome: Kept | Refused, crs: str | None = "EPSG:27700") -> File:
    frame = gpd.GeoDataFrame({"LAD24CD": [c for c, _ in shapes]}, geometry=[g for _, g in shapes], crs=crs)
    given = json.loads(frame.to_json(to_wgs84=False, drop_id=True))
    return File("areas", "a.geojson", json.dumps(given).encode(), outcome, {"level": "ward"})


def roads(*shapes: Any, outcome: Kept | Refused) -> File:
    frame = gpd.GeoDataFrame(
        {
            "id": [f"L{n}" for n in range(len(shapes))],
            "road_classification": "A Road",
            "road_classification_number": "A1",
        },
        geometry=list(shapes),
        crs="EPSG:27700",
    )
    given = json.loads(frame.to_json(to_wgs84=False, drop_id=True))
    return File("roads", "r.geojson", json.dumps(given).encode(), outcome, {"format": "os_open_roads"})


SQUARE, NEXT = box(381_000, 391_000, 382_000, 392_000), box(382_000, 391_000, 383_000, 392_000)
BOW_TIE = Polygon([(381_000, 391_000), (382_000, 392_000), (382_000, 391_000), (381_000, 392_000)])
NEEDLE = Polygon([(381_000, 391_000), (382_000, 391_000), (381_000, 391_000)])
WHOLE_AREAS = areas(("E1", SQUARE), ("E2", NEXT), outcome=Kept(2))
SHAPES = {
    "areas": WHOLE_AREAS,
    "areas cut off": File(
        "areas", "a.geojson", WHOLE_AREAS.data[:-60], Refused("a.geojson"), {"level": "ward"}
    ),
    "a bow tie": areas(("E1", BOW_TIE), ("E2", NEXT), outcome=Kept(2, 0, ("",))),
    "a polygon without area": areas(("E1", NEEDLE), ("E2", NEXT), outcome=Refused("a.geojson")),
    "a point for a polygon": areas(("E1", Point(381_000, 391_000)), ("E2", NEXT), outcome=Kept(1, 1, ("",))),
    "an empty polygon": areas(("E1", MultiPolygon()), ("E2", NEXT), outcome=Kept(1, 1, ("",))),
    "no shape": areas(("E1", None), ("E2", NEXT), outcome=Kept(1, 1, ("",))),
    "no code": areas((None, SQUARE), ("E2", NEXT), outcome=Kept(1, 1, ("",))),
    "a code twice": areas(("E1", SQUARE), ("E1", NEXT), outcome=Refused("a.geojson")),
    "areas in degrees said to be metres": areas(
        ("E1", box(-2.2, 53.4, -2.1, 53.5)), outcome=Refused("a.geojson")
    ),
    "a web page called GeoJSON": File(
        "areas", "a.geojson", b"<!DOCTYPE html><html></html>", Refused("a.geojson"), {"level": "ward"}
    ),
    "a self-crossing line": roads(
        LineString([(381_000, 391_000), (382_000, 392_000), (382_000, 391_000), (381_000, 392_000)]),
        outcome=Kept(1),
    ),
    "a line of one place": roads(
        LineString([(381_000, 391_000), (382_000, 391_000)]),
        LineString([(381_000, 391_000), (381_000, 391_000)]),
        outcome=Kept(1, 1, ("",)),
    ),
}
MATRIX: dict[str, File] = {
    f"{format_}: {fault}": file
    for format_, files in (
        ("text", TEXT),
        ("values", VALUES),
        ("gz", PACKED),
        ("parquet", PARQUET),
        ("tree", TREES),
        ("shapes", SHAPES),
    )
    for fault, file in files.items()
}


TABLES = ("raw.collision", "raw.report", "raw.link")


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_the_matrix_is_large_enough() -> None:
    assert len(MATRIX) >= 60


@pytest.fixture(scope="module")
def shared_door(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Door:
    return open_door(con, tmp_path_factory.mktemp("bad-files"))


@pytest.mark.parametrize("name", MATRIX)
def test_a_bad_file_ends_as_declared(shared_door: Door, name: str) -> None:
    file, door = MATRIX[name], shared_door
    for one in (*TABLES, "raw.area", "raw.issue", "raw.source_file"):
        door.con.execute(f"DELETE FROM {one} WHERE source = 'it'")
    door.put(file.name, file.data)
    before = memory_mb()
    if isinstance(file.outcome, Refused):
        with pytest.raises(SourceError) as refused:
            door.load(file.kind, file.name, **file.settings)
        message = str(refused.value)
        assert file.outcome.said in message
        assert file.name in message
        assert len(message) < 1500
        assert door.issues() == []
        assert [door.rows(f"SELECT count(*) FROM {t}")[0][0] for t in TABLES] == [0, 0, 0]
        assert door.rows("SELECT count(*) FROM raw.area") == [(1,)]
    else:
        read = door.load(file.kind, file.name, **file.settings)
        assert (read.rows_accepted, read.rows_quarantined) == (
            file.outcome.accepted,
            file.outcome.quarantined,
        )
        assert read.rows_read == read.rows_accepted + read.rows_quarantined + read.rows_left_out
        rules = [rule for *_, rule, _ in door.issues()]
        assert len(rules) == len(file.outcome.issues), rules
        assert all(said in rule for said, rule in zip(file.outcome.issues, rules, strict=True)), rules
    assert memory_mb() - before < MOST_MEMORY_MB


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "a/../../b.csv"])
def test_a_path_out_of_the_data_root_is_refused(path: str) -> None:
    source: TypeAdapter[Source] = TypeAdapter(Source)
    with pytest.raises(ValidationError, match="below the data root"):
        source.validate_python({"kind": "collisions", "id": "it", "title": "It", "path": path})
