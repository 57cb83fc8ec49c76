"""What is planted in travel times, speeds and condition is found again in the marts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.building import Built

LINK_TIMES = """
    select link_id, lottr, lottr_lower, lottr_upper, p95_s, observations, days from marts.link_reliability
    where time_of_day = 'all'
"""


def frame(built: Built, query: str) -> pd.DataFrame:
    return built.con.sql(query).df()


def test_links_are_as_unreliable_as_was_planted(demo: Path, demo_built: Built) -> None:
    truth = pd.read_csv(demo.parent / "truth_travel_times.csv")
    found = frame(demo_built, LINK_TIMES).merge(truth, on="link_id", suffixes=("", "_true"))
    assert len(found) == len(truth) > 50
    assert found["days"].eq(21).all()
    p95 = found["planning_time_index"] * found["free_flow_time_s"]
    assert found["p95_s"].to_numpy() == pytest.approx(p95.to_numpy(), rel=0.15)
    lottr = found["p80_ratio"] / found["median_ratio"]
    covered = found["lottr_lower"].le(lottr) & found["lottr_upper"].ge(lottr)
    # Three weeks are few days, so intervals are a little too narrow; times are whole seconds.
    assert 0.8 < covered.mean() <= 1


def test_every_time_read_is_used(demo: Path, demo_built: Built) -> None:
    rows = pd.read_csv(demo.parent / "travel_times.csv")
    assert frame(demo_built, LINK_TIMES)["observations"].sum() == len(rows)
    local = demo_built.one("select count(*) from staging.travel_time where extract('hour' from local_at) = 8")
    assert local == rows["observed_at"].str[11:13].eq("08").sum()


def test_the_unreliable_road_is_found(demo_built: Built) -> None:
    roads = frame(
        demo_built,
        """
        select road, max(planning_time_index_lower) as low, min(planning_time_index_upper) as high
        from marts.corridor_reliability where time_of_day = 'all' group by road
        """,
    ).set_index("road")
    usual = float(roads["high"].drop("A8002").median())
    assert float(roads["low"].to_dict()["A8002"]) > usual


def test_areas_are_the_mean_of_their_links(demo_built: Built) -> None:
    found = frame(
        demo_built,
        """
        select outcome.area_level, outcome.area_code, value, lower, upper, exposure,
            sum(piece.length_m * link.planning_time_index) / sum(piece.length_m) as by_hand,
            sum(piece.length_m) / 1000 as observed_km, sum(piece.length_m) / any_value(piece.numbered_m) as share
        from marts.outcome as outcome
        inner join core.observed_piece as piece using (area_level, area_code)
        inner join marts.link_reliability as link on piece.link_id = link.link_id and link.time_of_day = 'all'
        where outcome.outcome = 'planning_time_index'
        group by all
        """,
    )
    assert {"highway_authority", "district", "ward"} <= {*found["area_level"]}
    assert found["value"].to_numpy() == pytest.approx(found["by_hand"].to_numpy())
    assert found["exposure"].to_numpy() == pytest.approx(found["observed_km"].to_numpy())
    assert found["share"].min() >= 0.1
    assert found["lower"].notna().sum() > 10


def test_a_series_break_is_in_the_figures_and_not_bridged(demo: Path, demo_built: Built) -> None:
    truth = pd.read_csv(demo.parent / "truth_average_speeds.csv")
    truth = truth[truth["road"].isna()]
    found = frame(
        demo_built,
        """
        select area_code as ons_code, year(period_start) as year, value, series from marts.outcome
        where outcome = 'average_speed_a_roads' and area_level = 'highway_authority'
        """,
    ).merge(truth, on=["ons_code", "year"])
    assert len(found) == len(truth)
    ratio = found["value"] / found["average_speed_mph"]
    assert {*found["series"]} == {"before 2019-01-01", "from 2019-01-01"}
    old = found["series"] == "before 2019-01-01"
    assert np.array_equal(old, found["year"] < 2019)
    # What is planted: years before the break are told a tenth too fast.
    assert ratio[old].to_numpy() == pytest.approx(1.1, rel=0.03)
    assert ratio[~old].to_numpy() == pytest.approx(1.0, rel=0.03)


def test_condition_is_as_published_and_withheld_where_it_was(demo: Path, demo_built: Built) -> None:
    truth = pd.read_csv(demo.parent / "truth_condition.csv")
    truth["outcome"] = truth["road_class"].map(
        {
            "A": "condition_a_roads",
            "B and C": "condition_b_c_roads",
            "Unclassified": "condition_unclassified_roads",
        }
    )
    truth["period_start"] = pd.to_datetime(truth["financial_year"].str[:4] + "-04-01")
    found = frame(
        demo_built,
        """
        select outcome, area_code as ons_code, period_start, value, is_suppressed, uncertainty_kind from marts.outcome
        where outcome like 'condition%' and area_level = 'highway_authority'
        """,
    ).merge(truth, on=["outcome", "ons_code", "period_start"])
    assert len(found) == len(truth)
    known = found[found["value"].notna()]
    assert np.abs(known["value"] - 100 * known["poor_share"]).mean() < 2
    assert np.corrcoef(known["value"], known["poor_share"])[0, 1] > 0.9
    assert found["is_suppressed"].sum() == 1
    assert found.loc[found["value"].isna(), "uncertainty_kind"].value_counts().to_dict() == {
        "none: suppressed": 1,
        "none: figure is missing": len(found) - len(known) - 1,
    }


def test_published_figures_without_uncertainty_get_no_verdict(demo_built: Built) -> None:
    verdicts = demo_built.rows(
        """
        select distinct verdict from marts.comparison
        where outcome like 'condition%' or outcome like 'average%' order by all
        """
    )
    assert verdicts == [("not judged",), ("too few data",), ("uncertainty unknown",)]
