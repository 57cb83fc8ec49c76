"""Key drivers from long rows: years are pooled and set against their mean; what cannot be said has its reason."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.estimates.driver_table import DRIVER_TABLE, driver_table
from geo.estimates.drivers import key_drivers


def rows(areas: int = 60, years: int = 3, seed: int = 1, jump: float = 0.0) -> pd.DataFrame:
    """Satisfaction follows `near` and not `far`; every year it rises by `jump`, and `near` with it."""
    rng = np.random.default_rng(seed)
    made = []
    for year in range(years):
        near, far = rng.normal(size=areas), rng.normal(size=areas)
        satisfaction = 50 + 3 * near + rng.normal(0, 3, areas) + jump * year
        for n in range(areas):
            common: dict[str, object] = {
                "area_code": f"a{n:02}",
                "period_start": pd.Timestamp(2020 + year, 1, 1),
            }
            common |= {"satisfaction": satisfaction[n], "weight": 1.0}
            made.append(common | {"driver": "near", "direction": "lower", "value": near[n] + jump * year})
            made.append(common | {"driver": "far", "direction": None, "value": far[n]})
    return pd.DataFrame(made)


def test_what_satisfaction_follows_is_found_and_what_not_is_not():
    found: Any = driver_table(rows()).set_index("driver")
    assert [*found.reset_index().columns] == DRIVER_TABLE
    assert found.loc["near", "importance"] == pytest.approx(0.5, abs=0.12)
    assert found.loc["near", "reading"].startswith("more important")
    assert found.loc["far", "coefficient_lower"] < 0 < found.loc["far", "coefficient_upper"]
    assert found["importance"].sum() == pytest.approx(found.loc["near", "r2"])
    assert found[["rows_used", "rows_missing", "areas_used"]].to_numpy().tolist() == [[180, 0, 60]] * 2
    assert found["reason"].isna().all()


def test_one_year_is_what_the_estimator_says():
    given = rows(years=1)
    wide = given.pivot_table(
        index=["area_code", "satisfaction"], columns="driver", values="value"
    ).reset_index()
    right = key_drivers(wide.rename(columns={"satisfaction": "outcome"}), ["far", "near"])
    found: Any = driver_table(given)
    np.testing.assert_allclose(found["importance"], right.table["importance"])
    np.testing.assert_allclose(found["importance_lower"], right.table["importance_lower"])


def test_a_change_over_time_is_no_driver():
    still, moving = driver_table(rows()), driver_table(rows(jump=20.0))
    np.testing.assert_allclose(still["importance"], moving["importance"])


def test_performance_runs_from_the_worst_row_to_the_best_and_facts_have_none():
    given = rows(years=1)
    found: Any = driver_table(given).set_index("driver")
    near = given.loc[given["driver"] == "near", "value"]
    # Lower is better: the highest is the worst.
    right = (100 * (near.max() - near) / (near.max() - near.min())).mean()
    assert found.loc["near", "performance"] == pytest.approx(right)
    assert np.isnan(found.loc["far", "performance"])


def test_too_few_areas_are_said():
    found: Any = driver_table(rows(areas=8, years=5))
    assert found["reason"].str.startswith("8 rows or clusters have the outcome and all drivers").all()
    assert found["importance"].isna().all()
    assert found["areas_used"].tolist() == [8, 8]


def test_a_driver_that_is_known_of_few_areas_does_not_cost_the_others_their_rows():
    given = rows(years=1)
    given.loc[(given["driver"] == "far") & (given["area_code"] > "a30"), "value"] = np.nan
    found: Any = driver_table(given).set_index("driver")
    assert found.loc["far", "reason"] == "known for 31 of 60 rows"
    assert found.loc["near", "rows_used"] == 60
    assert np.isnan(found.loc["far", "rows_used"])


def test_nothing_known_is_said():
    given = rows(years=1).query("driver == 'near'").assign(driver="(none)", value=np.nan, direction=None)
    [found] = driver_table(given).to_dict("records")
    assert found["driver"] == "(none)"
    assert found["reason"].startswith("nothing is known")


def test_more_drivers_than_can_be_told_apart_are_left_out_with_a_reason():
    base = rows(areas=60, years=1).query("driver == 'near'")
    rng = np.random.default_rng(2)
    many = pd.concat([base.assign(driver=f"d{n:02}", value=rng.normal(size=60)) for n in range(13)])
    found: Any = driver_table(many).set_index("driver")
    assert found.loc["d12", "reason"] == "more than 12 drivers cannot be told apart"
    assert found["importance"].notna().sum() == 12
