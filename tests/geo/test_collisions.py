"""Collisions, casualties and vehicles: STATS19 of any year, and council extracts with mapped columns."""

from datetime import date, time

import pytest

from geo.errors import SourceError
from geo.readers.ledger import SourceFile
from tests.geo.door import Door, Row, counts

CORE = "collision_id, occurred_on, occurred_time, severity, x, y"


def collisions(door: Door, columns: str = CORE) -> list[Row]:
    return door.rows(f"SELECT row, {columns} FROM raw.collision ORDER BY file, row")


NEW = """
    collision_index,collision_year,location_easting_osgr,location_northing_osgr,longitude,latitude,collision_severity,date,time,local_authority_highway,first_road_class,first_road_number,speed_limit,number_of_vehicles,number_of_casualties
    2023A1,2023,385000,395000,-2.2,53.4,1,05/01/2023,17:30,E08000003,3,61,40,2,1
    2023A2,2023,386000,396000,-2.2,53.4,2,06/01/2023,08:05,E08000003,6,0,-1,1,2
    2023A3,2023,387000,397000,-2.2,53.4,3,31/12/2023,-1,-1,-1,-1,30,-1,-1
"""


def test_stats19_with_its_new_names(door: Door) -> None:
    read = door.load("collisions", door.write("new.csv", NEW))
    assert counts(read) == (3, 3, 0, 0)
    assert (read.period_start, read.period_end) == (date(2023, 1, 5), date(2023, 12, 31))
    assert collisions(door) == [
        (2, "2023A1", date(2023, 1, 5), time(17, 30), "fatal", 385000, 395000),
        (3, "2023A2", date(2023, 1, 6), time(8, 5), "serious", 386000, 396000),
        (4, "2023A3", date(2023, 12, 31), None, "slight", 387000, 397000),
    ]
    rest = "recorded_authority, road_class, road_number, speed_limit_mph, vehicle_count, casualty_count"
    assert collisions(door, rest) == [
        (2, "E08000003", "a", 61, 40, 2, 1),
        (3, "E08000003", "unclassified", None, None, 1, 2),
        (4, None, None, None, 30, None, None),
    ]
    assert door.issues() == []


JUNCTIONS = """
    collision_index,location_easting_osgr,location_northing_osgr,collision_severity,date,first_road_class,first_road_number,junction_detail_historic,junction_detail,second_road_class,second_road_number
    J1,385000,395000,3,05/01/2023,3,61,-1,16,4,6479
    J2,385000,395000,3,05/01/2023,3,61,-1,0,0,-1
    J3,385000,395000,3,05/01/2023,3,61,-1,99,9,-1
    J4,385000,395000,3,05/01/2023,3,61,-1,13,6,0
    J5,385000,395000,3,05/01/2023,3,61,-1,13,8,10000
"""


def test_the_other_road_of_a_junction(door: Door) -> None:
    door.load("collisions", door.write("junctions.csv", JUNCTIONS))
    assert collisions(door, "junction_detail, second_road_class, second_road_number") == [
        (2, "16", "b", 6479),
        (3, "0", None, None),
        (4, None, None, None),
        (5, "13", "unclassified", None),
        (6, "13", None, None),
    ]
    assert door.issues() == [
        ("junctions.csv", 6, "second_road_class", "8", "not one of the known codes", "blanked"),
        ("junctions.csv", 6, "second_road_number", "10000", "above 9999", "blanked"),
    ]


OLD = """
    Accident_Index,Location_Easting_OSGR,Location_Northing_OSGR,Accident_Severity,Date,Time
    200501BS1,385000,395000,2,04/01/2005,17:42
    200501BS2,0,0,3,05/01/2005,17:36
    200501BS3,NULL,NULL,3,06/01/2005,
"""


