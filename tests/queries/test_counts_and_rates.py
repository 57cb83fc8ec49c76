"""Periods that sources speak for, collisions and reports counted in them, and rates."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from queries.definitions import write_definitions
from tests.queries.drawing import Bench

# ---- periods ---------------------------------------------------------------------------------------------


def periods(bench: Bench, files: str, sources: str = "s | here | collisions\nt | here | collisions") -> None:
    bench.draw("raw.source", f"source | region | kind\n{sources}")
    bench.draw("raw.source_file", f"source | file | period_start | period_end\n{files}")


def test_a_part_of_a_year_never_makes_a_year(bench):
    periods(bench, "s | 1 | 2021-03-01 | 2024-10-31")
    bench.expect(
        "core.period",
        """
        region | incident_kind | period_start | period_end | years
        here   | collision     | 2021-03-01   | 2024-10-31 | 3.671689497716895
        here   | collision     | 2022-01-01   | 2022-12-31 | 1
        here   | collision     | 2023-01-01   | 2023-12-31 | 1
        """,
    )


@pytest.mark.parametrize(
    ("years", "files", "start", "end"),
    [
        (2, "2019-07-01 | 2024-03-31", "2022-01-01", "2023-12-31"),
        (1, "2019-07-01 | 2024-03-31", "2023-01-01", "2023-12-31"),
        (4, "2019-07-01 | 2024-03-31", "2019-07-01", "2024-03-31"),
        (5, "2019-07-01 | 2024-03-31", "2019-07-01", "2024-03-31"),
        (0, "1979-01-01 | 2024-12-31", "1979-01-01", "2024-12-31"),
        (5, "1979-01-01 | 2024-12-31", "2020-01-01", "2024-12-31"),
        (5, "2024-03-01 | 2024-10-31", "2024-03-01", "2024-10-31"),
    ],
)
def test_the_latest_years_are_put_together_where_there_are_more(bench, years, files, start, end):
    bench.set(pooled_years=years)
    periods(bench, f"s | 1 | {files}")
    bench.build("core.period")
    found = bench.con.execute(
        "SELECT period_start::VARCHAR, period_end::VARCHAR FROM core.period WHERE is_pooled"
    ).fetchall()
    assert found == [(start, end)]
    whole = "year(period_start) = year(period_end) AND years = 1"
    assert bench.value(f"SELECT count(*) FROM core.period WHERE {whole}") == {
        "2019": 4,
        "1979": 46,
        "2024": 0,
    }.get(files[:4])


def test_a_whole_year_is_one_leap_or_not(bench):
    periods(bench, "s | 1 | 2023-01-01 | 2024-12-31")
    bench.expect(
        "core.period",
        """
        region | incident_kind | period_start | period_end | years
        here   | collision     | 2023-01-01   | 2023-12-31 | 1
        here   | collision     | 2023-01-01   | 2024-12-31 | 2
        here   | collision     | 2024-01-01   | 2024-12-31 | 1
        """,
    )


def test_one_whole_year_is_not_given_twice(bench):
    periods(bench, "s | 1 | 2023-01-01 | 2023-06-30\ns | 2 | 2023-07-01 | 2023-12-31")
    bench.build("core.period")
    assert bench.value("SELECT count(*) FROM core.period") == 1


def test_only_time_that_all_sources_of_a_kind_share_counts(bench):
    periods(bench, "s | 1 | 2020-01-01 | 2023-12-31\nt | 1 | 2022-01-01 | 2024-12-31")
    bench.expect(
        "core.period",
        """
        region | incident_kind | period_start | period_end
        here   | collision     | 2022-01-01   | 2022-12-31
        here   | collision     | 2022-01-01   | 2023-12-31
        here   | collision     | 2023-01-01   | 2023-12-31
        """,
    )


def test_sources_that_share_no_time_or_say_none_have_no_period(bench):
    periods(bench, "s | 1 | 2020-01-01 | 2020-12-31\nt | 1 | 2022-01-01 | 2022-12-31")
    bench.expect("core.period", "region | incident_kind")
    periods(bench, "s | 1 | 2020-01-01 | 2020-12-31\nt | 1 | |")
    bench.expect("core.period", "region | incident_kind")


def test_regions_and_kinds_have_periods_of_their_own(bench):
    periods(
        bench,
        "s | 1 | 2020-01-01 | 2020-12-31\nt | 1 | 2022-01-01 | 2022-12-31\n"
        "r | 1 | 2021-01-01 | 2021-12-31\nx | 1 | 2019-01-01 | 2019-12-31",
        "s | here | collisions\nt | there | collisions\nr | here | reports\nx | here | satisfaction_responses",
    )
    bench.expect(
        "core.period",
        """
        region | incident_kind | period_start | period_end
        here   | collision     | 2020-01-01   | 2020-12-31
        here   | report        | 2021-01-01   | 2021-12-31
        there  | collision     | 2022-01-01   | 2022-12-31
        """,
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2019-22", "2019-01-01", "2022-12-31"),
        ("2019-2022", "2019-01-01", "2022-12-31"),
        ("2019/20", "2019-01-01", "2020-12-31"),
        ("1999/00", "1999-01-01", "2000-12-31"),
        ("1998-02", None, None),
        ("2024-03", None, None),
        ("2022-2019", None, None),
        ("24", None, None),
        ("2024 Q1", None, None),
        ("last year", None, None),
    ],
)
def test_a_published_period_is_understood_or_not_at_all(bench, text, start, end):
    found = bench.con.execute(
        "SELECT period_start_of(p)::VARCHAR, period_end_of(p)::VARCHAR FROM (VALUES (?), (NULL)) AS t (p)",
        [text],
    ).fetchall()
    assert found == [(start, end), (None, None)]


@pytest.mark.parametrize(
    ("coordinate", "cell"), [(0, 0), (999.9, 0), (1000, 1), (1999.999, 1), (-0.1, -1), (-1000, -1)]
)
def test_the_cell_of_a_coordinate_is_rounded_down(bench, coordinate, cell):
    assert bench.con.execute("SELECT cell_of(?)", [float(coordinate)]).fetchone() == (cell,)


# ---- collisions ------------------------------------------------------------------------------------------

YEAR = """
    region | incident_kind | period_start | period_end | years | is_pooled
    here   | collision     | 2023-01-01   | 2023-12-31 | 1     | true
    here   | report        | 2023-01-01   | 2023-12-31 | 1     | true
