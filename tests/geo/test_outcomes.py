"""Estimates: rates and scores, and that zero, missing and suppressed are three things."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.estimates.outcomes import (
    ESTIMATE,
    estimate_figures,
    estimate_rates,
    estimate_scores,
    estimate_shares,
)

NA = None
WILSON = "Wilson score, conservative for means"
KEY = {"outcome": "o", "area_level": "district", "period_start": "2023-01-01", "period_end": "2023-12-31"}


def defined(minimum: int, below: str) -> pd.DataFrame:
    return pd.DataFrame({"outcome": ["o"], "minimum_observations": [minimum], "below_minimum": [below]})


def rates(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Area, observations, low, high, exposure; per 1,000."""
    columns = ["area_code", "observations", "low_observations", "high_observations", "exposure"]
    given = pd.DataFrame(rows, columns=columns).assign(**KEY, exposure_unit="people", per=1000.0, source="s")
    return estimate_rates(
        given.astype({"low_observations": "Float64", "high_observations": "Float64", "exposure": "Float64"}),
        defined(10, "no verdict"),
    )


def scores(*rows: tuple[Any, ...], minimum: int = 30) -> pd.DataFrame:
    """Area, score, base, standard error, degrees of freedom."""
    columns = ["area_code", "score", "base", "standard_error", "degrees_of_freedom"]
    given = pd.DataFrame(rows, columns=columns).assign(**KEY, source="s")
    given = given.astype(dict.fromkeys(columns[1:], "Float64"))
    return estimate_scores(given, defined(minimum, "suppress"))


