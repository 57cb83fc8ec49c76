"""Sentences: plain English from a row, and every number of them found in it again."""

import datetime as dt
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.across.reasons import REASONS
from geo.across.sentences import names_in, not_in_row, numbers_in, reasons, sentence


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("{x:count:collision}", 1, "1 collision"),
        ("{x:count:collision}", 0, "0 collisions"),
        ("{x:count:authority|authorities}", 1234, "1,234 authorities"),
        ("{x:whole}", 0.6, "1"),
        ("{x:one}", 12.34, "12.3"),
        ("{x:one}", 0.0432, "0.043"),
        ("{x:one}", 0.5, "0.50"),
        ("{x:one}", 0.97, "1.0"),
        ("{x:one}", 0, "0.0"),
        ("{x:percent}", 0.834, "83%"),
        ("{x:percent}", 0.998, "99.8%"),
        ("{x:percent}", 1, "100%"),
        ("{x:gbp}", 999, "£999"),
        ("{x:gbp}", 339_700, "£340,000"),
        ("{x:gbp}", 999_600, "£1.0 million"),
        ("{x:gbp}", 2_340_000, "£2.3 million"),
        ("{x:gbp}", 4.56e9, "£4.6 billion"),
        ("{x:year}", dt.date(2026, 3, 31), "2026"),
        ("{x:names}", "Leeds, York,Hull", "Leeds, York and Hull"),
        ("{x:names}", "Leeds", "Leeds"),
        ("{x:several}", "Leeds,York", "Leeds and York"),
        ("{x:several}", "Leeds", None),
        ("the {x:name} road", "A61", "The A61 road"),
        ("{x}", "{y} & <b>", "{y} & <b>"),
    ],
)
def test_formats(template, value, text):
    assert sentence(template, {"x": value}) == text
    assert text is None or not_in_row(text, {"x": value}) == []


@pytest.mark.parametrize("value", [None, np.nan, np.inf, -1, "", pd.NA, pd.NaT])
def test_what_is_missing_or_below_zero_is_not_said(value):
    assert sentence("{x:one} more", {"x": value}) is None
    assert sentence("{x:names} act", {"x": value}) is None


def test_templates_are_checked():
    with pytest.raises(ValueError, match="not a format"):
        sentence("{x:two}", {"x": 1})
    with pytest.raises(ValueError, match="hold no numbers"):
        sentence("in 28 days {x:one}", {"x": 1})
    with pytest.raises(KeyError):
        sentence("{y:one}", {"x": 1})


def test_numbers_are_read_back_without_those_of_names():
    text = "On the A61/2 in District 9, 12 collisions cost £1.2 million or £340,000, 95% of 1,234.5."
    told = numbers_in(text, ["District 9"])
    assert [t.value for t in told] == pytest.approx([12, 1.2e6, 340_000, 0.95, 1234.5])
    assert [t.half_step for t in told] == pytest.approx([0.5, 5e4, 500, 0.005, 0.05])
    row = {"name": "District 9", "n": 12, "cost": 1_151_000, "low": 340_499.0, "level": 0.95, "km": 1234.5}
    assert not_in_row(text, row) == []
    assert not_in_row(text, row | {"n": 13, "cost": 1_260_000}) == ["12", "£1.2 million"]


def test_of_each_slot_the_first_that_the_row_can_fill():
    slots = [("{a:one} or {b:one}.", "only {a:one}."), ("{b:one}",), ("{name:names} act.",)]
    row = {"a": 2.0, "b": np.nan, "name": "X,Y"}
    assert reasons(slots, row) == ["Only 2.0.", "X and Y act."]


NUMBERS = {
    "count": st.integers(0, 10**6), "whole": st.floats(0, 1e6), "one": st.floats(0, 1e5), "percent": st.floats(0, 1),
    "gbp": st.floats(0, 1e11), "years": st.floats(0, 100), "year": st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)),
}  # fmt: skip
NAMES = st.sampled_from(["A61,York", "District 9", "York", "A1(M)/2", "St 95% Ives,A61,7 Oaks"])


def columns_of(kind):
    fields = re.findall(r"\{(\w+):(\w+)", " ".join(t for slot in REASONS[kind] for t in slot))
    return {column: NUMBERS.get(form, NAMES) for column, form in fields}


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(sorted(REASONS)))
def test_every_number_of_every_sentence_is_in_the_row(data, kind):
    row = {name: data.draw(values) for name, values in columns_of(kind).items()}
    said = reasons(REASONS[kind], row)
    assert len(said) == len(REASONS[kind])
    for text in said:
        assert not_in_row(text, row) == []
        assert text[0].isupper() or not text[0].isalpha()
        assert text.endswith(".")
        assert "  " not in text


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(sorted(REASONS)))
def test_a_number_that_is_not_in_the_row_is_seen(data, kind):
    row = {name: data.draw(values) for name, values in columns_of(kind).items()}
    numbers = [name for name, value in row.items() if not isinstance(value, str)]
    changed = row | dict.fromkeys(numbers, 77700000000000.0)
    texts = reasons(REASONS[kind], row)
    for text in texts:
        told = numbers_in(text, names_in(row))
        assert len(not_in_row(text, changed)) == len(told)


@pytest.mark.parametrize(("years", "said"), [(1.0, "1 year"), (4.98, "5 years"), (5.83, "5.8 years")])
def test_years_that_are_not_whole_are_not_told_as_whole(years, said):
    row = {"n": years}
    assert sentence("in {n:years}", row) == f"In {said}"
    assert not_in_row(f"In {said}", row) == []
