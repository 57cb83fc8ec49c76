"""Travel times, average speeds and road condition: headers, moments, impossible values, and units that are refused."""

from datetime import UTC, datetime

import pytest

from geo.errors import SourceError
from tests.geo.door import Door, counts

ROADS = "link_id,length_m\nL1,1000\nL2,500\n"
NONE_LEFT = "SELECT count(*) FROM raw.travel_time"


def times(*rows: str, header: str = "link_id,observed_at,travel_time_s,vehicles") -> str:
    return "\n".join([header, *rows, ""])


@pytest.fixture
def with_links(door: Door) -> Door:
    door.load("observed_links", door.write("links.csv", ROADS), id="links")
    return door


def test_times_are_read_under_both_headers_and_in_utc(with_links: Door) -> None:
    door = with_links
    a = door.write("a.csv", times("L1,2024-06-10T08:00:00+01:00,60,5", "L2,2024-06-10T07:00:00Z,45,"))
    assert counts(door.load("travel_times", a, id="a")) == (2, 2, 0, 0)
    b = door.write(
        "b.csv", "node,cosit,time,period_s,journey_time_s,match_count\nN,L1,2024-06-10 08:00:00,900,61,3.0\n"
    )
    assert counts(door.load("travel_times", b, id="b")) == (1, 1, 0, 0)
    at = datetime(2024, 6, 10, 7, tzinfo=UTC).replace(tzinfo=None)
    assert door.rows("SELECT * EXCLUDE (file, row) FROM raw.travel_time ORDER BY source, link_id") == [
        ("a", "L1", at, 60, 5), ("a", "L2", at, 45, None), ("b", "L1", at, 61, 3),
    ]  # fmt: skip


def test_the_hour_that_comes_twice_in_autumn_is_two_hours(with_links: Door) -> None:
    rows = ("L1,2024-10-27T01:15:00+01:00,60,5", "L1,2024-10-27T01:15:00+00:00,60,5")
    assert counts(with_links.load("travel_times", with_links.write("t.csv", times(*rows)))) == (2, 2, 0, 0)


def test_moments_are_all_with_an_offset_or_all_without(with_links: Door) -> None:
    name = with_links.write(
        "t.csv", times("L1,2024-06-10T08:00:00+01:00,60,5", "L1,2024-06-10 08:15:00,60,5")
    )
    with pytest.raises(SourceError, match=r"with an offset from UTC \(1\) and without \(1\)"):
        with_links.load("travel_times", name)


def test_a_moment_that_is_none_rejects_its_row(with_links: Door) -> None:
    name = with_links.write(
        "t.csv", times("L1,2024-06-10 08:00:00,60,5", "L1,10/06/2024,60,5", "L1,once,60,5")
    )
    assert counts(with_links.load("travel_times", name, max_rejected_share=0.9)) == (3, 1, 2, 0)


def test_impossible_times_are_left_out_with_an_issue_each(with_links: Door) -> None:
    rows = [f"L1,2024-06-10T{h:02}:00:00Z,60,5" for h in range(10)]
    rows += ["L1,2024-06-11T01:00:00Z,10,5", "L1,2024-06-11T02:00:00Z,4000,5", "L1,2024-06-11T03:00:00Z,0,5"]
    read = with_links.load("travel_times", with_links.write("t.csv", times(*rows)), max_rejected_share=0.3)
    assert counts(read) == (13, 10, 3, 0)
    assert [(row, value, rule, severity) for _, row, _, value, rule, severity in with_links.issues()] == [
        (12, "10.0", "faster than 250 km/h", "rejected"),
        (13, "4000.0", "slower than 1 km/h", "rejected"),
        (14, "0", "below 1", "rejected"),
    ]


@pytest.mark.parametrize(("limit", "kept"), [(59, 0), (60, 2), (61, 2)])
def test_the_fastest_speed_is_a_setting(with_links: Door, limit: float, kept: int) -> None:
    # 1,000 m in 60 s are 60 km/h.
    name = with_links.write("t.csv", times("L1,2024-06-10T08:00:00Z,60,5", "L1,2024-06-10T08:15:00Z,60,5"))
    with_links.load("travel_times", name, maximum_speed_kph=limit, max_rejected_share=1)
    assert with_links.rows(NONE_LEFT) == [(kept,)]


