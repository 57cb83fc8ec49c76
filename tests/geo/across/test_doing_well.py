"""Authorities that do well for years, and the nearest place of a problem's kind, by hand."""

import numpy as np
import pandas as pd

from geo.across.doing_well import NEAREST_PLACE, nearest_of_each, services_doing_well


def test_a_service_does_well_where_it_is_better_now_and_was_in_most_years() -> None:
    codes = ["A", "B", "C", "D"]
    latest = pd.DataFrame(
        {
            "outcome": "fixed",
            "area_code": codes,
            "verdict": ["better", "better", "better", "similar"],
            "value": 90.0,
            "comparator_value": 70.0,
            "q": 0.01,
        }
    )
    record = pd.DataFrame(
        {"outcome": "fixed", "area_code": codes, "years": [5.0, 5.0, 2.0, 5.0], "better_years": [4, 3, 2, 5]}
    )
    found = services_doing_well(latest, record)
    assert found[["place", "years", "better_years"]].to_numpy().tolist() == [["service A fixed", 5.0, 4]]


def test_a_problem_is_compared_by_what_is_known_of_its_kind() -> None:
    areas = pd.DataFrame(
        {
            "place": ["bad", "near", "far", "other"],
            "kind": "area",
            "place_kind": ["ward by roads"] * 3 + ["ward by residents"],
            "deprivation": np.nan,
            "population_density": [1.0, 2.0, 9.0, 1.0],
        }
    )
    section = {"place": "s", "kind": "section", "place_kind": "a by traffic"}
    places = pd.concat([areas, pd.DataFrame([section])]).assign(log_flow=np.nan, log_length=np.nan)
    problems = pd.DataFrame({"problem": ["s", "h", "bad"], "kind": ["section", "hotspot", "area"]})
    found = nearest_of_each(problems, places, ["near", "far", "other"])
    assert list(found) == NEAREST_PLACE
    assert found.astype(object).where(found.notna(), None).drop(columns="distance").to_numpy().tolist() == [
        ["bad", "near", "population_density", None],
        ["h", None, None, "such places are of no one kind"],
        ["s", None, None, "nothing is known of such places to compare them by"],
    ]
    assert nearest_of_each(problems.iloc[:0], places, []).empty
