"""Satisfaction of the sample against the truth it was drawn from: one definition, small areas, gaps, drivers, equity."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.building import Built

_QUESTIONS = {
    "overall satisfaction with roads": "satisfied_highways",
    "condition of road surfaces": "satisfied_road_surface",
}


@pytest.fixture(scope="module")
def truth(demo: Path, demo_built: Built) -> pd.DataFrame:
    """True percent satisfied by outcome, level, area and year: small areas' shares weighed by people."""
    shares = pd.read_csv(demo.parent / "truth_satisfaction_small_areas.csv")
    shares["outcome"] = shares["question"].map(_QUESTIONS)
    line = demo_built.con.sql(
        """
        select line.area_code, line.ancestor_level as area_level, line.ancestor_code as code, fact.population as people
        from core.area_ancestor as line inner join staging.area_fact as fact using (area_code)
        where line.area_level = 'small_area'
        """
    ).df()
    whole = shares.dropna(subset="outcome").merge(line, on="area_code")
    whole["satisfied"] = 100 * whole["satisfied_share"] * whole["people"]
    sums = whole.groupby(["outcome", "area_level", "code", "year"])[["satisfied", "people"]].sum()
    return (
        (sums["satisfied"] / sums["people"])
        .rename("truth")
        .rename_axis(index={"code": "area_code"})
        .reset_index()
    )


def held_against(built: Built, truth: pd.DataFrame, table: str) -> pd.DataFrame:
    found = built.con.sql(f"select *, year(period_start) as year from {table}").df()
    return found.merge(truth, on=["outcome", "area_level", "area_code", "year"])


def test_published_scores_and_answers_measure_what_the_truth_is(
    demo_built: Built, truth: pd.DataFrame
) -> None:
    """Authorities' published shares, and the survey's own, lie about the same truth and hold it as often as they say."""
    published = held_against(demo_built, truth, "marts.outcome").query("area_level == 'highway_authority'")
    published = published.dropna(subset="lower")
    assert (published["value"] - published["truth"]).mean() == pytest.approx(0, abs=1)
    assert published["truth"].between(published["lower"], published["upper"]).mean() >= 0.9
    own = held_against(demo_built, truth, "core.survey_mean").query("area_level == 'highway_authority'")
    assert (own["score"] - own["truth"]).mean() == pytest.approx(0, abs=1.5)
    # 80 of them, some of the same people: a score two standard errors off is not rare, one of four is.
    away = (own["score"] - own["truth"]) / own["standard_error"]
    assert 0.5 < np.mean(away**2) < 2
    assert (own["design_effect"] > 1).mean() > 0.8


@pytest.mark.parametrize(("level", "ratio"), [("small_area", 0.8), ("ward", 0.75)])
def test_small_areas_that_borrow_are_nearer_the_truth_than_their_answers_alone(
    demo_built: Built, truth: pd.DataFrame, level: str, ratio: float
) -> None:
    scores = held_against(demo_built, truth, "core.small_area_score")
    borrowing = scores[(scores["area_level"] == level) & (scores["kind"] == "eblup")]
    assert len(borrowing) > 500
    error, alone = (np.sqrt(np.mean((borrowing[c] - borrowing["truth"]) ** 2)) for c in ("value", "direct"))
    assert error < ratio * alone
    assert 0.92 <= borrowing["truth"].between(borrowing["lower"], borrowing["upper"]).mean() <= 0.98
    calibrated = np.mean((borrowing["value"] - borrowing["truth"]) ** 2) / np.mean(
        borrowing["standard_error"] ** 2
    )
    assert 0.75 < calibrated < 1.25


def test_what_is_published_of_a_small_area_rests_on_answers_there(demo_built: Built) -> None:
    assert demo_built.one(
        """
        select min(observations) >= 10 from marts.outcome
        where outcome like 'satisf%' and area_level in ('small_area', 'ward') and value is not null
        """
    )
    assert demo_built.rows(
        "select distinct kind from marts.small_area_score where base = 0 and value is not null"
    ) == [("synthetic",)]
    assert (
        demo_built.one(
            "select count(*) from marts.outcome where outcome like 'satisf%' and raw_value is not null and observations < 30"
        )
        == 0
    )


def test_every_score_of_an_authority_has_its_gap_or_why_there_is_none(demo_built: Built) -> None:
    found = demo_built.rows(
        """
        select distinct measure, reason is null or reason <> '' from marts.perception_gap
        where outcome = 'satisfied_highways'
        """
    )
    assert found == [("collisions_per_km", True)]
    assert demo_built.one(
        "select bool_and((verdict = 'too few data') = (reason is not null)) from marts.perception_gap"
    )


def test_eight_authorities_are_too_few_for_drivers_and_small_areas_show_the_planted_one(
    demo_built: Built,
) -> None:
    found = demo_built.rows(
        """
        select area_level, reason is not null, bool_or(coefficient_upper < 0) filter (where driver = 'deprivation')
        from marts.driver where outcome = 'satisfied_highways'
        group by all order by all
        """
    )
    assert found == [("highway_authority", True, None), ("small_area", False, True), ("ward", False, True)]


def test_the_deprived_are_less_satisfied_as_planted_and_few_areas_say_nothing(demo_built: Built) -> None:
    found = demo_built.rows(
        """
        select area_level, avg(value) < 0, bool_and(reason is not null) from marts.equity
        where outcome = 'satisfied_road_surface' and measure = 'slope index of inequality'
        group by all order by all
        """
    )
    assert found == [
        ("combined_authority", None, True),
        ("district", None, True),
        ("highway_authority", None, True),
        ("small_area", True, False),
        ("ward", True, False),
    ]


def test_the_quality_of_answers_is_told_with_their_design(demo_built: Built) -> None:
    found = demo_built.rows(
        """
        select distinct clusters, strata, degrees_of_freedom from marts.survey_quality
        where area_level = 'highway_authority'
        order by all
        """
    )
    # Small authorities may have one of their small areas drawn twice.
    assert found[-1] == (12, 1, 11)
    assert all(int(str(c)) - int(str(s)) == d for c, s, d in found)
