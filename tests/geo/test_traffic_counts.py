"""Traffic counts: the Department for Transport's file of any age, and every kind of dirt in it."""

import pytest

from geo.errors import SourceError
from tests.geo.door import Door, counts

# Headers of today, of 2010 to 2018, and of before, as far as the contract reads them.
TODAY = (
    "count_point_id,year,region_name,local_authority_name,local_authority_code,road_name,road_category,road_type,"
    "start_junction_road_name,end_junction_road_name,easting,northing,latitude,longitude,link_length_km,"
    "link_length_miles,estimation_method,pedal_cycles,LGVs,all_HGVs,all_motor_vehicles"
)
BEFORE_2018 = (
    "AADFYear,CP,Estimation_method,Estimation_method_detailed,Region,LocalAuthority,Road,RoadCategory,Easting,"
    "Northing,StartJunction,EndJunction,LinkLength_km,PedalCycles,AllHGVs,AllMotorVehicles"
)
OLDEST = "AADFYear,CP,Estimation_method,ONS LA Name,Road,RCat,S Ref E,S Ref N,A-Junction,B-Junction,LenNet,FdPC,FdHGV,FdAll_MV"
POINT = "round(st_x(geom)), round(st_y(geom))"
ALL = (
    "count_point_id, year, recorded_authority, road_name, road_category, start_junction, end_junction, "
    f"link_length_km, estimation_method, all_motor_vehicles, pedal_cycles, all_hgvs, {POINT}"
)


@pytest.mark.parametrize(
    ("header", "row", "authority"),
    [
        (
            TODAY,
            "7001,2016,,Ash,E1,A6,PA,Major,A57,LA Boundary,385000,395000,53,-2,1.4,0.87,Counted,120,900,300,15000",
            "E1",
        ),
        (
            BEFORE_2018,
            "2016,7001,Counted,Manual count,North West,Ash,A6,PA,385000,395000,A57,LA Boundary,1.4,120,300,15000",
            "Ash",
        ),
        (OLDEST, "2016,7001,Counted,Ash,A6,PA,385000,395000,A57,LA Boundary,1.4,120,300,15000", "Ash"),
    ],
    ids=["today", "before 2018", "oldest"],
)
def test_headers_of_every_age_are_known(door: Door, header: str, row: str, authority: str) -> None:
    read = door.load("traffic_counts", door.write("aadf.csv", f"{header}\n{row}\n"))
    assert counts(read) == (1, 1, 0, 0)
    assert door.rows(f"SELECT {ALL} FROM raw.traffic_count") == [
        (
            "7001",
            2016,
            authority,
            "A6",
            "PA",
            "A57",
            "LA Boundary",
            1.4,
            "counted",
            15000,
            120,
            300,
            385000,
            395000,
        )
    ]
    assert door.issues() == []


def test_rows_that_do_not_fit_are_issues(door: Door) -> None:
    text = """
        count_point_id,year,road_name,easting,northing,link_length_km,estimation_method,pedal_cycles,all_motor_vehicles
        1,2023,A6,385000,395000,1.4,Counted,10,15000
        2,soon,A6,385000,395000,1.4,Counted,10,15000
        3,1923,A6,385000,395000,1.4,Counted,10,15000
        4,2023,A6,385000,395000,1.4,Counted,10,-15
        5,2023,A6,385000,395000,1.4,Counted,10,
        1,2023,A6,385000,395000,1.4,Counted,10,15001
        ,2023,A6,385000,395000,1.4,Counted,10,15000
        6,2023,A6,385000,395000,-2,Guessed,-3,0
        7,2023,A6,,,,,,800.5
        8,2023,A6,0,0,,,,800
    """
    read = door.load("traffic_counts", door.write("aadf.csv", text), max_rejected_share=0.7)
    assert counts(read) == (10, 4, 6, 0)
    columns = (
        "count_point_id, link_length_km, estimation_method, pedal_cycles, all_motor_vehicles, geom IS NULL"
    )
    assert door.rows(f"SELECT {columns} FROM raw.traffic_count ORDER BY row") == [
        ("1", 1.4, "counted", 10, 15000, False),
        ("6", None, None, None, 0, False),
        ("7", None, None, None, 800.5, True),
        ("8", None, None, None, 800, True),
    ]
    assert [issue[1:] for issue in door.issues()] == [
        (3, "year", "soon", "not a whole number", "rejected"),
        (4, "year", "1923", "below 1990", "rejected"),
        (5, "all_motor_vehicles", "-15", "below 0", "rejected"),
        (6, "all_motor_vehicles", None, "missing", "rejected"),
        (7, "count_point_id, year", "1, 2023", "key repeated: an earlier row has it", "rejected"),
        (8, "count_point_id", None, "missing", "rejected"),
        (9, "estimation_method", "Guessed", "not one of the known codes", "blanked"),
        (9, "link_length_km", "-2", "below 0", "blanked"),
        (9, "pedal_cycles", "-3", "below 0", "blanked"),
        (11, "easting, northing", "0.0, 0.0", "coordinates outside where EPSG:27700 may be used", "blanked"),
    ]


def test_points_without_flows_are_no_traffic_counts(door: Door) -> None:
    text = "year,local_authority_name,cars_and_taxis_mean,n_counters\n2019,Ash,2606.3,3\n"
    with pytest.raises(SourceError, match=r"'mean\.csv' has no column for count_point_id"):
        door.load("traffic_counts", door.write("mean.csv", text))
