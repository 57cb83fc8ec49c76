"""Safety on the generated sample, against what was planted in it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.building import Built


def years_ratio(demo: Path) -> float:
    """Return how many years of ratio 1 the sample's years add up to."""
    planted = json.loads((demo.parent / "truth.json").read_text("utf-8"))["planted"]
    return float(sum(planted["year_rate_ratio"].values()))


@pytest.fixture(scope="module")
def small_areas(demo_built: Built, demo: Path) -> pd.DataFrame:
    """Small areas: usual_area, and the true mean of all years."""
    found = demo_built.con.sql(
        "SELECT * FROM core.usual_area WHERE event = 'collisions' AND area_level = 'small_area'"
    ).df()
    truth = pd.read_csv(demo.parent / "truth_small_areas.csv")
    mean = truth.set_index("area_code")["collisions_per_year_with_link_factor"] * years_ratio(demo)
    return found.assign(truth=found["area_code"].map(mean))


@pytest.fixture(scope="module")
def sections(demo_built: Built, demo: Path) -> pd.DataFrame:
    """Sections: usual_section, and the true mean of all years, which links share out by length."""
    found = demo_built.con.sql("SELECT * FROM core.usual_section WHERE event = 'collisions'").df()
    piece = demo_built.con.sql(
        """
        SELECT corridor, section, link_id, piece.length_m / link.length_m AS share
        FROM core.corridor_piece AS piece JOIN staging.link AS link USING (source, link_id)
        """
    ).df()
    links = pd.read_csv(demo.parent / "truth_links.csv").groupby("link_id")
    mean = links["collisions_per_year_with_link_factor"].sum() * years_ratio(demo)
    of = piece.assign(truth=piece["share"] * piece["link_id"].map(mean))
    sums = of.groupby(["corridor", "section"], as_index=False)["truth"].sum()
    return found.merge(sums, on=["corridor", "section"])


def error(of: pd.Series, truth: pd.Series) -> float:
    return float(np.sqrt(((of - truth) ** 2).mean()))


def test_small_areas_are_nearer_the_truth_than_their_counts(small_areas: pd.DataFrame) -> None:
    assert len(small_areas) == small_areas["truth"].notna().sum() > 250
    raw = error(small_areas["observed"], small_areas["truth"])
    assert error(small_areas["estimate"], small_areas["truth"]) / raw < 0.9
    assert error(small_areas["expected"], small_areas["truth"]) > error(
        small_areas["estimate"], small_areas["truth"]
    )


def test_sections_are_nearer_the_truth_than_their_counts(sections: pd.DataFrame) -> None:
    assert len(sections) > 100
    raw = error(sections["observed"], sections["truth"])
    assert error(sections["estimate"], sections["truth"]) / raw < 0.9
    covered = (sections["lower"] <= sections["truth"]) & (sections["truth"] <= sections["upper"])
    assert covered.mean() > 0.88


def test_what_is_called_worse_or_better_is(sections: pd.DataFrame, small_areas: pd.DataFrame) -> None:
    both = pd.concat([sections, small_areas])
    told = both[both["verdict"].isin(["worse", "better"])]
    assert len(told) > 10
    wrong = (told["truth"] > told["expected"]) != (told["verdict"] == "worse")
    assert wrong.mean() <= 0.1


def test_a_force_that_changed_its_severity_shows_no_false_jump(demo_built: Built, demo: Path) -> None:
    """In 2021 force 81 judged by eye, in 2023 it asked for injuries: recorded jumps, adjusted does not."""
    given = pd.read_csv(demo.parent / "truth_severity.csv")
    # One collision of another force's authority was recorded by it.
    given = given[(given["police_force"] == 81) & (given["local_authority_highway_current"] != "D10000001")]
    codes = tuple(sorted(given["local_authority_highway_current"].unique()))
    truth = (
        given.groupby("collision_year")[["fatal_count", "serious_count"]]
        .sum()
        .to_numpy(dtype=float)
        .sum(axis=1)
    )
    found = demo_built.con.sql(
        f"""
        SELECT year(period_start) AS year, sum(ksi_count) AS recorded, sum(ksi_adjusted) AS adjusted
        FROM core.collision_count
        WHERE area_level = 'highway_authority' AND area_code IN {codes} AND years = 1 GROUP BY ALL
        """
    ).df()
    found = found.sort_values("year")
    adjusted, recorded = (found[name].to_numpy(dtype=float) for name in ("adjusted", "recorded"))
    assert found["year"].tolist() == [2020, 2021, 2022, 2023, 2024]
    assert np.isnan(adjusted).tolist() == [True, False, False, False, False]
    assert (np.abs(adjusted - truth) / np.sqrt(truth))[1:].max() < 2.5
    # A year and a half of the adjustable years was judged by eye.
    assert adjusted[1] - recorded[1] > 5
    assert adjusted[3] == pytest.approx(recorded[3])


def test_no_figure_of_a_period_mixes_two_systems_of_severity(demo_built: Built) -> None:
    methods = demo_built.rows(
        "SELECT outcome, period_start, period_end, count(DISTINCT method) FROM marts.outcome "
        "WHERE outcome LIKE 'ksi%' GROUP BY ALL"
    )
    assert len(methods) > 15
    assert {row[-1] for row in methods} == {1}
    pooled = demo_built.rows(
        "SELECT DISTINCT period_start::varchar, period_end::varchar, method FROM marts.outcome "
        "WHERE outcome = 'ksi_per_km' AND period_end - period_start > 400"
    )
    assert pooled == [("2021-01-01", "2024-12-31", "adjusted severity")]


def test_no_section_is_ranked_by_chance_alone(demo_built: Built) -> None:
    """The first ten of each published ranking hold no section of a collision or two."""
    for ranking in ("ratio", "excess_per_year", "excess_pounds_per_year", "per_km"):
        top = demo_built.rows(
            f"SELECT observed_count FROM marts.section_outcome WHERE outcome = 'collisions_against_usual' "
            f"AND {ranking} IS NOT NULL ORDER BY {ranking} DESC LIMIT 10"
        )
        assert min(float(str(row[0])) for row in top) > 2, ranking


def test_areas_and_sections_say_what_they_cost(demo_built: Built) -> None:
    for mart in ("section_outcome", "safety_improvement"):
        found = demo_built.con.sql(
            f"SELECT * FROM marts.{mart} WHERE outcome = 'collisions_against_usual' AND excess_per_year IS NOT NULL"
        ).df()
        mean = found["excess_pounds_per_year"] / found["excess_per_year"]
        assert mean.min() == pytest.approx(mean.max())
        assert 21_372 < mean.iloc[0] < 205_056
        assert set(found["price_year"]) == {2009}
        inside = (found["excess_per_year_lower"] <= found["excess_per_year"]) & (
            found["excess_per_year"] <= found["excess_per_year_upper"]
        )
        assert inside.all()


def test_circumstances_add_up_and_find_nothing_that_was_not_planted(demo_built: Built) -> None:
    """Light, weather and the shape of junctions were drawn alike everywhere on like roads."""
    found = demo_built.con.sql("SELECT * FROM marts.circumstance WHERE area_level = 'ward'").df()
    sums = found.groupby(["dimension", "category"])[["category_count", "usual_count"]].sum()
    assert np.allclose(sums["category_count"], sums["usual_count"], atol=1e-3)
    alike = found[found["dimension"].isin(["light", "surface", "road_user"])]
    told = alike["verdict"].isin(["more than usual", "fewer than usual"])
    assert told.mean() < 0.05
