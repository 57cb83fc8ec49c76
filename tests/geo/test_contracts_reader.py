"""Contracts: OCDS packages and tables of notices, whose suppliers may be people."""

import json
from typing import Any

import pytest

from geo.errors import SourceError
from tests.geo.door import Door, counts

COLUMNS = (
    "contract_id, process_id, release_id, released_on::varchar, status, buyer_name, buyer_id, supplier_name, "
    "supplier_id, supplier_kind, value, currency, cpv, start_on::varchar, end_on::varchar, amendment_count"
)


def release(ocid: str = "o-1", **more: Any) -> dict[str, Any]:
    return {
        "ocid": ocid,
        "id": f"{ocid}-r1",
        "date": "2024-03-01T10:00:00Z",
        "buyer": {"id": "B1", "name": "Ash Council"},
        "parties": [
            {"id": "B1", "name": "Ash Council", "roles": ["buyer"]},
            {"id": "S1", "name": "Kerb Ltd", "roles": ["supplier"]},
        ],
        "tender": {"status": "complete", "items": [{"classification": {"scheme": "CPV", "id": "45233141"}}]},
        "awards": [
            {
                "id": "a1",
                "status": "active",
                "value": {"amount": 90.5, "currency": "GBP"},
                "suppliers": [{"id": "S1", "name": "Kerb Ltd"}],
                "contractPeriod": {"startDate": "2024-04-01T00:00:00Z", "endDate": "2027-03-31T23:59:59Z"},
            }
        ],
    } | more


def put(door: Door, given: Any, name: str = "c.json") -> str:
    return door.put(name, json.dumps(given).encode())


def load(door: Door, *releases: dict[str, Any]) -> tuple[int, int, int, int]:
    return counts(door.load("contracts", put(door, {"releases": list(releases)})))


def test_an_award_is_a_contract(door: Door) -> None:
    assert load(door, release()) == (1, 1, 0, 0)
    assert door.rows(f"SELECT {COLUMNS} FROM raw.contract") == [
        (
            *("o-1", "o-1", "o-1-r1", "2024-03-01", "active", "Ash Council", "B1", "Kerb Ltd", "S1"),
            *("organisation", 90.5, "GBP", "45233141", "2024-04-01", "2027-03-31", None),
        )
    ]


def test_a_contract_goes_before_its_award_and_says_its_amendments(door: Door) -> None:
    contract = {
        "id": "c1",
        "awardID": "a1",
        "status": "terminated",
        "value": {"amount": 120, "currency": "GBP"},
        "period": {"startDate": "2024-05-01"},
        "amendments": [{"id": "1"}, {"id": "2"}],
    }
    load(door, release(contracts=[contract]))
    assert door.rows(
        "SELECT status, value, start_on::varchar, end_on, amendment_count FROM raw.contract"
    ) == [("terminated", 120, "2024-05-01", None, 2)]


def test_lots_suppliers_and_buyers_each_have_their_rows(door: Door) -> None:
    base = release()
    lot = {"id": "a2", "suppliers": [{"name": "Verge plc"}, {"name": "Ditch LLP"}]}
    parties = [*base["parties"], {"id": "B2", "name": "Elm Council", "roles": ["buyer"]}]
    assert load(door, base | {"awards": [*base["awards"], lot], "parties": parties}) == (6, 6, 0, 0)
    assert door.rows("SELECT contract_id, buyer_name, supplier_name FROM raw.contract ORDER BY row") == [
        ("o-1/a1", "Ash Council", "Kerb Ltd"),
        ("o-1/a1", "Elm Council", "Kerb Ltd"),
        ("o-1/a2", "Ash Council", "Verge plc"),
        ("o-1/a2", "Ash Council", "Ditch LLP"),
        ("o-1/a2", "Elm Council", "Verge plc"),
        ("o-1/a2", "Elm Council", "Ditch LLP"),
    ]


