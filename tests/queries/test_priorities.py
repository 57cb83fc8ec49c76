"""Priorities in the models: the newest figure, its record, what is hidden, and what is missing."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

from tests.queries.drawing import Bench

AREAS = """
    area_level | area_code | area_name | is_context | region
    authority  | A         | Ash       | false      | here
    authority  | B         | Birch     | false      | here
    authority  | C         | Cedar     | false      | here
    authority  | X         | Beyond    | true       | here
"""
DEFINITIONS = """
    outcome | theme          | label | direction | comparator
    fixed   | responsiveness | Fixed | higher    | all_areas
    spend   | value          | Spend | neither   | all_areas
"""
ESTIMATES = """
    outcome | area_level | area_code | period_start | period_end | value | lower | upper | standard_error | observations | source
    fixed   | authority  | A         | 2022-01-01   | 2022-12-31 | 40.0  | 30.0  | 50.0  |                | 100          | r
    fixed   | authority  | A         | 2023-01-01   | 2023-12-31 | 50.0  | 40.0  | 59.59964 |             | 90           | r
    fixed   | authority  | A         | 2022-01-01   | 2023-12-31 | 45.0  | 40.0  | 50.0  |                | 190          | r
    fixed   | authority  | B         | 2022-01-01   | 2022-12-31 | 85.0  | 80.0  | 90.0  |                | 100          | r
    fixed   | authority  | B         | 2023-01-01   | 2023-12-31 | 90.0  | 80.0  | 95.0  |                | 100          | r
    fixed   | authority  | C         | 2023-01-01   | 2023-12-31 | 70.0  |       |       |                |              | r
    fixed   | authority  | X         | 2023-01-01   | 2023-12-31 | 10.0  | 5.0   | 15.0  |                | 100          | r
    spend   | authority  | A         | 2023-01-01   | 2023-12-31 | 10.0  | 5.0   | 15.0  |                | 1            | r
"""
COMPARISONS = """
    outcome | area_level | area_code | period_start | period_end | comparator | comparator_value | q    | verdict
    fixed   | authority  | A         | 2022-01-01   | 2022-12-31 | all_areas  | 60.0             | 0.01 | worse
    fixed   | authority  | A         | 2023-01-01   | 2023-12-31 | all_areas  | 75.0             | 0.02 | worse
    fixed   | authority  | A         | 2023-01-01   | 2023-12-31 | parent     | 20.0             | 0.9  | similar
    fixed   | authority  | B         | 2022-01-01   | 2022-12-31 | all_areas  | 60.0             | 0.2  | similar
    fixed   | authority  | B         | 2023-01-01   | 2023-12-31 | all_areas  | 75.0             | 0.01 | better
    fixed   | authority  | C         | 2023-01-01   | 2023-12-31 | all_areas  | 75.0             |      | uncertainty unknown