def test_stats19_with_its_old_names_and_a_byte_order_mark(door: Door) -> None:
    read = door.load("collisions", door.write("old.csv", OLD, "utf-8-sig"))
    assert counts(read) == (3, 3, 0, 0)
    assert collisions(door, f"{CORE}, geom IS NULL") == [
        (2, "200501BS1", date(2005, 1, 4), time(17, 42), "serious", 385000, 395000, False),
        (3, "200501BS2", date(2005, 1, 5), time(17, 36), "slight", 0, 0, True),
        (4, "200501BS3", date(2005, 1, 6), None, "slight", None, None, True),
    ]
    rule = "coordinates outside where EPSG:27700 may be used"
    assert door.issues() == [
        ("old.csv", 3, "Location_Easting_OSGR, Location_Northing_OSGR", "0.0, 0.0", rule, "blanked")
    ]


def test_one_source_may_have_a_file_of_old_and_one_of_new_names(door: Door) -> None:
    names = door.write("old.csv", OLD, "utf-8-sig"), door.write("new.csv", NEW)
    assert counts(door.load("collisions", *names)) == (3, 3, 0, 0)
    assert door.rows("SELECT file, row, collision_id, severity, x FROM raw.collision ORDER BY file, row") == [
        ("new.csv", 2, "2023A1", "fatal", 385000),
        ("new.csv", 3, "2023A2", "serious", 386000),
        ("new.csv", 4, "2023A3", "slight", 387000),
        ("old.csv", 2, "200501BS1", "serious", 385000),
        ("old.csv", 3, "200501BS2", "slight", 0),
        ("old.csv", 4, "200501BS3", "slight", None),
    ]
    # Each file is spoken of in its own names.
    [(file, row, column, *_)] = door.issues()
    assert (file, row, column) == ("old.csv", 3, "Location_Easting_OSGR, Location_Northing_OSGR")


def test_casualties_and_vehicles_may_have_old_and_new_names_too(door: Door) -> None:
    casualties = "{},casualty_reference,casualty_severity,casualty_type\n{},1,3,9\n"
    vehicles = "{},vehicle_reference,vehicle_type\n{},1,9\n"
    for kind, table, text in (("casualties", "casualty", casualties), ("vehicles", "vehicle", vehicles)):
        old = door.write("old.csv", text.format("accident_index", "A1"))
        new = door.write("new.csv", text.format("collision_index", "A2"))
        door.load(kind, old, new, id=kind, of="crashes")
        assert door.rows(f"SELECT file, collision_id FROM raw.{table} ORDER BY ALL") == [
            ("new.csv", "A2"),
            ("old.csv", "A1"),
        ]


WORDS = """
    AREFNO,Date,Time,Severity,Easting,Northing,Road Class,Speed Limit
    W1,2022-03-01,14:05:30,Slight,385000,395000,A,30
    W2,2022-03-02,00:00,FATAL,385100,395100,Data missing or out of range,Data missing or out of range
    W3,2022-03-03,23:59, Serious ,385200,395200,Motorway,70
"""


def test_words_instead_of_codes(door: Door) -> None:
    read = door.load("collisions", door.write("words.csv", WORDS), columns={"road_class": "Road Class"})
    assert counts(read) == (3, 3, 0, 0)
    assert collisions(
        door, "collision_id, occurred_on, occurred_time, severity, road_class, speed_limit_mph"
    ) == [
        (2, "W1", date(2022, 3, 1), time(14, 5, 30), "slight", "a", 30),
        (3, "W2", date(2022, 3, 2), time(0, 0), "fatal", None, None),
        (4, "W3", date(2022, 3, 3), time(23, 59), "serious", "motorway", 70),
    ]
    assert door.issues() == []


EXTRACT = """
    Ref No;Day;Clock;How bad;E;N;Force;Driver Name;Phone
    C1;20220105;5;KSI;385000;395000;Kent;Ann Exmouth;07700 900001
    C2;20220106;930;minor;385100;395100; Kent ;Bob Exmouth;07700 900002
    C3;20220107;1700;K;385200;395200;Essex;Cy Exmouth;07700 900003
    C4;20220108;1705;minor;385300;395300;Kent;Di Exmouth;07700 900004;torn by Ed Exmouth
"""
COLUMNS = {
    "collision_id": "Ref No", "occurred_on": "Day", "occurred_time": "Clock", "severity": "How bad",
    "x": "E", "y": "N",
}  # fmt: skip


