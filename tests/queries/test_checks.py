"""Every check holds on good data and fails on bad: a check that cannot fail proves nothing."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

from collections.abc import Iterator

import duckdb
import pytest

from geo.readers.settings import set_variables
from geo.warehouse import connect
from queries.checks import Check, CheckResult, load_checks, parse_check, run_check, write_results
from queries.models import ModelError
from tests.queries.tiny import RAW, build_warehouse, write_raw

CHECKS = {check.name: check for check in load_checks()}

# For each check, one thing that breaks it, and how many rows then contradict its claim.
BREAKING = {
    "accepted_corrections_are_applied_or_say_why": ("UPDATE staging.collision SET corrected_by = NULL WHERE collision_id = 'c4'", 1),
    "answers_are_counted_as_the_unit_says": ("UPDATE raw.source SET satisfied_from = 4 WHERE source = 'survey'", 1),
    "area_changes_have_no_cycle": (
        (
            "INSERT INTO staging.area_change BY NAME SELECT * REPLACE (to_code AS from_code, from_code AS to_code, "
            "DATE '2022-01-01' AS changed_on) FROM staging.area_change WHERE from_code = 'A0'"
        ),
        2,
    ),
    "areas_are_in_force_on_the_basis_date": (
        "UPDATE staging.area_change SET from_code = 'W1' WHERE from_code = 'A0'",
        1,
    ),
    "areas_have_one_boundary": (
        "INSERT INTO raw.area BY NAME SELECT * REPLACE (st_buffer(geom, 1) AS geom) FROM raw.area WHERE area_code = 'W1'",
        1,
    ),
    "areas_lie_in_their_parent": ("UPDATE core.area SET parent_code = 'A2' WHERE area_code = 'W1'", 1),
    "authority_counts_hold_every_incident": (
        "UPDATE marts.authority_count SET located_count = located_count - 1 WHERE source = 'fire'",
        1,
    ),
    "bases_have_the_same_total": (
        "DELETE FROM marts.count_by_basis WHERE basis = 'as_now' AND kind = 'report' AND authority_code = 'A1'",
        2,
    ),
    "casualties_have_their_collision": ("UPDATE staging.casualty SET collision_id = 'lost'", 1),
    "corridor_pieces_add_up": ("UPDATE core.corridor_piece SET length_m = length_m + 0.01 WHERE link_id = '1' AND piece = 1", 1),
    "corrections_are_accounted_for": ("DELETE FROM marts.correction WHERE correction_id = 'y1'", 1),
    "count_points_are_linked_once_or_unmatched": ("DELETE FROM core.count_link WHERE count_point_id = '1'", 1),
    "counts_match_placed_incidents": (
        (
            "UPDATE core.collision_count SET collision_count = collision_count + 1 "
            "WHERE area_code = 'A1' AND period_start = '2022-01-01' AND period_end = '2023-12-31'"
        ),
        1,
    ),
    "covers_have_the_areas_size": (
        "DELETE FROM core.area_cover WHERE area_code = 'W1' AND piece IS NOT NULL AND st_area(piece) > 1",
        1,
    ),
    "crosswalk_shares_add_up": (
        "UPDATE core.area_crosswalk SET share = 0.5 WHERE basis = 'as_now' AND to_code = 'W4'",
        1,
    ),
    "every_level_has_areas": ("INSERT INTO raw.level VALUES ('parish', 4, false)", 1),
    "incidents_are_linked_once_or_unmatched": (
        "UPDATE core.incident_link SET unmatched_reason = NULL WHERE incident_id = 'c5'",
        1,
    ),
    "incidents_are_placed_once_or_unplaced": (
        "UPDATE core.incident_place SET unplaced_reason = NULL WHERE incident_id = 'c5' AND area_level = 'ward'",
        1,
    ),
    "incidents_equal_accepted_rows": ("DELETE FROM core.incident WHERE incident_id = 'c4'", 1),
    "incidents_have_a_date": ("UPDATE core.incident SET occurred_on = NULL WHERE incident_id = 'r1'", 1),
    "intervals_hold_their_value": (
        (
            "UPDATE marts.outcome SET value = upper + 1 WHERE outcome = 'reports_per_1000' AND area_code = 'C1' "
            "AND period_start = '2021-01-01'"
        ),
        1,
    ),
    "link_pieces_add_up": ("UPDATE core.link_piece SET length_m = length_m + 0.01 WHERE link_id = '9' AND area_level = 'ward' AND piece = 1", 1),
    "links_have_one_flow_a_year": (
        "INSERT INTO core.link_traffic BY NAME SELECT * REPLACE (99 AS piece) FROM core.link_traffic WHERE link_id = '2'",
        1,
    ),
    "neighbours_are_mutual": ("UPDATE core.area_border SET border_m = border_m + 1 WHERE area_code = 'W1'", 2),
    "outcomes_have_a_definition": ("DELETE FROM marts.outcome_definition WHERE outcome = 'reports_per_1000'", 1),
    "outcomes_say_what_they_rest_on": (
        (
            "UPDATE marts.outcome SET source = '' WHERE outcome = 'reports_per_1000' AND area_code = 'C1' "
            "AND period_start = '2021-01-01'"
        ),
        1,
    ),
    "published_figures_are_of_known_areas": ("UPDATE staging.average_speed SET area_code = 'lost' WHERE road_name = 'A1'", 1),
    "rejected_rows_have_an_issue": ("DELETE FROM raw.issue WHERE severity = 'rejected' AND source = 'fire'", 1),
    "road_conditions_have_a_period": ("UPDATE raw.road_condition SET period = 'spring' WHERE area_code = 'A1'", 1),
    "road_sources_number_their_roads": ("UPDATE staging.link SET road_number = NULL WHERE link_id = '1'", 1),
    "rows_read_are_accounted_for": ("UPDATE raw.source_file SET rows_left_out = 0 WHERE source = 'police'", 1),
    "severity_is_one_series_a_period": (
        (
            "UPDATE core.estimate SET method = 'adjusted severity' WHERE outcome = 'ksi_per_km' AND area_code = 'A1' "
            "AND period_start = '2022-01-01' AND period_end = '2023-12-31'"
        ),
        1,
    ),
    "scores_are_of_known_areas": ("UPDATE core.report_count SET area_code = 'lost' WHERE area_code = 'W1'", 1),
    "scores_are_on_their_scale": ("UPDATE raw.satisfaction_score SET score = 101 WHERE area_code = 'A1'", 1),
    "scores_have_a_period_and_an_outcome": (
        "UPDATE raw.satisfaction_score SET period = 'once' WHERE area_code = 'A1'",
        1,
    ),
    "sources_have_no_gap_between_files": (
        (
            "INSERT INTO raw.source_file BY NAME SELECT * REPLACE ('later.csv' AS file, "
            "period_end + 33 AS period_start, period_end + 99 AS period_end) "
            "FROM raw.source_file WHERE source = 'police' LIMIT 1"
        ),
        1,
    ),
    "small_counts_are_hidden": (
        (
            "UPDATE raw.region SET small_count_threshold = 2; "
            "UPDATE raw.source SET publish = if(source = 'reports', 'aggregates', 'rows')"
        ),
        8,
    ),
    "spend_is_in_the_unit_declared": (
        (
            "INSERT INTO core.spend (area_code, period_start, spend_gbp, population, source) "
            "VALUES ('A1', DATE '2022-04-01', 45000000, 1000, 'outturn')"
        ),
        1,
    ),
    "stated_shares_add_up": ("UPDATE staging.area_change SET share = 0.39 WHERE to_code = 'W3'", 1),
    "suppressed_values_are_hidden": (
        "UPDATE marts.outcome SET low = 1 WHERE is_suppressed AND area_code = 'A2' AND period_start = '2022-01-01'",
        1,
    ),
    "travel_times_are_of_known_links": ("UPDATE core.travel_link SET length_m = NULL", 1),
    "vehicle_km_add_up": ("UPDATE core.traffic_exposure SET vehicle_km = 1.01 * vehicle_km WHERE area_code = 'W1' AND year = 2023", 1),
}  # fmt: skip

# Other ways to break the same checks.
MORE = [
    (
        "accepted_corrections_are_applied_or_say_why",
        "UPDATE marts.correction SET result = 'not applied', reason = NULL WHERE correction_id = 'y1'",
        1,
    ),
    ("corrections_are_accounted_for", "UPDATE marts.correction SET result = 'applied' WHERE correction_id = 'y2'", 1),
    (
        "road_conditions_have_a_period",
        "INSERT INTO raw.road_condition BY NAME SELECT * REPLACE ('2022/23' AS period) FROM raw.road_condition LIMIT 1",
        2,
    ),
    ("published_figures_are_of_known_areas", "UPDATE staging.road_condition SET area_code = 'lost'", 1),
    (
        "areas_lie_in_their_parent",
        "UPDATE core.area SET geom = (SELECT geom FROM core.area WHERE area_code = 'A9') WHERE area_code = 'A1'",
        3,
    ),
    ("areas_are_in_force_on_the_basis_date", "UPDATE staging.area_change SET changed_on = '2030-01-01' WHERE from_code = 'A0'", 1),
    ("authority_counts_hold_every_incident", "UPDATE marts.authority_count SET located_count_low = 9 WHERE source = 'fire'", 1),
    ("authority_counts_hold_every_incident", "UPDATE marts.authority_count SET recorded_count = 9 WHERE source = 'fire'", 1),
    ("authority_counts_hold_every_incident", "DELETE FROM marts.authority_count WHERE source = 'fire'", 1),
    (
        "bases_have_the_same_total",
        "UPDATE marts.count_by_basis SET incident_total = 9 WHERE basis = 'as_was' AND told_by = 'located' AND kind = 'report'",
        1,
    ),
    ("scores_are_of_known_areas", "UPDATE staging.satisfaction_score SET area_code = 'A0' WHERE area_code = 'A1'", 1),
    ("bases_have_the_same_total", "UPDATE staging.report_count SET report_count = 1 WHERE area_code = 'W1'", 3),
    ("stated_shares_add_up", "UPDATE staging.area_change SET share = NULL WHERE to_code = 'W3'", 1),
    ("stated_shares_add_up", "UPDATE staging.area_change SET share = 0.9 WHERE from_code = 'A0'", 1),
    ("casualties_have_their_collision", "UPDATE staging.vehicle SET collision_id = 'lost'", 1),
    ("count_points_are_linked_once_or_unmatched", "UPDATE core.count_link SET unmatched_reason = NULL WHERE count_point_id = '5'", 1),
    ("count_points_are_linked_once_or_unmatched", "UPDATE core.count_link SET unmatched_reason = 'lost' WHERE count_point_id = '1'", 1),
    ("count_points_are_linked_once_or_unmatched", "DELETE FROM staging.traffic_count WHERE count_point_id = '2'", 1),
    ("links_have_one_flow_a_year", "UPDATE core.link_traffic SET from_m = from_m - 1 WHERE link_id = '1' AND year = 2023 AND piece = 2", 1),
    ("vehicle_km_add_up", "UPDATE core.section_exposure SET vehicle_km = NULL WHERE year = 2022", 1),
    ("vehicle_km_add_up", "DELETE FROM core.link_piece WHERE area_level = 'ward' AND area_code IS NULL", 2),
    ("counts_match_placed_incidents", "DELETE FROM core.incident_place WHERE incident_id = 'c3'", 3),
    ("counts_match_placed_incidents", "DELETE FROM core.collision_count WHERE area_level = 'ward'", 1),
    ("covers_have_the_areas_size", "DELETE FROM core.area_cover WHERE area_code = 'A1' AND piece IS NULL", 1),
    ("covers_have_the_areas_size", "DELETE FROM core.area_cover WHERE area_code = 'A1'", 1),
    ("every_level_has_areas", "UPDATE core.area SET is_context = true WHERE area_level = 'county'", 1),
    ("incidents_are_linked_once_or_unmatched", "DELETE FROM core.incident_link WHERE incident_id = 'c1'", 2),
    ("incidents_are_linked_once_or_unmatched", "DELETE FROM core.incident WHERE incident_id = 'r1'", 1),
    ("incidents_are_placed_once_or_unplaced", "DELETE FROM core.incident_place WHERE incident_id = 'r1'", 3),
    ("incidents_are_placed_once_or_unplaced", "DELETE FROM core.incident WHERE incident_id = 'r1'", 3),
    (
        "incidents_are_placed_once_or_unplaced",
        "UPDATE core.incident_place SET unplaced_reason = 'none' WHERE incident_id = 'r1' AND area_level = 'ward'",
        1,
    ),
    ("incidents_equal_accepted_rows", "DELETE FROM raw.report", 1),
    ("incidents_equal_accepted_rows", "DELETE FROM core.incident WHERE incident_kind = 'report'", 1),
    (
        "intervals_hold_their_value",
        (
            "UPDATE marts.outcome SET lower = NULL, upper = NULL WHERE outcome = 'reports_per_1000' AND area_code = 'W1' "
            "AND period_start = '2021-01-01'"
        ),
        1,
    ),
    (
        "intervals_hold_their_value",
        (
            "UPDATE marts.outcome SET upper = NULL WHERE outcome = 'reports_per_1000' AND area_code = 'W1' "
            "AND period_start = '2021-01-01'"
        ),
        1,
    ),
    (
        "intervals_hold_their_value",
        (
            "UPDATE marts.outcome SET value = NULL WHERE outcome = 'reports_per_1000' AND area_code = 'W1' "
            "AND period_start = '2021-01-01'"
        ),
        1,
    ),
    ("link_pieces_add_up", "DELETE FROM core.link_piece WHERE link_id = '9'", 3),
    ("neighbours_are_mutual", "DELETE FROM core.area_border WHERE area_code = 'W1'", 1),
    ("outcomes_have_a_definition", "UPDATE raw.indicator SET outcome = 'joy' WHERE source = 'survey'", 1),
    ("rejected_rows_have_an_issue", "UPDATE raw.source_file SET rows_quarantined = 0 WHERE source = 'fire'", 1),
    ("scores_are_of_known_areas", "UPDATE staging.satisfaction_score SET area_code = 'x' WHERE area_code = 'A1'", 1),
    ("scores_are_of_known_areas", "UPDATE staging.satisfaction_response SET area_code = 'x' WHERE area_code = 'W1'", 1),
    ("answers_are_counted_as_the_unit_says", "UPDATE raw.indicator SET outcome = 'satisfied_highways' WHERE source = 'survey'", 1),
    ("scores_are_on_their_scale", "UPDATE raw.satisfaction_response SET rating = 0", 1),
    ("scores_have_a_period_and_an_outcome", "DELETE FROM raw.indicator WHERE source = 'scores'", 1),
    ("scores_have_a_period_and_an_outcome", "DELETE FROM raw.indicator WHERE source = 'survey'", 1),
    ("suppressed_values_are_hidden", "UPDATE marts.outcome SET value = 1 WHERE is_suppressed AND area_code = 'A2' AND period_start = '2022-01-01'", 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = build_warehouse(tmp_path_factory.mktemp("checks") / "build.duckdb")
    with connect(path) as con:
        set_variables(con)
        yield con


@pytest.fixture
def build(opened: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    opened.begin()
    yield opened
    opened.rollback()


def test_every_check_has_a_case_that_breaks_it():
    assert BREAKING.keys() == CHECKS.keys(), "give every file of queries/checks a breaking case here"


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_checks_hold_on_good_data(build, check):
    result = run_check(build, check)
    assert (result.failures, result.example) == (0, None)
    assert not result.refuses


CASES = [*((name, *how) for name, how in BREAKING.items()), *MORE]


@pytest.mark.parametrize(
    ("name", "sql", "failures"), CASES, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(CASES)]
)
def test_checks_fail_on_bad_data(build, name, sql, failures):
    changed = build.execute(sql).fetchone()
    assert changed is not None
    assert changed[0] > 0, "the case changes nothing"
    result = run_check(build, CHECKS[name])
    assert result.failures == failures, result.example
    assert result.example
    assert result.refuses is (CHECKS[name].severity == "fail")


def test_an_area_given_twice_with_one_boundary_is_no_fault(build):
    build.execute("INSERT INTO raw.area SELECT * FROM raw.area")
    assert run_check(build, CHECKS["areas_have_one_boundary"]).failures == 0


def test_the_claims_are_sentences_and_each_its_own():
    claims = [check.claim for check in CHECKS.values()]
    assert len({*claims}) == len(claims)
    assert [c for c in claims if not c.endswith(".") or len(c.split()) < 5] == []


def test_a_check_says_what_it_claims_and_how_severe_it_is():
    text = "-- Nothing is.\n-- severity: warn\nselect 1 where false"
    assert parse_check("x", text) == Check("x", "Nothing is.", "warn", text)


@pytest.mark.parametrize(
    "text", ["select 1", "-- Nothing is.\nselect 1", "-- Nothing is.\n-- severity: bad\nselect 1"]
)
def test_a_check_without_claim_or_severity_is_refused(text):
    with pytest.raises(
        ModelError, match=r"checks/x.sql: begin with the claim and a line '-- severity: fail' or 'warn'"
    ):
        parse_check("x", text)


def test_the_example_is_the_first_contradicting_row(build):
    check = Check("x", "No a.", "fail", "select a, 'n' as b from (values (2), (1)) as t (a);  \n")
    assert run_check(build, check) == CheckResult(check, 2, "a = 1, b = n")


@pytest.mark.parametrize(("shown", "example"), [(True, "a = 1"), (False, None)])
def test_results_show_examples_only_where_they_may(build, shown, example):
    result = CheckResult(Check("x", "No a.", "warn", ""), 2, "a = 1")
    write_results(build, [result], show_examples=shown)
    assert build.execute("FROM run.check_result").fetchall() == [("No a.", "warn", 2, example)]


def test_raw_is_drawn_for_every_kind_of_source():
    with connect() as con:
        write_raw(con)
        empty = {t for t in RAW if not (con.execute(f"SELECT count(*) FROM {t}").fetchone() or (0,))[0]}
    assert empty == set()
