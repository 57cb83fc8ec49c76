"""Spend and contracts of real councils, where the data are at hand, held against the files' own figures."""

import csv
from collections import Counter

import pytest

from geo.region import Region
from tests.building import Built, build_files, build_in_memory
from tests.test_real_data import DATA, REGIONS

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"no real data: set PLACELINE_REAL_DATA (looked in {DATA.name}/)"
    ),
]
OUTTURN = "lancashire/lancashire_mhclg_revenue_outturn_2021_2025.csv"
NOTICES = "lancashire/lancashire_cc_contracts_finder.csv"
HIGHWAYS = "Highways and transport services"


def lancashire(unit: str) -> Region:
    """Return the county and its two unitaries, from the derived highway authorities; population not stated."""
    return Region.model_validate(
        {
            "name": "lancashire",
            "title": "Lancashire",
            "basis_on": "2024-12-31",
            "authority_level": "authority",
            "source": [
                {
                    "kind": "areas",
                    "id": "areas",
                    "title": "Highway authorities",
                    "level": "authority",
                    "path": "national/derived_england_local_highway_authorities.gpkg",
                    "code": "lha_code",
                    "name": "lha_name",
                    "where": {"lha_code": ["E10000017", "E06000008", "E06000009"]},
                },
                {
                    "kind": "area_facts",
                    "id": "people",
                    "title": "Population 2020",
                    "path": "national/mysociety_uk_local_authorities_future.csv",
                    "columns": {
                        "area_code": "gss-code",
                        "area_name": "official-name",
                        "population": "pop-2020",
                    },
                    "where": {"gss-code": ["E10000017", "E06000008", "E06000009"]},
                },
                {
                    "kind": "spend",
                    "id": "outturn",
                    "title": "Revenue outturn",
                    "path": OUTTURN,
                    "where": {"service": [HIGHWAYS]},
                    "unit": unit,
                },
                {
                    "kind": "contracts",
                    "id": "notices",
                    "title": "Contract notices",
                    "path": NOTICES,
                    "columns": {"start_on": "awarded_date"},
                },
            ],
        }
    )


@pytest.fixture(scope="module")
def built() -> Built:
    return build_in_memory(lancashire("pounds"), DATA)


def test_lancashire_s_outturn_is_that_of_its_highway_authorities(built: Built) -> None:
    assert built.refused == []
    with (DATA / OUTTURN).open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["service"] == HIGHWAYS]
    assert built.one("select count(*) from marts.spend") == len(rows) == 60
    upper = {"E10000017", "E06000008", "E06000009"}
    own = [r for r in rows if r["ons_code"] in upper]
    said = {(r["ons_code"], r["financial_year"]): float(r["net_expenditure_gbp"]) for r in own}
    found = built.rows(
        "select area_code, financial_year, revenue_gbp from marts.spend where not_used_because is null"
    )
    assert {(str(c), str(y)): v for c, y, v in found} == said
    why = "select not_used_because, count(*)::int from marts.spend where not_used_because is not null group by all"
    assert built.rows(why) == [("no authority of this region has the code", 48)]
    per_person = built.rows(
        "select round(value)::int from core.estimate where outcome = 'highway_spend_per_person' order by 1"
    )
    assert len(per_person) == 12
    assert 5 < int(str(per_person[0][0])) < int(str(per_person[-1][0])) < 200


def test_lancashire_s_outturn_in_the_wrong_unit_is_refused() -> None:
    [refusal] = build_in_memory(lancashire("thousands of pounds"), DATA).refused
    assert "unit = pounds or thousands of pounds" in refusal


def test_lancashire_s_notices_are_its_county_s_and_name_no_person(built: Built) -> None:
    with (DATA / NOTICES).open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert built.one("select count(*) from core.contract") == len({r["id"] for r in rows}) == 91
    assert Counter(r["organisation"] for r in rows) == {"Lancashire County Council": 91}
    # Its name is 'Lancashire' on the map: near, so suggested, and not joined.
    assert built.rows("select distinct area_code, not_matched_because from core.contract") == [
        (None, "no alias, code or name is the same")
    ]
    suggested = "select area_code, score from marts.buyer_suggestion order by score desc limit 1"
    assert built.rows(suggested) == [("E10000017", 1.0)]
    let = [r for r in rows if r["awarded_supplier"]]
    kept, withheld = built.rows("select count(suppliers), sum(withheld_count)::int from core.contract")[0]
    assert (int(str(kept)) + int(str(withheld)), len(let)) == (len(let), len(let))
    assert int(str(kept)) > 40
    value = sum(float(r["awarded_value"]) for r in rows if r["awarded_value"])
    assert float(str(built.one("select sum(value) from core.contract"))) == pytest.approx(value)


def test_scotland_s_cost_per_km_is_the_published_one() -> None:
    built = build_files(REGIONS / "scotland.toml", data=DATA)
    assert built.refused == []
    with (DATA / "scotland" / "lgbf_roads_scotland.csv").open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["indicator"] == "ENV04a"]
    said = {(r["lad_code"], int(r["Year"][:4])): float(r["value"]) for r in rows if r["value"]}
    found = built.rows(
        """
        select area_code, year(period_start), value from core.estimate
        where outcome = 'highway_spend_per_km' and value is not null
        """
    )
    assert {(str(c), int(str(y))): float(str(v)) for c, y, v in found} == pytest.approx(said, rel=1e-5)
    assert len(said) > 400