"""


def service(bench: Bench) -> Bench:
    return (
        bench.draw("core.area", AREAS)
        .draw("run.outcome_definition", DEFINITIONS)
        .draw("core.estimate", ESTIMATES)
        .draw("core.comparison", COMPARISONS)
    )


def test_the_newest_figure_of_a_service_counts_and_the_shortest_of_those_that_end_together(
    bench: Bench,
) -> None:
    service(bench).expect(
        "core.service_latest",
        """
        outcome | area_code | period_start | value | comparator_value | verdict             | area_count | spread
        fixed   | A         | 2023-01-01   | 50.0  | 75.0             | worse               | 3          | 20.0
        fixed   | B         | 2023-01-01   | 90.0  | 75.0             | better              | 3          | 20.0
        fixed   | C         | 2023-01-01   | 70.0  | 75.0             | uncertainty unknown | 3          | 20.0
        """,
    )


def test_only_a_worse_service_may_be_a_problem_and_more_is_better_turns_its_worth(bench: Bench) -> None:
    bench.draw(
        "core.service_latest",
        """
        outcome | theme          | label | direction | area_level | area_code | period_start | period_end | value | lower | upper    | standard_error | observations | comparator_value | q    | verdict | area_count | spread | source
        fixed   | responsiveness | Fixed | higher    | authority  | A         | 2023-01-01   | 2023-12-31 | 50.0  | 40.0  | 59.59964 |                | 90           | 75.0             | 0.02 | worse   | 3          | 20.0   | r
        days    | responsiveness | Days  | lower     | authority  | A         | 2023-01-01   | 2023-12-31 | 50.0  | 40.0  | 60.0     | 3.0            | 90           | 20.0             | 0.02 | worse   | 3          | 10.0   | r
        days    | responsiveness | Days  | lower     | authority  | B         | 2023-01-01   | 2023-12-31 | 15.0  | 14.0  | 16.0     | 3.0            | 90           | 20.0             | 0.02 | similar | 3          | 10.0   | r
        two     | condition      | Two   | lower     | authority  | B         | 2023-01-01   | 2023-12-31 | 15.0  |       |          |                |              | 10.0             | 0.02 | worse   | 2          | 10.0   | r
        """,
    ).draw("core.area", AREAS).expect(
        "core.candidate_service",
        """
        problem        | authority_code | estimate | expected | standard_error | worth | observed
        service A days | A              | 50.0     | 20.0     | 3.0            | 0.1   | 90.0
        service A fixed | A             | 50.0     | 75.0     | 5.0            | -0.05 | 90.0
        service B two  | B              | 15.0     | 10.0     | 0.0            |       |
        """,
    )


def test_the_record_of_a_service_is_of_periods_as_long_as_the_newest(bench: Bench) -> None:
    service(bench).draw(
        "core.service_latest",
        """
        outcome | direction | area_level | area_code | period_start | period_end
        fixed   | higher    | authority  | A         | 2023-01-01   | 2023-12-31
        fixed   | higher    | authority  | B         | 2023-01-01   | 2023-12-31
        """,
    ).expect(
        "core.service_record",
        """
        outcome | area_code | years | better_years
        fixed   | A         | 2.0   | 0
        fixed   | B         | 2.0   | 2
        """,
    )


PARTIES = """
    problem | party_code         | events | shared_events | share | must_act
    p       | A                  | 9      | 0             | 0.9   | true
    p       | strategic operator | 1      | 0             | 0.1   | true
    v       | B                  |        |               | 1.0   | true