"""
TWO_YEARS = """
    region | incident_kind | period_start | period_end | years | is_pooled
    here   | collision     | 2022-01-01   | 2022-12-31 | 1     | false
    here   | collision     | 2022-01-01   | 2023-12-31 | 2     | true
    here   | collision     | 2023-01-01   | 2023-12-31 | 1     | false
    here   | report        | 2022-01-01   | 2022-12-31 | 1     | true
    there  | collision     | 2022-01-01   | 2022-12-31 | 1     | true
"""
AREAS = """
    area_level | area_code | region | is_context | population
    authority  | A         | here   | false      | 500
    authority  | B         | here   | false      | 1000
    authority  | none      | here   | false      |
    authority  | unspoken  | here   | false      | 10
    authority  | beyond    | here   | true       | 10
"""
COVERAGE = """
    kind       | area_level | area_code | is_covered
    collisions | authority  | A         | true
    collisions | authority  | B         | true
    collisions | authority  | none      | true
    collisions | authority  | unspoken  | false
    collisions | authority  | beyond    | true
    reports    | authority  | A         | true
    reports    | authority  | B         | true
    reports    | authority  | none      | true
    reports    | authority  | unspoken  | false
    reports    | authority  | beyond    | true
"""


def counting(bench: Bench, period: str) -> Bench:
    bench.draw("core.area", AREAS).draw("core.coverage", COVERAGE).draw("core.period", period)
    return bench.build("core.severity_basis", "core.event_period")


def test_collisions_are_counted_as_low_central_and_high(bench):
    """Of A's three, one lies near B and one near the context; of B's two, none near; all but 1 and 5 are KSI."""
    counting(bench, YEAR).draw(
        "staging.collision",
        """
        source | collision_id | occurred_on | is_ksi
        s      | 1_A          | 2023-01-01  | false
        s      | 2_A_near_B   | 2023-12-31  | true
        s      | 3_A_near_ctx | 2023-06-01  | true
        s      | 4_B          | 2023-06-01  | true
        s      | 5_B          | 2023-06-01  | false
        s      | 6_out_near_B | 2023-06-01  | true
        s      | 7_unspoken   | 2023-06-01  | true
        s      | 8_before     | 2022-12-31  | true
        """,
    ).draw(
        "core.incident_place",
        """
        incident_kind | source | incident_id  | area_level | area_code
        collision     | s      | 1_A          | authority  | A
        collision     | s      | 2_A_near_B   | authority  | A
        collision     | s      | 3_A_near_ctx | authority  | A
        collision     | s      | 4_B          | authority  | B
        collision     | s      | 5_B          | authority  | B
        collision     | s      | 6_out_near_B | authority  |
        collision     | s      | 7_unspoken   | authority  | unspoken
        collision     | s      | 8_before     | authority  | A
        report        | s      | 1_A          | authority  | A
        """,
    ).draw(
        "core.incident_near_area",
        """
        incident_kind | source | incident_id  | area_level | area_code | distance_m
        collision     | s      | 2_A_near_B   | authority  | B         | 5
        collision     | s      | 2_A_near_B   | authority  | beyond    | 5
        collision     | s      | 3_A_near_ctx | authority  | beyond    | 5
        collision     | s      | 6_out_near_B | authority  | B         | 5
        collision     | s      | 4_B          | ward       | w         | 5
        report        | s      | 1_A          | authority  | B         | 5
        """,
    ).expect(
        "core.collision_count",
        """
        area_code | collision_count | collision_count_low | collision_count_high | ksi_count | ksi_count_low | ksi_count_high
        A         | 3               | 1                   | 3                    | 2         | 0             | 2
        B         | 2               | 2                   | 4                    | 1         | 1             | 3
        none      | 0               | 0                   | 0                    | 0         | 0             | 0
        """,
    )


def test_collisions_are_counted_in_each_period_of_their_region(bench):
    counting(bench, TWO_YEARS)
    bench.draw("core.area", "area_level | area_code | region | is_context\nauthority | A | here | false")
    bench.draw(
        "staging.collision",
        """
        source | collision_id | occurred_on
        s      | 1            | 2022-01-01
        s      | 2            | 2022-12-31
        s      | 3            | 2023-01-01
        t      | 3            | 2023-02-01
        """,
    ).draw(
        "core.incident_place",
        """
        incident_kind | source | incident_id | area_level | area_code
        collision     | s      | 1           | authority  | A
        collision     | s      | 2           | authority  | A
        collision     | s      | 3           | authority  | A
        collision     | t      | 3           | authority  | A
        """,
    ).expect(
        "core.collision_count",
        """
        area_code | period_start | period_end | years | collision_count
        A         | 2022-01-01   | 2022-12-31 | 1     | 2
        A         | 2022-01-01   | 2023-12-31 | 2     | 4
        A         | 2023-01-01   | 2023-12-31 | 1     | 2
        """,
    )


def test_years_are_given_where_the_average_area_has_enough(bench):
    """Twelve a year in four authorities are three each, in one county twelve; seven of them fatal or serious."""
    bench.draw(
        "core.period",
        """
        region | incident_kind | period_start | period_end | years | is_pooled
        here   | collision     | 2022-01-01   | 2022-12-31 | 1     | false
        here   | collision     | 2022-01-01   | 2023-12-31 | 2     | true
        here   | collision     | 2023-01-01   | 2023-12-31 | 1     | false
        here   | report        | 2022-01-01   | 2023-12-31 | 2     | true
        here   | report        | 2022-01-01   | 2022-12-31 | 1     | false
        here   | report        | 2023-01-01   | 2023-12-31 | 1     | false
        """,
    )
    areas = [("county", "C"), *(("authority", code) for code in "ABDE")]
    bench.draw(
        "core.area",
        "area_level | area_code | region | is_context | population\n"
        + "\n".join(f"{level} | {code} | here | false | 1000" for level, code in areas),
    ).draw(
        "core.coverage",
        "kind | area_level | area_code | is_covered\n"
        + "\n".join(f"{k} | {a} | {c} | true" for k in ("collisions", "reports") for a, c in areas),
    )
    ids = [(n, 2022 + n // 12) for n in range(24)]
    bench.draw(
        "staging.collision",
        "source | collision_id | occurred_on | is_ksi\n"
        + "\n".join(f"s | {n} | {year}-05-01 | {str(n % 12 < 7).lower()}" for n, year in ids),
    ).draw(
        "staging.report",
        "source | report_id | reported_at\n"
        + "\n".join(f"r | {n} | {year}-05-01 12:00:00" for n, year in ids[:20]),
    ).draw(
        "core.incident_place",
        "incident_kind | source | incident_id | area_level | area_code\n"
        + "\n".join(
            f"{kind} | {source} | {n} | {level} | {code}"
            for kind, source in (("collision", "s"), ("report", "r"))
            for n, _ in ids
            for level, code in (("county", "C"), ("authority", "ABDE"[n % 4]))
        ),
    )
    write_definitions(bench.con)
    bench.build("core.severity_basis", "core.event_period").expect(
        "core.pooled_level",
        """
        event      | area_level | events_a_year
        collisions | authority  | 3
        ksi        | authority  | 1.75
        ksi        | county     | 7
        reports    | authority  | 2.5
        """,
    )
    bench.expect(
        "core.collision_count",
        """
        area_level | area_code | period_start | period_end | is_of_all | is_of_ksi | collision_count | ksi_count
        authority  | A         | 2022-01-01   | 2023-12-31 | true      | true      | 6               | 4
        authority  | B         | 2022-01-01   | 2023-12-31 | true      | true      | 6               | 4
        authority  | D         | 2022-01-01   | 2023-12-31 | true      | true      | 6               | 4
        authority  | E         | 2022-01-01   | 2023-12-31 | true      | true      | 6               | 2
        county     | C         | 2022-01-01   | 2022-12-31 | true      | false     | 12              | 7
        county     | C         | 2022-01-01   | 2023-12-31 | true      | true      | 24              | 14
        county     | C         | 2023-01-01   | 2023-12-31 | true      | false     | 12              | 7
        """,
    )
    bench.draw("raw.source", "source | region | kind\nr | here | reports").expect(
        "core.rate_report",
        """
        area_level | area_code | period_start | period_end | observations
        authority  | A         | 2022-01-01   | 2023-12-31 | 5
        authority  | B         | 2022-01-01   | 2023-12-31 | 5
        authority  | D         | 2022-01-01   | 2023-12-31 | 5
        authority  | E         | 2022-01-01   | 2023-12-31 | 5
        county     | C         | 2022-01-01   | 2022-12-31 | 12
        county     | C         | 2022-01-01   | 2023-12-31 | 20
        county     | C         | 2023-01-01   | 2023-12-31 | 8
        """,
    )


def test_rates_of_collisions_stand_on_km_years_and_person_years(bench):
    bench.draw("raw.source", "source | kind\nt | collisions\ns | collisions\nr | reports").draw(
        "core.collision_count",
        """
        area_level | area_code | period_start | period_end | years | is_of_all | is_of_ksi | collision_count | collision_count_low | collision_count_high | ksi_count | ksi_count_low | ksi_count_high
        authority  | A         | 2022-01-01   | 2023-12-31 | 2     | true      | true      | 30              | 20                  | 40                   | 3         | 2             | 4
        authority  | B         | 2022-01-01   | 2023-12-31 | 2     | true      | true      | 7               | 7                   | 7                    | 0         | 0             | 0
        ward       | w         | 2022-01-01   | 2023-12-31 | 2     | true      | true      | 5               | 5                   | 5                    | 0         | 0             | 0
        """,
    ).draw(
        "core.exposure",
        """
        area_level | area_code | road_km | population
        authority  | A         | 12.5    | 1000
        authority  | B         |         | 500
        ward       | w         | 2       |
        """,
    ).expect(
        "core.rate_collision",
        """
        outcome             | area_code | observations | low_observations | high_observations | exposure | exposure_unit      | per    | source
        collisions_per_100k | A         | 30           | 20               | 40                | 2000     | residents x years  | 100000 | s,t
        collisions_per_100k | B         | 7            | 7                | 7                 | 1000     | residents x years  | 100000 | s,t
        collisions_per_km   | A         | 30           | 20               | 40                | 25       | km of road x years | 1      | s,t
        collisions_per_km   | B         | 7            | 7                | 7                 |          | km of road x years | 1      | s,t
        collisions_per_km   | w         | 5            | 5                | 5                 | 4        | km of road x years | 1      | s,t
        ksi_per_100k        | A         | 3            | 2                | 4                 | 2000     | residents x years  | 100000 | s,t
        ksi_per_100k        | B         | 0            | 0                | 0                 | 1000     | residents x years  | 100000 | s,t
        ksi_per_km          | A         | 3            | 2                | 4                 | 25       | km of road x years | 1      | s,t
        ksi_per_km          | B         | 0            | 0                | 0                 |          | km of road x years | 1      | s,t
        ksi_per_km          | w         | 0            | 0                | 0                 | 4        | km of road x years | 1      | s,t
        """,
    )


# ---- reports ---------------------------------------------------------------------------------------------

REPORTS = """
    source | report_id | reported_at
    r      | 1         | 2023-01-01 00:00:00
    r      | 2         | 2023-12-31 23:59:59
    r      | 3         | 2024-01-01 00:00:00
    r      | 4         |
    r      | 5         | 2023-05-01 00:00:00