def shown(estimates: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Values rounded to four decimals, null as None."""

    def plain(value: Any) -> Any:
        if pd.isna(value):
            return None
        return round(value, 4) if isinstance(value, float) else value

    rows = estimates[list(columns)].itertuples(index=False, name=None)
    return [tuple(plain(value) for value in row) for row in rows]


def test_a_rate_with_its_interval_and_its_border_tolerance() -> None:
    found = rates(("E1", 10, 8, 13, 2000))
    assert list(found.columns) == ESTIMATE
    assert shown(found, "value", "lower", "upper", "low", "high") == [(5.0, 2.3977, 9.1952, 4.0, 6.5)]
    assert shown(found, "observations", "exposure", "is_suppressed", "uncertainty_kind", "method") == [
        (10, 2000.0, False, "exact Poisson (Garwood)", "events / exposure")
    ]


def test_no_events_are_zero_and_no_exposure_is_missing() -> None:
    found = rates(("E1", 0, 0, 1, 2000), ("E2", 5, 4, 6, NA), ("E3", 5, NA, NA, 0), ("E4", 5, NA, NA, 1000))
    assert shown(found, "value", "lower", "low", "high", "exposure") == [
        (0.0, 0.0, 0.0, 0.5, 2000.0),
        (None, None, None, None, None),
        (None, None, None, None, None),
        (5.0, 1.6235, None, None, 1000.0),
    ]
    assert (
        shown(found, "uncertainty_kind", "is_suppressed")[1:3] == [("none: exposure is missing", False)] * 2
    )


def test_a_published_score_has_wilsons_interval() -> None:
    # Newcombe's 81 of 263, as percent.
    found = scores(("E1", 100 * 81 / 263, 263, NA, NA))
    assert shown(found, "value", "lower", "upper") == [(30.7985, 25.5289, 36.621)]
    assert found["standard_error"].iloc[0] == pytest.approx(100 * np.sqrt(83 / 267 * (1 - 83 / 267) / 267))
    assert shown(found, "observations", "uncertainty_kind", "method", "exposure", "per") == [
        (263.0, WILSON, "published score", None, 100.0)
    ]


def test_nobody_satisfied_is_not_certain() -> None:
    # (0 + 2) / (46 + 4): a share of 0.04 among 50, so 100 * sqrt(0.04 * 0.96 / 50).
    assert scores(("E1", 0, 46, NA, NA))["standard_error"].iloc[0] == pytest.approx(2.7713, abs=1e-4)


def test_a_survey_of_one_cluster_has_an_unknown_uncertainty() -> None:
    found = scores(("E1", 50, 40, NA, 0))
    assert shown(found, "value", "lower", "upper", "standard_error", "uncertainty_kind", "method") == [
        (50.0, None, None, None, "unknown", "weighted mean of answers")
    ]


def test_a_survey_has_students_interval_within_the_scale() -> None:
    found = scores(("E1", 50, 40, 2, 10), ("E2", 99, 40, 2, 10))
    assert shown(found, "lower", "upper", "standard_error", "uncertainty_kind", "method") == [
        (45.5437, 54.4563, 2.0, "design-based (Student t)", "weighted mean of answers"),
        (94.5437, 100.0, 2.0, "design-based (Student t)", "weighted mean of answers"),
    ]


@pytest.mark.parametrize(("base", "is_suppressed"), [(29, True), (30, False), (31, False)])
def test_a_base_below_the_minimum_is_suppressed(base: int, is_suppressed: bool) -> None:  # noqa: FBT001
    found = scores(("E1", 60, base, NA, NA), ("E2", 60, base, 2, 10))
    kinds = (
        ("none: suppressed", "none: suppressed") if is_suppressed else (WILSON, "design-based (Student t)")
    )
    assert shown(found, "is_suppressed", "uncertainty_kind", "observations") == [
        (is_suppressed, kind, float(base)) for kind in kinds
    ]
    for column in ("value", "lower", "upper", "standard_error"):
        assert found[column].isna().tolist() == [is_suppressed] * 2


def test_zero_missing_suppressed_and_unknown_differ() -> None:
    found = scores(
        ("zero", 0, 100, NA, NA), ("missing", NA, 100, NA, NA), ("suppressed", 40, 5, NA, NA), ("unknown", 40, NA, NA, NA)
    )  # fmt: skip
    assert shown(found, "area_code", "value", "lower", "is_suppressed", "uncertainty_kind") == [
        ("zero", 0.0, 0.0, False, WILSON),
        ("missing", None, None, False, "none: score is missing"),
        ("suppressed", None, None, True, "none: suppressed"),
        ("unknown", 40.0, None, False, "unknown"),
    ]


def test_a_share_with_its_interval_and_a_share_of_none():
    given = pd.DataFrame({
        "area_code": ["E1", "E2", "E3"], "successes": [20, 0, 0], "observations": [25, 40, 0],
    }).assign(**KEY, source="s")  # fmt: skip
    found = estimate_shares(given, defined(10, "no verdict"))
    assert list(found.columns) == ESTIMATE
    # Wilson limits of 20 of 25 and 0 of 40 as scipy gives them.
    assert shown(found, "value", "lower", "upper", "raw_value", "scale") == [
        (80.0, 60.869, 91.1394, 80.0, "share"), (0.0, 0.0, 8.7622, 0.0, "share"), (None, None, None, None, "share"),
    ]  # fmt: skip
    assert list(found["uncertainty_kind"]) == ["Wilson score"] * 2 + ["none: nothing to take a share of"]


@pytest.mark.parametrize(("below", "value"), [("suppress", None), ("no verdict", 7.0)])
@pytest.mark.parametrize(("observations", "is_few"), [(9, True), (10, False), (NA, False)])
def test_a_figure_on_too_few_is_hidden_only_where_the_register_says_so(below, value, observations, is_few):
    given = pd.DataFrame({
        "area_code": ["E1"], "value": [7.0], "lower": [6.0], "upper": [8.0], "standard_error": [0.5],
        "observations": pd.array([observations], dtype="Int64"), "exposure": [np.nan], "exposure_unit": [None],
        "raw_value": [7.5], "uncertainty_kind": ["bootstrap"], "method": ["median"], "scale": ["ratio"],
    }).assign(**KEY, source="s")  # fmt: skip
    found = estimate_figures(given, defined(10, below))
    expected = value if is_few else 7.0
    assert shown(found, "value", "per", "scale") == [(expected, 1.0, "ratio")]
    assert list(found["is_suppressed"]) == [is_few and below == "suppress"]


def test_answers_that_are_all_alike_are_not_certain() -> None:
    columns = ["area_code", "score", "base", "standard_error", "degrees_of_freedom", "effective_base"]
    given = pd.DataFrame([("A", 100.0, 40, 0.0, 9, 40.0), ("B", 50.0, 40, 4.0, 9, 40.0)], columns=columns)
    found = estimate_scores(given.assign(**KEY, source="s"), defined(30, "suppress"))
    # Wilson's lower limit of 40 of 40, the base shrunk by (1.959964 / 2.262157)^2 to 30.02: 1 / (1 + z^2 / n).
    assert shown(found, "value", "lower", "upper") == [(100.0, 88.6577, 100.0), (50.0, 40.9514, 59.0486)]
    assert found["standard_error"].min() > 3
    assert found["uncertainty_kind"].tolist() == [
        "Wilson score of the effective base, as all answers are alike",
        "design-based (Student t)",
    ]


def test_a_figure_that_borrows_is_shown_on_few_observations_and_its_own_answers_are_not() -> None:
    rows = [("A", 40.0, 12, 30.0, True), ("B", 40.0, 12, 30.0, False), ("C", 40.0, 30, 30.0, True)]
    given = pd.DataFrame(rows, columns=["area_code", "value", "observations", "raw_value", "is_borrowing"]).assign(
        **KEY, lower=35.0, upper=45.0, standard_error=2.5, exposure=None, exposure_unit=None,
        uncertainty_kind="k", method="m", source="s", scale="score",
    )  # fmt: skip
    found = estimate_figures(given, defined(30, "suppress"))
    assert shown(found, "value", "lower", "raw_value", "is_suppressed") == [
        (40.0, 35.0, None, False),
        (None, None, None, True),
        (40.0, 35.0, 30.0, False),
    ]
