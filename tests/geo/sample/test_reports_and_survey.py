import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Transformer


def lon_lat_to_grid(degrees):
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    return np.column_stack(to_grid.transform(degrees[:, 0], degrees[:, 1]))


@pytest.fixture(scope="session")
def table(sample):
    return sample.csv("reports_fixmystreet.csv", parse_dates=["created", "closed"])


@pytest.fixture(scope="session")
def requests(sample):
    return pd.DataFrame(sample.json("reports_open311.json"))


def test_eight_councils_publish_in_two_ways(sample, table, requests):
    councils = set(sample.areas("authorities.gpkg").CTYUA24NM)
    # One was two until it was merged.
    assert set(table.council) == councils - {"Botney Cut"} | set(sample.csv("area_changes.csv").from_name)
    assert requests.agency_responsible.unique().tolist() == ["Botney Cut"]
    people = sample.csv("area_facts.csv").set_index("area_code").population.filter(regex="^D01").sum()
    assert 3 < 1000 * (len(table) + len(requests)) / people / 5 < 8
    assert requests.service_request_id.is_unique
    assert table.id.is_unique


def test_open_reports_have_no_closing_time(table):
    is_open = table.status.isin(["open", "investigating"])
    assert (table.closed.isna() == is_open).all()
    assert 0.01 < is_open.mean() < 0.1
    assert (table.closed[~is_open] > table.created[~is_open]).all()
    assert table.closed.max() < pd.Timestamp("2025-01-01")


def test_more_reports_come_from_areas_that_report_more_readily(sample, table):
    rates = sample.csv("truth_reporting.csv").set_index("area_code").reports_per_1000_people_year
    areas = sample.areas("small_areas.gpkg")
    points = shapely.points(lon_lat_to_grid(table[["lon", "lat"]].to_numpy()))
    area = shapely.STRtree(areas.geometry.to_numpy()).query(points, predicate="within")[1]
    counted = pd.Series(areas.LSOA21CD.to_numpy()[area]).value_counts()
    people = sample.csv("area_facts.csv").set_index("area_code").population
    expected = (rates * people)[counted.index] / 1000
    assert np.corrcoef(counted, expected)[0, 1] > 0.95


def test_median_days_to_fix_are_as_planted(sample, table):
    truth = sample.json("truth.json")["planted"]["fix_median_days"]
    names = sample.csv("area_facts.csv").set_index("area_name").area_code
    changes = sample.csv("area_changes.csv").set_index("from_name").to_name
    early = table[table.created < "2023-01-01"]
    days = (early.closed - early.created) / pd.Timedelta(days=1)
    for council, median in days.groupby(early.council.replace(changes.to_dict())).median().items():
        assert median == pytest.approx(truth[names[council]], rel=0.15)


def test_a_closed_request_was_updated_when_it_was_closed(sample, requests):
    shut = requests[requests.status == "closed"]
    days = (pd.to_datetime(shut.updated_datetime) - pd.to_datetime(shut.requested_datetime)) / pd.Timedelta(
        days=1
    )
    planted = sample.json("truth.json")["planted"]["fix_median_days"]["D06000003"]
    assert days.median() == pytest.approx(planted, rel=0.15)


def test_people_in_requests_are_plainly_invented(requests):
    assert requests.email.str.endswith("@example.invalid").all()


def test_one_score_has_no_base(sample):
    scores = sample.csv("satisfaction_scores.csv")
    without = scores[scores.base.isna()]
    expected = sample.json("truth.json")["score_without_base"]
    assert without[["area_code", "year", "indicator"]].to_dict("records") == [expected]
    assert scores.score.between(0, 100).all()
    assert not scores.duplicated(["area_code", "year", "indicator"]).any()


def test_weighted_answers_come_near_the_planted_shares(sample):
    answers = sample.csv("satisfaction_survey.csv").dropna(subset="rating")
    answers = answers.assign(year=answers.date.str[:4].astype(int), is_satisfied=answers.rating >= 4)
    true = sample.csv("truth_satisfaction.csv").set_index(["question", "area_code"]).satisfied_share
    for key, group in answers.groupby(["question", "stratum"]):
        share = np.average(group.is_satisfied, weights=group.weight)
        assert share == pytest.approx(true[key].mean(), abs=0.085)


def test_respondents_answer_every_question_once(sample):
    answers, facts = sample.csv("satisfaction_survey.csv"), sample.csv("area_facts.csv")
    assert (answers.groupby("respondent_id").question.nunique() == 5).all()
    assert not answers.duplicated(["respondent_id", "question"]).any()
    assert answers.groupby(answers.date.str[:4]).respondent_id.nunique().between(3_000, 5_000).all()
    assert answers.rating.dropna().between(1, 5).all()
    assert (answers.weight > 0).all()
    above = facts.set_index("area_code").parent_code
    district = answers.area_code.map(above).map(above)
    # An authority without districts is its own.
    authority = district.where(~district.str.startswith("D07"), district.map(above))
    assert (authority == answers.stratum).all()
