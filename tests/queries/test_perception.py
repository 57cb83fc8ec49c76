"""What was measured beside what people say, what satisfaction may go with, and who gets the worse of it."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

from typing import Any

import numpy as np
import pandas as pd
import pytest

from queries.equity_models import equity
from queries.survey_models import driver, perception_gap, small_area_score
from tests.queries.drawing import Bench

DEFINITIONS = """
    outcome           | theme        | direction | unit        | measured_by                         | minimum_observations
    happy             | satisfaction | higher    | points      | collisions_per_km,condition_a_roads | 30
    clean             | satisfaction | higher    | points      |                                     | 30
    collisions_per_km | safety       | lower     | a year      |                                     | 10
"""


@pytest.fixture
def asking(bench: Bench) -> Bench:
    bench.draw("run.outcome_definition", DEFINITIONS)
    return bench


def test_what_was_measured_at_the_time_is_set_beside_what_people_said(asking):
    """One year of five pooled ones is another time; the year itself goes before a span of two."""
    asking.draw(
        "core.estimate",
        """
        outcome           | area_level | area_code | period_start | period_end | value | standard_error | lower | upper
        happy             | authority  | A         | 2022-01-01   | 2022-12-31 | 50    | 1              |       |
        happy             | authority  | B         | 2022-01-01   | 2022-12-31 |       |                |       |
        clean             | authority  | A         | 2020-01-01   | 2023-12-31 | 60    | 1              |       |
        collisions_per_km | authority  | A         | 2022-01-01   | 2022-12-31 | 2     |                | 1     | 4.92
        collisions_per_km | authority  | A         | 2021-01-01   | 2022-12-31 | 3     |                | 2     | 4
        collisions_per_km | authority  | A         | 2020-01-01   | 2024-12-31 | 4     | 0.5            | 3     | 5
        collisions_per_km | authority  | B         | 2021-01-01   | 2022-12-31 | 7     |                |       |
        collisions_per_km | ward       | A         | 2022-01-01   | 2022-12-31 | 9     | 1              |       |
        collisions_per_km | authority  | B         | 2022-01-01   | 2022-12-31 |       |                |       |
        """,
    ).expect(
        "core.measure_beside",
        """
        outcome | area_code | period_start | measure           | measured_start | measured_end | value | standard_error
        clean   | A         | 2020-01-01   | collisions_per_km | 2020-01-01     | 2024-12-31   | 4     | 0.5
        happy   | A         | 2022-01-01   | collisions_per_km | 2022-01-01     | 2022-12-31   | 2     | 1
        happy   | B         | 2022-01-01   | collisions_per_km | 2021-01-01     | 2022-12-31   | 7     |
        """,
    )
    asking.build("core.perception_pair")
    names = (
        "measure area_code satisfaction satisfaction_error service service_error is_taken_as_exact direction"
    )
    assert asking.rows("core.perception_pair", names) == [
        ("collisions_per_km", "A", 50.0, 1.0, 2.0, 1.0, False, "lower"),
        ("collisions_per_km", "B", None, None, 7.0, 0.0, True, "lower"),
        ("condition_a_roads", "A", 50.0, 1.0, None, None, None, "lower"),
        ("condition_a_roads", "B", None, None, None, None, None, "lower"),
    ]


def pairs(count: int = 20, **changes: object) -> pd.DataFrame:
    """Authorities as satisfied as they are well served, but for the last."""
    service = np.linspace(1, 2, count)
    satisfaction = 80 - 20 * service + np.where(np.arange(count) % 2, 0.5, -0.5)
    satisfaction[-1] -= 12
    year = (pd.Timestamp(2023, 1, 1), pd.Timestamp(2023, 12, 31))
    return pd.DataFrame(
        {
            "outcome": "happy", "measure": "m", "area_level": "authority", "direction": "lower", "source": "s",
            "area_code": [f"A{n:02}" for n in range(count)], "period_start": year[0], "period_end": year[1],
            "measured_start": year[0], "measured_end": year[1], "is_taken_as_exact": False,
            "satisfaction": satisfaction, "satisfaction_error": 0.5, "service": service, "service_error": 0.01,
        } | changes
    )  # fmt: skip


def test_an_authority_less_happy_than_its_service_is_found_among_those_of_its_year():
    other = pairs(measure="n", service=np.nan, service_error=np.nan)
    found = perception_gap({"core.perception_pair": pd.concat([pairs(), other], ignore_index=True)})
    of_m = found[found["measure"] == "m"].set_index("area_code")
    assert of_m.loc["A19", "verdict"] == "people are less happy than the measure suggests"
    assert (of_m.drop(index="A19")["verdict"] == "as expected").all()
    assert of_m.loc["A19", "gap_points"] == pytest.approx(-12, abs=1.5)
    assert set(found.loc[found["measure"] == "n", "reason"]) == {"nothing was measured there at the time"}


def test_each_reason_why_nothing_is_said_is_its_own():
    given = pairs()
    given.loc[0, ["satisfaction", "satisfaction_error"]] = np.nan
    given.loc[1, "satisfaction_error"] = np.nan
    given.loc[2, ["service", "service_error"]] = np.nan
    found = perception_gap({"core.perception_pair": given})
    assert found["reason"].tolist()[:3] == [
        "satisfaction is suppressed or missing",
        "the uncertainty of satisfaction is unknown",
        "nothing was measured there at the time",
    ]
    assert found["reason"].isna().sum() == 17
    few = perception_gap({"core.perception_pair": pairs(6)})
    assert set(few["reason"]) == {"6 areas have satisfaction and service; 8 are needed"}


def test_candidate_drivers_are_facts_and_measures_and_areas_finer_answer_for_themselves(asking):
    asking.draw(
        "core.estimate",
        """
        outcome | area_level | area_code | period_start | period_end | value
        happy   | authority  | A         | 2022-01-01   | 2022-12-31 | 50
        happy   | authority  | B         | 2022-01-01   | 2022-12-31 |
        happy   | ward       | W         | 2022-01-01   | 2022-12-31 | 47
        clean   | authority  | A         | 2022-01-01   | 2022-12-31 | 80
        """,
    ).draw(
        "core.small_area_score",
        """
        outcome | area_level | area_code | period_start | period_end | kind      | value | direct | direct_error | model_variance
        happy   | ward       | W         | 2022-01-01   | 2022-12-31 | eblup     | 47    | 40     | 4            | 9
        happy   | ward       | V         | 2022-01-01   | 2022-12-31 | synthetic | 45    | 30     | 9            | 9
        """,
    ).draw(
        "core.area_trait",
        """
        area_level | area_code | trait             | value
        authority  | A         | deprivation       | 20
        ward       | W         | deprivation       | 30
        ward       | W         | collisions_per_km | 9
        """,
    ).draw(
        "core.measure_beside",
        """
        outcome | area_level | area_code | period_start | period_end | measure           | value
        happy   | ward       | W         | 2022-01-01   | 2022-12-31 | collisions_per_km | 3
        """,
    ).build("core.driver_value")
    names = "outcome area_code driver direction value satisfaction weight"
    assert asking.rows("core.driver_value", names) == [
        ("clean", "A", "deprivation", None, 20.0, 80.0, 1.0),
        ("happy", "A", "deprivation", None, 20.0, 50.0, 1.0),
        ("happy", "W", "collisions_per_km", "lower", 3.0, 40.0, 1 / 25),
        ("happy", "W", "deprivation", None, 30.0, 40.0, 1 / 25),
    ]
    rows = asking.con.execute("FROM core.driver_value").df()
    found = driver({"core.driver_value": rows})
    assert found[["outcome", "area_level", "driver"]].to_numpy().tolist() == [
        ["clean", "authority", "deprivation"],
        ["happy", "authority", "deprivation"],
        ["happy", "ward", "collisions_per_km"],
        ["happy", "ward", "deprivation"],
    ]
    assert found["reason"].str.contains("1 rows or clusters have the outcome and all drivers").all()


def test_the_input_of_equity_is_of_levels_with_deprivation_and_of_own_answers(asking):
    asking.draw(
        "core.area",
        """
        area_level | area_code | is_context | population | deprivation
        authority  | A         | false      | 100        |
        ward       | W         | false      | 40         | 20
        ward       | V         | false      | 60         |
        ward       | X         | true       | 60         | 9
        """,
    ).draw(
        "core.small_area_score",
        """
        outcome | area_level | area_code | period_start | period_end | kind  | direct
        happy   | ward       | W         | 2022-01-01   | 2022-12-31 | eblup | 40
        """,
    ).draw(
        "core.estimate",
        """
        outcome           | area_level | area_code | period_start | period_end | value | scale | observations | exposure | per
        happy             | ward       | W         | 2022-01-01   | 2022-12-31 | 47    | score | 12           |          | 1
        happy             | ward       | V         | 2022-01-01   | 2022-12-31 | 50    | score | 50           |          | 100
        happy             | ward       | X         | 2022-01-01   | 2022-12-31 | 50    | score | 50           |          | 100
        happy             | authority  | A         | 2022-01-01   | 2022-12-31 | 50    | score | 50           |          | 100
        collisions_per_km | ward       | W         | 2022-01-01   | 2022-12-31 | 2     | rate  | 4            | 2        | 1
        """,
    ).build("core.equity_input")
    names = "outcome area_code is_rate deprivation people events exposure score"
    assert asking.rows("core.equity_input", names) == [
        ("collisions_per_km", "W", True, 20.0, 40.0, 4, 2.0, None),
        ("happy", "V", False, None, 60.0, None, None, 50.0),
        ("happy", "W", False, 20.0, 40.0, None, None, 40.0),
    ]


def test_equity_of_rates_and_scores_with_q_over_outcomes_and_a_reason_where_there_is_none():
    rng = np.random.default_rng(1)
    depth = rng.permutation(np.linspace(0, 1, 50))
    common = {
        "area_level": "ward", "period_start": pd.Timestamp(2023, 1, 1), "period_end": pd.Timestamp(2023, 12, 31),
        "deprivation": depth, "people": 1000.0, "per": 1.0, "area_code": [f"W{n:02}" for n in range(50)],
    }  # fmt: skip
    steep = pd.DataFrame(
        common | {"outcome": "a", "is_rate": False, "score": 50 - 10 * depth + rng.normal(size=50)}
    )
    flat = pd.DataFrame(
        common | {"outcome": "b", "is_rate": True, "events": rng.poisson(40, 50), "exposure": 10.0}
    )
    short = steep.head(5).assign(outcome="c")
    found = equity({"core.equity_input": pd.concat([steep, flat, short], ignore_index=True)})
    slope: Any = found[found["measure"] == "slope index of inequality"].set_index("outcome")
    assert slope.loc["a", "value"] == pytest.approx(-10, abs=2)
    assert slope.loc["a", "q"] == pytest.approx(2 * slope.loc["a", "p"])
    assert slope.loc["b", "lower"] < 0 < slope.loc["b", "upper"]
    assert slope.loc["b", "q"] == pytest.approx(slope.loc["b", "p"])
    assert slope.loc["c", "reason"].startswith("5 areas have people, deprivation and a value")
    assert slope["area_count"].tolist() == [50, 50, 5]
    ends = found[(found["outcome"] == "a") & found["measure"].str.endswith("fifth")]
    assert ends["area_count"].tolist() == [10, 10]
    assert ends["q"].isna().all()


def test_small_areas_name_the_sources_of_answers_and_of_what_they_are_told_by():
    rng = np.random.default_rng(4)
    codes = [f"W{n:02}" for n in range(25)]
    score = rng.normal(500, 60, 25)
    clusters = pd.DataFrame(
        {
            "outcome": "happy", "area_level": "ward", "area_code": codes, "period_start": pd.Timestamp(2023, 1, 1),
            "source": "survey", "base": 10, "weight": 10.0, "squared_weight": 10.0, "weighted_score": score,
            "weighted_square": score**2 / 10 + 9000,
        }
    )  # fmt: skip
    beyond = clusters.head(1).assign(area_code="beyond")
    coarse = clusters.assign(area_level="authority")
    traits = pd.DataFrame(
        {
            "area_level": "ward", "area_code": codes, "trait": "deprivation", "position": 1, "source": "facts,imd",
            "value": rng.uniform(size=25),
        }
    )  # fmt: skip
    levels = pd.DataFrame(
        {"area_level": ["authority", "ward"], "position": [1, 2], "is_authority": [True, False]}
    )
    frames = {
        "core.survey_cluster": pd.concat([clusters, beyond, coarse], ignore_index=True),
        "core.area_trait": traits,
        "raw.level": levels,
    }
    found = small_area_score(frames)
    assert found["area_code"].tolist() == codes
    assert set(found["kind"]) == {"eblup"}
    assert set(found["source"]) == {"facts,imd,survey"}
    assert {str(end) for end in found["period_end"]} == {"2023-12-31"}


def test_traits_are_of_the_regions_own_areas_and_collisions_of_the_longest_period(bench):
    bench.draw("raw.source", "source | kind\nfacts | area_facts\nroads | roads").draw(
        "core.area",
        """
        area_level | area_code | is_context | population | deprivation | area_km2
        ward       | W         | false      | 100        | 20          | 4
        ward       | V         | false      |            |             | 4
        ward       | X         | true       | 60         | 9           | 4
        """,
    ).draw("staging.area_fact", "area_code | rural_share\nW | 0.5\nX | 0.1").draw(
        "core.rate_collision",
        """
        outcome           | area_level | area_code | period_start | period_end | observations | exposure | per | source
        collisions_per_km | ward       | W         | 2022-01-01   | 2022-12-31 | 4            | 2        | 1   | police
        collisions_per_km | ward       | W         | 2020-01-01   | 2022-12-31 | 9            | 6        | 1   | police
        collisions_per_km | ward       | V         | 2020-01-01   | 2022-12-31 | 9            |          | 1   | police
        ksi_per_km        | ward       | W         | 2010-01-01   | 2022-12-31 | 9            | 6        | 1   | police
        """,
    ).build("core.area_trait")
    assert bench.rows("core.area_trait", "area_code trait value source") == [
        ("W", "collisions_per_km", 1.5, "police"),
        ("W", "deprivation", 20.0, "facts"),
        ("W", "population_density", pytest.approx(np.log(25)), "facts"),
        ("W", "rural_share", 0.5, "facts"),
    ]


def test_what_is_published_of_small_areas_hides_the_answers_of_few(asking):
    asking.draw(
        "core.small_area_score",
        """
        outcome | area_level | area_code | period_start | period_end | kind      | value | direct | direct_error | direct_weight | base | covariates | fitted_areas | source
        happy   | ward       | U         | 2022-01-01   | 2022-12-31 | synthetic | 45    | 30     | 9            |               | 9    | d          | 30           | s
        happy   | ward       | V         | 2022-01-01   | 2022-12-31 | eblup     | 45    | 30     | 9            | 0.25          | 29   | d          | 30           | s
        happy   | ward       | W         | 2022-01-01   | 2022-12-31 | eblup     | 47    | 40     | 4            | 0.5           | 30   | d          | 30           | s
        happy   | ward       | X         | 2022-01-01   | 2022-12-31 | direct    | 47    | 40     | 4            |               | 30   | d          | 30           | s
        """,
    ).build("marts.small_area_score", "core.figure_satisfaction")
    assert asking.rows(
        "marts.small_area_score", "area_code kind value direct_value direct_standard_error"
    ) == [
        ("U", "synthetic", 45.0, None, None),
        ("V", "eblup", 45.0, None, None),
        ("W", "eblup", 47.0, 40.0, 4.0),
        ("X", "direct", None, 40.0, 4.0),
    ]
    assert asking.rows(
        "core.figure_satisfaction", "area_code value raw_value observations is_borrowing method"
    ) == [
        (
            "V",
            45.0,
            30.0,
            29,
            True,
            "own answers, drawn towards what d suggest (Fay-Herriot EBLUP); own answers weigh 25 %",
        ),
        (
            "W",
            47.0,
            40.0,
            30,
            True,
            "own answers, drawn towards what d suggest (Fay-Herriot EBLUP); own answers weigh 50 %",
        ),
    ]
