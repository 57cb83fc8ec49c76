"""Small counts among estimates: hidden, and not to be had from totals, sisters, years or other outcomes."""

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.estimates.disclosure import solvable
from geo.estimates.outcomes import ESTIMATE
from geo.estimates.small_counts import hide_small_counts

LEVELS = ["county", "ward"]
YEARS = [(date(y, 1, 1), date(y, 12, 31)) for y in (2021, 2022, 2023)]
WHOLE = (date(2021, 1, 1), date(2023, 12, 31))
NUMBERS = [
    "value",
    "lower",
    "upper",
    "raw_value",
    "standard_error",
    "low",
    "high",
    "observations",
    "exposure",
]


def areas(wards: int) -> pd.DataFrame:
    rows: list[tuple[str | None, ...]] = [("county", "C", "here", None, None)]
    rows += [("ward", f"W{n}", "here", "county", "C") for n in range(wards)]
    return pd.DataFrame(rows, columns=["area_level", "area_code", "region", "parent_level", "parent_code"])


def rows(counts: dict[tuple[str, str, tuple[date, date]], float], outcome: str = "o") -> pd.DataFrame:
    made = [
        dict.fromkeys(ESTIMATE)
        | dict.fromkeys(NUMBERS, 7.5)
        | {
            "outcome": outcome, "area_level": level, "area_code": code, "period_start": start, "period_end": end,
            "observations": n, "source": "a,b", "is_suppressed": False, "uncertainty_kind": "exact",
        }
        for (level, code, (start, end)), n in counts.items()
    ]  # fmt: skip
    return pd.DataFrame(made)


def table(wards: list[list[float]], elsewhere: list[float] | None = None) -> pd.DataFrame:
    """Counts of wards by year, with their county (and what of it lies in no ward) and the whole time."""
    rest = elsewhere or [0.0] * len(wards[0])
    county = [sum(column) + more for column, more in zip(zip(*wards, strict=True), rest, strict=True)]
    named = {("county", "C"): county} | {("ward", f"W{n}"): w for n, w in enumerate(wards)}
    found: dict[tuple[str, str, tuple[date, date]], float] = {}
    for (level, code), by_year in named.items():
        found |= {(level, code, year): n for year, n in zip(YEARS, by_year, strict=False)}
        found[
            level, code, WHOLE if len(by_year) == len(YEARS) else (YEARS[0][0], YEARS[len(by_year) - 1][1])
        ] = sum(by_year)
    return rows(found)


def hide(
    given: pd.DataFrame, threshold: int = 5, closed: tuple[str, ...] = ("b",), wards: int = 9
) -> pd.DataFrame:
    return hide_small_counts(given, areas(wards), LEVELS, closed, threshold)


def hidden(found: pd.DataFrame) -> set[tuple[str, int, int]]:
    kept = found[found["is_suppressed"].astype(bool)]
    codes, starts, ends = (kept[c].tolist() for c in ("area_code", "period_start", "period_end"))
    return {(code, start.year, end.year) for code, start, end in zip(codes, starts, ends, strict=True)}


@pytest.mark.parametrize(("threshold", "is_hidden"), [(0, False), (4, False), (5, False), (6, True)])
def test_a_count_is_hidden_below_the_threshold_and_not_at_it(threshold: int, *, is_hidden: bool) -> None:
    found = hide(table([[5, 50, 50], [60, 60, 60]]), threshold)
    assert (("W0", 2021, 2021) in hidden(found)) == is_hidden
    assert bool(hidden(found)) == is_hidden


def test_of_a_hidden_one_every_number_goes_and_no_other_changes() -> None:
    given = table([[3, 50, 50], [60, 60, 60]])
    found = hide(given)
    gone = found["is_suppressed"].astype(bool)
    assert found.loc[gone, NUMBERS].isna().all(axis=None)
    assert set(found.loc[gone, "uncertainty_kind"]) == {"none: suppressed"}
    pd.testing.assert_frame_equal(found[~gone], given[~gone], check_dtype=False)
    # The ward's year alone would follow from its other years, and from its sister and the county.
    assert hidden(found) > {("W0", 2021, 2021)}
    assert {code for code, *_ in hidden(found)} >= {"W0", "W1"}