"""
PLACES = """
    incident_kind | source | incident_id | area_level | area_code
    report        | r      | 1           | authority  | A
    report        | r      | 2           | authority  | A
    report        | r      | 3           | authority  | A
    report        | r      | 4           | authority  | A
    report        | r      | 5           | authority  | unspoken
    collision     | r      | 5           | authority  | A
"""
ITSELF = """
    area_level | area_code | ancestor_level | ancestor_code
    authority  | A         | authority      | A
    authority  | B         | authority      | B
    authority  | unspoken  | authority      | unspoken
    authority  | beyond    | authority      | beyond
"""


def test_reports_are_counted_where_they_lie(bench):
    counting(bench, YEAR).draw("raw.source", "source | kind\nr | reports\nn | report_counts")
    bench.draw("staging.report", REPORTS).draw("core.incident_place", PLACES)
    bench.expect(
        "core.rate_report",
        """
        outcome          | area_code | period_start | period_end | observations | low_observations | exposure | exposure_unit     | per  | source
        reports_per_1000 | A         | 2023-01-01   | 2023-12-31 | 2            |                  | 500      | residents x years | 1000 | n,r
        reports_per_1000 | B         | 2023-01-01   | 2023-12-31 | 0            |                  | 1000     | residents x years | 1000 | n,r
        reports_per_1000 | none      | 2023-01-01   | 2023-12-31 | 0            |                  |          | residents x years | 1000 | n,r
        """,
    )


def test_points_go_before_published_counts_of_the_same_period(bench):
    counting(bench, YEAR).draw("raw.source", "source | kind\nr | reports\nn | report_counts")
    bench.draw("staging.report", REPORTS).draw("core.incident_place", PLACES)
    bench.draw("core.area_ancestor", ITSELF).draw(
        "staging.report_count",
        """
        source | area_code | year | report_count
        n      | A         | 2023 | 70
        n      | A         | 2022 | 60
        n      | unspoken  | 2023 | 50
        n      | beyond    | 2023 | 40
        """,
    ).build("core.report_count").expect(
        "core.rate_report",
        """
        area_code | period_start | observations | exposure
        A         | 2022-01-01   | 60           | 500
        A         | 2023-01-01   | 2            | 500
        B         | 2023-01-01   | 0            | 1000
        none      | 2023-01-01   | 0            |
        unspoken  | 2023-01-01   | 50           | 10
        """,
    )


# A unitary authority is a district and an authority by one code.
UNITARY = """
    area_level | area_code | ancestor_level | ancestor_code
    authority  | U         | authority      | U
    district   | U         | district       | U
    district   | U         | authority      | U
    district   | D         | district       | D
    district   | D         | authority      | C
    authority  | C         | authority      | C
