"""What does not fit is told: one issue for each fault, the right row number, and no record lost."""

import csv
import io
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import SourceError
from tests.geo.door import Door, Row, counts

REPEATED = "key repeated: an earlier row has it"
TORN = "row cannot be split into columns"


def kept(door: Door) -> list[Row]:
    return door.rows("SELECT row, collision_id FROM raw.collision ORDER BY file, row")


def test_a_row_that_does_not_fit_is_rejected_with_one_issue_each(door: Door) -> None:
    text = """
        collision_index,date,time,severity
        A1,01/02/2022,10:00,1
        ,02/02/2022,10:00,1
        A3,31/02/2022,10:00,1
        A4,04/02/2022,10:00,4
        A5,05/02/22,10:00,1
        A6,,10:00,1
    """
    read = door.load("collisions", door.write("a.csv", text), max_rejected_share=1)
    assert counts(read) == (6, 1, 5, 0)
    assert kept(door) == [(2, "A1")]
    assert door.issues() == [
        ("a.csv", 3, "collision_index", None, "missing", "rejected"),
        ("a.csv", 4, "date", "31/02/2022", "not a date in the expected format", "rejected"),
        ("a.csv", 5, "severity", "4", "not one of the known codes", "rejected"),
        ("a.csv", 6, "date", "05/02/22", "not a date in the expected format", "rejected"),
        ("a.csv", 7, "date", None, "missing", "rejected"),
    ]
    assert door.rows("SELECT DISTINCT source, who_can_fix FROM raw.issue") == [("it", "publisher")]


def test_a_two_digit_year_is_read_where_the_region_file_says_so(door: Door) -> None:
    text = "collision_id,date,severity\nA1,05/02/22,1\nA2,05/02/2022,1\n"
    read = door.load("collisions", door.write("a.csv", text), date_format="%d/%m/%y", max_rejected_share=0.5)
    assert counts(read) == (2, 1, 1, 0)
    assert door.rows("SELECT occurred_on FROM raw.collision") == [(date(2022, 2, 5),)]


def test_an_optional_value_that_does_not_fit_is_blanked_and_its_row_kept(door: Door) -> None:
    text = """
        collision_index,date,severity,time,speed_limit,first_road_number,number_of_vehicles,x
        A1,01/02/2022,1,25:00,30mph,61.5,-2,east
        A2,01/02/2022,1,2400,71,10000,1e400,inf
        A3,01/02/2022,1,,4,,2.0,1e3
    """
    read = door.load("collisions", door.write("a.csv", text))
    assert counts(read) == (3, 3, 0, 0)
    columns = "occurred_time, speed_limit_mph, road_number, vehicle_count, x"
    assert door.rows(f"SELECT row, {columns} FROM raw.collision ORDER BY row") == [
        (2, None, None, None, None, None),
        (3, None, None, None, None, None),
        (4, None, None, None, 2, 1000),
    ]
    assert door.issues() == [
        ("a.csv", 2, "first_road_number", "61.5", "not a whole number", "blanked"),
        ("a.csv", 2, "number_of_vehicles", "-2", "below 0", "blanked"),
        ("a.csv", 2, "speed_limit", "30mph", "not a whole number", "blanked"),
        ("a.csv", 2, "time", "25:00", "not a time of day", "blanked"),
        ("a.csv", 2, "x", "east", "not a number", "blanked"),
        ("a.csv", 3, "first_road_number", "10000", "above 9999", "blanked"),
        ("a.csv", 3, "number_of_vehicles", "1e400", "not a whole number", "blanked"),
        ("a.csv", 3, "speed_limit", "71", "above 70", "blanked"),
        ("a.csv", 3, "time", "2400", "not a time of day", "blanked"),
        ("a.csv", 3, "x", "inf", "not a number", "blanked"),
        ("a.csv", 4, "speed_limit", "4", "below 5", "blanked"),
    ]


def test_a_repeated_key_is_rejected_in_the_file_and_across_files_of_a_source(door: Door) -> None:
    one = "collision_id,date,severity\nA1,01/02/2022,1\nA2,01/02/2022,1\nA1,02/02/2022,2\n"
    two = "collision_id,date,severity\nA3,01/02/2022,1\nA2,01/02/2022,1\nA3,01/02/2022,1\nA1,x,1\n"
    names = door.write("1.csv", one), door.write("2.csv", two)
    read = door.load("collisions", *names, max_rejected_share=0.8)
    assert counts(read) == (4, 1, 3, 0)
    assert kept(door) == [(2, "A1"), (3, "A2"), (2, "A3")]
    assert door.issues() == [
        ("1.csv", 4, "collision_id", "A1", REPEATED, "rejected"),
        ("2.csv", 3, "collision_id", "A2", REPEATED, "rejected"),
        ("2.csv", 4, "collision_id", "A3", REPEATED, "rejected"),
        # A row that is rejected for its date repeats nothing.
        ("2.csv", 5, "date", "x", "not a date in the expected format", "rejected"),
    ]