def test_zero_and_missing_stay_what_they_are() -> None:
    given = table([[0, 50, 50], [60, 60, 60]])
    given.loc[given["area_code"].eq("W1") & given["period_start"].eq(YEARS[1][0]), "observations"] = np.nan
    assert hidden(hide(given)) == set()


def test_an_open_source_is_left_alone() -> None:
    given = table([[3, 50, 50], [60, 60, 60]])
    assert hide(given, closed=()) is given
    pd.testing.assert_frame_equal(hide(given, closed=("c",)), given)


def test_a_lone_area_of_the_top_is_not_told_by_its_years() -> None:
    county = rows(
        {("county", "C", year): n for year, n in zip([*YEARS, WHOLE], (3, 40, 50, 93), strict=True)}
    )
    found = hide(county)
    assert ("C", 2021, 2021) in hidden(found)
    assert len(hidden(found)) > 1


def test_a_part_year_in_the_whole_time_is_a_count_too() -> None:
    """What lies in the whole and in no year is 2: showing all years and the whole would tell it."""
    county = rows(
        {("county", "C", year): n for year, n in zip([*YEARS, WHOLE], (30, 40, 50, 122), strict=True)}
    )
    assert hidden(hide(county)) != set()


def test_what_lies_in_the_county_and_in_no_ward_is_a_count_too() -> None:
    assert hidden(hide(table([[30, 30, 30], [60, 60, 60]], elsewhere=[2, 0, 0]))) != set()
    assert hidden(hide(table([[30, 30, 30], [60, 60, 60]], elsewhere=[20, 0, 0]))) == set()


def test_another_outcome_of_the_same_events_does_not_tell_a_hidden_count() -> None:
    given = table([[3, 50, 50], [60, 60, 60]])
    wards = given[given["area_level"] == "ward"]
    # Two more than the hidden count are no small count themselves.
    near = wards.assign(outcome="adjusted", observations=wards["observations"] + 2)
    far = wards.assign(outcome="far", observations=wards["observations"] + 500)
    found = hide(pd.concat([given, near, far], ignore_index=True))
    of = {name: hidden(part) for name, part in found.groupby("outcome")}
    assert of["adjusted"] >= {cell for cell in of["o"] if cell[0] != "C"}
    assert of["far"] == set()


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda w: st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=w, max_size=w)
    )
)
def test_nothing_hidden_follows_from_what_is_shown(wards: list[list[int]]) -> None:
    """By the independent solver, on the wards' whole table with its totals as published."""
    found = hide(table([[float(n) for n in w] for w in wards]))
    mask = np.zeros((len(wards) + 1, len(YEARS) + 1), dtype=bool)
    kept = hidden(found)
    codes = [*(f"W{n}" for n in range(len(wards))), "C"]
    for (r, code), (c, (start, end)) in product(enumerate(codes), enumerate([*YEARS, WHOLE])):
        mask[r, c] = (code, start.year, end.year) in kept
    told = solvable(wards, mask)
    shown = found[~found["is_suppressed"].astype(bool)]
    assert not shown["observations"].between(1, 4).any()
    small_total = np.array([[sum(w)] for w in wards] + [[sum(map(sum, wards))]]) < 5
    # Where the grand total is itself small, there is nothing to hide behind.
    if not small_total[-1, 0]:
        assert not told[:-1].any()


def test_years_before_those_put_together_are_no_part_of_them() -> None:
    """The last two years make up 2022 to 2023: hiding one of them alone would tell it; 2021 stands by itself."""
    pooled = (YEARS[1][0], YEARS[2][1])
    county = rows(
        {("county", "C", year): n for year, n in zip([*YEARS, pooled], (60, 3, 50, 53), strict=True)}
    )
    found = hidden(hide(county))
    assert ("C", 2022, 2022) in found
    assert {("C", 2023, 2023), ("C", 2022, 2023)} & found
    assert ("C", 2021, 2021) not in found
