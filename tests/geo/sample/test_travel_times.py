from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.sample.links import SINGLE, SLIP
from geo.sample.service_truth import ServiceTruth
from geo.sample.travel_times import draw_travel_times, incident_factors, measured, quarter_hours, true_ratio
from tests.geo.sample import toy

_NUMBERS = ["M1", "A2", "A3", "B4"]
_CLASSES = np.array([0, 1, 1, 2])
_WEEK = ("2024-06-10",)
# A day's own ups and downs take many days to even out.
_WEEKS = ("2024-05-13", "2024-05-20", "2024-06-03", "2024-06-10", "2024-06-17", "2024-06-24")


@pytest.fixture(scope="module")
def links():
    """Return four numbered roads of 20 links of 2.5 km, each with one short link, and a street."""
    route = np.append(np.repeat(np.arange(4), 21), -1)
    length = np.where(np.arange(len(route)) % 21 == 20, 300.0, 2500.0)
    ends = np.stack([np.zeros((len(route), 2)), np.column_stack([length, np.zeros(len(route))])], axis=1)
    return toy.single_links(
        shapely.linestrings(ends),
        np.where(route < 0, 4, _CLASSES[route]),
        route,
        in_place=np.where(np.arange(len(route)) % 3 == 0, 0, -1),
    )


def _drawn(links, seed=1, weeks=_WEEK, most_rows=60_000, **sizes):
    return draw_travel_times(
        np.random.default_rng(seed),
        links,
        np.full(len(links.lines), 12_000.0),
        route_numbers=_NUMBERS,
        is_trunk_route=[True, True, False, False],
        truth=replace(ServiceTruth(), **sizes),
        weeks=weeks,
        most_rows=most_rows,
    )


@pytest.fixture(scope="module")
def drawn(links):
    return _drawn(links, travel_time_spread_ratio={"A3": 2.0})


@pytest.fixture(scope="module")
def long_drawn(links):
    return _drawn(links, weeks=_WEEKS, most_rows=400_000, travel_time_spread_ratio={"A3": 2.0})


def _ratios(made, share):
    truth = made.truth.set_index("link_id")
    return made.table.groupby("link_id").travel_time_s.quantile(share) / truth.free_flow_time_s


def test_true_ratios_are_those_of_the_published_times(long_drawn):
    truth = long_drawn.truth.set_index("link_id")
    for share, column in ((0.5, "median_ratio"), (0.8, "p80_ratio"), (0.95, "planning_time_index")):
        off = _ratios(long_drawn, share) / truth[column] - 1
        assert abs(off.mean()) < 0.007
        assert off.abs().max() < 0.09


def _spread(made):
    """Return the spread of each road's times at night, when nothing but chance moves them."""
    hour = made.table.observed_at.str[11:13].astype(int)
    table = made.table[hour < 5].merge(made.truth[["link_id", "route_number"]])
    logs = np.log(table.travel_time_s).groupby([table.route_number, table.link_id])
    return (logs.quantile(0.84) - logs.quantile(0.16)).groupby("route_number").mean()


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_the_planted_road_is_as_unreliable_as_planted_and_no_other(links, ratio):
    spread = _spread(_drawn(links, travel_time_spread_ratio={"A3": ratio}))
    others = spread.drop("A3")
    assert spread["A3"] / others.mean() == pytest.approx(ratio, rel=0.15)
    assert others.max() / others.min() < 1.3


def test_an_unreliable_road_needs_more_time_planned(long_drawn):
    truth = long_drawn.truth.set_index("link_id")
    found = _ratios(long_drawn, 0.95).groupby(truth.route_number).mean()
    true = truth.planning_time_index.groupby(truth.route_number).mean()
    assert found.to_numpy() == pytest.approx(true.to_numpy(), rel=0.02)
    assert found["A3"] > 1.1 * found.drop("A3").max()


def test_without_any_effect_every_time_is_the_free_flow_time(links):
    still = _drawn(
        links,
        travel_time_log_sd=0.0,
        incidents_per_link_year=0.0,
        peak_delay_town=0.0,
        peak_delay_country=0.0,
    )
    free = still.truth.set_index("link_id").free_flow_time_s
    times = still.table.travel_time_s.to_numpy()
    assert (times == free[still.table.link_id].round().to_numpy()).all()
    columns = ["median_ratio", "p80_ratio", "planning_time_index"]
    np.testing.assert_allclose(still.truth[columns], 1.0, atol=1e-5)


