"""What staging keeps of the raw rows, and what marts and meta tell of a build."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from tests.queries.drawing import Bench

# ---- staging ---------------------------------------------------------------------------------------------


def test_an_area_of_the_region_goes_before_the_same_area_as_context(bench):
    bench.draw(
        "raw.area",
        """
        source | file | row | area_level | area_code | area_name | is_context
        a_ctx  | f    | 1   | authority  | A         | context   | true
        b_own  | f    | 2   | authority  | A         | later row | false
        b_own  | f    | 1   | authority  | A         | own       | false
        a_ctx  | f    | 2   | authority  | B         | only      | true
        b_own  | f    | 3   | ward       | A         | ward      | false
        """,
    ).expect(
        "staging.area",
        """
        area_level | area_code | area_name | source | is_context
        authority  | A         | own       | b_own  | false
        authority  | B         | only      | a_ctx  | true
        ward       | A         | ward      | b_own  | false
        """,
    )


def test_facts_come_from_the_first_source_that_gives_them(bench):
    bench.draw(
        "raw.area_fact",
        """
        source | file | row | area_code | population
        t      | f    | 1   | A         | 1
        s      | g    | 2   | A         | 2
        s      | f    | 9   | A         | 3
        s      | f    | 8   | A         | 4
        t      | f    | 2   | B         | 5
        """,
    ).expect("staging.area_fact", "area_code | population\nA | 4\nB | 5")


def test_only_ways_with_a_class_are_carriageways(bench):
    bench.draw(
        "raw.link",
        """
        source | link_id | road_class   | geom
        os     | 1       | unclassified | line 0 0, 3 4
        os     | 2       |              | line 0 0, 0 7, 5 7
        """,
    ).expect(
        "staging.link",
        """
        link_id | is_carriageway | length_m
        1       | true           | 5
        2       | false          | 12
        """,
    )


def test_fatal_and_serious_collisions_are_ksi(bench):
    bench.draw(
        "raw.collision",
        "source | collision_id | severity\ns | 1 | fatal\ns | 2 | serious\ns | 3 | slight",
    ).expect("staging.collision", "collision_id | is_ksi\n1 | true\n2 | true\n3 | false")


def test_a_closed_report_without_a_closing_time_was_closed_at_its_last_change(bench):
    bench.draw(
        "raw.report",
        """
        source | report_id | status | closed_at           | updated_at
        r      | 1         | closed | 2024-01-02 00:00:00 | 2024-01-09 00:00:00
        r      | 2         | closed |                     | 2024-01-09 00:00:00
        r      | 3         | open   |                     | 2024-01-09 00:00:00
        """,
    ).expect("staging.report", "report_id | closed_at\n1 | 2024-01-02\n2 | 2024-01-09\n3 |")


def test_two_casualties_that_look_alike_are_two(bench):
    bench.draw(
        "raw.casualty",
        """
        source | file | row | collision_id | casualty_severity
        s      | f    | 2   | 1            | slight
        s      | f    | 3   | 1            | slight
        """,
    ).build("staging.casualty")
    assert bench.rows("staging.casualty", "row") == [(2,), (3,)]


def test_incidents_are_collisions_reports_and_answers_given_by_point(bench):
    bench.draw(
        "staging.collision",
        "source | collision_id | occurred_on | recorded_authority | geom\ns | 1 | 2024-01-31 | E1 | point 1 2",
    )
    bench.draw(
        "staging.report",
        "source | report_id | reported_at | recorded_authority | geom\nr | 1 | 2024-01-31 23:59:00 | | point 3 4",
    )
    bench.draw(
        "staging.satisfaction_response",
        """
        source | respondent_id | surveyed_on | outcome               | area_code | geom
        q      | 7             | 2024-02-01  | satisfaction_highways |           | point 5 6
        q      | 8             | 2024-02-01  | satisfaction_highways | E1        |
        """,
    )
    bench.expect(
        "core.incident",
        """
        incident_kind | source | incident_id                        | occurred_on | recorded_authority | geom
        collision     | s      | 1                                  | 2024-01-31  | E1                 | point 1 2
        report        | r      | 1                                  | 2024-01-31  |                    | point 3 4
        response      | q      | 7/2024-02-01/satisfaction_highways | 2024-02-01  |                    | point 5 6
        """,
    )


# ---- marts -----------------------------------------------------------------------------------------------


def test_accepted_is_placed_and_unplaced(bench):
    bench.draw(
        "core.incident_place",
        """
        incident_kind | source | incident_id | area_level | area_code | is_tied | unplaced_reason
        collision     | s      | 1           | authority  | A         | true    |
        collision     | s      | 2           | authority  | A         | false   |
        collision     | s      | 3           | authority  |           | false   | no usable coordinates
        collision     | s      | 4           | authority  |           | false   | no usable coordinates
        collision     | s      | 5           | authority  |           | false   | outside every area, beyond the buffer
        collision     | s      | 1           | ward       | w         | false   |
        report        | s      | 1           | authority  | A         | false   |
        """,
    ).draw(
        "core.incident_near_area",
        """
        incident_kind | source | incident_id | area_level | area_code
        collision     | s      | 1           | authority  | B
        collision     | s      | 1           | authority  | C
        collision     | s      | 5           | authority  | B
        report        | s      | 1           | ward       | w
        """,
    )
    bench.expect(
        "marts.incident_accounting",
        """
        source | incident_kind | area_level | accepted | placed | unplaced | near_border | tied
        s      | collision     | authority  | 5        | 2      | 3        | 1           | 1
        s      | collision     | ward       | 1        | 1      | 0        | 0           | 0
        s      | report        | authority  | 1        | 1      | 0        | 0           | 0
        """,
    )
    bench.expect(
        "marts.unplaced",
        """
        source | incident_kind | area_level | reason                                | incident_count
        s      | collision     | authority  | no usable coordinates                 | 2
        s      | collision     | authority  | outside every area, beyond the buffer | 1
        """,
    )


def test_a_numbered_road_is_one_line_with_the_class_of_most_of_its_length(bench):
    bench.draw("raw.source", "source | publish\nos | rows\nosm | rows").draw(
        "staging.link",
        """
        source | link_id | road_number | road_class | is_carriageway | length_m | geom
        os     | 1       | A61         | motorway   | true           | 900      | line 640000 500000, 640900 500000
        os     | 2       | A61         | a          | true           | 800      | line 640900 500000, 641700 500000
        os     | 3       | A61         | a          | true           | 800      | line 641700 500000, 642500 500000
        osm    | 1       | B1          | b          | true           | 500      | line 640000 500000, 640500 500000
        os     | 4       | B2          | b          | false          | 500      | line 640000 500000, 640500 500000
        os     | 5       |             | b          | true           | 500      | line 640000 500000, 640500 500000
        """,
    ).draw(
        "core.link_piece",
        """
        source | link_id | area_level | piece | area_code
        os     | 1       | authority  | 1     | A
        os     | 2       | authority  | 1     | A
        os     | 2       | authority  | 2     | B
        os     | 3       | authority  | 1     |
        os     | 3       | ward       | 1     | w
        """,
    ).draw(
        "core.corridor",
        """
        corridor | road | length_m
        A61/1    | A61  | 1200
        A61/2    | A61  | 400
        """,
    ).expect(
        "marts.numbered_road",
        """
        road | road_class | length_km | authority_count | source
        A61  | a          | 1.6       | 2               | os
        B1   | b          | 0         | 0               | osm
        """,
    )
    west = bench.value("SELECT min(st_xmin(geom)) FROM marts.numbered_road")
    assert west == pytest.approx(1.6, abs=0.2)  # degrees east, so x comes first


def test_the_lines_of_a_source_open_as_aggregates_only_are_not_drawn(bench):
    bench.draw("raw.source", "source | publish\nos | rows\nosm | aggregates\nown | nothing").draw(
        "staging.link",
        """
        source | link_id | road_number | road_class | is_carriageway | length_m | geom
        os     | 1       | A1          | a          | true           | 900      | line 640000 500000, 640900 500000
        osm    | 1       | A2          | a          | true           | 900      | line 640000 500000, 640900 500000
        own    | 1       | A3          | a          | true           | 900      | line 640000 500000, 640900 500000
        """,
    ).draw("core.link_piece", "source | link_id | area_level | piece | area_code").build(
        "marts.numbered_road"
    )
    # A source that may not be published at all makes the whole release private instead.
    assert bench.rows("marts.numbered_road", "road") == [("A1",), ("A3",)]


def test_levels_are_labelled_and_counted_without_context(bench):
    bench.draw(
        "raw.level",
        """
        area_level         | position | is_authority
        combined_authority | 1        | false
        lsoa               | 2        | true
        empty              | 3        | false
        """,
    ).draw(
        "core.area",
        """
        area_level         | area_code | is_context
        combined_authority | C         | false
        lsoa               | 1         | false
        lsoa               | 2         | false
        lsoa               | 3         | true
        empty              | 4         | true
        """,
    ).expect(
        "marts.area_level",
        """
        area_level         | label              | position | is_authority | area_count
        combined_authority | Combined authority | 1        | false        | 1
        lsoa               | Lsoa               | 2        | true         | 2
        """,
    )


def test_overlaps_and_gaps_are_counted_by_level_and_told_by_pair(bench):
    bench.draw(
        "core.area",
        """
        area_level | area_code | area_name | is_context
        ward       | 1         | One       | false
        ward       | 2         | Two       | false
        ward       | 3         | Three     | true
        authority  | 1         | First     | false
        """,
    ).draw(
        "raw.misfit",
        """
        area_level | misfit  | area_code | other_code | part_count | size_m2 | width_m | geom
        ward       | gap     | 1         | 2          | 3          | 500     | 4       | point 640000 500000
        ward       | gap     | 3         | 2          | 1          | 100     | 2       | point 640100 500000
        ward       | overlap | 1         | 2          | 1          | 70      | 7       | point 640200 500000
        """,
    ).expect(
        "marts.area_level",
        """
        area_level | area_count | overlap_count | overlap_m2 | gap_count | gap_m2
        authority  | 1          | 0             | 0          | 0         | 0
        ward       | 2          | 1             | 70         | 2         | 600
        """,
    )
    bench.expect(
        "marts.area_misfit",
        """
        area_level | misfit  | area_code | area_name | other_code | other_name | part_count | size_m2 | width_m
        ward       | gap     | 1         | One       | 2          | Two        | 3          | 500     | 4
        ward       | gap     | 3         | Three     | 2          | Two        | 1          | 100     | 2
        ward       | overlap | 1         | One       | 2          | Two        | 1          | 70      | 7
        """,
    )
    lon, lat = bench.rows("marts.area_misfit", "centre_lon centre_lat")[0]
    assert (lon, lat) == pytest.approx((1.5, 54.3), abs=0.2)


def test_published_areas_are_in_degrees_and_without_context(bench):
    bench.draw(
        "core.area",
        """
        area_level | area_code | area_name | is_context | area_km2 | geom
        authority  | A         | Northshire | false     | 1        | box 640000 500000 641000 501000
        authority  | B         | Beyond     | true      | 1        | box 650000 500000 651000 501000
        """,
    ).draw("core.exposure", "area_level | area_code | road_km\nauthority | A | 1.5\nward | A | 9")
    bench.expect(
        "marts.area", "area_level | area_code | area_name | road_km\nauthority | A | Northshire | 1.5"
    )
    lon, lat = bench.rows("marts.area", "centre_lon centre_lat")[0]
    assert lon == pytest.approx(1.66, abs=0.05)
    assert lat == pytest.approx(54.34, abs=0.05)
    assert bench.value("SELECT DISTINCT st_crs(geom) FROM marts.area") == "EPSG:4326"


# ---- meta ------------------------------------------------------------------------------------------------

ISSUES = """
    source | file | row | column_name | value    | rule                               | severity | who_can_fix
    open   | f    | 2   | Date        | 31/02/24 | not a date in the expected format  | rejected | publisher
    open   | f    | 3   | Date        | 31/02/24 | not a date in the expected format  | rejected | publisher
    open   | g    |     |             |          | not UTF-8: read as Latin-1         | note     | publisher
    open   | g    | 1   |             | E1       | invalid polygon repaired: Hole[64 5] | repaired | publisher
    sums   | f    | 2   | Date        | 31/02/24 | not a date in the expected format  | rejected | publisher
    sums   | f    | 3   | Date        | 30/02/24 | not a date in the expected format  | rejected | publisher
    sums   | f    | 4   | Date        | 30/02/24 | not a date in the expected format  | blanked  | publisher
    shut   | f    | 7   |             | E1       | invalid polygon repaired: Hole[64 5] | repaired | publisher
    shut   | f    | 8   |             | E2       | invalid polygon repaired: Hole[77 5] | repaired | publisher
