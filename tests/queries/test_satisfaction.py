"""Satisfaction: published scores first, else weighted means of answers with their design-based error."""

import numpy as np
import pandas as pd
import pytest

from geo.estimates.survey_mean import survey_means
from queries.definitions import write_definitions
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

PARTS = ("core.carried_part", "core.carried_score", "core.survey_cluster", "core.survey_mean")


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


def test_answers_count_as_satisfied_or_not_where_the_source_says_from_when(scoring):
    scoring.draw(
        "raw.source",
        """
        source | kind                   | lowest | highest | satisfied_from
        survey | satisfaction_responses | 1      | 5       | 4
        """,
    ).draw(
        "raw.satisfaction_response",
        """
        source | respondent_id | area_code | surveyed_on | indicator | rating | stratum
        survey | 1             | A         | 2023-05-01  | q1        | 3      | north
        survey | 2             | A         | 2023-05-01  | q1        | 4      | north
        survey | 3             | A         | 2023-05-01  | q1        | 5      |
        survey | 4             | A         | 2023-05-01  | q1        | 6      |
        survey | 5             | A         | 2023-05-01  | q1        |        |
        """,
    ).expect(
        "staging.satisfaction_response",
        """
        respondent_id | score | stratum
        1             | 0     | north
        2             | 100   | north
        3             | 100   |
        4             |       |
        5             |       |
        """,
    )


# area, cluster, weight, score
ANSWERS = [
    ("A", "k1", 1.0, 75.0), ("A", "k1", 2.0, 50.0), ("A", "k2", 1.5, 100.0), ("A", "k2", 0.5, 25.0), ("A", "k3", 1.0, 0.0),
    ("B", "k4", 2.0, 25.0), ("B", "k5", 1.0, 75.0),
]  # fmt: skip


def linearised(answers: list[tuple[str, str, float, float]], code: str) -> pd.Series:
    """Weighted mean and its standard error of an area, a part of its survey, by the estimator that was tested alone."""
    table = pd.DataFrame(answers, columns=["area", "cluster", "weight", "score"])
    table["part"] = table["area"].where(table["area"] == code) if code != "C" else "C"
    return survey_means(table.assign(stratum=None), ["part"]).iloc[0]


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
        right = linearised(ANSWERS, code)
        error = pytest.approx(right["standard_error"])
        assert found[code] == (pytest.approx(right["value"]), base, error, clusters - 1, "survey")
    # By hand: (75 + 100 + 150 + 12.5 + 0) / 6 = 56.25; (50 + 75) / 3 = 125 / 3.
    assert found["A"][0] == pytest.approx(56.25)
    assert found["B"][0] == pytest.approx(125 / 3)
    # Residual parts 2 (25 - 125/3) / 3 and (75 - 125/3) / 3 are -100/9 and 100/9; all of A's clusters have none:
    # sqrt(5 / 4 * 2 * (100/9)^2).
    assert found["B"][2] == pytest.approx(np.sqrt(2.5) * 100 / 9)


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


def test_two_surveys_are_strata_of_their_own_and_both_are_named(scoring):
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
        C         | 50    | 2    |                | 0                  | survey,tele
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


