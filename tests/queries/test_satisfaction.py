"""Satisfaction: published scores first, else weighted means of answers with their design-based error."""

import math

import numpy as np
import pytest

from tests.queries.drawing import Bench

SOURCES = """
    source | region | kind                   | lowest | highest
    nht    | here   | satisfaction_scores    | 0      | 100
    shares | here   | satisfaction_scores    | 0      | 1
    survey | here   | satisfaction_responses | 1      | 5
"""
INDICATORS = """
    source | indicator | outcome
    nht    | KBI 01    | satisfaction_highways
    shares | streets   | satisfaction_street_cleaning
    survey | q1        | satisfaction_highways
"""
AREAS = """
    area_level | area_code | is_context
    county     | C         | false
    authority  | A         | false
    authority  | B         | false
    authority  | beyond    | true
"""
LINES = """
    area_level | area_code | ancestor_level | ancestor_code
    county     | C         | county         | C
    authority  | A         | authority      | A
    authority  | A         | county         | C
    authority  | B         | authority      | B
    authority  | B         | county         | C
    authority  | beyond    | authority      | beyond
"""

PARTS = ("core.carried_part", "core.carried_score", "core.survey_mean")


@pytest.fixture
def scoring(bench: Bench) -> Bench:
    bench.draw("raw.source", SOURCES).draw("raw.indicator", INDICATORS)
    return bench.draw("core.area", AREAS).draw("core.area_ancestor", LINES)


def test_published_scores_are_rescaled_to_0_to_100(scoring):
    scoring.draw(
        "raw.satisfaction_score",
        """
        source | area_code | period  | indicator | score | base
        nht    | A         | 2023    | KBI 01    | 52.5  | 900
        nht    | B         | 2023    | KBI 01    |       |
        nht    | C         | 2023    | KBI 01    | 101   | 10
        nht    | A         | 2023    | KBI 99    | 10    | 900
        shares | A         | 2019-22 | streets   | 0.75  |
        shares | B         | 2019-22 | streets   | 75    |
        shares | A         | once    | streets   | 0.75  |
        """,
    ).expect(
        "staging.satisfaction_score",
        """
        source | area_code | outcome                      | period_start | period_end | score | base
        nht    | A         | satisfaction_highways        | 2023-01-01   | 2023-12-31 | 52.5  | 900
        nht    | B         | satisfaction_highways        | 2023-01-01   | 2023-12-31 |       |
        nht    | C         | satisfaction_highways        | 2023-01-01   | 2023-12-31 |       | 10
        shares | A         | satisfaction_street_cleaning | 2019-01-01   | 2022-12-31 | 75    |
        shares | B         | satisfaction_street_cleaning | 2019-01-01   | 2022-12-31 |       |
        """,
    )


def test_answers_are_rescaled_weighted_and_clustered(scoring):
    scoring.draw(
        "raw.satisfaction_response",
        """
        source | respondent_id | area_code | surveyed_on | indicator | rating | weight | cluster | geom
        survey | 1             | A         | 2023-05-01  | q1        | 1      | 0.5    | psu     |
        survey | 2             | A         | 2023-05-01  | q1        | 5      |        |         |
        survey | 3             |           | 2023-05-01  | q1        | 4      | 2      |         | point 1 2
        survey | 4             | A         | 2023-05-01  | q1        | 6      |        |         |
        survey | 5             | A         | 2023-05-01  | q1        |        |        |         |
        survey | 6             | A         | 2023-05-01  | q2        | 3      |        |         |
        """,
    ).expect(
        "staging.satisfaction_response",
        """
        respondent_id | outcome               | area_code | score | weight | cluster | geom
        1             | satisfaction_highways | A         | 0     | 0.5    | psu     |
        2             | satisfaction_highways | A         | 100   | 1      | 2       |
        3             | satisfaction_highways |           | 75    | 2      | 3       | point 1 2
        4             | satisfaction_highways | A         |       | 1      | 4       |
        5             | satisfaction_highways | A         |       | 1      | 5       |
        """,
    )


# area, cluster, weight, score
ANSWERS = [
    ("A", "k1", 1.0, 75.0), ("A", "k1", 2.0, 50.0), ("A", "k2", 1.5, 100.0), ("A", "k2", 0.5, 25.0), ("A", "k3", 1.0, 0.0),
    ("B", "k4", 2.0, 25.0), ("B", "k5", 1.0, 75.0),
]  # fmt: skip