"""


def test_few_events_of_sources_that_are_open_as_aggregates_only_are_not_shared_out(bench: Bench) -> None:
    bench.reset(small_count_threshold=5)
    shown = """
        problem | party_code         | party_name                  | events | share | must_act
        p       | A                  | Ash                         | 9      | 0.9   | true
        p       | strategic operator | the strategic road operator | {few} | {share} | true
        v       | B                  | Birch                       |        | 1.0   | true
    """
    drawn = bench.draw("core.problem_party", PARTIES).draw("core.area", AREAS)
    drawn.draw("raw.source", "source | kind | publish\ns | collisions | rows").expect(
        "core.problem_acting", shown.format(few=1, share=0.1)
    )
    drawn.draw("raw.source", "source | kind | publish\ns | collisions | aggregates").expect(
        "core.problem_acting", shown.format(few="", share="")
    )


def test_what_is_missing_is_said(bench: Bench) -> None:
    bench.draw("core.area", AREAS).draw("core.problem_party", PARTIES).draw(
        "core.problem",
        """
        problem | kind    | theme          | authority_code | known_share | place_kind | worth | observed | standard_error
        p       | section | safety         | A              | 0.5         | a by length |      | 9.0      | 1.0
        v       | service | responsiveness | B              |             | fixed      |       | 90.0     | 0.0
        """,
    ).draw(
        "core.service_latest",
        """
        outcome | theme          | area_code | value | lower
        fixed   | responsiveness | A         | 50.0  | 40.0
        poor    | condition      | A         | 5.0   |
        fixed   | responsiveness | B         | 50.0  | 40.0
        poor    | condition      | B         | 5.0   | 4.0
        happy   | satisfaction   | B         | 5.0   | 4.0
        """,
    ).expect(
        "core.problem_evidence",
        """
        problem | evidence
        p       | condition without uncertainty
        p       | few observations
        p       | no figure of reliability
        p       | no figure of satisfaction
        p       | no value of preventing an event is published
        p       | traffic is not known on enough of it
        v       | how sure the figure is is not known
        v       | no figure of reliability
        v       | too few authorities to say how far it is from them
        """,
    )


def test_the_weights_are_those_of_the_region_file_and_others(bench: Bench) -> None:
    bench.draw("raw.priority_weight", "theme | weight\ncondition | 2\nsafety | 1").expect(
        "core.priority_weight",
        """
        weights           | theme     | weight
        equal             | condition | 1.0
        equal             | safety    | 1.0
        region            | condition | 2.0
        region            | safety    | 1.0
        twice condition   | condition | 4.0
        twice condition   | safety    | 1.0
        twice safety      | condition | 2.0
        twice safety      | safety    | 2.0
        without condition | condition | 0.0
        without condition | safety    | 1.0
        without safety    | condition | 2.0
        without safety    | safety    | 0.0
        """,
    )


def test_an_exemplar_is_told_and_few_collisions_of_closed_sources_are_not(bench: Bench) -> None:
    bench.reset(small_count_threshold=5)
    bench.draw("core.area", AREAS).draw(
        "run.outcome_definition",
        """
        outcome                  | theme          | label  | unit                    | direction | comparator
        fixed                    | responsiveness | Fixed  | % of reports            | higher    | all_areas
        collisions_against_usual | safety         | Usual  | times the usual number  | lower     | all_areas
        """,
    ).draw(
        "core.service_latest",
        """
        outcome | area_code | value | comparator_value | q    | verdict
        fixed   | B         | 90.0  | 75.0             | 0.01 | better
        """,
    ).draw("core.service_record", "outcome | area_code | years | better_years\nfixed | B | 5.0 | 4").draw(
        "core.place_service",
        """
        place           | kind    | theme          | outcome | name         | area_level | area_code | authority_code | place_kind
        service B fixed | service | responsiveness | fixed   | Birch: Fixed | authority  | B         | B              | fixed
        """,
    ).draw(
        "core.place_area",
        """
        place  | kind | theme  | outcome                  | name | area_level | area_code | authority_code | place_kind    | observed | expected | estimate | q    | verdict
        ward W | area | safety | collisions_against_usual | West | ward       | W         | A              | ward by roads | 3.0      | 30.0     | 9.0      | 0.01 | better
        """,
    ).draw(
        "core.year_of_area",
        """
        place  | year | observed | expected
        ward W | 2021 | 1.0      | 10.0
        ward W | 2022 | 1.0      | 10.0
        ward W | 2023 | 1.0      | 10.0
        """,
    )
    shown = """
        exemplar        | authority_name | events   | estimate   | q    | years | better_years | sentence
        service B fixed | Birch          |          |            | 0.01 | 5.0   | 4            | Fixed in Birch: 90.0 % of reports, where 75.0 is usual, and better than usual in 4 of 5 such periods.
        ward W          | Ash            | {events} | {estimate} | {q}  | 3.0   | 3            | {sentence}
    """
    said = "3 collisions in 3 years where 30.0 are usual, and fewer than usual in 3 of these years."
    bench.draw("raw.source", "source | kind | publish\ns | collisions | rows").expect(
        "core.exemplar", shown.format(events=3, estimate=9.0, q=0.01, sentence=said)
    )
    bench.draw("raw.source", "source | kind | publish\ns | collisions | aggregates").expect(
        "core.exemplar", shown.format(events="", estimate="", q="", sentence="")
    )


def test_what_an_exemplar_does_differently_is_held_against_the_median(bench: Bench) -> None:
    bench.draw("core.exemplar", "exemplar | authority_code | authority_name\nward W | A | Ash").draw(
        "core.authority_fact",
        """
        authority_code | road_km | spend_gbp | contract_count | contract_gbp
        A              | 10.0    | 5000.0    | 3              |
        B              | 10.0    | 9000.0    |                | 100.0
        C              | 10.0    | 7000.0    |                | 300.0
        """,
    ).draw(
        "core.circumstance",
        """
        area_level | area_code | dimension | category | ratio | verdict
        authority  | A         | light     | dark     | 0.5   | fewer than usual
        authority  | A         | light     | daylight | 1.2   | similar
        ward       | A         | surface   | wet      | 2.0   | more than usual
        """,
    )
    # Contracts are known of nobody else, and their value not of Ash.
    bench.build("core.exemplar_fact").expect(
        "marts.exemplar_difference",
        """
        exemplar | fact                     | value | usual_value | known_count | verdict          | sentence
        ward W   | collisions (light: dark) | 0.5   | 1.0         |             | fewer than usual | Collisions (light: dark) in Ash are fewer than usual: 50% of the usual number.
        ward W   | spend on roads           | 500.0 | 700.0       | 3           |                  | Spend on roads in Ash: 500.0 pounds per km a year, where 700.0 is the median of 3 authorities.
        """,
    )
