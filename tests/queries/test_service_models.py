"""Travel times, speeds and condition in the models: local time, periods, series, areas, and what is withheld."""

import pytest

from tests.queries.drawing import Bench

SOURCES = """
    source | region | kind           | lowest | highest | breaks
    times  | here   | travel_times   |        |         | [2024-06-10]
    speeds | here   | average_speeds |        |         | [2019-01-01]
    other  | here   | average_speeds |        |         |
    rdc    | here   | road_condition | 100    | 0       | [2026-04-01]
    lgbf   | here   | road_condition | 1      | 0       |
"""
AREAS = """
    area_level | area_code | is_context
    county     | C         | false
    authority  | A         | false
    authority  | C         | false
    authority  | beyond    | true
"""


@pytest.fixture
def service(bench: Bench) -> Bench:
    return bench.draw("raw.source", SOURCES).draw("core.area", AREAS)


def test_times_are_told_by_the_clock_of_london(service):
    service.draw(
        "raw.travel_time",
        """
        source | link_id | observed_at         | travel_time_s | vehicles
        times  | 1       | 2024-01-10 08:00:00 | 60            | 2
        times  | 1       | 2024-06-09 22:30:00 | 60            |
        times  | 1       | 2024-06-09 23:30:00 | 60            |
        """,
    ).expect(
        "staging.travel_time",
        """
        observed_at         | local_at            | series            | vehicles
        2024-01-10 08:00:00 | 2024-01-10 08:00:00 | before 2024-06-10 | 2
        2024-06-09 22:30:00 | 2024-06-09 23:30:00 | before 2024-06-10 |
        2024-06-09 23:30:00 | 2024-06-10 00:30:00 | from 2024-06-10   |
        """,
    )


def test_speeds_are_parted_at_breaks_and_series_of_the_file(service):
    service.draw(
        "raw.average_speed",
        """
        source | area_code | road_name | year | series | average_speed_mph | average_delay_spvpm
        speeds | A         | all       | 2018 |        | 27                |
        speeds | A         | all       | 2019 |        | 25                |
        speeds | A         | all       | 2020 | trial  |                   |
        speeds | A         | A1        | 2019 |        | 30                |
        other  | A         | all       | 2020 |        | 24                |
        other  | A         | all       | 2019 |        | 99                |
        speeds | C         | all       | 2019 |        | 20                |
        speeds | beyond    | all       | 2019 |        | 20                |
        speeds | lost      | all       | 2019 |        | 20                |
        """,
    ).build("staging.average_speed").expect(
        "core.figure_average_speed",
        """
        outcome               | area_level | area_code | period_start | value | source | series            | uncertainty_kind
        average_speed_a_roads | authority  | A         | 2018-01-01   | 27    | speeds | before 2019-01-01 | unknown
        average_speed_a_roads | authority  | A         | 2019-01-01   | 99    | other  |                   | unknown
        average_speed_a_roads | authority  | A         | 2020-01-01   | 24    | other  |                   | unknown
        average_speed_a_roads | authority  | C         | 2019-01-01   | 20    | speeds | from 2019-01-01   | unknown
        average_speed_a_roads | county     | C         | 2019-01-01   | 20    | speeds | from 2019-01-01   | unknown
        """,
    )
    service.expect("marts.road_speed", "area_code | road | average_speed_mph\nA | A1 | 30")


