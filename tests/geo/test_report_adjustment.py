"""Rates of reports adjusted level by level: what is planted is taken out, what is not known is said."""

import numpy as np
import pandas as pd
import pytest

from geo.estimates.report_adjustment import adjust_reports


def level(areas: int, seed: int = 1, slope: float = -0.5, name: str = "ward") -> pd.DataFrame:
    """Areas whose reports fall by exp(slope) for each standard deviation of deprivation; need is the same."""
    rng = np.random.default_rng(seed)
    deprived = rng.normal(size=areas)
    people = rng.integers(5_000, 20_000, areas).astype(float)
    return pd.DataFrame(
        {
            "area_level": name,
            "area_code": [f"{name}{n:03}" for n in range(areas)],
            "period_start": "2023-01-01",
            "period_end": "2023-12-31",
            "report_count": rng.poisson(people * 0.01 * np.exp(slope * deprived)),
            "person_years": people,
            "deprivation": 20 + 5 * deprived,
            "log_density": rng.normal(size=areas),
            "log_road_per_resident": rng.normal(size=areas),
            "source": "r",
        }
    )


def test_what_goes_with_deprivation_is_taken_out() -> None:
    given = level(200)
    found = adjust_reports(given)
    assert found["problem"].isna().all()
    ratio = np.log(found["propensity_ratio"])
    slope = np.polyfit((given["deprivation"] - 20) / 5, ratio, 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.05)
    deprivation = given["deprivation"].to_numpy()
    assert np.corrcoef(deprivation, np.log(found["raw_per_1000"]))[0, 1] < -0.9
    assert abs(np.corrcoef(deprivation, np.log(found["adjusted_per_1000"]))[0, 1]) < 0.15
    # Planted: the same rate everywhere, which is that of people as deprived as the average resident.
    average = np.average((deprivation - 20) / 5, weights=given["person_years"])
    planted = 10 * np.exp(-0.5 * average)
    holds = (found["adjusted_lower"] <= planted) & (planted <= found["adjusted_upper"])
    assert holds.mean() > 0.9
    pd.testing.assert_series_equal(
        found["raw_per_1000"], 1000 * given["report_count"] / given["person_years"], check_names=False
    )


def test_a_covariate_that_few_areas_have_is_left_out_and_the_method_says_so() -> None:
    given = level(60)
    given.loc[20:, "deprivation"] = np.nan
    found = adjust_reports(given)
    assert set(found["method"]) == {
        "log-linear model: propensity told by population density; given road length for each resident"
    }
    assert found["adjusted_per_1000"].notna().all()
    one_missing = level(60)
    one_missing.loc[3, "deprivation"] = np.nan
    found = adjust_reports(one_missing)
    assert found.index[found["adjusted_per_1000"].isna()].tolist() == [3]
    assert found["kind"].tolist()[3] == "raw only: a covariate is missing"
    assert found["raw_per_1000"].tolist()[3] > 0


@pytest.mark.parametrize(("areas", "problem"), [(12, "12 areas have"), (13, "13 areas have"), (14, None)])
def test_each_level_needs_enough_areas_of_its_own(areas: int, problem: str | None) -> None:
    given = pd.concat([level(60), level(areas, name="district")], ignore_index=True)
    found = adjust_reports(given)
    assert list(found.index) == list(given.index)
    of_level = found[found["area_level"] == "district"]
    if problem is None:
        assert of_level["problem"].isna().all()
        assert of_level["adjusted_per_1000"].notna().all()
    else:
        assert of_level["problem"].str.startswith(problem).all()
        assert of_level[["adjusted_per_1000", "adjusted_lower", "propensity_ratio"]].isna().all(axis=None)
    assert found.loc[found["area_level"] == "ward", "problem"].isna().all()


def test_nothing_known_is_a_problem_and_nothing_given_is_nothing() -> None:
    given = level(60).assign(deprivation=np.nan, log_density=np.nan)
    assert set(adjust_reports(given)["problem"]) == {"nothing is known that tells how readily people report"}
    assert adjust_reports(given.iloc[:0]).empty