"""
UNITARY_AREAS = """
    area_level | area_code | region | is_context | population
    authority  | C         | here   | false      | 100
    authority  | U         | here   | false      | 100
    district   | D         | here   | false      | 100
    district   | U         | here   | false      | 100
"""


def test_a_count_of_a_code_that_two_levels_share_counts_once_at_each(bench):
    bench.draw("core.area", UNITARY_AREAS).draw("core.area_ancestor", UNITARY)
    bench.draw("raw.source", "source | kind\nn | report_counts").draw(
        "staging.report_count",
        "source | area_code | year | report_count\nn | D | 2023 | 7\nn | U | 2023 | 5\nm | U | 2023 | 1",
    ).build("core.report_count").expect(
        "core.rate_report",
        """
        area_level | area_code | observations
        authority  | C         | 7
        authority  | U         | 6
        district   | D         | 7
        district   | U         | 6
        """,
    )


def test_published_counts_add_up_over_categories_and_parts(bench):
    bench.draw(
        "raw.report_count",
        """
        source | area_code | year | category | report_count
        n      | w1        | 2023 | potholes | 4
        n      | w1        | 2023 | litter   | 3
        n      | w1        | 2022 | litter   | 9
        n      | w2        | 2023 |          | 1
        """,
    ).expect(
        "staging.report_count",
        """
        source | area_code | year | report_count
        n      | w1        | 2022 | 9
        n      | w1        | 2023 | 7
        n      | w2        | 2023 | 1
        """,
    )
    bench.draw("raw.source", "source | kind\nn | report_counts").draw(
        "core.area_ancestor",
        """
        area_level | area_code | ancestor_level | ancestor_code
        ward       | w1        | ward           | w1
        ward       | w1        | authority      | A
        ward       | w2        | ward           | w2
        ward       | w2        | authority      | A
        """,
    ).draw(
        "core.area",
        """
        area_level | area_code | is_context | population
        authority  | A         | false      | 1000
        ward       | w1        | false      |
        ward       | w2        | true       |
        """,
    ).build("core.report_count").expect(
        "core.rate_report",
        """
        area_level | area_code | period_start | period_end | observations | exposure
        authority  | A         | 2022-01-01   | 2022-12-31 | 9            | 1000
        authority  | A         | 2023-01-01   | 2023-12-31 | 8            | 1000
        """,
    )