def linearised(answers: list[tuple[str, str, float, float]]) -> tuple[float, float]:
    """Weighted mean and its standard error, by clusters (Lohr 2021, section 9.1)."""
    weight, score = (np.array([a[n] for a in answers]) for n in (2, 3))
    mean = float((weight * score).sum() / weight.sum())
    part = weight * (score - mean) / weight.sum()
    clusters = sorted({a[1] for a in answers})
    sums = np.array([part[[a[1] == c for a in answers]].sum() for c in clusters])
    n = len(clusters)
    return mean, math.sqrt(n / (n - 1) * float(((sums - sums.mean()) ** 2).sum()))


def answered(bench: Bench, extra: str = "") -> Bench:
    rows = [
        f"survey | {n} | {area} | 2023-0{1 + n % 9}-01 | satisfaction_highways | {score} | {weight} | {cluster}"
        for n, (area, cluster, weight, score) in enumerate(ANSWERS)
    ]
    names = "source | respondent_id | area_code | surveyed_on | outcome | score | weight | cluster"
    return bench.draw("staging.satisfaction_response", "\n".join([names, *rows, extra]).strip())


COLUMNS = "area_code period_start period_end score base standard_error degrees_of_freedom source"


def test_the_error_of_a_weighted_mean_allows_for_weights_and_clusters(scoring):
    answered(scoring).build(*PARTS, "core.score_satisfaction")
    found = {r[0]: r[3:] for r in scoring.rows("core.score_satisfaction", COLUMNS)}
    for code, base, clusters in (("A", 5, 3), ("B", 2, 2), ("C", 7, 5)):
        mean, error = linearised([a for a in ANSWERS if code in {a[0], "C"}])
        assert found[code] == (pytest.approx(mean), base, pytest.approx(error), clusters - 1, "survey")
    # By hand: (75 + 100 + 150 + 12.5 + 0) / 6 = 56.25; (50 + 75) / 3 = 125 / 3.
    assert found["A"][0] == pytest.approx(56.25)
    assert found["B"][0] == pytest.approx(125 / 3)
    # Residual parts 2 (25 - 125/3) / 3 and (75 - 125/3) / 3 are -100/9 and 100/9: sqrt(2 * 2 * (100/9)^2).
    assert found["B"][2] == pytest.approx(200 / 9)


def test_one_cluster_says_nothing_of_the_error(scoring):
    answered(scoring, "survey | 9 | beyond | 2023-01-01 | satisfaction_highways | 50 | 1 | k")
    scoring.draw(
        "staging.satisfaction_response",
        """
        source | respondent_id | area_code | surveyed_on | outcome               | score | weight | cluster
        survey | 1             | A         | 2023-01-01  | satisfaction_highways | 20    | 1      | k
        survey | 2             | A         | 2023-01-01  | satisfaction_highways | 40    | 3      | k
        survey | 3             | beyond    | 2023-01-01  | satisfaction_highways | 40    | 3      | k
        survey | 4             | B         | 2023-01-01  | satisfaction_highways |       | 1      | k
        survey | 5             | B         | 2023-01-01  | satisfaction_highways | 60    | 0      | k
        """,
    ).build(*PARTS).expect(
        "core.score_satisfaction",
        """
        area_level | area_code | period_start | period_end | score | base | standard_error | degrees_of_freedom
        authority  | A         | 2023-01-01   | 2023-12-31 | 35    | 2    |                | 0
        county     | C         | 2023-01-01   | 2023-12-31 | 35    | 2    |                | 0
        """,
    )


def test_years_and_outcomes_are_scored_apart(scoring):
    scoring.draw(
        "staging.satisfaction_response",
        """
        source | respondent_id | area_code | surveyed_on | outcome                  | score | weight | cluster
        survey | 1             | C         | 2022-12-31  | satisfaction_highways    | 10    | 1      | 1
        survey | 1             | C         | 2023-01-01  | satisfaction_highways    | 20    | 1      | 1
        survey | 1             | C         | 2023-01-01  | satisfaction_maintenance | 30    | 1      | 1
        """,
    ).build(*PARTS).expect(
        "core.score_satisfaction",
        """
        outcome                  | area_code | period_start | score | base
        satisfaction_highways    | C         | 2022-01-01   | 10    | 1
        satisfaction_highways    | C         | 2023-01-01   | 20    | 1
        satisfaction_maintenance | C         | 2023-01-01   | 30    | 1
        """,
    )


