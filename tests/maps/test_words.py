"""Periods, counts and sentences as people write them."""

import datetime as dt

import pytest

from maps import words
from maps.findings import sentence


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-01-01", "2024-12-31", "2024"),
        ("2021-01-01", "2025-12-31", "2021 to 2025"),
        ("2024-04-01", "2025-03-31", "2024/25"),
        ("2022-04-01", "2025-03-31", "2022/23 to 2024/25"),
        ("1999-04-01", "2000-03-31", "1999/00"),
        ("2024-02-01", "2024-02-29", "Feb 2024"),
        ("2019-01-01", "2024-06-30", "Jan 2019 to Jun 2024"),
        ("2024-07-01", "2025-06-29", "1 July 2024 to 29 June 2025"),
        ("2024-07-04", "2025-07-03", "4 July 2024 to 3 July 2025"),
    ],
)
def test_a_period_goes_by_its_shortest_name(start: str, end: str, expected: str) -> None:
    assert words.period(dt.date.fromisoformat(start), dt.date.fromisoformat(end)) == expected


def test_zero_is_a_number_and_null_is_not() -> None:
    assert words.number(0) == "0"
    assert words.number(None) == words.NONE
    assert words.number(-1234.5, 1) == f"{words.MINUS}1,234.5"


def test_a_sentence_says_none_only_where_there_are_verdicts() -> None:
    assert (
        sentence({"better": 1, "worse": 2, "missing": 1}, 4, "all areas together")
        == "Of 4 areas, 1 is better than all areas together, none are similar, 2 are worse and 1 has no data."
    )
    assert sentence({"uncertainty unknown": 3}, 3, "x") == "Of 3 areas, 3 have scores of unknown certainty."


def test_file_names_and_sizes() -> None:
    assert words.slug("</script> Ward É") == "script-ward"
    assert words.slug("***") == "x"
    assert [words.size(n) for n in (999, 1_500, 2_500_000)] == ["999 bytes", "2 kB", "2.5 MB"]