def load_extract(door: Door) -> SourceFile:
    return door.load(
        "collisions",
        door.write("extract.csv", EXTRACT),
        columns=COLUMNS,
        values={"severity": {"ksi": "serious", "Minor": "3", "K": "fatal"}},
        date_format="%Y%m%d",
        where={"Force": "Kent"},
        max_rejected_share=0.5,
    )


def test_a_council_extract_with_mapped_columns_values_and_dates(door: Door) -> None:
    assert counts(load_extract(door)) == (4, 2, 1, 1)
    assert collisions(door) == [
        (2, "C1", date(2022, 1, 5), time(0, 5), "serious", 385000, 395000),
        (3, "C2", date(2022, 1, 6), time(9, 30), "slight", 385100, 395100),
    ]


def test_columns_that_no_field_asks_for_reach_no_table(door: Door) -> None:
    load_extract(door)
    kept = door.everything()
    assert "'C1'" in kept
    assert "Exmouth" not in kept
    assert "07700" not in kept


def test_a_mapped_column_wins_over_the_names_a_contract_knows(door: Door) -> None:
    text = """
        collision_index,date,severity,time,real time
        1,01/02/2022,1,10:00,11:30
    """
    door.load("collisions", door.write("a.csv", text), columns={"occurred_time": "real time"})
    assert collisions(door, "occurred_time") == [(2, time(11, 30))]


def test_a_mapped_column_that_is_not_there_is_named(door: Door) -> None:
    name = door.write("a.csv", "id,date,severity\n1,01/02/2022,1\n")
    with pytest.raises(
        SourceError, match=r"'a\.csv' has no column 'Ref' \(mapped to collision_id .*id, date, severity"
    ):
        door.load("collisions", name, columns={"collision_id": "Ref"})


def test_a_missing_required_column_names_the_headers_and_how_to_map(door: Door) -> None:
    with pytest.raises(SourceError) as caught:
        door.load("collisions", door.write("a.csv", "reference,date,severity\n1,01/02/2022,1\n"))
    assert str(caught.value) == (
        "Source 'it': 'a.csv' has no column for collision_id (known by: collision_id, collision_index, "
        "accident_index, arefno). Its columns are reference, date, severity. If one of these holds it, say so in "
        'the region file: columns = { collision_id = "..." }.'
    )


def test_casualties_that_look_alike_are_both_kept(door: Door) -> None:
    text = """
        collision_index,casualty_reference,casualty_severity,casualty_type
        A1,,3,9
        A1,,3,9
        A1,1,2,Pedestrian
    """
    read = door.load("casualties", door.write("hurt.csv", text), of="crashes")
    assert counts(read) == (3, 3, 0, 0)
    assert door.rows(
        "SELECT row, collision_id, casualty_ref, casualty_severity, road_user FROM raw.casualty"
    ) == [
        (2, "A1", None, "slight", "9"),
        (3, "A1", None, "slight", "9"),
        (4, "A1", "1", "serious", "Pedestrian"),
    ]


def test_a_vehicle_is_known_by_its_collision_and_its_reference(door: Door) -> None:
    text = """
        accident_index,vehicle_reference,vehicle_type
        A1,1,9
        A1,2,9
        A2,1,-1
        A1,2,11
    """
    read = door.load("vehicles", door.write("cars.csv", text), of="crashes", max_rejected_share=0.25)
    assert counts(read) == (4, 3, 1, 0)
    assert door.rows("SELECT row, vehicle_type FROM raw.vehicle ORDER BY row") == [
        (2, "9"),
        (3, "9"),
        (4, None),
    ]
    assert door.issues() == [
        (
            "cars.csv",
            5,
            "accident_index, vehicle_reference",
            "A1, 2",
            "key repeated: an earlier row has it",
            "rejected",
        )
    ]


PER_CASUALTY = """
    AREFNO,Date,Severity,Casualty Severity,Mode,Easting,Northing
    B,01/06/2023,Serious,Slight,Pedestrian,385000,395000
    A,02/06/2023,Slight,Slight,Car,386000,396000
    B,01/06/2023,Serious,Serious,Car,385000,395000
    A,03/06/2023,Slight,Slight,Car,386000,396000
    A,02/06/2023,Slight,Slight,Car,386000,396000
    C,04/06/2023,Slight,unhurt,Car,386000,396000
"""