def test_respondents_are_placed_by_code_or_by_point(scoring):
    """One answers for A by code, one for B by point; the point is placed at both levels and counts once at each."""
    scoring.draw(
        "staging.satisfaction_response",
        """
        source | respondent_id | area_code | surveyed_on | outcome               | score | weight | cluster
        survey | 1             | A         | 2023-03-01  | satisfaction_highways | 0     | 1      | 1
        survey | 2             |           | 2023-03-01  | satisfaction_highways | 100   | 3      | 2
        survey | 3             |           | 2023-03-01  | satisfaction_highways | 50    | 1      | 3
        """,
    ).draw(
        "core.incident_place",
        """
        incident_kind | source | incident_id                        | area_level | area_code
        response      | survey | 2/2023-03-01/satisfaction_highways | authority  | B
        response      | survey | 2/2023-03-01/satisfaction_highways | county     | C
        response      | survey | 3/2023-03-01/satisfaction_highways | authority  |
        response      | survey | 3/2023-03-01/satisfaction_highways | county     |
        collision     | survey | 1/2023-03-01/satisfaction_highways | authority  | B
        """,
    ).build(*PARTS).expect(
        "core.score_satisfaction",
        """
        area_level | area_code | score | base
        authority  | A         | 0     | 1
        authority  | B         | 100   | 1
        county     | C         | 75    | 2
        """,
    )


def test_a_respondent_of_a_code_that_two_levels_share_counts_once_at_each(scoring):
    scoring.draw(
        "core.area_ancestor",
        """
        area_level | area_code | ancestor_level | ancestor_code
        county     | U         | county         | U
        authority  | U         | authority      | U
        authority  | U         | county         | U
        """,
    ).draw("core.area", "area_level | area_code | is_context\ncounty | U | false\nauthority | U | false")
    scoring.draw(
        "staging.satisfaction_response",
        """
        source | respondent_id | area_code | surveyed_on | outcome               | score | weight | cluster
        survey | 1             | U         | 2023-03-01  | satisfaction_highways | 0     | 1      | 1
        survey | 2             | U         | 2023-03-01  | satisfaction_highways | 100   | 1      | 2
        """,
    ).build(*PARTS).expect(
        "core.score_satisfaction",
        """
        area_level | area_code | score | base | standard_error | degrees_of_freedom
        authority  | U         | 50    | 2    | 50             | 1
        county     | U         | 50    | 2    | 50             | 1
        """,
    )


def test_clusters_of_two_surveys_are_not_one_and_both_surveys_are_named(scoring):
    scoring.draw(
        "staging.satisfaction_response",
        """
        source | respondent_id | area_code | surveyed_on | outcome               | score | weight | cluster
        tele   | 1             | C         | 2023-03-01  | satisfaction_highways | 0     | 1      | 1
        survey | 1             | C         | 2023-03-01  | satisfaction_highways | 100   | 1      | 1
        """,
    ).build(*PARTS).expect(
        "core.score_satisfaction",
        """
        area_code | score | base | standard_error | degrees_of_freedom | source
        C         | 50    | 2    | 50             | 1                  | survey,tele
        """,
    )


def test_a_published_score_goes_before_a_survey_and_the_lowest_source_before_others(scoring):
    answered(scoring).draw(
        "staging.satisfaction_score",
        """
        source | area_code | outcome               | period_start | period_end | score | base
        z      | B         | satisfaction_highways | 2023-01-01   | 2023-12-31 | 1     |
        nht    | B         | satisfaction_highways | 2023-01-01   | 2023-12-31 | 61    | 500
        zz     | B         | satisfaction_highways | 2023-01-01   | 2023-12-31 | 2     |
        nht    | B         | satisfaction_highways | 2022-01-01   | 2022-12-31 |       |
        nht    | beyond    | satisfaction_highways | 2022-01-01   | 2022-12-31 | 5     |
        nht    | unknown   | satisfaction_highways | 2022-01-01   | 2022-12-31 | 5     |
        """,
    ).build(*PARTS, "core.score_satisfaction")
    rows = scoring.rows(
        "core.score_satisfaction", "area_code period_start score base degrees_of_freedom source"
    )
    assert [(code, str(start), *rest) for code, start, *rest in rows if code == "B"] == [
        ("B", "2022-01-01", None, None, None, "nht"),
        ("B", "2023-01-01", 61.0, 500, None, "nht"),
    ]
    assert [r[0] for r in rows] == ["A", "B", "B", "C"]
