"""Scores published for other areas than those of the outcomes: former ones, smaller ones, and ones that straddle."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import math

import pytest

from tests.queries.drawing import Bench

# Two authorities of two wards, and a county of both; a division, of a survey's own, straddles the authorities.
AREAS = """
    area_level | area_code | area_name | is_context | region | population | area_km2 | geom
    county     | C         | County    | false      | here   | 1000       | 8        | box 0 0 4000 2000
    authority  | A         | Newby     | false      | here   | 400        | 4        | box 0 0 2000 2000
    authority  | B         | Otherby   | false      | here   | 600        | 4        | box 2000 0 4000 2000
    ward       | A1        | West      | false      | here   | 300        | 2        | box 0 0 1000 2000
    ward       | A2        | Mid       | false      | here   | 100        | 2        | box 1000 0 2000 2000
    ward       | B1        | East      | false      | here   | 200        | 2        | box 2000 0 3000 2000
    ward       | B2        | Far       | false      | here   | 400        | 2        | box 3000 0 4000 2000
"""
MODELS = (
    "staging.area_change", "core.area_change", "core.area_crosswalk", "core.stated_area", "core.area_overlap",
    "core.carried_part", "core.carried_score", "core.survey_mean",
)  # fmt: skip
Row = tuple[object, ...]


def scored(bench: Bench, *scores: str, areas: str = AREAS, facts: str = "", changes: str = "") -> Bench:
    """Build what leads to scores from ``code score base`` of 2021; changes are of April 2022."""
    bench.draw("core.area", areas).draw("staging.area", areas_only(areas))
    bench.draw("staging.area_fact", f"area_code | population\n{facts}".strip())
    rows = [f"c | {pair.split()[0]} | {pair.split()[1]} | 2022-04-01" for pair in changes.split(", ") if pair]
    bench.draw("raw.area_change", "\n".join(["source | from_code | to_code | changed_on", *rows]))
    cells = [(score + " -").split()[:3] for score in scores]
    text = [
        f"s | {code} | o | 2021-01-01 | 2021-12-31 | {value} | {'' if base == '-' else base}"
        for code, value, base in cells
    ]
    names = "source | area_code | outcome | period_start | period_end | score | base"
    bench.draw("staging.satisfaction_score", "\n".join([names, *text]))
    return bench.build(*MODELS, "core.score_satisfaction")


def areas_only(areas: str) -> str:
    lines = [line.split("|") for line in areas.strip().splitlines()]
    return "\n".join(f"{level} | {code}" for level, code, *_ in lines)


def score_of(bench: Bench, code: str, columns: str = "score base standard_error method") -> Row | None:
    names = columns.replace(" ", ", ")
    return bench.con.execute(
        f"SELECT {names} FROM core.score_satisfaction WHERE area_code = ?", [code]
    ).fetchone()


def why_not(bench: Bench, code: str) -> str | None:
    return str(
        bench.value(f"SELECT any_value(not_computable) FROM core.carried_score WHERE area_code = '{code}'")
    )


def sampling(score: float, base: int) -> float:
    """Variance of a published score, two successes and two failures added."""
    share = (score / 100 * base + 2) / (base + 4)
    return 1e4 * share * (1 - share) / (base + 4)


def test_a_score_under_a_former_code_of_the_same_area_holds_as_it_is(bench):
    scored(bench, "O 40 900", "B 50 900", changes="O A")
    assert score_of(bench, "A") == (40, 900, None, "published score, under the code O (recoded)")
    assert score_of(bench, "B") == (50, 900, None, None)


def test_a_merged_area_has_the_mean_by_residents_of_what_it_was_formed_of(bench):
    scored(bench, "P 40 900", "Q 60 400", facts="P | 300\nQ | 100", changes="P A, Q A")
    error = math.sqrt(0.75**2 * sampling(40, 900) + 0.25**2 * sampling(60, 400))
    assert score_of(bench, "A") == (
        pytest.approx(45),
        1300,
        pytest.approx(error),
        "mean of 2 published scores of former areas (merged), weighted by residents",
    )
    kind = score_of(bench, "A", "uncertainty_kind")
    assert kind == ("combined standard errors (normal)",)


def test_without_residents_a_merged_area_counts_who_was_asked_and_doubts_it(bench):
    scored(bench, "P 40 300", "Q 60 100", changes="P A, Q A")
    by_weight = 0.75**2 * (40 - 45) ** 2 + 0.25**2 * (60 - 45) ** 2
    error = math.sqrt(0.75**2 * sampling(40, 300) + 0.25**2 * sampling(60, 100) + by_weight)
    assert score_of(bench, "A") == (
        pytest.approx(45),
        400,
        pytest.approx(error),
        "mean of 2 published scores of former areas (merged), weighted by people asked",
    )
    kind = score_of(bench, "A", "uncertainty_kind")
    assert kind == ("combined standard errors (normal), with doubt of the weights",)


def test_a_score_without_a_base_leaves_the_uncertainty_unknown(bench):
    scored(bench, "P 40 300", "Q 60", facts="P | 300\nQ | 100", changes="P A, Q A")
    assert score_of(bench, "A", "score base standard_error uncertainty_kind") == (
        pytest.approx(45),
        None,
        None,
        "unknown",
    )


@pytest.mark.parametrize(
    ("scores", "facts", "changes", "code", "why"),
    [
        (["P 40 300", "Q 60"], "", "P A, Q A", "A", "neither residents nor the people asked are known for all areas it was formed of"),
        (["P 40 300"], "", "P A, Q A", "A", "neither residents nor the people asked are known for all areas it was formed of"),
        (["P 40 300"], "P | 79\nQ | 21", "P A, Q A", "A", "scores are of too small a part of it"),
        (["A1 40 300"], "", "", "A", "scores are of too small a part of it"),
        (["S 40 300"], "", "S A, S B", "A", "scores are of larger areas, and would invent detail"),
        (["S 40 300"], "", "S A, S B", "B", "scores are of larger areas, and would invent detail"),
        (["C 40 300"], "", "", "B", "scores are of larger areas, and would invent detail"),
    ],
)  # fmt: skip
def test_what_scores_do_not_tell_is_not_computed_and_says_why(bench, scores, facts, changes, code, why):
    scored(bench, *scores, facts=facts, changes=changes)
    assert why_not(bench, code) == why
    assert score_of(bench, code) is None
    said = bench.build("marts.score_use").rows("marts.score_use", "area_level use area_count")
    assert ("authority", f"not computable here: {why}") in {row[:2] for row in said}
    assert sum(row[2] for row in said) == 7


def test_enough_of_an_area_speaks_for_it_and_says_of_how_much(bench):
    scored(bench, "P 40 300", facts="P | 80\nQ | 20", changes="P A, Q A")
    assert score_of(bench, "A", "score method") == (
        40,
        "mean of 1 published score of former areas (merged), weighted by residents, for 80 % of it",
    )


def test_what_was_split_still_has_its_score_in_the_area_that_holds_all_its_parts(bench):
    scored(bench, "S 40 300", changes="S A, S B")
    assert score_of(bench, "C", "score base") == (40, 300)


def test_scores_of_wards_make_one_of_their_authority_and_county(bench):
    scored(bench, "A1 40 900", "A2 80 900", "B1 60 900", "B2 60 900")
    assert score_of(bench, "A", "score base method") == (
        pytest.approx(50),
        1800,
        "mean of 2 published scores of other areas, weighted by residents",
    )
    assert score_of(bench, "C", "score base") == (pytest.approx(56), 3600)


def test_an_authority_s_own_score_goes_before_those_of_its_wards_and_before_what_it_was_formed_of(bench):
    scored(bench, "A 70 50", "A1 40 900", "A2 80 900", "P 10 10", facts="P | 5", changes="P A")
    assert score_of(bench, "A") == (70, 50, None, None)


def test_a_unitary_authority_is_one_area_at_two_levels(bench):
    unitary = "    district   | B         | Otherby   | false      | here   | 600        | 4        | box 2000 0 4000 2000\n"
    scored(bench, "A 40 900", "B 70 50", areas=AREAS + unitary)
    found = bench.rows("core.score_satisfaction", "area_level area_code score base method")
    assert [row for row in found if row[1] == "B"] == [
        ("authority", "B", 70, 50, None),
        ("district", "B", 70, 50, None),
    ]
    assert score_of(bench, "C", "score") == (pytest.approx(0.4 * 40 + 0.6 * 70),)


def test_the_score_of_a_county_is_none_of_its_parts(bench):
    scored(bench, "C 70 50")
    assert [score_of(bench, code) for code in ("A", "A1")] == [None, None]
    bench.build("marts.score_use")
    assert bench.rows("marts.score_use", "area_level use area_count first_code") == [
        ("authority", "not computable here: scores are of larger areas, and would invent detail", 2, "A"),
        ("county", "published", 1, "C"),
        (
            "ward",
            "not computable here: no score is of it or its parts, and one of a larger area would invent detail",
            4,
            "A1",
        ),
    ]


DIVISIONS = """
    division   | D1        | One       | true       | here   | 350        | 3        | box 0 0 1500 2000
    division   | D2        | Two       | true       | here   | 100        | 1.4      | box 1500 0 2200 2000
    division   | D3        | Three     | true       | here   | 550        | 3.6      | box 2200 0 4000 2000