def test_the_same_key_in_two_sources_is_no_repetition(door: Door) -> None:
    name = door.write("a.csv", "collision_id,date,severity\nA1,01/02/2022,1\n")
    door.load("collisions", name, id="one")
    door.load("collisions", name, id="two")
    assert kept(door) == [(2, "A1"), (2, "A1")]


def test_a_rejected_first_row_does_not_claim_its_key(door: Door) -> None:
    text = "collision_id,date,severity\nA1,31/02/2022,1\nA1,01/02/2022,1\n"
    read = door.load("collisions", door.write("a.csv", text), max_rejected_share=0.5)
    assert counts(read) == (2, 1, 1, 0)
    assert kept(door) == [(3, "A1")]


def test_rows_are_numbered_as_a_spreadsheet_shows_them_after_torn_and_blank_ones(door: Door) -> None:
    text = """
        collision_id,date,severity

        A3,01/02/2022,1
        A4,01/02/2022
        A5
        A6,01/02/2022,1
        A7,01/02/2022,1,too,many
        A8,01/02/2022,9


        A11,01/02/2022,1
        A12,01/02/2022
        A13,01/02/2022,1
        "A14
        over two lines",01/02/2022,1
        A15,x,1
    """
    read = door.load("collisions", door.write("a.csv", text), max_rejected_share=0.7)
    assert counts(read) == (11, 5, 6, 0)
    assert kept(door) == [(3, "A3"), (6, "A6"), (11, "A11"), (13, "A13"), (14, "A14\nover two lines")]
    assert door.issues() == [
        ("a.csv", 4, None, None, f"{TORN} (missing columns)", "rejected"),
        ("a.csv", 5, None, None, f"{TORN} (missing columns)", "rejected"),
        ("a.csv", 7, None, None, f"{TORN} (too many columns)", "rejected"),
        ("a.csv", 8, "severity", "9", "not one of the known codes", "rejected"),
        ("a.csv", 12, None, None, f"{TORN} (missing columns)", "rejected"),
        ("a.csv", 15, "date", "x", "not a date in the expected format", "rejected"),
    ]


def test_a_trailing_delimiter_is_no_column(door: Door) -> None:
    text = "collision_id,date,severity\nA2,01/02/2022,1,,\nA3,01/02/2022,1\n"
    assert counts(door.load("collisions", door.write("a.csv", text))) == (2, 2, 0, 0)
    assert kept(door) == [(2, "A2"), (3, "A3")]


def test_a_torn_first_row(door: Door) -> None:
    text = "collision_id,date,severity\nA2\nA3\nA4,01/02/2022,1\n"
    door.load("collisions", door.write("a.csv", text), max_rejected_share=0.7)
    assert kept(door) == [(4, "A4")]


def test_quotes_inside_values_lose_no_row(door: Door) -> None:
    text = """
        collision_id,date,severity,note
        A2,01/02/2022,1,5" pipe
        A3,01/02/2022,1,"a ""quoted"", word"
        A4,01/02/2022,1,6" pipe
        A5,01/02/2022,1,7" pipe
    """
    read = door.load("collisions", door.write("a.csv", text))
    assert counts(read) == (4, 4, 0, 0)
    assert kept(door) == [(2, "A2"), (3, "A3"), (4, "A4"), (5, "A5")]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("collision_id,date,severity\nA1,01/02/2022,1\nA2,01/0", 3),
        ("collision_id,date,severity\n\nA1,01/02/2022,1\n\nA2", 5),
        ("collision_id,date,severity\r\nA1,01/02/2022,1\r\nA2", 3),
    ],
)
def test_a_truncated_file_is_refused_and_leaves_nothing(door: Door, text: str, last: int) -> None:
    name = door.put("a.csv", text.encode())
    with pytest.raises(
        SourceError, match=rf"Source 'it': 'a\.csv' is cut off: its last row, {last}, ends in the middle"
    ):
        door.load("collisions", name)
    assert kept(door) == []
    assert door.issues() == []
    assert door.rows("SELECT count(*) FROM raw.source_file") == [(0,)]


def test_a_file_that_ends_inside_quotes_is_refused(door: Door) -> None:
    text = 'collision_id,date,severity\nA1,01/02/2022,1\nA2,"01/02'
    with pytest.raises(SourceError, match=r"'a\.csv' ends inside a quoted value, after 3 rows"):
        door.load("collisions", door.write("a.csv", text))


def test_a_last_row_without_a_line_feed_is_whole_if_its_columns_are(door: Door) -> None:
    read = door.load("collisions", door.write("a.csv", "collision_id,date,severity\nA1,01/02/2022,1"))
    assert counts(read) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    "text", ["a,b\r1,2\r3,4\r", "collision_id,date,severity\r\nA1,01/02/2022,1\nA2,01/02/2022,1\r\n"]
)
def test_line_ends_that_cannot_be_told_apart_are_refused_in_a_paragraph(door: Door, text: str) -> None:
    with pytest.raises(SourceError, match=r"Source 'it': 'a\.csv' .*line ends.*Save it again as CSV UTF-8"):
        door.load("collisions", door.put("a.csv", text.encode()))


def test_a_header_without_rows_is_refused(door: Door) -> None:
    with pytest.raises(SourceError, match=r"'a\.csv' has a header and no rows"):
        door.load("collisions", door.write("a.csv", "collision_id,date,severity\n"))