def test_one_row_per_casualty_gives_casualties_and_collisions(door: Door) -> None:
    read = door.load("collisions", door.write("pc.csv", PER_CASUALTY), one_row_per="casualty")
    assert counts(read) == (6, 5, 1, 0)
    assert (read.period_start, read.period_end) == (date(2023, 6, 1), date(2023, 6, 2))
    assert door.rows(
        "SELECT row, collision_id, casualty_severity, road_user FROM raw.casualty ORDER BY row"
    ) == [
        (2, "B", "slight", "Pedestrian"),
        (3, "A", "slight", "Car"),
        (4, "B", "serious", "Car"),
        (5, "A", "slight", "Car"),
        (6, "A", "slight", "Car"),
    ]
    assert collisions(door, "collision_id, occurred_on, severity, st_x(geom), st_y(geom)") == [
        (2, "B", date(2023, 6, 1), "serious", 385000, 395000),
        (3, "A", date(2023, 6, 2), "slight", 386000, 396000),
    ]
    assert door.issues() == [
        ("pc.csv", 5, "collision_id", "A", "says of its collision what its first row does not", "note"),
        ("pc.csv", 7, "Casualty Severity", "unhurt", "not one of the known codes", "rejected"),
    ]
    assert door.rows("SELECT count(*) FROM raw.casualty_with_collision") == [(0,)]


def test_a_collision_spread_over_two_files_is_one(door: Door) -> None:
    again = PER_CASUALTY.replace("C,", "B,").replace("unhurt", "Slight")
    names = door.write("1.csv", PER_CASUALTY), door.write("2.csv", again)
    read = door.load("collisions", *names, one_row_per="casualty")
    assert counts(read) == (6, 6, 0, 0)
    assert door.rows("SELECT file, collision_id FROM raw.collision ORDER BY ALL") == [
        ("1.csv", "A"),
        ("1.csv", "B"),
    ]
    assert door.rows("SELECT count(*) FROM raw.casualty") == [(11,)]


CIRCUMSTANCES = """
    collision_index,location_easting_osgr,location_northing_osgr,collision_severity,date,light_conditions,road_surface_conditions,weather_conditions,road_type,collision_adjusted_severity_serious,collision_adjusted_severity_slight
    A1,390000,400000,3,01/02/2024,4,2,1,6,0.060241,0.939759
    A2,390000,400000,1,01/02/2024,Darkness - no lighting,Frost or ice,Fine + high winds,Slip road,0,0
    A3,390000,400000,3,01/02/2024,-1,9,Unknown,9,,
    A4,390000,400000,3,01/02/2024,8,1,8,12,1.5,-1
"""


def test_circumstances_are_words_and_chances_are_shares(door: Door) -> None:
    """What was recorded as unknown is null and no issue; what is no code or no chance is blanked and is one."""
    door.load("collisions", door.write("light.csv", CIRCUMSTANCES))
    assert collisions(
        door, "light, surface, weather, road_type, collision_chance_serious, collision_chance_slight"
    ) == [
        (2, "dark, lights lit", "wet", "fine", "single carriageway", 0.060241, 0.939759),
        (3, "dark, no light", "ice", "fine", "slip road", 0, 0),
        (4, None, None, None, None, None, None),
        (5, None, "dry", "other", "one way street or slip road", None, None),
    ]
    assert door.rows("SELECT row, column_name, value, rule FROM raw.issue ORDER BY ALL") == [
        (5, "collision_adjusted_severity_serious", "1.5", "above 1"),
        (5, "light_conditions", "8", "not one of the known codes"),
    ]


def test_adjusted_severity_under_its_older_name(door: Door) -> None:
    text = """
        accident_index,location_easting_osgr,location_northing_osgr,accident_severity,date,accident_adjusted_severity_serious
        A1,390000,400000,3,01/02/2019,0.25
    """
    door.load("collisions", door.write("older.csv", text))
    assert collisions(door, "collision_chance_serious") == [(2, 0.25)]
