"""What becomes of each correction, row by row, and that rows without one are as their sources say."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from geo.correction_contracts import CORRECTABLE
from tests.queries.drawing import Bench

SOURCES = """
    source  | region | kind                | publish    | lowest | highest
    police  | here   | collisions          | rows       |        |
    fire    | here   | collisions          | aggregates |        |
    street  | here   | reports             | rows       |        |
    scores  | here   | satisfaction_scores | rows       | 0      | 100
    replies | here   | corrections         | rows       |        |
"""
COLLISIONS = """
    source | file  | row | collision_id | occurred_on | severity | recorded_authority | collision_chance_serious | geom
    police | p.csv | 2   | c1           | 2023-03-01  | slight   | A1                 | 0.2                      | point 640500 501005
    police | p.csv | 3   | c2           | 2023-03-02  | slight   | A1                 | 0.3                      | point 640600 501005
    fire   | f.csv | 2   | c1           | 2023-03-03  | slight   | A1                 |                          | point 640600 501005
"""
AREAS = """
    area_level | area_code | area_name | geom
    authority  | A1        | Northby   | box 640100 500100 642200 502300
"""
NAMES = "correction_id | table_or_source | record_id | field | published_value | corrected_value"


@pytest.fixture
def given(bench: Bench) -> Bench:
    for table, text in (
        ("raw.source", SOURCES),
        ("raw.collision", COLLISIONS),
        ("raw.area", AREAS),
        ("core.area", AREAS),
        (
            "raw.report",
            "source | file | row | report_id | category | geom\nstreet | r.csv | 2 | r1 | Hole | point 640500 501005",
        ),
        (
            "raw.satisfaction_score",
            "source | file | row | area_code | period | indicator | score | base\nscores | s.csv | 2 | A1 | 2022 | KBI 01 | 55 | 400",
        ),
        ("raw.indicator", "source | indicator | outcome\nscores | KBI 01 | satisfaction_highways"),
        (
            "core.estimate",
            "outcome | area_level | area_code | period_start | period_end | is_rare\nksi_per_km | authority | A1 | 2023-01-01 | 2023-12-31 | false\nksi_per_km | ward | W1 | 2023-01-01 | 2023-12-31 | true",
        ),
    ):
        bench.draw(table, text)
    return bench


def ask(bench: Bench, *rows: str, decision: str = "accepted") -> Bench:
    """Draw corrections of the fields that tests care for; the rest is the same for all."""
    more = f"replies | y.csv | 2 | A1 | A claim. | Case 1 | Data lead | 2024-04-02 | {decision}"
    names = (
        f"source | file | row | area_code | claim | evidence | reviewed_by | reviewed_on | decision | {NAMES}"
    )
    bench.draw("raw.correction", "\n".join([names, *(f"{more} | {row}" for row in rows)]))
    return bench.build(
        "staging.correction_about", "staging.correction_record", "staging.correction", "marts.correction"
    )


@pytest.mark.parametrize(
    ("row", "result", "reason"),
    [
        ("y | police | c1 | severity | slight | serious", "applied", None),
        ("y | police | c1 | Severity | | Serious", "applied", None),
        ("y | core.incident | collision/police/c1 | location | 640500 501005 | 641000, 501000", "applied", None),
        ("y | street | r1 | category | Hole | Kerb", "applied", None),
        ("y | scores | A1/2022/KBI 01 | score | 55.0 | 57", "applied", None),
        ("y | police | c1 | severity | slight | note only", "note only", "only a note was asked for"),
        ("y | police | lost | severity | slight | serious", "matched nothing", "the source has no such record"),
        ("y | polcie | c1 | severity | slight | serious", "matched nothing", "no source or table is called so"),
        ("y | core.incident | collision/lost/c1 | severity | slight | serious", "matched nothing", "the record names no source"),
        ("y | police | c1 | weather | | rain", "not applied", "this field cannot be corrected; those that can are location, occurred_on, recorded_authority, road_class, road_number, severity, speed_limit_mph"),
        ("y | police | c1 | severity | slight | minor", "not applied", "the field cannot have this value"),
        ("y | police | c1 | location | | 501000 641000", "not applied", "the field cannot have this value"),
        ("y | police | c1 | location | | 641,000 501,000", "not applied", "the field cannot have this value"),
        ("y | scores | A1/2022/KBI 01 | score | 55 | 101", "not applied", "the field cannot have this value"),
        ("y | police | c1 | severity | serious | fatal", "not applied", "the source no longer says what was corrected"),
        ("y | police | c1 | severity | slight | slight", "not applied", "the source says so already"),
        ("y | marts.outcome | ksi_per_km/authority/A1/2023-01-01/2023-12-31 | value | 1 | 2", "note only", "a published figure is worked out from rows of sources and is not set"),
        ("y | marts.outcome | ksi_per_km/authority/A9/2023-01-01/2023-12-31 | value | 1 | note only", "matched nothing", "no outcome has such a row"),
        ("y | marts.outcome | ksi_per_km/ward/W1/2023-01-01/2023-12-31 | value | 1 | note only", "matched nothing", "no outcome has such a row"),
        ("y | marts.spend | A1/2022-23 | revenue_gbp | 1 | note only", "note only", "only a note was asked for"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_correction(given: Bench, row: str, result: str, reason: str | None) -> None:
    ask(given, row)
    assert given.rows("marts.correction", "result reason") == [(result, reason)]


def test_what_was_not_accepted_changes_nothing(given: Bench) -> None:
    ask(given, "y | police | c1 | severity | slight | serious", decision="rejected").build(
        "staging.collision"
    )
    assert given.rows("marts.correction", "result reason") == [("rejected", "the review did not accept it")]
    assert {row[0] for row in given.rows("staging.collision", "severity")} == {"slight"}


def test_an_accepted_one_changes_its_row_and_no_other_and_keeps_the_original(given: Bench) -> None:
    ask(
        given,
        "y1 | police | c1 | severity | slight | serious",
        "y2 | police | c1 | location | 640500.3 501005.4 | 641000 501000",
        "y3 | scores | A1/2022/KBI 01 | base | 400 | 380",
        "y4 | street | r1 | category | Hole | Kerb",
    ).build("staging.collision", "staging.satisfaction_score", "staging.report")
    assert given.rows(
        "staging.collision", "source collision_id severity is_ksi ksi_chance geom corrected_by"
    ) == [
        ("fire", "c1", "slight", False, None, "POINT (640600 501005)", None),
        ("police", "c1", "serious", True, 1.0, "POINT (641000 501000)", "y1, y2"),
        ("police", "c2", "slight", False, 0.3, "POINT (640600 501005)", None),
    ]
    assert given.rows("staging.satisfaction_score", "score base corrected_by") == [(55, 380, "y3")]
    assert given.rows("staging.report", "category corrected_by") == [("Kerb", "y4")]
    assert given.rows("marts.correction", "original_value") == [
        ("slight",),
        ("640500.0 501005.0",),
        ("400",),
        ("Hole",),
    ]
    assert (
        given.value("SELECT severity FROM raw.collision WHERE source = 'police' AND collision_id = 'c1'")
        == "slight"
    )


def test_of_two_for_one_field_the_later_stands(given: Bench) -> None:
    ask(
        given,
        "y1 | police | c1 | severity | slight | serious",
        "y2 | police | c1 | severity | slight | fatal",
    )
    assert given.rows("marts.correction", "correction_id result reason") == [
        ("y1", "not applied", "superseded by correction y2"),
        ("y2", "applied", None),
    ]


def test_a_source_is_known_without_its_region_s_name(given: Bench) -> None:
    given.draw("raw.source", SOURCES.replace("police  |", "here-police |"))
    given.draw("raw.collision", COLLISIONS.replace("police |", "here-police |"))
    ask(given, "y | police | c1 | severity | slight | serious")
    assert given.rows("staging.correction", "about_source is_applied") == [("here-police", True)]


def test_a_row_of_a_closed_source_is_not_told(given: Bench) -> None:
    ask(given, "y | fire | c1 | severity | slight | serious").build("staging.collision", "meta.issue")
    assert given.rows("marts.correction", "result record_id original_value corrected_value claim") == [
        ("applied", None, None, None, None)
    ]
    assert given.rows("meta.issue", "source row value rule severity") == [
        ("fire", 0, "", "corrected by y of replies, reviewed on 2024-04-02", "repaired")
    ]


def test_an_applied_one_is_cited_as_a_repair(given: Bench) -> None:
    ask(given, "y | police | c1 | severity | slight | serious").build("meta.issue")
    assert given.rows("meta.issue", "source file row column_name value rule severity") == [
        (
            "police",
            "p.csv",
            2,
            "severity",
            "slight",
            "corrected by y of replies, reviewed on 2024-04-02 [to serious]",
            "repaired",
        )
    ]


def test_an_apostrophe_that_an_export_put_there_is_taken_off(given: Bench) -> None:
    given.draw("raw.collision", COLLISIONS.replace("| c2  ", "| =c2 "))
    ask(given, "y | police | '=c2 | severity | slight | serious")
    assert given.rows("marts.correction", "result") == [("applied",)]


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("collisions", "police | c1"),
        ("reports", "street | r1"),
        ("satisfaction_scores", "scores | A1/2022/KBI 01"),
    ],
)
def test_the_fields_that_the_form_names_are_those_that_can_be_corrected(
    given: Bench, kind: str, about: str
) -> None:
    ask(given, f"y | {about} | nothing | | x")
    [(reason,)] = given.rows("marts.correction", "reason")
    assert reason.rpartition(" are ")[2].split(", ") == sorted(CORRECTABLE[kind])
