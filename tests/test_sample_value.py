"""Money and schemes of the sample against what was planted: spend, contracts, buyers, what worked and what did not."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.estimates.value import GOOD_ROAD, value_for_money
from tests.building import Built

KINDS = {
    "A": "condition_a_roads",
    "B and C": "condition_b_c_roads",
    "Unclassified": "condition_unclassified_roads",
}
_AMOUNTS = ["net_current_expenditure", "capital_expenditure"]


def truth(demo: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(demo.parent / f"truth_{name}.csv")


def test_spend_is_that_of_the_file_in_pounds(demo: Path, demo_built: Built) -> None:
    assert demo_built.refused == []
    given = pd.read_csv(demo.parent / "spend.csv")
    given["gbp"] = 1000 * (given["net_current_expenditure"] + given["capital_expenditure"])
    wanted = given.groupby(["ons_code", "year"])["gbp"].sum()
    found = demo_built.con.sql(
        "select area_code, financial_year, revenue_gbp + capital_gbp as gbp from marts.spend"
    ).df()
    assert found.set_index(["area_code", "financial_year"])["gbp"].to_dict() == wanted.to_dict()
    assert demo_built.one("select count(*) from marts.spend where not_used_because is not null") == 0
    people = demo_built.one(
        "select count(*) from core.estimate where outcome = 'highway_spend_per_person' and value between 40 and 200"
    )
    assert people == len(wanted)


def test_the_planted_outcome_per_pound_is_found(demo: Path, demo_built: Built) -> None:
    """Condition is taken from its file here, so that spend and roads alone are on trial."""
    condition = pd.read_csv(demo.parent / "condition.csv", na_values=["[x]", "[c]", "[z]"])
    year = condition["financial_year"].str[:4].astype(int)
    estimates = pd.DataFrame(
        {
            "outcome": condition["road_class"].map(KINDS),
            "area_code": condition["ons_code"],
            "period_start": pd.to_datetime({"year": year, "month": 4, "day": 1}),
            "period_end": pd.to_datetime({"year": year + 1, "month": 3, "day": 31}),
            "value": pd.to_numeric(condition["percent_should_be_considered_for_maintenance"]),
            "lower": np.nan,
            "upper": np.nan,
            "standard_error": 0.5,
        }
    )
    assert estimates["outcome"].notna().all()
    found = value_for_money(
        demo_built.con.sql("from core.spend").df(),
        estimates,
        demo_built.con.sql("from core.maintained_road").df(),
    )
    assert set(found["output"]) == {GOOD_ROAD}
    # Eight authorities are too few for a frontier, and it says so.
    assert set(found["reason"]) == {"too few that spend no more"}
    got = found.groupby("area_code")["per_1000_gbp"].mean()
    planted = truth(demo, "spend").set_index("ons_code")["outcome_per_pound_ratio"]
    [best] = planted.index[planted > 1]
    assert got.idxmax() == best
    # What was spent varies about what was planted, so the ratio is that of what was drawn.
    spent = pd.read_csv(demo.parent / "spend.csv").groupby("ons_code")[_AMOUNTS].sum().sum(axis=1) / 5
    drawn = truth(demo, "spend").set_index("ons_code")["good_km"] / spent
    ratio, wanted = (of[best] / of[planted == 1].median() for of in (got, drawn))
    assert ratio == pytest.approx(wanted, rel=0.08)
    assert ratio > 1.25


def test_every_contract_is_found_with_its_buyer_where_that_is_sure(demo: Path, demo_built: Built) -> None:
    planted = truth(demo, "contracts").set_index("ocid")
    found = demo_built.con.sql("from marts.contract").df().set_index("contract_id")
    assert sorted(found.index) == sorted(planted.index)
    found = found.loc[planted.index]
    assert found["value"].tolist() == planted["value_gbp"].tolist()
    assert found["suppliers"].tolist() == planted["supplier_name"].tolist()
    assert found["cpv"].tolist() == planted["cpv"].astype(str).tolist()
    assert found["ends_within_year"].tolist() == planted["ends_within_year"].tolist()
    for day in ("start_on", "end_on"):
        assert pd.to_datetime(found[day]).dt.date.astype(str).tolist() == planted[day].tolist()
    assert found["is_road_work"].all()
    matched = found["area_code"].notna()
    assert (found["area_code"] == planted["authority_code"])[matched].all()
    # Who is not matched is an alias that no file lists.
    buyers = truth(demo, "buyers")
    with (demo.parent / "buyer_aliases.csv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    known = {a["buyer_id"] for a in listed} | {a["buyer_name"] for a in listed}
    left = buyers[buyers["is_alias"] & ~buyers["buyer_name"].isin(known) & ~buyers["buyer_id"].isin(known)]
    assert len(left) > 0
    assert set(found.loc[~matched, "buyer_name"]) == set(left["buyer_name"])
    assert set(found.loc[matched, "matched_by"]) == {
        "alias: reference", "alias: name", "code in the reference",
    }  # fmt: skip


def test_the_right_authority_is_suggested_for_every_buyer_that_is_not_matched(
    demo: Path, demo_built: Built
) -> None:
    right = truth(demo, "buyers").set_index("buyer_name")["authority_code"]
    best = demo_built.rows(
        "select buyer_name, arg_max(area_code, score) from marts.buyer_suggestion group by all"
    )
    missing = demo_built.rows("select distinct buyer_name from core.buyer where area_code is null")
    assert len(best) == len(missing) > 0
    assert all(right[str(name)] == code for name, code in best)


def test_outcomes_beside_a_supplier_are_those_of_its_authorities_and_years(
    demo: Path, demo_built: Built
) -> None:
    contracts = truth(demo, "contracts")
    matched = {
        str(c)
        for (c,) in demo_built.rows("select contract_id from marts.contract where area_code is not null")
    }
    [(supplier, codes, first, last, count)] = demo_built.rows(
        """
        select supplier, area_codes, period_start::varchar, period_end::varchar, area_year_count
        from marts.supplier_outcome where outcome = 'collisions_per_km' order by area_year_count desc, supplier limit 1
        """
    )
    own = contracts[(contracts["supplier_name"] == supplier) & contracts["ocid"].isin(matched)]
    years = {
        (code, year)
        for code, start, end in zip(own["authority_code"], own["start_on"], own["end_on"], strict=True)
        for year in range(2020, 2025)
        if start <= f"{year}-01-01" and end >= f"{year}-12-31"
    }
    assert count == len(years) > 5
    assert codes == ",".join(sorted({code for code, _ in years}))
    assert (first, last) == (f"{min(y for _, y in years)}-01-01", f"{max(y for _, y in years)}-12-31")


def test_the_scheme_that_works_is_found_and_the_one_chosen_for_its_bad_years_is_not(
    demo: Path, demo_built: Built
) -> None:
    schemes = truth(demo, "schemes").set_index("why_chosen")
    ids = {str(why): str(scheme_id) for why, scheme_id in schemes["scheme_id"].items()}
    planted = float(schemes["rate_ratio"]["every other lane"])
    effects = demo_built.con.sql("from marts.scheme_effect").df().set_index("scheme_id")
    works = effects.loc[ids["every other lane"]]
    assert works["verdict"] == "fewer"
    assert works["lower"] < planted < works["upper"]
    assert str(works["before_end"])[:10] == "2022-09-30"
    lucky = effects.loc[ids["bad years"]]
    assert lucky["verdict"] == "no difference shown"
    assert lucky["lower"] < 1 < lucky["upper"]
    # What a plain count would have called a success.
    assert lucky["naive_ratio"] < 0.92
    assert lucky["regression_to_mean"] < 0.9
    new = effects.loc[ids["contract ran out"]]
    assert "too little time after" in new["reason"]
    assert pd.isna(new["verdict"])


def test_schemes_collisions_are_those_on_their_links(demo: Path, demo_built: Built) -> None:
    links = pd.read_csv(demo.parent / "schemes.csv").set_index("scheme_id")["link_ids"].dropna()
    for scheme, ids in links.items():
        listed = ids.split()
        assert demo_built.one(f"select links from marts.scheme_effect where scheme_id = '{scheme}'") == len(
            listed
        )