def test_condition_keeps_scale_period_series_and_what_is_withheld(service):
    service.draw(
        "raw.road_condition",
        """
        source | file | row | area_code | period  | road_class   | poor | mark       | survey_method
        rdc    | r    | 1   | A         | 2020-21 | a            | 4    |            | SCANNER
        rdc    | r    | 2   | A         | 2025-27 | a            | 6    |            |
        rdc    | r    | 3   | A         | 2026-27 | a            | 30   |            |
        rdc    | r    | 4   | A         | 2025-03 | b_and_c      |      | suppressed |
        rdc    | r    | 5   | A         | spring  | a            | 5    |            |
        lgbf   | l    | 1   | C         | 2009-11 | unclassified | 0.38 |            |
        lgbf   | l    | 2   | C         | 2010-12 | unclassified |      |            |
        """,
    ).expect(
        "staging.road_condition",
        """
        source | road_class   | period_start | period_end | poor_percent | series            | is_suppressed
        lgbf   | unclassified | 2009-04-01   | 2011-03-31 | 38           |                   | false
        lgbf   | unclassified | 2010-04-01   | 2012-03-31 |              |                   | false
        rdc    | a            | 2020-04-01   | 2021-03-31 | 4            | before 2026-04-01 | false
        rdc    | a            | 2025-04-01   | 2027-03-31 | 6            | across 2026-04-01 | false
        rdc    | a            | 2026-04-01   | 2027-03-31 | 30           | from 2026-04-01   | false
        rdc    | b_and_c      | 2024-04-01   | 2025-03-31 |              | before 2026-04-01 | true
        """,
    )
    service.expect(
        "core.figure_condition",
        """
        outcome                      | area_level | area_code | period_start | value | is_suppressed | method
        condition_a_roads            | authority  | A         | 2020-04-01   | 4     | false         | published figure, SCANNER
        condition_a_roads            | authority  | A         | 2025-04-01   | 6     | false         | published figure
        condition_a_roads            | authority  | A         | 2026-04-01   | 30    | false         | published figure
        condition_b_c_roads          | authority  | A         | 2024-04-01   |       | true          | published figure
        condition_unclassified_roads | authority  | C         | 2009-04-01   | 38    | false         | published figure
        condition_unclassified_roads | authority  | C         | 2010-04-01   |       | false         | published figure
        condition_unclassified_roads | county     | C         | 2009-04-01   | 38    | false         | published figure
        condition_unclassified_roads | county     | C         | 2010-04-01   |       | false         | published figure
        """,
    )


def test_links_are_those_of_the_road_or_their_own(service):
    service.draw(
        "staging.travel_time",
        """
        source | link_id | observed_at
        times  | road    | 2024-06-09 22:30:00
        times  | road    | 2024-06-09 22:45:00
        times  | sensor  | 2024-06-09 22:30:00
        times  | street  | 2024-06-09 22:30:00
        times  | lost    | 2024-06-09 22:30:00
        """,
    ).draw(
        "raw.observed_link", "source | link_id | link_name | length_m\nl | sensor | From here to there | 700"
    ).draw(
        "staging.link",
        """
        source | link_id | is_carriageway | length_m
        os     | street  | true           | 80
        os     | road    | true           | 900
        """,
    ).draw("core.numbered_link", "source | link_id | road_number | length_m\nos | road | A1 | 900").draw(
        "core.corridor_piece",
        """
        source | link_id | piece | length_m | area_code | corridor | road | section | role
        os     | road    | 1     | 200      | A         | A1/1     | A1   | 1       | reference
        os     | road    | 2     | 700      | C         | A1/1     | A1   | 2       | reference
        """,
    ).expect(
        "core.travel_link",
        """
        link_id | link_name          | link_source | length_m | road_number | section | area_code
        lost    |                    |             |          |             |         |
        road    |                    | os          | 900      | A1          | 2       | C
        sensor  | From here to there |             | 700      |             |         |
        street  |                    | os          | 80       |             |         |
        """,
    )


def test_a_link_counts_in_each_area_by_its_length_there(service):
    service.draw(
        "core.travel_link",
        "source | link_id | link_source | road_number\ntimes | road | os | A1\ntimes | sensor | |\ntimes | street | os |",
    ).draw(
        "core.link_piece",
        """
        source | link_id | area_level | piece | area_code | length_m
        os     | road    | authority  | 1     | A         | 600
        os     | road    | authority  | 2     | C         | 250
        os     | road    | authority  | 3     | A         | 50
        os     | road    | authority  | 4     | beyond    | 70
        os     | far     | authority  | 1     | C         | 750
        os     | street  | authority  | 1     | A         | 9000
        """,
    ).draw("core.numbered_link", "source | link_id\nos | road\nos | far").expect(
        "core.observed_piece",
        """
        area_code | link_id | length_m | numbered_m
        A         | road    | 650      | 650
        C         | road    | 250      | 1000
        """,
    )


def test_no_travel_times_are_no_rows(bench):
    for name in ("core.link_reliability", "core.corridor_reliability", "core.figure_reliability"):
        assert bench.build(name).rows(name) == []
