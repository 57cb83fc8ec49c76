from dataclasses import replace

import numpy as np
import pytest

from geo.sample.condition import KINDS, YEARS, draw_condition, maintained_km, poor_shares
from geo.sample.service_truth import ServiceTruth

_CODES = ["D1", "D2", "D3", "D4"]
_NAMES = ["One", "Two", "Three", "Four"]
_KM = np.array([[60.0, 150.0, 600.0]] * 4)
_PERCENT = "percent_should_be_considered_for_maintenance"


def _drawn(seed=1, km=_KM, **sizes):
    return draw_condition(np.random.default_rng(seed), _CODES, _NAMES, km, replace(ServiceTruth(), **sizes))


def _numbers(made):
    table = made.table[~made.table[_PERCENT].str.startswith("[")]
    keys = ["ons_code", "financial_year", "road_class"]
    return table.assign(percent=table[_PERCENT].astype(float)).merge(made.truth, on=keys)


@pytest.mark.parametrize("ratio", [1.0, 1.8])
def test_the_planted_authority_has_worse_roads_and_nobody_else(ratio):
    table = _numbers(_drawn(poor_ratio={"D2": ratio}))
    usual = table.road_class.map(ServiceTruth().poor_share) * 100
    found = table.groupby("ons_code").percent.sum() / usual.groupby(table.ons_code).sum()
    assert found["D2"] == pytest.approx(ratio, rel=0.12)
    assert found.drop("D2").to_numpy() == pytest.approx(1.0, rel=0.12)


def test_a_survey_strays_from_the_truth_as_chance_would_have_it():
    made = [_numbers(_drawn(seed)) for seed in range(5)]
    z = []
    for table in made:
        told = np.round(table.surveyed_length_km * 5)
        spread = np.sqrt(table.poor_share * (1 - table.poor_share) / told + 1e-4 / 12)
        z.extend((table.percent / 100 - table.poor_share) / spread)
    # About 290 values: their mean square is 1, give or take 0.08.
    assert 0.7 < np.mean(np.square(z)) < 1.3
    assert abs(np.mean(z)) < 0.25


@pytest.mark.parametrize("ratio", [1.0, 1.1])
def test_roads_grow_worse_by_as_much_as_planted(ratio):
    truth = replace(ServiceTruth(), poor_year_ratio=ratio)
    shares = poor_shares(_CODES, truth)
    np.testing.assert_allclose(shares[:, :, 1:] / shares[:, :, :-1], ratio)
    table = _numbers(_drawn(km=10 * _KM, poor_year_ratio=ratio)).query("road_class == 'B and C'")
    by_year = table.groupby("financial_year").percent.mean()
    assert by_year["2024-25"] / by_year["2020-21"] == pytest.approx(ratio**4, rel=0.12)


def test_one_value_is_suppressed_and_one_missing():
    for seed in range(20):
        marks = _drawn(seed).table.loc[lambda t: t[_PERCENT].str.startswith("["), _PERCENT]
        assert sorted(marks) == ["[c]", "[x]"]


def test_where_there_is_no_road_there_is_no_value():
    km = _KM.copy()
    km[0, 1] = 0.0
    table = _drawn(km=km).table
    none = table[(table.ons_code == "D1") & (table.road_class == "B and C")]
    assert len(none) == len(YEARS)
    assert set(none[_PERCENT]) == {"[x]"}


def test_one_row_for_each_authority_year_and_class():
    table = _drawn().table
    assert len(table) == len(_CODES) * len(YEARS) * len(KINDS)
    assert not table.duplicated(["ons_code", "financial_year", "road_class"]).any()
    assert (table.surveyed_length_km <= table.road_length_km).all()
    assert set(table.financial_year) == {"2020-21", "2021-22", "2022-23", "2023-24", "2024-25"}


def test_an_authority_maintains_neither_motorways_nor_trunk_roads():
    km = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0])
    road_class = np.array([0, 1, 1, 2, 3, 4, 5, 4])
    is_trunk = np.array([True, True, False, False, False, False, False, False])
    authority = np.array([0, 0, 0, 0, 0, 1, 1, -1])
    found = maintained_km(km, road_class, is_trunk, authority, 2)
    assert found.tolist() == [[4.0, 24.0, 0.0], [0.0, 0.0, 32.0]]


def test_the_same_seed_gives_the_same_table():
    first, second, other = (_drawn(seed).table.to_csv() for seed in (1, 1, 2))
    assert first == second != other