"""


def test_divisions_that_straddle_count_by_the_residents_of_the_small_areas_they_cut(bench):
    """D1 has 350 of A's 400 people; D2's part in A is half of A2's land, so 50 of them, and half of its own 100."""
    scored(bench, "D1 40 900", "D2 80 900", "D3 60 900", areas=AREAS.rstrip() + DIVISIONS)
    score, method, kind = score_of(bench, "A", "score method uncertainty_kind") or ()
    assert score == pytest.approx((350 * 40 + 50 * 80) / 400)
    assert method == (
        "mean of 2 published scores of other areas, weighted by residents of small areas, "
        "each taken to hold throughout its area"
    )
    assert kind == "combined standard errors (normal), with the difference between areas"
    # The three scores vary by 400; D2 lies half outside, and counts for an eighth.
    error = math.sqrt(0.875**2 * sampling(40, 900) + 0.125**2 * sampling(80, 900) + 0.125**2 * 0.5 * 400)
    assert score_of(bench, "A", "standard_error") == (pytest.approx(error),)


def test_where_nobody_knows_residents_land_stands_in_and_is_doubted(bench):
    areas = "\n".join(
        " | ".join(
            cell if n != 5 or not cell.strip().isdigit() else " " for n, cell in enumerate(line.split("|"))
        )
        for line in (AREAS.rstrip() + DIVISIONS).strip().splitlines()
    )
    scored(bench, "D1 40 900", "D2 80 900", "D3 60 900", areas=areas)
    score, method, kind = score_of(bench, "A", "score method uncertainty_kind") or ()
    assert score == pytest.approx(0.75 * 40 + 0.25 * 80)
    assert "weighted by land" in str(method)
    assert (
        kind
        == "combined standard errors (normal), with the difference between areas, with doubt of the weights"
    )
    error = math.sqrt(
        0.75**2 * sampling(40, 900)
        + 0.25**2 * sampling(80, 900)
        + 0.25**2 * (1 - 1 / 1.4) * 400
        + 0.75**2 * (40 - 50) ** 2
        + 0.25**2 * (80 - 50) ** 2
    )
    assert score_of(bench, "A", "standard_error") == (pytest.approx(error),)