@pytest.mark.parametrize("seed", range(6))
def test_the_sql_of_survey_means_equals_the_estimator(scoring, seed):
    """Random surveys with strata, lonely clusters, weights of zero, missing and equal answers; two sources, two years."""
    rng = np.random.default_rng(seed)
    n = 60
    rows = pd.DataFrame(
        {
            "source": rng.choice(["survey", "tele"], n),
            "respondent_id": np.arange(n).astype(str),
            "area_code": rng.choice(["A", "B", "C"], n, p=[0.6, 0.3, 0.1]),
            "surveyed_on": rng.choice(["2022-05-01", "2023-05-01"], n),
            "outcome": "satisfaction_highways",
            "score": rng.choice([0.0, 25.0, 50.0, 100.0] if seed else [100.0], n),
            "weight": np.round(rng.uniform(0.2, 3, n), 3) * (rng.uniform(size=n) > 0.1),
            "cluster": rng.choice(["k1", "k2", "k3", "k4"], n),
            "stratum": rng.choice(["north", "south", "''"], n, p=[0.5, 0.4, 0.1]),
        }
    )
    rows.loc[rng.uniform(size=n) < 0.1, "score"] = np.nan
    drawn = rows.astype(object).where(rows.notna(), "")
    drawn["stratum"] = drawn["stratum"].replace("''", "")
    lines = [" | ".join(drawn.columns), *(" | ".join(map(str, row)) for row in drawn.to_numpy())]
    scoring.draw("staging.satisfaction_response", "\n".join(lines)).build(
        "core.survey_cluster", "core.survey_mean"
    )
    given = rows.assign(
        year=rows["surveyed_on"].str[:4], stratum=rows["source"] + "/" + rows["stratum"], level="authority"
    )
    whole = given.assign(area_code="C", level="county")
    own = given.assign(area_code=given["area_code"].where(given["area_code"] != "C"))
    right = pd.concat([survey_means(t, ["level", "area_code"], ["year"]) for t in (own, whole)])
    names = (
        "area_level area_code period_start score base standard_error degrees_of_freedom design_effect effective_base "
        "clusters strata single_strata"
    )
    found = pd.DataFrame(scoring.rows("core.survey_mean", names), columns=names.split())
    right = right.sort_values(["level", "area_code", "year"])
    assert found["area_code"].tolist() == right["area_code"].tolist()
    for mine, theirs in (
        ("score", "value"), ("base", "observations"), ("standard_error", "standard_error"), ("clusters", "clusters"),
        ("degrees_of_freedom", "degrees_of_freedom"), ("design_effect", "design_effect"), ("strata", "strata"),
        ("effective_base", "effective_base"), ("single_strata", "lonely_strata"),
    ):  # fmt: skip
        np.testing.assert_allclose(
            found[mine].to_numpy(dtype=float),
            right[theirs].to_numpy(dtype=float),
            rtol=1e-9,
            atol=1e-9,
            err_msg=mine,
        )


def test_two_answers_in_an_authority_give_no_score_and_no_error_to_guess_it_from(scoring):
    write_definitions(scoring.con)
    answered(scoring).build(*PARTS, "core.score_satisfaction", "core.estimate", "marts.survey_quality")
    of_b = "value raw_value lower upper standard_error observations is_suppressed"
    found = {r[0]: r[1:] for r in scoring.rows("core.estimate", f"area_code {of_b}")}
    assert found["B"] == (None, None, None, None, None, 2, True)
    quality = {
        r[0]: r[1:]
        for r in scoring.rows(
            "marts.survey_quality", "area_code base effective_base standard_error design_effect is_suppressed"
        )
    }
    assert quality["B"] == (2, None, None, None, True)
    # Of a survey that is open in aggregates only, how few they were is withheld too.
    scoring.set(small_count_threshold=3)
    scoring.draw("raw.source", "source | kind | publish\nsurvey | satisfaction_responses | aggregates")
    scoring.build("marts.survey_quality")
    hidden = "area_code base clusters strata degrees_of_freedom is_suppressed"
    assert {r[0]: r[1:] for r in scoring.rows("marts.survey_quality", hidden)}["B"] == (
        None,
        None,
        None,
        None,
        True,
    )
    # And how many gave another its score, where that is withheld because it would tell.
    assert {r[0]: r[1] for r in scoring.rows("marts.survey_quality", hidden)}["A"] is not None
    scoring.con.execute(
        "UPDATE core.estimate SET is_suppressed = true, observations = NULL WHERE area_code = 'A'"
    )
    scoring.build("marts.survey_quality")
    found = {r[0]: r[1:5] for r in scoring.rows("marts.survey_quality", hidden)}
    assert found["A"] == (None, None, None, None)


def test_an_estimate_that_borrows_stands_for_answers_and_not_for_a_published_score(scoring):
    scoring.draw(
        "core.figure_satisfaction",
        """
        outcome               | area_level | area_code | period_start | period_end
        satisfaction_highways | authority  | A         | 2023-01-01   | 2023-12-31
        satisfaction_highways | authority  | B         | 2023-01-01   | 2023-12-31
        """,
    ).draw(
        "staging.satisfaction_score",
        """
        source | area_code | outcome               | period_start | period_end | score | base
        nht    | B         | satisfaction_highways | 2023-01-01   | 2023-12-31 | 61    | 500
        """,
    )
    answered(scoring).build(*PARTS, "core.score_satisfaction")
    assert [r[0] for r in scoring.rows("core.score_satisfaction", "area_code")] == ["B", "C"]