"""


def test_issues_of_closed_sources_tell_neither_row_nor_value(bench):
    bench.draw("raw.source", "source | publish\nopen | rows\nsums | aggregates\nshut | nothing")
    bench.draw("raw.issue", ISSUES).expect(
        "meta.issue",
        """
        source | file | row | column_name | value    | rule                                 | severity | who_can_fix | issue_count
        open   | f    | 2   | Date        | 31/02/24 | not a date in the expected format    | rejected | publisher   | 1
        open   | f    | 3   | Date        | 31/02/24 | not a date in the expected format    | rejected | publisher   | 1
        open   | g    | 0   | ''          | ''       | not UTF-8: read as Latin-1           | note     | publisher   | 1
        open   | g    | 1   | ''          | E1       | invalid polygon repaired: Hole[64 5] | repaired | publisher   | 1
        shut   | f    | 0   | ''          | ''       | invalid polygon repaired: Hole       | repaired | publisher   | 2
        sums   | f    | 0   | Date        | ''       | not a date in the expected format    | blanked  | publisher   | 1
        sums   | f    | 0   | Date        | ''       | not a date in the expected format    | rejected | publisher   | 2
        """,
    )


BUILD = "build_id | built_at | schema_version | placeline_version\nb1 | 2024-05-01 03:00:00 | 1 | 0.1.0"


def test_a_release_is_private_when_a_source_may_not_be_published(bench):
    bench.draw("run.build", BUILD).draw(
        "raw.source",
        """
        source | title   | licence    | publish
        t      | Trains  | not stated | nothing
        s      | Surveys | secret     | nothing
        o      | Roads   | OGL v3     | rows
        """,
    ).set(buffer_m=1500)
    bench.expect(
        "meta.build",
        """
        build_id | region | title | buffer_m | border_tolerance_m | is_private | private_reason
        b1       | here   | Here  | 1500     | 25                 | true       | The licence does not allow it, or is not stated, for: Surveys; Trains
        """,
    )


@pytest.mark.parametrize("publish", ["rows", "aggregates"])
def test_a_release_of_open_sources_is_public(bench, publish):
    bench.draw("run.build", BUILD)
    bench.draw("raw.source", f"source | title | licence | publish\no | Roads | OGL v3 | {publish}")
    bench.expect("meta.build", "is_private | private_reason\nfalse |")


def test_every_file_of_a_source_is_told_with_what_became_of_its_rows(bench):
    bench.draw(
        "raw.source",
        """
        source | region | kind  | title | licence    | publish
        s      | here   | areas | Areas | OGL v3     | rows
        none   | here   | roads | Roads | not stated | nothing
        """,
    ).draw(
        "raw.source_file",
        """
        source | file | rows_read | rows_accepted | rows_quarantined | rows_left_out
        s      | a    | 10        | 7             | 2                | 1
        s      | b    | 1         | 1             | 0                | 0
        """,
    ).expect(
        "meta.source",
        """
        source | file | kind  | licence | rows_read | rows_accepted | rows_quarantined | rows_left_out | is_stale
        s      | a    | areas | OGL v3  | 10        | 7             | 2                | 1             | false
        s      | b    | areas | OGL v3  | 1         | 1             | 0                | 0             | false
        """,
    )


def test_a_source_says_which_version_of_it_was_read(bench):
    bench.draw(
        "raw.source",
        """
        source | region | kind  | title | licence | publish | fetched_on
        s      | here   | areas | Areas | OGL v3  | rows    |
        d      | here   | roads | Roads | OGL v3  | rows    |
        t      | here   | roads | Told  | OGL v3  | rows    | 2024-01-05
        """,
    ).draw("raw.source_file", "source | file\ns | a\nd | b\nt | c").draw(
        "run.source_state",
        """
        source | taken_at            | is_provisional | is_stale | is_download
        s      | 2024-03-01 02:00:00 | false          | false    | false
        d      | 2024-03-01 02:00:00 | true           | true     | true
        t      | 2024-03-01 02:00:00 | false          | false    | true
        """,
    ).expect(
        "meta.source",
        """
        source | file | fetched_on | taken_at            | is_stale | is_provisional
        d      | b    | 2024-03-01 | 2024-03-01 02:00:00 | true     | true
        s      | a    |            | 2024-03-01 02:00:00 | false    | false
        t      | c    | 2024-01-05 | 2024-03-01 02:00:00 | false    | false
        """,
    )


def test_gates_and_revisions_are_published(bench):
    gates = """
        gate   | source | subject | measured | allowed | bound    | severity | result
        keys   | s      | ''      | 0        | 0.01    | at most  | fail     | ok
        volume | s      | ''      | 0.2      | 0.5     | at least | warn     | warn
    """
    bench.draw("run.gate", gates).expect("meta.gate", gates)
    revisions = """
        source | compared_with       | was_provisional | rows_added | rows_removed | rows_changed | rows_unchanged
        s      | 2024-03-01 02:00:00 | true            | 1          | 2            | 3            | 4
    """
    bench.draw("run.revision", revisions).expect("meta.revision", revisions)


def test_check_results_say_what_passed(bench):
    bench.draw(
        "run.check_result",
        "claim | severity | failures | example\nIt holds. | fail | 0 |\nIt does not. | warn | 2 | a = 1",
    ).expect(
        "meta.check_result",
        """
        claim        | severity | failures | passed | example
        It does not. | warn     | 2        | false  | a = 1
        It holds.    | fail     | 0        | true   |
        """,
    )


def columns_of(bench: Bench, model: str, source: str, text: str) -> None:
    """A model that only passes rows on gives what it was given."""
    bench.draw(source, text).expect(model, text)


def test_outcomes_and_comparisons_are_published_as_estimated(bench):
    given = """
        outcome | area_level | area_code | period_start | period_end | value | raw_value | lower | upper | observations | low | high | uncertainty_kind | is_suppressed | source
        x       | authority  | A         | 2023-01-01   | 2023-12-31 | 5     | 5.5       | 4     | 6     | 50           | 3   | 8    | exact            | false         | s
        x       | authority  | B         | 2023-01-01   | 2023-12-31 |       |           |       |       | 2            |     |      | none: suppressed | true          | s
    """
    bench.draw("core.estimate", given).con.execute("UPDATE core.estimate SET is_rare = false")
    bench.con.execute(
        "INSERT INTO core.estimate BY NAME SELECT * REPLACE ('C' AS area_code, true AS is_rare) FROM core.estimate"
    )
    bench.expect("marts.outcome", given)
    bench.draw("run.outcome_definition", "outcome | comparator\nx | all_areas").expect(
        "marts.verdict_count",
        """
        outcome | area_level | verdict                 | row_count
        x       | authority  | nothing to compare with | 1
        x       | authority  | suppressed              | 1
        """,
    )
    assert bench.rows("marts.outcome", "basis level_of_confidence raw_value") == [
        ("as-now", 0.95, 5.5),
        ("as-now", 0.95, None),
    ]
    given = """
        outcome | area_level | area_code | period_start | period_end | comparator | comparator_value | p    | q    | verdict
        x       | authority  | A         | 2023-01-01   | 2023-12-31 | all_areas  | 4.5              | 0.01 | 0.02 | worse
        x       | authority  | B         | 2023-01-01   | 2023-12-31 | all_areas  | 4.5              |      |      | too few data
    """
    columns_of(bench, "marts.comparison", "core.comparison", given)
