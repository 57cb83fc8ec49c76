import json
from dataclasses import replace

import numpy as np
import pytest

from geo.sample.contracts import draw_contracts
from geo.sample.money import draw_spend
from geo.sample.service_truth import ServiceTruth

_CODES = [f"D{n:02}" for n in range(12)]
_NAMES = [f"Place {n}" for n in range(12)]
_GOOD_KM = np.linspace(200.0, 900.0, 12)


def _spent(seed=1, **sizes):
    return draw_spend(np.random.default_rng(seed), _CODES, _NAMES, _GOOD_KM, replace(ServiceTruth(), **sizes))


def _let(seed=1, **sizes):
    return draw_contracts(
        np.random.default_rng(seed), _CODES, _NAMES, _GOOD_KM, replace(ServiceTruth(), **sizes)
    )


def _km_per_thousand(table):
    """Return good km for 1,000 pounds of 2022, by authority."""
    ratio = table.year.str[:4].astype(int).map(ServiceTruth().spend_year_ratio)
    total = (table.net_current_expenditure + table.capital_expenditure) / ratio
    return _GOOD_KM / (total.groupby(table.ons_code).sum() / 5)


@pytest.mark.parametrize("ratio", [1.0, 1.5])
def test_the_planted_authority_gets_more_for_a_pound_and_nobody_else(ratio):
    made = _spent(outcome_per_pound_ratio={"D04": ratio})
    found = _km_per_thousand(made.table)
    true = made.truth.set_index("ons_code").good_km_per_1000_gbp
    # Five years of 8 % spread, and that of the lines.
    assert (found / true).to_numpy() == pytest.approx(1.0, abs=4 * 0.04)
    others = found.drop("D04").mean()
    assert found["D04"] / others == pytest.approx(ratio, rel=0.12)


def test_without_spread_spend_is_exactly_in_proportion():
    found = _km_per_thousand(_spent(spend_log_sd=0.0, outcome_per_pound_ratio={}).table)
    assert found.to_numpy() == pytest.approx(1000 / ServiceTruth().pounds_per_good_km, rel=0.005)


def test_each_authority_has_each_line_each_year():
    table = _spent().table
    assert list(table.columns) == [
        "year", "ons_code", "authority", "service", "net_current_expenditure", "capital_expenditure",
    ]  # fmt: skip
    assert set(table.ons_code) == set(_CODES)
    assert not table.duplicated(["year", "ons_code", "service"]).any()
    assert len(table) == len(_CODES) * 5 * table.service.nunique()
    assert sorted(set(table.year)) == ["2020-21", "2021-22", "2022-23", "2023-24", "2024-25"]


def test_years_differ_by_inflation():
    flat = dict.fromkeys(range(2020, 2025), 1.0)
    for ratio in (flat, flat | {2024: 1.4}):
        table = _spent(spend_year_ratio=ratio, spend_log_sd=0.02).table
        by_year = table.groupby("year").net_current_expenditure.sum()
        assert by_year["2024-25"] / by_year["2022-23"] == pytest.approx(ratio[2024], rel=0.03)


def test_the_package_is_of_the_open_contracting_standard():
    package = _let().package
    assert package["version"] == "1.1"
    assert {"uri", "publishedDate", "publisher", "releases"} <= set(package)
    assert len({r["ocid"] for r in package["releases"]}) == len(package["releases"]) == 12 * 6
    for release in package["releases"]:
        assert {"ocid", "id", "date", "tag", "initiationType", "buyer", "parties"} <= set(release)
        assert release["date"] <= package["publishedDate"]
        roles = {party["id"]: party["roles"] for party in release["parties"]}
        (award,), (contract,) = release["awards"], release["contracts"]
        assert roles[release["buyer"]["id"]] == ["buyer"]
        assert roles[award["suppliers"][0]["id"]] == ["supplier"]
        assert contract["awardID"] == award["id"]
        assert contract["value"]["currency"] == "GBP"
        assert contract["value"]["amount"] > 0


def test_truth_says_who_every_buyer_is():
    made = _let()
    known = made.buyers.set_index(["buyer_name", "buyer_id"])
    assert known.index.is_unique
    contracts = made.contracts.set_index("ocid")
    for release in made.package["releases"]:
        buyer = known.loc[(release["buyer"]["name"], release["buyer"]["id"])]
        assert buyer.authority_code == contracts.authority_code[release["ocid"]]
        assert buyer.is_alias == (release["buyer"]["name"] not in _NAMES)
        assert (buyer.authority_code in release["buyer"]["id"]) == (not buyer.is_alias)
    assert made.buyers.is_alias.sum() >= 5


def test_no_alias_if_told_so():
    made = _let(contract_alias_share=0.0)
    assert {r["buyer"]["name"] for r in made.package["releases"]} == set(_NAMES)
    assert not made.buyers.is_alias.any()


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 1, 1), (0.6, 3, 12), (1.0, 12, 12)])
def test_firms_serve_as_many_as_planted(share, least, most):
    served = _let(contract_common_supplier_share=share).contracts.groupby("supplier_name").authority_code
    assert least <= served.nunique().max() <= most
    firms = _let(contract_common_supplier_share=share).contracts.supplier_name
    common = firms.map(firms.value_counts()) > 1
    assert common.mean() == pytest.approx(share, abs=4 * np.sqrt(0.24 / 72))


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_some_contracts_end_within_a_year_and_all_are_running(share):
    made = _let(contract_ending_share=share)
    periods = [release["contracts"][0]["period"] for release in made.package["releases"]]
    start, end = (np.array([p[key][:10] for p in periods]) for key in ("startDate", "endDate"))
    assert (start <= "2024-12-31").all()
    assert (end > "2024-12-31").all()
    ends_soon = end <= "2025-12-31"
    assert (ends_soon == made.contracts.ends_within_year).all()
    assert ends_soon.mean() == pytest.approx(share, abs=4 * np.sqrt(share * 0.7 / 72))


def test_the_same_seed_gives_the_same_files():
    assert _spent().table.to_csv() == _spent().table.to_csv() != _spent(2).table.to_csv()
    assert json.dumps(_let().package) == json.dumps(_let().package) != json.dumps(_let(2).package)