def test_incidents_make_the_worst_times_worse(links):
    none, many = (
        _drawn(links, weeks=_WEEKS, most_rows=160_000, incidents_per_link_year=rate) for rate in (0.0, 1500.0)
    )
    assert (many.truth.planning_time_index > none.truth.planning_time_index).all()
    assert _ratios(many, 0.95).mean() == pytest.approx(many.truth.planning_time_index.mean(), rel=0.03)
    assert _ratios(many, 0.95).mean() > 1.5 * _ratios(none, 0.95).mean()


def test_the_first_hour_has_as_many_incidents_as_any_other():
    truth = replace(ServiceTruth(), incidents_per_link_year=3000.0)
    is_on = incident_factors(np.random.default_rng(1), 4000, 200, truth) > 1
    assert is_on[:, :4].mean() == pytest.approx(is_on.mean(), rel=0.05)


def test_a_true_ratio_agrees_with_brute_force():
    rng = np.random.default_rng(5)
    truth = replace(ServiceTruth(), incidents_per_link_year=500.0)
    heights, weights = np.array([0.0, 0.4, 1.0]), np.array([0.5, 0.3, 0.2])
    found = true_ratio(0.95, np.array([0.6]), np.array([0.2]), heights, weights, truth=truth)
    size = 400_000
    # Incidents of 1 to 12 quarter hours, each a quarter less likely than the one before.
    lasts = 0.75 ** np.arange(12)
    mean = (np.arange(1, 13) * lasts).sum() / lasts.sum()
    is_on = rng.poisson(500 / (365 * 96) * mean, size) > 0
    times = (1 + 0.6 * rng.choice(heights, size, p=weights)) * rng.lognormal(0, 0.2, size)
    times *= np.where(is_on, 2.2 * rng.lognormal(0, 0.3, size), 1.0)
    assert found[0] == pytest.approx(np.quantile(times, 0.95), rel=0.01)


def test_working_evenings_are_slow_and_nights_and_sunday_mornings_are_not(drawn):
    at = pd.to_datetime(drawn.table.observed_at, utc=True).dt.tz_convert("Europe/London")
    is_working = at.dt.day_of_week < 5
    ratio = drawn.table.travel_time_s / drawn.table.link_id.map(
        drawn.truth.set_index("link_id").free_flow_time_s
    )
    assert ratio[is_working & (at.dt.hour == 17)].median() > ratio[at.dt.hour == 3].median() * 1.1
    assert ratio[(at.dt.day_of_week == 6) & (at.dt.hour == 8)].median() < 1.1


def test_the_clock_changes_lose_and_repeat_an_hour():
    assert len(quarter_hours(["2024-03-25"])) == 668
    assert len(quarter_hours(["2024-10-21"])) == 676
    assert len(quarter_hours(_WEEK)) == 672


def test_every_moment_is_written_once_and_none_that_never_was(links):
    table = _drawn(links, weeks=("2024-03-25", "2024-10-21"), most_rows=20_000).table
    assert not table.duplicated(["link_id", "observed_at"]).any()
    assert not table.observed_at.str.startswith("2024-03-31T01").any()
    repeated = set(table.observed_at[table.observed_at.str.startswith("2024-10-27T01:15")])
    assert repeated == {"2024-10-27T01:15:00+01:00", "2024-10-27T01:15:00+00:00"}
    one = table[table.link_id == table.link_id.iloc[0]]
    assert pd.to_datetime(one.observed_at, utc=True).is_monotonic_increasing


def test_long_links_of_numbered_roads_are_measured_evenly(links):
    every = measured(links, 1000)
    assert set(np.bincount(links.route[every])) == {20}
    assert (shapely.length(links.lines[every]) >= 500).all()
    some = measured(links, 12)
    assert np.bincount(links.route[some]).tolist() == [3, 3, 3, 3]
    slips = replace(links, form=np.where(links.route == 0, SLIP, SINGLE))
    assert set(links.route[measured(slips, 1000)]) == {1, 2, 3}


def test_rows_stay_within_the_most_and_few_are_missing(drawn, links):
    assert 0.97 * 80 * 672 < len(drawn.table) < 80 * 672
    assert len(_drawn(links, most_rows=10_000).table) <= 10_000
    unsaid = drawn.table.vehicles.isna().groupby(drawn.table.link_id).mean()
    assert set(unsaid) == {0.0, 1.0}
    assert (drawn.table.vehicles.dropna() >= 1).all()


def test_the_same_seed_gives_the_same_rows(links):
    first, second, other = (_drawn(links, seed, most_rows=5000).table.to_csv() for seed in (1, 1, 2))
    assert first == second != other
