"""Average speeds: what is planted, and nothing where nothing is."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.sample.average_speeds import BREAK_YEAR, YEARS, draw_average_speeds
from geo.sample.links import SINGLE, Links
from geo.sample.plan import A_ROAD, B_ROAD
from geo.sample.service_truth import ServiceTruth

# Two A roads in the country and one in a town, a trunk road, a B road, and a link of nobody.
_PLACES, _CLASSES = [-1, -1, 0, -1, -1, -1], [A_ROAD, A_ROAD, A_ROAD, A_ROAD, B_ROAD, A_ROAD]


def _drawn(seed=1, **sizes):
    count = len(_PLACES)
    lines = shapely.linestrings([[[0, 1000 * k], [1000, 1000 * k]] for k in range(count)])
    links = Links(
        lines,
        np.zeros((count, 2), dtype=np.int64),
        np.array(_CLASSES),
        np.array([0, 1, 1, 2, 0, 0]),
        np.array(_PLACES),
        np.zeros(count, dtype=bool),
        np.full(count, SINGLE),
    )
    return draw_average_speeds(
        np.random.default_rng(seed),
        links,
        np.array([1000.0, 1000, 3000, 9000, 9000, 9000]),
        authority=np.array([0, 1, 1, 1, 1, -1]),
        codes=["D1", "D2"],
        numbers=["A1", "A2", "A3"],
        is_trunk=np.array([False, False, False, True, False, False]),
        truth=replace(ServiceTruth(), **sizes),
    )


def test_it_is_of_the_councils_own_a_roads_by_vehicle_kilometres():
    truth = _drawn().truth.query("year == 2022").set_index(["ons_code", "road"])
    assert truth.index.tolist() == [("D1", ""), ("D1", "A1"), ("D2", ""), ("D2", "A2")]
    country, both = truth.loc[("D1", "")], truth.loc[("D2", "")]
    assert 3600 / country.average_speed_mph - country.delay_spvpm == pytest.approx(
        3600 / (76 / 1.609344), rel=1e-4
    )
    town = 3600 / (42 / 1.609344)
    quiet = 3600 / both.average_speed_mph - both.delay_spvpm
    assert quiet == pytest.approx((3600 / (76 / 1.609344) + 3 * town) / 4, rel=1e-4)


@pytest.mark.parametrize("ratio", [1.0, 1.2])
def test_years_before_the_break_are_told_faster_and_the_truth_has_no_break(ratio):
    made = _drawn(speed_break_ratio=ratio, speed_log_sd=0.0, speed_year_ratio=1.0)
    both = made.table.merge(made.truth, on=["ons_code", "road", "year"], suffixes=("", "_true"))
    assert sorted({*both.year}) == list(YEARS)
    told = both.average_speed_mph / both.average_speed_mph_true
    assert told[both.year < BREAK_YEAR].to_numpy() == pytest.approx(ratio, rel=0.01)
    assert told[both.year >= BREAK_YEAR].to_numpy() == pytest.approx(1.0, rel=0.01)
    assert both.groupby(["ons_code", "road"]).average_speed_mph_true.nunique().eq(1).all()


def test_the_same_seed_tells_the_same():
    assert _drawn().table.equals(_drawn().table)
    assert not _drawn().table.equals(_drawn(seed=2).table)
