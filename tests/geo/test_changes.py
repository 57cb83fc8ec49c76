"""Trends of outcomes: each on its own scale, yearly values only, and a verdict for each."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.estimates.changes import CHANGE, changes
from geo.estimates.outcomes import ESTIMATE

DEFINED = pd.DataFrame({"outcome": ["o", "spend"], "direction": ["lower", "neither"]})


def yearly(values: list[float], scale: str = "rate", **more: Any) -> pd.DataFrame:
    """One area's values from 2015 on."""
    rows = [
        dict.fromkeys(ESTIMATE)
        | {
            "outcome": "o", "area_level": "district", "area_code": "A", "period_start": pd.Timestamp(2015 + n, 1, 1),
            "period_end": pd.Timestamp(2015 + n, 12, 31), "value": v, "observations": v, "exposure": 1.0,
            "standard_error": np.nan, "scale": scale,
        }
        | more
        for n, v in enumerate(values)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"value": float, "standard_error": float})


def test_a_rate_that_falls_by_a_tenth_each_year_is_improving():
    found = changes(yearly([1000 * 0.9**n for n in range(6)]), DEFINED)
    assert list(found.columns) == CHANGE
    row = found.iloc[0]
    assert row["change_per_year"] == pytest.approx(-0.1)
    assert row["lower"] < -0.1 < row["upper"] < 0
    assert (row["verdict"], row["series"], row["points"]) == ("improving", "whole", 6)
    assert (row["first_on"], row["last_on"]) == (pd.Timestamp(2015, 1, 1), pd.Timestamp(2020, 12, 31))


@pytest.mark.parametrize(
    ("scale", "change"), [("score", 2.0), ("share", 2.0), ("ratio", (60 / 50) ** (1 / 5) - 1)]
)
def test_scores_change_by_points_and_ratios_by_a_share(scale, change):
    values = [50.0, 52, 54, 56, 58, 60] if scale != "ratio" else [50 * (60 / 50) ** (n / 5) for n in range(6)]
    row = changes(yearly(values, scale, standard_error=0.2), DEFINED).iloc[0]
    assert row["change_per_year"] == pytest.approx(change)
    assert row["verdict"] == "worsening"
    assert row["change_unit"].startswith("share" if scale == "ratio" else "unit")


def test_three_years_are_too_few_and_a_flat_line_is_no_clear_change():
    given = pd.concat([yearly([50.0, 20, 5]), yearly([50.0, 51, 49, 50, 50], area_code="B")])
    found = changes(given, DEFINED).set_index("area_code")
    assert found["verdict"].to_dict() == {"A": "too few data", "B": "no clear change"}
    assert found.loc["A", "reason"] == "fewer than 4 periods"


def test_no_trend_crosses_a_change_of_method():
    given = yearly([50.0] * 5 + [20.0] * 5)
    given["series"] = ["old"] * 5 + ["new"] * 5
    found = changes(given, DEFINED)
    assert found["series"].tolist() == ["new", "old"]
    assert set(found["verdict"]) == {"no clear change"}
    assert changes(given.assign(series=None), DEFINED)["verdict"].tolist() == ["improving"]


def test_spans_that_overlap_and_what_is_missing_take_no_part():
    spans = yearly([1.0] * 5).assign(period_end=pd.Timestamp(2023, 12, 31))
    assert changes(spans, DEFINED).empty
    assert list(changes(spans, DEFINED).columns) == CHANGE
    assert changes(yearly([np.nan] * 5), DEFINED).empty


def test_where_neither_direction_is_better_a_change_is_not_judged():
    found = changes(yearly([100.0, 200, 400, 800, 1600], outcome="spend"), DEFINED)
    assert found["verdict"].tolist() == ["not judged"]


def test_years_of_nothing_have_no_place_on_the_scale_of_ratios():
    row = changes(yearly([0.0, 50, 52, 54, 56, 58], "ratio", standard_error=0.5), DEFINED).iloc[0]
    assert (row["points"], row["first_on"]) == (5, pd.Timestamp(2015, 1, 1))