def test_a_tender_is_a_row_without_supplier_and_one_without_buyer_is_rejected(door: Door) -> None:
    tender = {k: v for k, v in release().items() if k != "awards"}
    nobody = {k: v for k, v in release("o-2").items() if k not in {"buyer", "parties"}}
    assert (load(door, tender, nobody, release("o-3"), release("o-4"), release("o-5"))) == (5, 4, 1, 0)
    assert door.rows(
        "SELECT supplier_name, supplier_kind, status FROM raw.contract WHERE contract_id = 'o-1'"
    ) == [(None, None, "complete")]
    assert [issue[2:] for issue in door.issues()] == [("buyer_name", None, "missing", "rejected")]


def test_records_give_their_compiled_release_or_else_their_releases(door: Door) -> None:
    records = [
        {"ocid": "o-1", "compiledRelease": release(), "releases": [{"url": "x"}]},
        {"ocid": "o-2", "releases": [release("o-2"), release("o-2") | {"id": "o-2-r2"}]},
    ]
    read = door.load("contracts", put(door, {"records": records}))
    assert counts(read) == (3, 3, 0, 0)
    assert door.rows("SELECT contract_id, release_id FROM raw.contract ORDER BY row") == [
        ("o-1", "o-1-r1"),
        ("o-2", "o-2-r1"),
        ("o-2", "o-2-r2"),
    ]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (b'{"releases": [{"ocid": ', "not whole JSON"),
        (b"[1, 2]", "no OCDS package"),
        (b'{"releases": []}', "no OCDS package"),
        (
            b'{"records": [{"ocid": "o", "releases": [{"url": "x", "date": "2024-01-01", "tag": []}]}]}',
            "only link",
        ),
    ],
)
def test_what_is_no_package_is_refused(door: Door, given: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        door.load("contracts", door.put("c.json", given))
    assert door.rows("SELECT count(*) FROM raw.contract") == [(0,)]


def test_a_statement_read_twice_is_rejected_as_a_repeated_key(door: Door) -> None:
    package = {"releases": [release(), release()]}
    read = door.load("contracts", put(door, package), max_rejected_share=0.5)
    assert counts(read) == (2, 1, 1, 0)


@pytest.mark.parametrize(
    ("name", "reference", "kind"),
    [
        ("Kerb Limited", None, "organisation"),
        ("KERB LTD.", None, "organisation"),
        ("Elm Borough Council", None, "organisation"),
        ("Kerb and Gully", "GB-COH-01234567", "organisation"),
        ("Jo Mason", None, "withheld"),
        ("Mason & Sons", None, "withheld"),
        ("Mason Paving Services", None, "withheld"),
        ("Jo Mason t/a Mason Paving Ltd", None, "withheld"),
        ("Kerb Ltd, Jo Mason", None, "withheld"),
        ("Kerb Ltd,Verge plc", None, "organisation"),
        ("Jo Limitedson", None, "withheld"),
        # A register of all who supply, sole traders among them.
        ("Jo Mason", "GB-PPON-ABCD-1234", "withheld"),
    ],
)
def test_whoever_may_be_a_person_is_not_kept(door: Door, name: str, reference: str | None, kind: str) -> None:
    supplier = {"id": reference, "name": name}
    load(door, release(awards=[{"id": "a1", "suppliers": [supplier]}], parties=[]))
    kept = (kind, name, reference) if kind == "organisation" else (kind, None, None)
    assert door.rows("SELECT supplier_kind, supplier_name, supplier_id FROM raw.contract") == [kept]
    assert (name in door.everything()) is (kind == "organisation")


def test_notices_in_a_table_need_only_their_columns_mapped(door: Door) -> None:
    text = """
        id,organisation,status,published_date,awarded_date,awarded_value,awarded_supplier,cpv_codes,title
        n1,Ash Council,awarded,2024-02-01,2024-01-10,5000.0,Kerb Ltd,45233141 45233142,Care of Mrs Elm
        n2,Ash Council,open,2024-02-02,,,,45233141,Roads
    """
    read = door.load("contracts", door.write("n.csv", text), columns={"start_on": "awarded_date"})
    assert counts(read) == (2, 2, 0, 0)
    found = "SELECT contract_id, supplier_name, supplier_kind, value, start_on::varchar FROM raw.contract ORDER BY row"
    assert door.rows(found) == [
        ("n1", "Kerb Ltd", "organisation", 5000, "2024-01-10"),
        ("n2", None, None, None, None),
    ]
    assert "Mrs Elm" not in door.everything()
