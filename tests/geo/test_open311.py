"""Citizen reports: Open311 JSON and XML, FixMyStreet-style CSV, nothing personal kept."""

import json
from typing import Any

import pytest

from geo.errors import SourceError
from tests.geo.door import Door, Row, counts

REQUESTS: list[dict[str, Any]] = [
    {
        "service_request_id": 101,
        "status": "open",
        "service_name": "Pothole",
        "description": "Deep one outside my house, ring Zoe Secret",
        "requested_datetime": "2024-05-01T12:30:00+01:00",
        "lat": 53.45,
        "long": -2.2,
        "email": "zoe@secret.example",
        "first_name": "Zoe",
        "phone": "07700 900900",
        "agency_responsible": {"recipient": ["Salford"]},
    },
    {
        "service_request_id": "102",
        "status": "Fixed",
        "service_name": None,
        "requested_datetime": "2024-05-02T00:00:00Z",
        "updated_datetime": "2024-05-03 09:00:00",
        "lat": None,
        "long": None,
        "status_notes": "done for zoe@secret.example",
    },
]
READ = [
    (1, "101", "open", "Pothole", '{"recipient": ["Salford"]}', -2.2, 53.45, None),
    (2, "102", "closed", None, None, None, None, None),
]
XML = """
    <?xml version="1.0" encoding="utf-8"?>
    <service_requests>
      <request>
        <service_request_id>101</service_request_id>
        <status>open</status>
        <service_name>Pothole</service_name>
        <description>Deep one outside my house, ring Zoe Secret</description>
        <requested_datetime>2024-05-01T12:30:00+01:00</requested_datetime>
        <lat>53.45</lat>
        <long>-2.2</long>
        <email>zoe@secret.example</email>
      </request>
      <request>
        <service_request_id>102</service_request_id>
        <status>closed</status>
        <lat/>
      </request>
    </service_requests>
"""


def reports(
    door: Door, columns: str = "report_id, status, category, recorded_authority, x, y, free_text"
) -> list[Row]:
    return door.rows(f"SELECT row, {columns} FROM raw.report ORDER BY file, row")


def put_json(door: Door, given: object, name: str = "r.json") -> str:
    return door.write(name, json.dumps(given))


@pytest.mark.parametrize(
    "given",
    [REQUESTS, {"service_requests": REQUESTS}, {"requests": REQUESTS, "total": 2}],
    ids=["list", "object", "other name"],
)
def test_json_as_a_list_or_within_an_object(door: Door, given: object) -> None:
    assert counts(door.load("reports", put_json(door, given))) == (2, 2, 0, 0)
    assert reports(door) == READ
    assert door.issues() == []


def test_json_with_a_byte_order_mark(door: Door) -> None:
    name = door.write("r.json", json.dumps(REQUESTS), "utf-8-sig")
    assert counts(door.load("reports", name)) == (2, 2, 0, 0)


def test_instants_keep_the_local_time_as_published(door: Door) -> None:
    door.load("reports", put_json(door, REQUESTS))
    assert reports(door, "reported_at::VARCHAR, updated_at::VARCHAR") == [
        (1, "2024-05-01 12:30:00", None),
        (2, "2024-05-02 00:00:00", "2024-05-03 09:00:00"),
    ]


def test_xml(door: Door) -> None:
    assert counts(door.load("reports", door.write("r.xml", XML))) == (2, 2, 0, 0)
    assert reports(door, "report_id, status, category, x, y, free_text") == [
        (1, "101", "open", "Pothole", -2.2, 53.45, None),
        (2, "102", "closed", None, None, None, None),
    ]


CSV = """
    id,title,description,category,council,created,status,lat,lon,email,name
    7,Hole,"ring Zoe Secret, please",Roads,Salford,2024-05-01 10:00,investigating,53.45,-2.2,zoe@secret.example,Zoe
    8,Hole,torn, by Zoe Secret,Roads,Salford,2024-05-01 10:00,open,53.45,-2.2,zoe@secret.example,Zoe
    9,Hole,"Zoe Secret",Roads,Salford,soon,open,53.45,-2.2,zoe@secret.example,Zoe
"""