def test_a_file_of_mostly_impossible_times_is_refused_whole(with_links: Door) -> None:
    rows = [f"L1,2024-06-10T{h:02}:00:00Z,{60 if h < 7 else 10},5" for h in range(10)]
    with pytest.raises(
        SourceError, match=r"3 of 10 times of 't.csv' imply a speed below 1 or above 250 km/h"
    ):
        with_links.load("travel_times", with_links.write("t.csv", times(*rows)))
    assert with_links.rows(NONE_LEFT) == [(0,)]


@pytest.mark.parametrize(("seconds", "kph"), [(1, "3,600.0"), (3600, "1.0")], ids=["minutes", "sixtieths"])
def test_times_in_another_unit_are_refused(with_links: Door, seconds: int, kph: str) -> None:
    name = with_links.write("t.csv", times(f"L1,2024-06-10T08:00:00Z,{seconds},5"))
    with pytest.raises(
        SourceError, match=rf"cannot be in seconds: half .* more than {kph} km/h.*median_speed_kph"
    ):
        with_links.load("travel_times", name)
    assert with_links.rows(NONE_LEFT) == [(0,)]


def test_links_without_a_length_are_told_of(with_links: Door) -> None:
    name = with_links.write("t.csv", times("L1,2024-06-10T08:00:00Z,60,5", "L9,2024-06-10T08:00:00Z,1,5"))
    assert counts(with_links.load("travel_times", name)) == (2, 2, 0, 0)
    [(*_, rule, severity)] = with_links.issues()
    assert (rule.startswith("1 times are of links without a length"), severity) == (True, "note")


def test_lengths_come_from_a_spatial_file_too(door: Door) -> None:
    door.write(
        "links.geojson",
        """
        {"type": "FeatureCollection", "features": [
          {"type": "Feature", "properties": {"cosit": "L1", "name": "Here", "length_m": 1000.5},
           "geometry": {"type": "LineString", "coordinates": [[0, 52], [0.1, 52]]}},
          {"type": "Feature", "properties": {"cosit": "L2", "name": null, "length_m": null},
           "geometry": {"type": "LineString", "coordinates": [[0, 52], [0.1, 52]]}}]}
        """,
    )
    read = door.load("observed_links", "links.geojson", columns={"link_id": "cosit"})
    assert counts(read) == (2, 2, 0, 0)
    assert door.rows("SELECT row, link_id, link_name, length_m FROM raw.observed_link ORDER BY row") == [
        (1, "L1", "Here", 1000.5), (2, "L2", None, None),
    ]  # fmt: skip


def test_an_unreadable_spatial_file_is_refused(door: Door) -> None:
    with pytest.raises(SourceError, match="cannot be read as a spatial file"):
        door.load("observed_links", door.write("links.gpkg", "no features here"))


SPEEDS = "ONS Area Code,Road Name,year,average_speed_mph,delay_spvpm\n"


def test_average_speeds_by_area_and_road(door: Door) -> None:
    text = f"{SPEEDS}E1,,2022,25.1,40.2\nE1,A61,2022,31,[x]\nE1,,2022,99,40\nE1,,2023,90,41\n"
    read = door.load(
        "average_speeds", door.write("s.csv", text), columns={"road_name": "Road Name"}, max_rejected_share=1
    )
    assert counts(read) == (4, 3, 1, 0)
    found = "SELECT area_code, road_name, year, average_speed_mph, average_delay_spvpm FROM raw.average_speed ORDER BY row"
    assert door.rows(found) == [
        ("E1", "all", 2022, 25.1, 40.2), ("E1", "A61", 2022, 31, None), ("E1", "all", 2023, None, 41),
    ]  # fmt: skip
    rules = {(row, rule) for _, row, _, _, rule, _ in door.issues()}
    assert rules == {(4, "above 70"), (4, "key repeated: an earlier row has it"), (5, "above 70")}


def test_a_table_without_roads_is_of_all_roads(door: Door) -> None:
    door.load("average_speeds", door.write("s.csv", "ons_code,year,average_speed_mph\nE1,2022,25\n"))
    assert door.rows("SELECT road_name FROM raw.average_speed") == [("all",)]


