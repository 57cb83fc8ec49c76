"""Examples that estimators' own tests lack, and the list of all: each names a test that is there."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geo.estimates.equity import equity_of_scores
from geo.estimates.reporting import adjust_for_reporting
from geo.estimates.travel_time import travel_time_reliability
from validation.report import examples

ROOT = Path(__file__).parents[2]
# What is no estimator of its own: parts of others, or figures taken over.
NOT_ESTIMATORS = {"__init__", "comparison", "corridor_times", "hidden_cycles", "outcomes", "travel_periods"}


@pytest.mark.parametrize("example", examples(), ids=lambda e: str(e["test"]).split("::")[1])
def test_every_example_is_proven_by_a_test(example: Mapping[str, Any]) -> None:
    assert set(example) == {"estimator", "example", "source", "kind", "digits", "test"}
    assert example["kind"] in {"published", "independent"}
    file, name = example["test"].split("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_estimator_has_an_example() -> None:
    named = {e["estimator"].split(" ")[0] for e in examples()}
    there = {p.stem for p in (ROOT / "geo" / "estimates").glob("*.py")}
    assert named <= there
    # Estimators that came after this list are named here when their example is there.
    assert {e for e in there - NOT_ESTIMATORS - named if e in WITH_EXAMPLES} == set()


WITH_EXAMPLES = {
    "before_after", "disclosure", "drivers", "empirical_bayes", "equity", "fay_herriot", "frontier", "funnel", "gap",
    "intervals", "kaplan_meier", "log_linear", "negative_binomial", "reporting", "score_interval", "significance",
    "statistical_neighbours", "survey_mean", "travel_time", "trend",
}  # fmt: skip


def test_reporting_as_statsmodels_fits_it() -> None:
    """GLM(...).fit(cov_type="HC0") of statsmodels 0.15.0 on the standardised covariates; errors x sqrt(16 / 13)."""
    areas = pd.DataFrame(
        {
            "deprivation": [4, 9, 15, 22, 31, 38, 44, 52, 60, 71, 12, 27, 35, 48, 66, 8],
            "condition": [3, 5, 2, 6, 4, 7, 3, 8, 5, 6, 4, 2, 9, 5, 7, 6],
            "reports": [31, 44, 25, 38, 22, 41, 18, 37, 20, 19, 30, 16, 52, 24, 23, 45],
            "people": [1500, 1800, 1400, 2100, 1700, 2200, 1500, 2400, 1900, 2300, 1600, 1300, 2500, 1800, 2000, 1700],
        }
    )  # fmt: skip
    found = adjust_for_reporting(areas, ["deprivation"], ["condition"])
    slope, error = np.array([-0.33242332, 0.17069064]), np.array([0.01901691, 0.01679138]) * np.sqrt(16 / 13)
    half = stats.norm.ppf(0.975) * error
    np.testing.assert_allclose(np.log(found.effects["rate_ratio"]), slope, atol=1e-8)
    np.testing.assert_allclose(np.log(found.effects["lower"]), slope - half, atol=1e-7)
    np.testing.assert_allclose(np.log(found.effects["upper"]), slope + half, atol=1e-7)
    # Deviances 2.66553701 with deprivation and 45.23465714 without.
    assert found.explained_share == pytest.approx(1 - 2.66553701 / 45.23465714, abs=1e-8)


def test_eight_minutes_more_than_twenty_are_a_buffer_of_two_fifths() -> None:
    # 101 times whose mean is 20 minutes and whose 95th percentile, the 96th in order, is 28.
    minutes = np.array([19.5] * 95 + [28.0] * 5 + [27.5])
    minutes = np.sort(np.append(minutes[:94], [101 * 20 - minutes[:94].sum() - 28 * 6, *[28.0] * 6]))
    times = pd.DataFrame(
        {
            "link_id": "a",
            "day": pd.Timestamp("2024-06-03"),
            "travel_time_s": 60 * minutes,
            "free_flow_s": 60 * 17.5,
        }
    )
    row = travel_time_reliability(times, ["link_id"], draws=0).iloc[0]
    assert row["mean_s"] == pytest.approx(20 * 60)
    assert row["buffer_index"] == pytest.approx(0.40)
    # Of the same brochure: an index of 1.60 makes a quarter of an hour of light traffic 24 minutes to plan for.
    assert row["planning_time_index"] == pytest.approx(1.60)


def test_the_slope_index_of_five_groups() -> None:
    # Four areas stand for each group, as fewer than twenty are not judged; equal ones share a rank.
    years = np.repeat([60.0, 63, 66, 69, 72], 4)
    areas = pd.DataFrame({"deprivation": np.repeat([5, 4, 3, 2, 1], 4), "people": 1000, "score": years})
    table = equity_of_scores(areas).table.set_index("measure")
    assert table.loc["slope index of inequality", "value"] == pytest.approx(-15)
