"""A table in Parquet gives what the same table in CSV gives: rows, issues and refusals."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.errors import SourceError
from tests.geo.door import Door, Row, counts

COLLISIONS = """
    collision_index,location_easting_osgr,location_northing_osgr,date,time,collision_severity,speed_limit,first_road_class,number_of_vehicles,local_authority_highway
    A2,385000,395000,05/01/2023,17:30,1,40,3,2,E08000003
    A3,386000.25,396000,06/01/2023,08:05,2,71,8,-2,E08000003
    A4,0,0,31/12/2023,,3,-1,6,1,-1
    A2,385000,395000,05/01/2023,17:30,1,30,3,2,E08000003
    A6,385000,395000,31/02/2023,17:30,1,30,3,2,E08000003
    A7,,,01/03/2023,25:61,3,30,3,two,Bishop\u2019s End
    ,385000,395000,01/03/2023,17:30,1,30,3,2,E08000003
"""
CASUALTIES = """
    collision_index,casualty_reference,casualty_severity,casualty_type
    A2,1,3,9
    A2,1,3,9
    A2,2,7,9
    A3,1,1,Pedestrian
"""
VEHICLES = """
    collision_index,vehicle_reference,vehicle_type
    A2,1,9
    A2,1,11
    A3,,9
    A3,2,-1
"""
REPORTS = """
    id,lat,lon,created,closed,status,category,title,email
    1,53.45,-2.2,2022-03-04T10:00:00,2022-03-09 09:30:00,Fixed,Pothole,Ring Ada,ada@example.invalid
    2,53.46,-2.2,yesterday,infinity,asleep,=1+1,Lamp,ada@example.invalid
    3,east,-2.2,2022-03-04 10:00,,Open,Lamp,Lamp,ada@example.invalid
"""
TABLES = ("collision", "casualty", "vehicle", "report", "issue", "source_file")
Everything = dict[str, list[Row]]
Types = Mapping[str, Any]


def raw(door: Door) -> Everything:
    """Every raw table that a load writes to, but for the name, hash, size and time of the file."""
    where = "COLUMNS(* EXCLUDE (file))"
    file = "COLUMNS(* EXCLUDE (file, sha256, bytes, read_at))"
    return {
        t: door.rows(f"SELECT {file if t == 'source_file' else where} FROM raw.{t} ORDER BY ALL")
        for t in TABLES
    }


def both(door: Door, kind: str, text: str, types: Types | None = None, **settings: Any) -> Everything:
    """Load a table as CSV and as Parquet, hold one against the other, and return what they gave."""
    name = door.write("t.csv", text)
    table = pd.read_csv(io.BytesIO((door.folder / name).read_bytes()), dtype=str, keep_default_na=False)
    door.load(kind, name, **({"max_rejected_share": 1} | settings))
    of_csv = raw(door)
    for t in TABLES:
        door.con.execute(f"DELETE FROM raw.{t}")
    typed = types or {}
    arrays = {str(c): pa.array(typed.get(str(c), list)(cells)) for c, cells in table.to_dict("list").items()}
    pq.write_table(pa.table(arrays), door.folder / "t.parquet", row_group_size=2)
    door.load(kind, "t.parquet", **({"max_rejected_share": 1} | settings))
    assert raw(door) == of_csv
    return of_csv


@pytest.mark.parametrize(
    ("kind", "text", "settings", "issues"),
    [
        ("collisions", COLLISIONS, {}, 9),
        ("collisions", COLLISIONS, {"where": {"collision_severity": ["1", "2"]}}, 6),
        ("casualties", CASUALTIES, {"of": "crashes"}, 1),
        ("vehicles", VEHICLES, {"of": "crashes"}, 2),
        ("reports", REPORTS, {}, 4),
        ("reports", REPORTS, {"keep_text": True}, 4),
    ],
)
def test_text_is_read_as_from_csv(
    door: Door, kind: str, text: str, settings: dict[str, Any], issues: int
) -> None:
    found = both(door, kind, text, **settings)
    assert len(found["issue"]) == issues
    [(*_, read, accepted, quarantined, left_out, _, _)] = found["source_file"]
    assert read == accepted + quarantined + left_out


def whole(cells: list[str]) -> list[int | None]:
    return [int(c) if c else None for c in cells]


def real(cells: list[str]) -> list[float | None]:
    return [float(c) if c else None for c in cells]


def day(cells: list[str]) -> list[date]:
    return [datetime.strptime(c, "%d/%m/%Y").date() for c in cells]  # noqa: DTZ007


def midnight(cells: list[str]) -> list[datetime]:
    return [datetime.combine(d, time()) for d in day(cells)]


def clock(cells: list[str]) -> list[time | None]:
    return [time.fromisoformat(c) if c else None for c in cells]


TYPED = """
    collision_index,longitude,latitude,date,time,collision_severity,speed_limit,first_road_class,first_road_number
    2023001,-2.2,53.45,05/01/2023,17:30:00,1,40,3,61
    2023002,-2.2000001,53.123456789012,06/01/2023,08:05:00,2,71,8,
    2023003,,,31/12/2023,,3,,6,0
    2023001,0,0,31/12/2023,,3,,6,0
