"""Outcome per pound: the share of good road, and who gets more than others that spend no more."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.estimates.value import GOOD_ROAD, good_road_share, value_for_money

YEAR = (date(2023, 4, 1), date(2024, 3, 31))


def condition(code: str, **poor: float | None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "outcome": outcome,
                "area_code": code,
                "period_start": YEAR[0],
                "period_end": YEAR[1],
                "value": value,
                "lower": np.nan,
                "upper": np.nan,
                "standard_error": 1.0,
            }
            for outcome, value in poor.items()
        ]
    )


ROAD = pd.DataFrame(
    {
        "area_code": ["N1"] * 4,
        "road_class": ["a", "b", "c", "unclassified"],
        "road_km": [10.0, 10.0, 20.0, 60.0],
    }
)
ALL = {"condition_a_roads": 4.0, "condition_b_c_roads": 8.0, "condition_unclassified_roads": 20.0}


def test_classes_weigh_by_their_length() -> None:
    [row] = good_road_share(condition("N1", **ALL), ROAD).to_dict("records")
    poor = (10 * 4 + 30 * 8 + 60 * 20) / 100
    half = 1.959964 * np.sqrt(0.1**2 + 0.3**2 + 0.6**2)
    assert row == pytest.approx(
        {
            "area_code": "N1",
            "year": 2023,
            "outcome": 100 - poor,
            "outcome_lower": 100 - poor - half,
            "outcome_upper": 100 - poor + half,
        }
    )


def test_a_class_that_is_not_known_leaves_no_share_of_all() -> None:
    assert good_road_share(condition("N1", condition_a_roads=4.0, condition_b_c_roads=8.0), ROAD).empty
    assert good_road_share(condition("N1", **ALL | {"condition_a_roads": None}), ROAD).empty
    # An authority without such roads needs no figure of them.
    no_streets = ROAD[ROAD["road_class"] != "unclassified"]
    known = good_road_share(condition("N1", condition_a_roads=4.0, condition_b_c_roads=8.0), no_streets)
    assert known["outcome"].tolist() == [pytest.approx(100 - (10 * 4 + 30 * 8) / 40)]


def test_an_unknown_uncertainty_gives_a_value_without_limits() -> None:
    rows = condition("N1", **ALL)
    rows.loc[0, "standard_error"] = np.nan
    [row] = good_road_share(rows, ROAD).to_dict("records")
    assert row["outcome"] == pytest.approx(85.2)
    assert np.isnan(row["outcome_lower"])
    assert np.isnan(row["outcome_upper"])


def many(count: int, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw authorities of 100 km each whose share of poor road falls with spend; the last gets far more for it."""
    codes = [f"N{n:03}" for n in range(count)]
    per_km = np.append(rng.uniform(8000, 16000, count - 1), 12000.0)
    poor = np.append(40 - per_km[:-1] / 500 + rng.normal(0, 2, count - 1), 3.0)
    spend = pd.DataFrame(
        {"area_code": codes, "period_start": YEAR[0], "period_end": YEAR[1], "spend_gbp": per_km * 100}
    ).assign(road_km=100.0, population=np.nan)
    road = pd.DataFrame({"area_code": codes, "road_class": "a", "road_km": 100.0})
    estimates = pd.concat(
        [condition(c, condition_a_roads=p) for c, p in zip(codes, poor, strict=True)], ignore_index=True
    )
    return spend, estimates, road


def test_who_gets_more_for_a_pound_lies_beyond_the_frontier() -> None:
    spend, estimates, road = many(80, np.random.default_rng(2))
    found = value_for_money(spend, estimates, road).set_index("area_code")
    assert set(found["output"]) == {GOOD_ROAD}
    best = found.loc["N079"]
    assert best["reason"] is None or pd.isna(best["reason"])
    assert best["gap"] == found["gap"].max()
    assert best["gap"] > 5
    assert best["gap_lower"] < best["gap"] < best["gap_upper"]
    # 97 km of good road for 1.2 million pounds.
    assert best["per_1000_gbp"] == pytest.approx(97 / 1200)
    assert found.loc[found["peers"] < 30, "reason"].unique().tolist() == ["too few that spend no more"]
    assert found.loc[found["peers"] >= 30, "frontier"].notna().all()


def test_few_authorities_have_a_ratio_and_no_frontier() -> None:
    spend, estimates, road = many(8, np.random.default_rng(3))
    found = value_for_money(spend, estimates, road)
    assert found["per_1000_gbp_lower"].lt(found["per_1000_gbp"]).all()
    assert found["frontier"].isna().all()
    assert found["reason"].unique().tolist() == ["too few that spend no more"]


def test_spend_that_is_not_known_or_below_zero_is_no_spend() -> None:
    spend, estimates, road = many(3, np.random.default_rng(4))
    spend["spend_gbp"] = [np.nan, -5.0, 100_000.0]
    found = value_for_money(spend, estimates, road)
    assert found["reason"].tolist() == ["no spend", "no spend", "too few that spend no more"]
    assert found["per_1000_gbp"].notna().tolist() == [False, False, True]


def test_satisfaction_stands_beside_spend_per_resident_of_the_year_that_begins_in_it() -> None:
    spend, _, road = many(2, np.random.default_rng(5))
    spend["population"] = [1000.0, 2000.0]
    liked = pd.DataFrame(
        {
            "outcome": "satisfaction_highways",
            "area_code": ["N000", "N001", "N000", "N001"],
            "period_start": [date(2023, 1, 1)] * 2 + [date(2022, 1, 1), date(2023, 1, 1)],
            "period_end": [date(2023, 12, 31)] * 2 + [date(2022, 12, 31), date(2024, 12, 31)],
            "value": [50.0, 60.0, 1.0, 2.0],
            "lower": np.nan,
            "upper": np.nan,
            "standard_error": np.nan,
        }
    )
    found = value_for_money(spend, liked, road)
    assert found["value"].tolist() == [50.0, 60.0]
    assert found["spend"].tolist() == (spend["spend_gbp"] / spend["population"]).tolist()
    assert found["spend_unit"].unique().tolist() == ["pounds per resident a year"]
    assert found["per_1000_gbp"].isna().all()


def test_nothing_known_gives_no_row() -> None:
    spend, estimates, road = many(2, np.random.default_rng(6))
    assert value_for_money(spend[:0], estimates, road).empty
    assert value_for_money(spend, estimates[:0], road).empty