@pytest.mark.parametrize("keep_text", [False, True])
def test_nothing_personal_is_stored_and_free_text_only_on_request(door: Door, keep_text: bool) -> None:  # noqa: FBT001
    given = {"publish": "nothing", "keep_text": keep_text, "max_rejected_share": 0.5}
    door.load("reports", put_json(door, REQUESTS), id="json", **given)
    door.load("reports", door.write("r.xml", XML), id="xml", **given)
    door.load("reports", door.write("r.csv", CSV), id="csv", **given)
    everything = door.everything()
    assert "'101'" in everything
    for personal in ("secret.example", "07700", "'Zoe'", "torn"):
        assert personal not in everything
    assert ("Zoe Secret" in everything) is keep_text
    texts = door.rows(
        "SELECT source, row, free_text FROM raw.report WHERE free_text IS NOT NULL ORDER BY ALL"
    )
    assert texts == (
        [
            ("csv", 2, "ring Zoe Secret, please"),
            ("csv", 4, "Zoe Secret"),
            ("json", 1, "Deep one outside my house, ring Zoe Secret"),
            ("xml", 1, "Deep one outside my house, ring Zoe Secret"),
        ]
        if keep_text
        else []
    )


def test_fixmystreet_csv(door: Door) -> None:
    read = door.load("reports", door.write("r.csv", CSV), max_rejected_share=0.5)
    assert counts(read) == (3, 2, 1, 0)
    assert reports(door, "report_id, reported_at::VARCHAR, status, category, recorded_authority") == [
        (2, "7", "2024-05-01 10:00:00", "open", "Roads", "Salford"),
        (4, "9", None, "open", "Roads", "Salford"),
    ]
    assert [issue[1:] for issue in door.issues()] == [
        (3, None, None, "row cannot be split into columns (too many columns)", "rejected"),
        (4, "created", "soon", "not a date and time", "blanked"),
    ]


def test_a_report_given_twice_is_kept_once(door: Door) -> None:
    read = door.load("reports", put_json(door, [*REQUESTS, REQUESTS[0]]), max_rejected_share=0.5)
    assert counts(read) == (3, 2, 1, 0)
    assert door.issues() == [
        ("r.json", 3, "service_request_id", "101", "key repeated: an earlier row has it", "rejected")
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("r.json", json.dumps(REQUESTS)[:-30], "is not whole JSON .*cut off, or is an error page"),
        ("r.json", "<html>sorry</html>", "is not whole JSON"),
        ("r.json", "[]", "holds no service requests"),
        ("r.json", '{"error": "limit"}', "is not a list of Open311 service requests"),
        ("r.json", '["a"]', "is not a list of Open311 service requests"),
        ("r.xml", XML.strip()[:-30], "is not whole XML"),
        ("r.xml", "<html><p>sorry</p></html>", "is not an Open311 <service_requests> document"),
        ("r.xml", "<service_requests/>", "holds no service requests"),
        # Two request elements by the bytes, one by the parser: nested, so not where requests belong.
        (
            "r.xml",
            "<service_requests><request><request></request><status>open</status></request></service_requests>",
            "holds 2 requests but 1 were read",
        ),
    ],
)
def test_what_is_no_whole_list_of_requests_is_refused(door: Door, name: str, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=rf"'r\.[a-z]+' {said}"):
        door.load("reports", door.write(name, text))
    assert reports(door) == []


def test_an_xml_bomb_is_refused(door: Door) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><service_requests><request>&a;</request></service_requests>'
    with pytest.raises(SourceError, match=r"'r\.xml'"):
        door.load("reports", door.write("r.xml", bomb))