def test_a_mostly_wrong_file_is_refused_with_its_commonest_fault(door: Door) -> None:
    rows = "".join(f"A{n},2022/01/0{n},1\n" for n in range(1, 5)) + "A5,01/02/2022,9\n"
    with pytest.raises(SourceError) as caught:
        door.load("collisions", door.write("a.csv", f"collision_id,date,severity\n{rows}"))
    assert str(caught.value) == (
        "Source 'it': 5 of 5 rows of 'a.csv' do not fit, more than the 20% allowed. Most often: column 'date' is "
        "not a date in the expected format; first in row 2: '2022/01/01'. Mend the file, map its columns or values "
        "in the region file, or raise max_rejected_share."
    )
    assert door.issues() == []


def test_rows_that_cannot_be_split_count_among_the_wrong_ones(door: Door) -> None:
    text = "collision_id,date,severity\nA1,01/02/2022,1\nA2;01/02/2022;1\nA3;01/02/2022;1\n"
    with pytest.raises(
        SourceError, match=r"2 of 3 rows .* Most often: row cannot be split .*; first in row 3\. Mend"
    ):
        door.load("collisions", door.write("a.csv", text))


@pytest.mark.parametrize(("share", "fits"), [(0.25, True), (0.24, False)])
def test_the_share_that_may_be_rejected(door: Door, share: float, fits: bool) -> None:  # noqa: FBT001
    name = door.write(
        "a.csv", "collision_id,date,severity\n" + "".join(f"A{n},01/02/2022,{n}\n" for n in (1, 2, 3, 4))
    )
    if fits:
        assert counts(door.load("collisions", name, max_rejected_share=share)) == (4, 3, 1, 0)
    else:
        with pytest.raises(SourceError, match="1 of 4 rows"):
            door.load("collisions", name, max_rejected_share=share)


def test_a_where_on_a_column_that_is_not_there_is_refused(door: Door) -> None:
    name = door.write("a.csv", "collision_id,date,severity\nA1,01/02/2022,1\n")
    with pytest.raises(
        SourceError, match=r"there is no column 'force'\. Columns are collision_id, date, severity"
    ):
        door.load("collisions", name, where={"force": "Kent"})


def test_windows_text_is_read_and_noted(door: Door) -> None:
    text = "collision_id,date,severity,council\nA1,01/02/2022,1,Bishop\u2019s Stortford £\n"
    door.load("collisions", door.write("a.csv", text, "cp1252"), columns={"recorded_authority": "council"})
    assert door.rows("SELECT recorded_authority FROM raw.collision") == [("Bishop\u2019s Stortford £",)]
    assert door.issues() == [("a.csv", None, None, None, "not UTF-8: read as Windows-1252 (Latin-1)", "note")]


def test_a_zipped_file_is_read_like_any_other(door: Door) -> None:
    import gzip

    text = "collision_id,date,severity\nA1,01/02/2022,1\n".encode("utf-8-sig")
    read = door.load("collisions", door.put("a.csv.gz", gzip.compress(text)))
    assert counts(read) == (1, 1, 0, 0)
    assert kept(door) == [(2, "A1")]


_CELLS = st.sampled_from(
    ["A1", "A2", "", "-1", "01/02/2022", "31/02/2022", "1", "9", 'x"y', "a\nb", "é", " "]
)
# Delimiters too many at the end of a row are no columns: see test_a_trailing_delimiter_is_no_column.
_RAGGED = st.lists(_CELLS, max_size=5).filter(lambda row: len(row) <= 3 or any(row[3:]))
_LINES = st.lists(st.one_of(st.lists(_CELLS, min_size=3, max_size=3), _RAGGED), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=_LINES, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_every_record_is_accepted_quarantined_or_left_out(
    door: Door, lines: list[list[str]], quoting: int
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows(lines)  # type: ignore[arg-type]
    text = "collision_id,date,severity\nA0,01/02/2022,1\n" + out.getvalue()
    name = door.put("a.csv", text.encode())
    door.con.execute("DELETE FROM raw.collision; DELETE FROM raw.issue; DELETE FROM raw.source_file")
    read = door.load("collisions", name, where={"severity": ["1", "9"]}, max_rejected_share=1)
    records = [r for r in csv.reader(io.StringIO(text, newline="")) if r][1:]
    whole = [r for r in records if len(r) == 3]
    wanted = [r for r in whole if r[2].strip() in {"1", "9"}]
    assert read.rows_read == len(records)
    assert read.rows_left_out == len(whole) - len(wanted)
    ids = {r[0].strip() for r in wanted if r[1].strip() == "01/02/2022" and r[2].strip() == "1"} - {"", "-1"}
    assert {r[0] for r in door.rows("SELECT collision_id FROM raw.collision")} == ids
    assert read.rows_accepted == len(ids)
    assert read.rows_quarantined == len(records) - len(ids) - read.rows_left_out
    rejected = door.rows("SELECT count(DISTINCT row) FROM raw.issue WHERE severity = 'rejected'")
    assert rejected == [(read.rows_quarantined,)]
