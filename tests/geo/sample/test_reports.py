from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.sample import reports
from geo.sample.doggerland import BOTNEY, CLEAVER
from geo.sample.merger import predecessor_by_northing
from geo.sample.truth import Truth
from tests.geo.sample import toy

_NORTHING = shapely.get_y(shapely.centroid(toy.SMALL_AREAS.polygons))


def _drawn(truth, *, seed=3):
    rng = np.random.default_rng(seed)
    rate = 12 * reports.propensity(rng, toy.GEOGRAPHY, truth)
    return rate, reports.draw_reports(rng, toy.GEOGRAPHY, toy.LINKS, rate, truth)


def _medians(made):
    early = made.created < "2023-01-01"
    days = (made.fixed - made.created)[early] / pd.Timedelta(days=1)
    return pd.Series(days).groupby(np.array(toy.CODES)[made.authority[early]]).median()


def test_a_slow_authority_is_slow_and_neutral_ones_are_equal():
    slow = replace(Truth(), fix_median_days={CLEAVER: 41.0})
    _, made = _drawn(slow)
    medians = _medians(made)
    assert medians[CLEAVER] == pytest.approx(41, rel=0.1)
    assert medians.drop(CLEAVER).to_numpy() == pytest.approx(14, rel=0.1)
    assert reports.median_days(toy.CODES, slow)[:2].tolist() == [41.0, 14.0]


def test_deprived_areas_report_less_unless_told_otherwise():
    deprivation = toy.SMALL_AREAS.deprivation
    for ratio in (0.3, 1.0):
        truth = replace(Truth(), report_ratio_most_deprived=ratio, report_gamma_shape=1e9)
        rate, made = _drawn(truth)
        counted = np.bincount(made.small_area, minlength=len(deprivation))
        expected = rate * toy.SMALL_AREAS.people / 1000 * sum(truth.report_year_ratio.values())
        assert np.abs((counted - expected) / np.sqrt(expected)).max() < 4.5
        extremes = rate[deprivation.argmax()] / rate[deprivation.argmin()]
        assert extremes == pytest.approx(ratio, rel=1e-3)
        assert counted[deprivation > 50].mean() / counted[deprivation < 15].mean() == pytest.approx(
            ratio**0.82, rel=0.1
        )


def test_reports_lie_by_roads_in_their_small_area():
    _, made = _drawn(Truth())
    own = shapely.distance(toy.SMALL_AREAS.polygons[made.small_area], shapely.points(made.xy))
    assert own.max() < 40
    assert (toy.OWNER[made.small_area] == made.authority).all()
    assert made.created.is_monotonic_increasing


def test_years_can_be_asked_for():
    rng = np.random.default_rng(1)
    rate = np.full(len(toy.OWNER), 10.0)
    made = reports.draw_reports(rng, toy.GEOGRAPHY, toy.LINKS, rate, Truth(), years=[1999])
    assert set(made.created.year) == {1999}


def test_a_council_goes_by_the_name_it_had_that_day():
    truth = replace(Truth(), merged_authority=BOTNEY)
    is_own = np.isin(toy.OWNER, [toy.CODES.index(BOTNEY)])
    earlier = predecessor_by_northing(_NORTHING, toy.SMALL_AREAS.people, is_own, truth)
    _, made = _drawn(truth)
    rng = np.random.default_rng(1)
    names = reports.council_names(rng, made, toy.AUTHORITIES, earlier, truth)
    own = made.authority == toy.CODES.index(BOTNEY)
    is_before = own & (made.created < "2022-04-01")
    assert set(names[is_before]) == set(truth.predecessors.values())
    assert set(names[own & ~is_before]) == {"Council 1"}
    assert (names[~own] == np.array(toy.AUTHORITIES.names)[made.authority[~own]]).all()
    kept = replace(truth, merger_recoded_share=0.0)
    names = reports.council_names(rng, made, toy.AUTHORITIES, earlier, kept)
    assert set(names[own]) == {"Council 1"}


def test_both_formats_say_the_same_of_a_report():
    _, made = _drawn(Truth())
    made = made.of(made.created.year == 2024)
    councils = np.array(toy.AUTHORITIES.names)[made.authority]
    table = reports.fixmystreet_table(np.random.default_rng(1), made, councils)
    requests = pd.DataFrame(reports.open311_requests(np.random.default_rng(1), made, councils))
    assert (requests.service_name == table.category).all()
    assert (requests.agency_responsible == table.council).all()
    assert (requests.requested_datetime == table.created + "Z").all()
    is_closed = requests.status == "closed"
    assert (is_closed == (table.closed != "")).all()
    assert (requests.updated_datetime == table.closed + "Z")[is_closed].all()
    assert (requests.updated_datetime[~is_closed] <= "2025-01-01T00:00:00Z").all()
    assert requests.service_request_id.is_unique
    assert requests.groupby("service_name").service_code.nunique().eq(1).all()
    assert table.category.nunique() == 13
    assert table.category.value_counts(normalize=True)["Potholes"] == pytest.approx(0.19, abs=0.03)
