"""A region as a whole: the same as its areas put together, and open about those it leaves out."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.estimates.outcomes import ESTIMATE
from geo.estimates.whole_region import REGION_OUTCOME, region_outcomes

COMMON: dict[str, Any] = {
    "outcome": "o", "area_level": "district", "period_start": "2023-01-01", "period_end": "2023-12-31",
    "is_suppressed": False, "per": 1.0, "standard_error": np.nan, "exposure": np.nan, "observations": np.nan,
}  # fmt: skip
NUMBERS = ["value", "standard_error", "exposure", "observations", "per"]


def whole(scale: str, *rows: dict[str, Any], residents: tuple[float | None, ...] = ()) -> pd.Series:
    codes = [f"A{n}" for n in range(len(rows))]
    estimates = pd.DataFrame([
        dict.fromkeys(ESTIMATE) | COMMON | {"area_code": code, "scale": scale} | row
        for code, row in zip(codes, rows, strict=True)
    ]).astype(dict.fromkeys(NUMBERS, float))  # fmt: skip
    areas = pd.DataFrame({
        "area_level": "district", "area_code": codes, "region": "north",
        "population": [*residents, *[np.nan] * (len(rows) - len(residents))],
    })  # fmt: skip
    found = region_outcomes(estimates, areas)
    assert list(found.columns) == REGION_OUTCOME
    assert len(found) == 1
    return found.iloc[0]


def test_a_rate_is_all_events_over_all_exposure():
    row = whole(
        "rate",
        {"value": 500.0, "observations": 50, "exposure": 100.0, "exposure_unit": "km", "per": 1000.0},
        {"value": 100.0, "observations": 30, "exposure": 300.0, "exposure_unit": "km", "per": 1000.0},
        {"observations": 7, "per": 1000.0},
    )
    assert row["value"] == pytest.approx(200.0)
    # Garwood's limits of 80: 63.43 and 99.57.
    assert [row["lower"], row["upper"]] == pytest.approx([158.59, 248.92], abs=0.01)
    assert (row["observations"], row["exposure"], row["exposure_unit"]) == (80, 400.0, "km")
    assert (row["area_count"], row["valued_area_count"], row["weighed_by"]) == (3, 2, "exposure")


def test_a_share_is_so_many_of_all():
    row = whole("share", {"value": 90.0, "observations": 10}, {"value": 50.0, "observations": 30})
    assert (row["value"], row["observations"]) == (pytest.approx(60.0), 40)
    assert row["lower"] < 60 < row["upper"]


def test_a_score_weighs_residents_then_answers_then_areas():
    two = (
        {"value": 80.0, "standard_error": 3.0, "observations": 10},
        {"value": 50.0, "standard_error": 4.0, "observations": 20},
    )
    people = whole("score", *two, residents=(300, 100))
    assert (people["value"], people["weighed_by"]) == (pytest.approx(72.5), "residents")
    half = 1.959964 * np.sqrt((300 * 3) ** 2 + (100 * 4) ** 2) / 400
    assert [people["lower"], people["upper"]] == pytest.approx([72.5 - half, 72.5 + half])
    answers = whole("score", *two, residents=(300, None))
    assert (answers["value"], answers["weighed_by"], answers["observations"]) == (60.0, "observations", 30)
    alike = whole("score", *({**row, "observations": np.nan} for row in two))
    assert (alike["value"], alike["weighed_by"]) == (65.0, "alike")
    assert np.isnan(alike["observations"])


def test_one_error_that_is_not_known_leaves_the_whole_unsure():
    row = whole("score", {"value": 80.0, "standard_error": 3.0}, {"value": 50.0})
    assert (row["value"], row["uncertainty_kind"]) == (65.0, "unknown")
    assert np.isnan(row["lower"])


def test_ratios_are_averaged_as_times():
    row = whole("ratio", {"value": 8.0, "standard_error": 0.8}, {"value": 2.0, "standard_error": 0.2})
    assert row["value"] == pytest.approx(4.0)
    assert row["lower"] * row["upper"] == pytest.approx(16.0)


def test_a_suppressed_area_stays_out_and_is_counted():
    row = whole("score", {"value": 80.0, "standard_error": 3.0}, {"is_suppressed": True, "observations": 3})
    assert (row["value"], row["area_count"], row["valued_area_count"], row["suppressed_area_count"]) == (
        80.0,
        2,
        1,
        1,
    )
    assert np.isnan(row["observations"])
    none = whole("score", {"is_suppressed": True}, {})
    assert none["uncertainty_kind"] == "none: no area has a value"
    assert np.isnan(none["value"])


def test_a_ratio_of_nothing_takes_no_part_in_the_mean():
    row = whole(
        "ratio", {"value": 8.0, "standard_error": 0.8}, {"value": 0.0}, {"value": 2.0, "standard_error": 0.2}
    )
    assert row["value"] == pytest.approx(4.0)