"""


@pytest.mark.parametrize("dates", [day, midnight])
@pytest.mark.parametrize("numbers", [whole, real])
@pytest.mark.parametrize("date_format", [None, "%d/%m/%Y"])
def test_typed_columns_are_read_as_text_would_be(
    door: Door, dates: Any, numbers: Any, date_format: str | None
) -> None:
    names = ("collision_index", "collision_severity", "speed_limit", "first_road_class", "first_road_number")
    types = dict.fromkeys(names, numbers) | {
        "longitude": real,
        "latitude": real,
        "date": dates,
        "time": clock,
    }
    found = both(door, "collisions", TYPED, types, crs="EPSG:4326", date_format=date_format)
    assert [row[1:6] for row in found["collision"]] == [
        (2, "2023001", date(2023, 1, 5), time(17, 30), "fatal"),
        (3, "2023002", date(2023, 1, 6), time(8, 5), "serious"),
        (4, "2023003", date(2023, 12, 31), None, "slight"),
    ]
    assert sorted((row[1], row[3], row[4]) for row in found["issue"]) == [
        (3, "71", "above 70"),
        (3, "8", "not one of the known codes"),
        (5, "2023001", "key repeated: an earlier row has it"),
    ]


def load(door: Door, kind: str = "collisions", **columns: Any) -> tuple[int, int, int, int]:
    pq.write_table(pa.table(columns), door.folder / "t.parquet")
    return counts(door.load(kind, "t.parquet"))


def test_instants_with_a_time_zone_are_in_utc(door: Door) -> None:
    closed_at = datetime.fromisoformat("2022-07-02T09:30:01.005")
    made = pa.array([datetime(2022, 7, 1, 9, 30, tzinfo=UTC), None], pa.timestamp("ms", "Europe/London"))
    closed = pa.array([closed_at, None], pa.timestamp("ns"))
    assert load(door, "reports", id=[1, 2], created=made, closed=closed) == (2, 2, 0, 0)
    assert door.rows("SELECT row, report_id, reported_at, closed_at FROM raw.report ORDER BY row") == [
        (2, "1", datetime.fromisoformat("2022-07-01T09:30"), closed_at),
        (3, "2", None, None),
    ]


def test_the_local_day_of_an_instant_is_not_guessed(door: Door) -> None:
    made = pa.array([datetime(2022, 7, 1, 23, 30, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    with pytest.raises(
        SourceError, match=r"'t\.parquet': column 'date' \(occurred_on\) holds instants in UTC"
    ):
        load(door, collision_id=["A"], date=made, severity=[1])


def test_words_from_a_dictionary_decimals_flags_and_bytes(door: Door) -> None:
    import decimal

    severity = pa.array(["fatal", "fatal", "Slight"]).dictionary_encode()
    speed = pa.array([decimal.Decimal("30.00"), None, decimal.Decimal("30.50")])
    days = pa.array([b"01/02/2022"] * 3, pa.binary())
    read = load(door, collision_id=["A", "B", "C"], date=days, severity=severity, speed_limit=speed)
    assert read == (3, 3, 0, 0)
    assert door.rows("SELECT collision_id, severity, speed_limit_mph FROM raw.collision ORDER BY row") == [
        ("A", "fatal", 30),
        ("B", "fatal", None),
        ("C", "slight", None),
    ]
    assert door.issues() == [("t.parquet", 4, "speed_limit", "30.50", "not a whole number", "blanked")]


def test_columns_that_no_field_asks_for_may_hold_anything_and_reach_no_table(door: Door) -> None:
    read = load(
        door,
        collision_id=["A"],
        date=[date(2022, 2, 1)],
        severity=[1],
        driver=["Ann Exmouth"],
        tags=[["Exmouth", "b"]],
        parts=[{"of": "Exmouth"}],
    )
    assert read == (1, 1, 0, 0)
    assert "Exmouth" not in door.everything()


def test_a_column_of_lists_is_refused_where_it_is_asked_for(door: Door) -> None:
    with pytest.raises(
        SourceError, match=r"'t\.parquet': column 'severity' holds BIGINT\[\], not text, numbers"
    ):
        load(door, collision_id=["A"], date=[date(2022, 2, 1)], severity=[[1, 2]])


def test_missing_columns_are_told_as_for_csv(door: Door) -> None:
    with pytest.raises(
        SourceError, match=r"'t\.parquet' has no column for collision_id \(known by: .*ref, date"
    ):
        load(door, ref=["A"], date=[date(2022, 2, 1)], severity=[1])
    pq.write_table(
        pa.table({"collision_id": ["A"], "date": ["1"], "severity": ["1"]}), door.folder / "u.parquet"
    )
    with pytest.raises(SourceError, match=r"no column 'force'\. Columns are collision_id, date, severity"):
        door.load("collisions", "u.parquet", where={"force": "Kent"})


def test_a_table_without_rows_is_refused(door: Door) -> None:
    with pytest.raises(SourceError, match=r"'t\.parquet' has a header and no rows"):
        load(
            door,
            collision_id=pa.array([], pa.string()),
            date=pa.array([], pa.date32()),
            severity=pa.array([], pa.int8()),
        )


def test_a_mostly_wrong_file_is_refused_with_its_commonest_fault(door: Door) -> None:
    with pytest.raises(SourceError, match=r"3 of 3 rows of 't\.parquet' do not fit.*first in row 2: '9'"):
        load(door, collision_id=["A", "B", "C"], date=[date(2022, 2, 1)] * 3, severity=[9, 9, 9])


def test_a_torn_or_foreign_file_is_refused_in_a_paragraph(door: Door) -> None:
    load(door, collision_id=["A"], date=[date(2022, 2, 1)], severity=[1])
    data = (door.folder / "t.parquet").read_bytes()
    for name, given in (("cut.parquet", data[:-20]), ("text.parquet", b"collision_id,date,severity\n" * 9)):
        said = rf"Source 'it': '{name}' cannot be read as a Parquet file .* Fetch it again\."
        with pytest.raises(SourceError, match=said):
            door.load("collisions", door.put(name, given))


def test_damaged_values_are_refused_and_leave_nothing(door: Door) -> None:
    ids = [f"A{n * 7919 % 10007}" for n in range(10_000)]
    columns = {"collision_id": ids, "date": [date(2022, 2, 1)] * 10_000, "severity": [1] * 10_000}
    pq.write_table(pa.table(columns), door.folder / "t.parquet", compression="zstd")
    data = bytearray((door.folder / "t.parquet").read_bytes())
    data[1000:3000] = bytes(2000)
    with pytest.raises(SourceError, match=r"Source 'it': 'bad\.parquet' is damaged"):
        door.load("collisions", door.put("bad.parquet", bytes(data)))
    assert door.rows("SELECT count(*) FROM raw.collision") == [(0,)]


def test_one_source_may_have_years_in_csv_and_years_in_parquet(door: Door) -> None:
    old = door.write("2022.csv", "accident_index,date,accident_severity\nA1,01/02/2022,1\nA2,02/02/2022,3\n")
    new = {"collision_index": ["A2", "A3"], "date": [date(2023, 1, 1)] * 2, "collision_severity": [2, 2]}
    pq.write_table(pa.table(new), door.folder / "2023.parquet")
    read = door.load("collisions", old, "2023.parquet", max_rejected_share=0.5)
    assert counts(read) == (2, 1, 1, 0)
    assert read.period_start == date(2023, 1, 1)
    assert door.rows("SELECT file, row, collision_id, severity FROM raw.collision ORDER BY ALL") == [
        ("2022.csv", 2, "A1", "fatal"),
        ("2022.csv", 3, "A2", "slight"),
        ("2023.parquet", 3, "A3", "serious"),
    ]
