"""Corrections at the door: only whole, reviewed files come in, and they name no person."""

import pytest

from geo.errors import SourceError
from tests.geo.door import Door, counts

HEADER = (
    "correction_id,area_code,table_or_source,record_id,field,published_value,corrected_value,claim,evidence,"
    "reviewed_by,reviewed_on,decision"
)
GOOD = "y1,A1,police,c1,severity,slight,serious,Hospital stay,Case 12,Data lead,2026-04-02,accepted"


def test_a_reviewed_file_is_read(door: Door) -> None:
    name = door.write("y.csv", f"{HEADER}\n{GOOD}\n")
    assert counts(door.load("corrections", name, id="replies")) == (1, 1, 0, 0)
    assert door.rows("SELECT correction_id, corrected_value, decision, reviewed_by FROM raw.correction") == [
        ("y1", "serious", "accepted", "Data lead")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("Data lead", ""), ("2026-04-02", " "), ("accepted", ""), ("accepted", "pending")],
)
def test_one_row_without_its_review_refuses_the_file(door: Door, old: str, new: str) -> None:
    second = GOOD.replace("y1", "y2").replace(old, new)
    name = door.write("y.csv", f"{HEADER}\n{GOOD}\n{second}\n")
    with pytest.raises(SourceError, match=r"has not been reviewed: .* Rows at fault: 1, first: row 3\."):
        door.load("corrections", name, id="replies")
    assert door.rows("SELECT count(*) FROM raw.correction") == [(0,)]


def test_a_file_without_a_column_for_the_decision_is_refused(door: Door) -> None:
    name = door.write("y.csv", f"{HEADER.removesuffix(',decision')}\n{GOOD.removesuffix(',accepted')}\n")
    with pytest.raises(SourceError, match="no column for decision"):
        door.load("corrections", name, id="replies")


def test_an_address_in_any_column_refuses_the_file(door: Door) -> None:
    name = door.write("y.csv", f"{HEADER}\n{GOOD.replace('Case 12', 'ask jo@example.org')}\n")
    with pytest.raises(SourceError, match="e-mail address"):
        door.load("corrections", name, id="replies")


def test_a_decision_in_other_words_may_be_mapped(door: Door) -> None:
    name = door.write("y.csv", f"{HEADER}\n{GOOD.replace('accepted', 'Upheld')}\n")
    values = {"decision": {"upheld": "accepted"}}
    assert counts(door.load("corrections", name, id="replies", values=values)) == (1, 1, 0, 0)


def test_a_row_without_a_value_is_quarantined(door: Door) -> None:
    name = door.write("y.csv", f"{HEADER}\n{GOOD}\n{GOOD.replace('y1', 'y2').replace('serious', '')}\n")
    assert counts(door.load("corrections", name, id="replies", max_rejected_share=0.5)) == (2, 1, 1, 0)