def test_answers_under_a_former_code_count_for_its_successor_and_for_what_holds_all_its_parts(bench):
    bench.draw("core.area_ancestor", """
        area_level | area_code | ancestor_level | ancestor_code
        authority  | A         | authority      | A
        authority  | A         | county         | C
        authority  | B         | authority      | B
        authority  | B         | county         | C
        """)  # fmt: skip
    bench.draw("staging.satisfaction_response", """
        source | respondent_id | area_code | surveyed_on | outcome | score | weight | cluster
        survey | 1             | O         | 2021-03-01  | o       | 40    | 1      | 1
        survey | 2             | S         | 2021-03-01  | o       | 80    | 1      | 2
        survey | 3             | A         | 2021-03-01  | o       | 60    | 1      | 3
        survey | 4             | O         | 2023-03-01  | o       | 10    | 1      | 4
        survey | 5             | lost      | 2023-03-01  | o       | 99    | 1      | 5
        """)  # fmt: skip
    scored(bench, "lost 1 1", changes="O A, S A, S B")
    bench.build("core.survey_cluster", "core.survey_mean")
    assert bench.rows("core.survey_mean", "area_code period_start score base") == [
        ("A", bench.value("SELECT DATE '2021-01-01'"), 50.0, 2),
        ("A", bench.value("SELECT DATE '2023-01-01'"), 10.0, 1),
        ("C", bench.value("SELECT DATE '2021-01-01'"), 60.0, 3),
        ("C", bench.value("SELECT DATE '2023-01-01'"), 10.0, 1),
    ]
