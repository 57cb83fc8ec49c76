"""Propensity to report: planted effects are found again, and need is ordered better than by the raw rate."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.intervals import poisson_interval
from geo.estimates.reporting import Reporting, adjust_for_reporting
from geo.sample.truth import Truth


def _planted(seed: int, areas: int = 400) -> tuple[pd.DataFrame, np.ndarray]:
    """Areas whose roads are worse where more deprived, and whose people report less there; and their need."""
    rng = np.random.default_rng(seed)
    deprivation = rng.gamma(3, 7, areas)
    standard = (deprivation - deprivation.mean()) / deprivation.std()
    condition = 0.5 * standard + rng.normal(0, 0.9, areas)
    people = rng.integers(1000, 3000, areas)
    need = 0.03 * np.exp(0.4 * condition) * rng.gamma(20, 1 / 20, areas)
    reports = rng.poisson(people * need * np.exp(-0.35 * standard))
    columns = {"reports": reports, "people": people, "deprivation": deprivation, "condition": condition}
    return pd.DataFrame(columns), need


def _order(one: pd.Series, other: pd.Series | np.ndarray) -> float:
    return float(stats.spearmanr(one, other).statistic)


def test_a_planted_propensity_is_told_from_need() -> None:
    slopes, better = [], []
    for seed in range(30):
        areas, need = _planted(seed)
        found = adjust_for_reporting(areas, ["deprivation"], ["condition"])
        slopes.append(found.effects["rate_ratio"].iloc[0])
        rates = found.estimates
        better.append(_order(rates["adjusted_per_1000"], need) - _order(rates["raw_per_1000"], need))
        assert found.problem is None
        assert 0.2 < found.explained_share < 1
    assert np.mean(slopes) == pytest.approx(np.exp(-0.35), abs=0.01)
    assert min(better) > 0.05


def test_what_the_need_covariate_does_not_tell_goes_to_propensity() -> None:
    # The trap that the docstring warns of: without the condition of roads, the adjustment hides part of it.
    areas, _ = _planted(1)
    both = adjust_for_reporting(areas, ["deprivation"], ["condition"]).effects["rate_ratio"].iloc[0]
    alone = adjust_for_reporting(areas, ["deprivation"]).effects["rate_ratio"].iloc[0]
    assert both < alone


def test_doggerlands_readiness_to_report(sample: Path) -> None:
    # There, reports follow deprivation and a factor of each area's own: the factor is what is to be found.
    folder = sample.parent
    facts = pd.read_csv(folder / "area_facts.csv").set_index("area_code")
    truth = pd.read_csv(folder / "truth_reporting.csv").set_index("area_code")["reports_per_1000_people_year"]
    people, deprivation = facts["population"][truth.index], facts["deprivation"][truth.index]
    rank = (deprivation.rank(method="first") - 1) / (len(deprivation) - 1)
    own = truth / Truth().report_ratio_most_deprived ** rank
    rng = np.random.default_rng(4)
    better = []
    for _ in range(20):
        areas = pd.DataFrame(
            {
                "reports": rng.poisson(5 * truth * people / 1000),
                "people": 5 * people,
                "deprivation": deprivation,
            }
        )
        rates = adjust_for_reporting(areas, ["deprivation"]).estimates
        better.append(_order(rates["adjusted_per_1000"], own) - _order(rates["raw_per_1000"], own))
    assert np.mean(better) > 0.02


def test_an_average_area_is_left_as_it_is() -> None:
    areas, _ = _planted(3)
    mean = np.average(areas["deprivation"], weights=areas["people"])
    areas.loc[0, "deprivation"] = mean
    for _ in range(50):  # its own value moves the mean a little
        areas.loc[0, "deprivation"] = np.average(areas["deprivation"], weights=areas["people"])
    row = adjust_for_reporting(areas, ["deprivation"], ["condition"]).estimates.iloc[0]
    assert row["propensity_ratio"] == pytest.approx(1, abs=1e-6)
    assert row["adjusted_per_1000"] == pytest.approx(row["raw_per_1000"])
    assert (row["adjusted_lower"], row["adjusted_upper"]) == pytest.approx(
        (row["raw_lower"], row["raw_upper"]), rel=1e-3
    )


def test_every_area_keeps_its_row_and_says_why_it_is_not_adjusted() -> None:
    areas, _ = _planted(5)
    areas = areas.astype(float)
    areas.loc[0, "people"], areas.loc[1, "people"], areas.loc[2, "reports"] = 0, np.nan, np.nan
    areas.loc[3, "deprivation"], areas.loc[4, "reports"] = np.nan, 0
    table = adjust_for_reporting(areas, ["deprivation"], ["condition"]).estimates
    assert len(table) == len(areas)
    assert table["kind"].head(5).tolist() == [
        *["none: reports or people are missing"] * 3,
        "raw only: a covariate is missing",
        "adjusted",
    ]
    assert table.loc[:2].drop(columns=["kind", "propensity_ratio"]).isna().all(axis=None)
    assert table["raw_per_1000"].notna()[3]
    nothing = table.loc[4]
    assert (nothing["adjusted_per_1000"], nothing["adjusted_lower"]) == (0, 0)
    expected = 1000 * float(poisson_interval(0)[1]) / float(areas["people"].iloc[4])
    assert nothing["raw_upper"] == pytest.approx(expected)
    assert nothing["adjusted_upper"] > nothing["raw_upper"] / nothing["propensity_ratio"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reports": 0}, "no reports"),
        ({"deprivation": 7.0}, "same everywhere"),
        ({"deprivation": np.nan}, "0 areas"),
    ],
)
def test_without_a_model_the_raw_rate_stands_alone(change: dict[str, float], why: str) -> None:
    areas = _planted(6)[0].assign(**change)
    found = adjust_for_reporting(areas, ["deprivation"])
    assert found.problem is not None
    assert why in found.problem
    assert found.estimates["adjusted_per_1000"].isna().all()
    assert found.estimates["raw_per_1000"].notna().all()
    assert np.isnan(found.explained_share)
    assert found.effects["rate_ratio"].isna().all()


def _spread(found: Reporting) -> pd.DataFrame:
    return found.estimates.drop(columns="kind")


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50))
def test_the_unit_of_a_covariate_makes_no_difference(seed: int, scale: float, shift: float) -> None:
    areas, _ = _planted(seed, 60)
    other = areas.assign(deprivation=areas["deprivation"] * scale + shift)
    one = adjust_for_reporting(areas, ["deprivation"], ["condition"])
    two = adjust_for_reporting(other, ["deprivation"], ["condition"])
    np.testing.assert_allclose(_spread(one), _spread(two), rtol=1e-6, atol=1e-9)