def test_speeds_in_kilometres_an_hour_are_refused(door: Door) -> None:
    name = door.write("s.csv", f"{SPEEDS}E1,,2022,40.4,40\nE2,,2022,38,41\nE3,,2022,45,42\n")
    with pytest.raises(
        SourceError, match=r"cannot be in miles an hour: half .* above 40.4.*median_speed_mph"
    ):
        door.load("average_speeds", name, columns={"road_name": "Road Name"})
    assert door.rows("SELECT count(*) FROM raw.average_speed") == [(0,)]
    door.load("average_speeds", name, columns={"road_name": "Road Name"}, median_speed_mph=[30, 50])


CONDITION = "ons_code,financial_year,road_class,percent_should_be_considered_for_maintenance\n"
FOUND = "SELECT area_code, period, road_class, poor, mark FROM raw.road_condition ORDER BY row"


def test_withheld_missing_and_zero_condition_are_three_things(door: Door) -> None:
    text = f"{CONDITION}E1,2022-23,A,0\nE1,2022-23,B and C,[c]\nE1,2022-23,Unclassified,[x]\nE2,2022-23,A+M,5\nE2,2022-23,D,5\n"
    assert counts(door.load("road_condition", door.write("c.csv", text))) == (5, 4, 1, 0)
    assert door.rows(FOUND) == [
        ("E1", "2022-23", "a", 0, None), ("E1", "2022-23", "b_and_c", None, "suppressed"),
        ("E1", "2022-23", "unclassified", None, None), ("E2", "2022-23", "a", 5, None),
    ]  # fmt: skip


def test_shares_where_percent_is_said_are_refused_and_the_other_way_about(door: Door) -> None:
    shares = door.write(
        "s.csv", f"{CONDITION}E1,2022-23,A,0.05\nE1,2022-23,B and C,1\nE1,2022-23,Unclassified,0\n"
    )
    with pytest.raises(
        SourceError, match=r"said to hold percentages, but none of 2022-23 is above 1.*scale = \"share\""
    ):
        door.load("road_condition", shares)
    percent = door.write("p.csv", f"{CONDITION}E1,2022-23,A,0.5\nE1,2022-23,B and C,7\n")
    with pytest.raises(
        SourceError, match=r"said to hold shares \(0 to 1\), but goes up to 7.*scale = \"percent\""
    ):
        door.load("road_condition", percent, scale="share")
    assert door.rows(FOUND) == []
    assert counts(door.load("road_condition", shares, scale="share")) == (3, 3, 0, 0)


def test_whole_percentages_may_all_be_small(door: Door) -> None:
    name = door.write("c.csv", f"{CONDITION}E1,2022-23,A,1\nE2,2022-23,A,0\n")
    assert counts(door.load("road_condition", name)) == (2, 2, 0, 0)


def test_the_same_file_read_twice_changes_nothing(door: Door) -> None:
    name = door.write("c.csv", f"{CONDITION}E1,2022-23,A,4\n")
    copy = door.write("copy.csv", f"{CONDITION}E1,2022-23,A,4\n")
    read = door.load("road_condition", name, copy)
    assert counts(read) == (1, 0, 0, 1)
    assert door.rows(FOUND) == [("E1", "2022-23", "a", 4, None)]


@pytest.mark.parametrize(
    ("kind", "header", "said"),
    [
        ("road_condition", "ons_code,financial_year,road_class,pct_poor", "no column for poor"),
        ("average_speeds", "ons_code,year,mph", "no column for average_speed_mph or average_delay_spvpm"),
        ("spend", "ons_code,year,service,net", "no column for revenue or capital"),
        ("satisfaction_scores", "area_code,year,indicator,result", "no column for score"),
        ("satisfaction_responses", "respondent_id,area_code,date,question,answer", "no column for rating"),
    ],
)
def test_a_file_without_what_its_kind_measures_is_refused(
    door: Door, kind: str, header: str, said: str
) -> None:
    """Its rows would all be accepted, and say nothing."""
    unit = {"unit": "pounds"} if kind == "spend" else {}
    with pytest.raises(SourceError, match=rf"{said} \(known by: .*say so in the region file"):
        door.load(
            kind, door.write("t.csv", f"{header}\n{','.join('1' for _ in header.split(','))}\n"), **unit
        )
