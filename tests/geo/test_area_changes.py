"""Changes of areas come in by the same door as every table."""

import pytest

from geo.errors import SourceError

HEADER = "from_code,from_name,to_code,to_name,on_date,kind,share,share_of,share_source\n"


def test_changes_are_read_as_written(door):
    file = door.write(
        "changes.csv",
        HEADER
        + "E1,Oldby,E3,Newby,2022-04-01,merged,,,\n"
        + "E2,Farby,E4,Fourby,01/04/2022,Split,0.4,population,ONS\n"
        + "E2,Farby,E5,Fiveby,2022-04-01,boundary change,0.6,Population,ONS\n",
    )
    account = door.load("area_changes", file)
    assert (account.rows_read, account.rows_accepted) == (3, 3)
    rows = door.rows(
        "SELECT from_code, from_name, to_code, to_name, changed_on::VARCHAR, change, share, share_of, share_by "
        "FROM raw.area_change ORDER BY row"
    )
    assert rows == [
        ("E1", "Oldby", "E3", "Newby", "2022-04-01", "merged", None, None, None),
        ("E2", "Farby", "E4", "Fourby", "2022-04-01", "split", 0.4, "population", "ONS"),
        ("E2", "Farby", "E5", "Fiveby", "2022-04-01", "boundary moved", 0.6, "population", "ONS"),
    ]
    assert door.issues() == []


def test_changes_that_say_no_codes_or_day_are_quarantined(door):
    file = door.write(
        "changes.csv",
        HEADER
        + "E1,,E3,,2022-04-01,merged,,,\n"
        + "E1,,E3,,2022-04-01,merged,,,\n"
        + ",,E3,,2022-04-01,merged,,,\n"
        + "E2,,,,2022-04-01,merged,,,\n"
        + "E2,,E3,,31/02/2022,merged,,,\n"
        + "E4,,E5,,2022-04-01,swallowed,1.4,,\n",
    )
    account = door.load("area_changes", file, max_rejected_share=1)
    assert (account.rows_accepted, account.rows_quarantined) == (2, 4)
    assert door.rows("SELECT from_code, change, share FROM raw.area_change ORDER BY row") == [
        ("E1", "merged", None),
        ("E4", None, None),
    ]
    faults = door.rows('SELECT row, column_name, severity FROM raw."issue" ORDER BY row, column_name')
    assert faults == [
        (3, "from_code, to_code, on_date", "rejected"),
        (4, "from_code", "rejected"),
        (5, "to_code", "rejected"),
        (6, "on_date", "rejected"),
        (7, "kind", "blanked"),
        (7, "share", "blanked"),
    ]


def test_a_file_without_the_codes_says_what_to_map(door):
    file = door.write("changes.csv", "before,after,when\nE1,E2,2022-04-01\n")
    with pytest.raises(SourceError, match=r"no column for from_code .*columns = \{ from_code = "):
        door.load("area_changes", file)
    mapped = {"from_code": "before", "to_code": "after", "changed_on": "when"}
    assert door.load("area_changes", file, columns=mapped).rows_accepted == 1
