"""Spend: units, years, sums and what it is set against."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import pytest

from queries.checks import load_checks, run_check
from tests.queries.drawing import Bench

SOURCE = """
    source | kind  | pounds | prices
    rev    | spend | 1000   | nominal
    cap    | spend | 1      | nominal
"""


def test_lines_add_up_in_pounds_and_a_line_that_is_missing_is_no_zero(bench: Bench) -> None:
    bench.draw("raw.source", SOURCE).draw(
        "raw.spend",
        """
        source | file | row | area_code | financial_year | service | revenue | capital | road_km
        rev    | f    | 2   | A1        | 2022-23        | roads   | 10.5    | 1       |
        rev    | f    | 3   | A1        | 2022-23        | lights  | -0.5    | 0       |
        rev    | f    | 4   | A2        | 2022-23        | roads   | 10      | 1       | 7
        rev    | f    | 5   | A2        | 2022-23        | lights  |         | 0       |
        cap    | g    | 2   | A1        | 2022/2023      | roads   |         | 5       |
        cap    | g    | 3   | A1        | 2022           | roads   |         | 5       |
        cap    | g    | 4   | A1        | 2022-24        | roads   |         | 5       |
        """,
    ).expect(
        "staging.spend",
        """
        source | area_code | financial_year | period_start | period_end | revenue_gbp | capital_gbp | road_km | line_count | prices
        cap    | A1        | 2022           |              |            |             | 5           |         | 1          | nominal
        cap    | A1        | 2022-24        |              |            |             | 5           |         | 1          | nominal
        cap    | A1        | 2022/2023      | 2022-04-01   | 2023-03-31 |             | 5           |         | 1          | nominal
        rev    | A1        | 2022-23        | 2022-04-01   | 2023-03-31 | 10000       | 1000        |         | 2          | nominal
        rev    | A2        | 2022-23        | 2022-04-01   | 2023-03-31 |             | 1000        | 7       | 2          | nominal
        """,
    )


AREA = """
    area_level | area_code | area_name | is_context | population
    authority  | A1        | Ash       | false      | 100
    authority  | A2        | Elm       | false      |
    authority  | A9        | Beyond    | true       | 100
    ward       | W1        | Ward      | false      | 100
"""
STAGED = """
    source | area_code | financial_year | period_start | period_end | revenue_gbp | capital_gbp | road_km | prices
    rev    | A1        | 2022-23        | 2022-04-01   | 2023-03-31 | 9000        |             | 4       | nominal
    cap    | A1        | 2022-23        | 2022-04-01   | 2023-03-31 |             | 1000        |         | nominal
    rev    | A1        | 2023-24        | 2023-04-01   | 2024-03-31 | 9000        |             | 4       | nominal
    rev    | A2        | 2022-23        | 2022-04-01   | 2023-03-31 | 700         |             |         | nominal
    cap    | A2        | 2022-23        | 2022-04-01   | 2023-03-31 |             | 70          |         | nominal
    rev    | A9        | 2022-23        | 2022-04-01   | 2023-03-31 | 1           |             |         | nominal
    rev    | W1        | 2022-23        | 2022-04-01   | 2023-03-31 | 1           |             |         | nominal
    rev    | A1        | 2021           |              |            | 1           |             |         | nominal
"""


def test_revenue_and_capital_meet_from_two_files_and_the_method_says_what_is_in_the_sum(bench: Bench) -> None:
    # In 2023-24 nothing of the capital file is there at all: then revenue is what there is, and the method says so.
    bench.draw("core.area", AREA).draw("staging.spend", STAGED).draw(
        "core.maintained_road", "area_code | road_class | road_km\nA2 | a | 3\nA2 | b | 4"
    ).expect(
        "core.spend",
        """
        area_code | period_start | revenue_gbp | capital_gbp | spend_gbp | scope               | road_km | population | source
        A1        | 2022-04-01   | 9000        | 1000        | 10000     | revenue and capital | 4       | 100        | cap,rev
        A1        | 2023-04-01   | 9000        |             | 9000      | revenue             | 4       | 100        | rev
        A2        | 2022-04-01   | 700         | 70          | 770       | revenue and capital | 7       |            | cap,rev
        """,
    )
    bench.expect(
        "core.figure_highway_spend",
        """
        outcome                  | area_level | area_code | period_start | value | lower | observations | uncertainty_kind     | method
        highway_spend_per_km     | authority  | A1        | 2022-04-01   | 2500  |       |              | none: a full account | revenue and capital, nominal prices, / km of road
        highway_spend_per_km     | authority  | A1        | 2023-04-01   | 2250  |       |              | none: a full account | revenue, nominal prices, / km of road
        highway_spend_per_km     | authority  | A2        | 2022-04-01   | 110   |       |              | none: a full account | revenue and capital, nominal prices, / km of road
        highway_spend_per_person | authority  | A1        | 2022-04-01   | 100   |       |              | none: a full account | revenue and capital, nominal prices, / residents
        highway_spend_per_person | authority  | A1        | 2023-04-01   | 90    |       |              | none: a full account | revenue, nominal prices, / residents
        highway_spend_per_person | authority  | A2        | 2022-04-01   |       |       |              | none: a full account | revenue and capital, nominal prices, / residents
        """,
    )


def test_an_amount_that_its_own_file_gives_for_others_is_missing(bench: Bench) -> None:
    bench.draw("core.area", AREA).draw(
        "staging.spend",
        """
        source | area_code | financial_year | period_start | period_end | revenue_gbp | capital_gbp | prices
        rev    | A1        | 2022-23        | 2022-04-01   | 2023-03-31 | 9000        | 1000        | nominal
        rev    | A2        | 2022-23        | 2022-04-01   | 2023-03-31 |             | 1000        | nominal
        """,
    ).expect("core.spend", "area_code | spend_gbp\nA1 | 10000\nA2 |")


def test_every_row_of_spend_is_used_or_says_why_not(bench: Bench) -> None:
    bench.draw("core.area", AREA).draw(
        "staging.spend", STAGED + "    rev | A2 | 2024-25 | 2024-04-01 | 2025-03-31 | | | | nominal"
    )
    bench.expect(
        "marts.spend",
        """
        source | area_code | financial_year | area_name | not_used_because
        cap    | A1        | 2022-23        | Ash       |
        cap    | A2        | 2022-23        | Elm       |
        rev    | A1        | 2021           | Ash       | the financial year is not understood
        rev    | A1        | 2022-23        | Ash       |
        rev    | A1        | 2023-24        | Ash       |
        rev    | A2        | 2022-23        | Elm       |
        rev    | A2        | 2024-25        | Elm       | an amount is missing
        rev    | A9        | 2022-23        |           | no authority of this region has the code
        rev    | W1        | 2022-23        |           | no authority of this region has the code
        """,
    )


def test_road_that_an_authority_answers_for(bench: Bench) -> None:
    """Without motorways and trunk roads; a dual carriageway is one road; nothing where roads are not complete."""
    bench.draw(
        "staging.link",
        """
        source | link_id | road_class   | form_of_way        | is_trunk | is_carriageway
        r      | 1       | a            | Single Carriageway | false    | true
        r      | 2       | a            | Dual Carriageway   | false    | true
        r      | 3       | a            | Single Carriageway | true     | true
        r      | 4       | motorway     | Dual Carriageway   |          | true
        r      | 5       | unclassified |                    |          | true
        """,
    ).draw(
        "core.link_piece",
        """
        source | link_id | area_level | area_code | length_m
        r      | 1       | authority  | A1        | 400
        r      | 1       | authority  | A2        | 600
        r      | 2       | authority  | A1        | 1000
        r      | 3       | authority  | A1        | 1000
        r      | 4       | authority  | A1        | 1000
        r      | 5       | authority  | A1        | 1000
        r      | 5       | ward       | W1        | 1000
        """,
    ).draw(
        "core.coverage",
        """
        kind  | area_level | area_code | is_covered
        roads | authority  | A1        | true
        roads | authority  | A2        | false
        """,
    ).expect(
        "core.maintained_road",
        "area_code | road_class | road_km\nA1 | a | 0.9\nA1 | unclassified | 1",
    )


@pytest.mark.parametrize(
    ("pounds", "refused"),
    [(45, 0), (5, 0), (3000, 0), (45_000, 3), (0.045, 3)],
    ids=["usual", "least", "most", "pounds taken for thousands", "thousands taken for pounds"],
)
def test_a_change_of_unit_is_refused(bench: Bench, pounds: float, refused: int) -> None:
    rows = "\n".join(f"A{n} | 2022-04-01 | {pounds * 1000} | 1000 | s" for n in range(3))
    bench.draw("core.spend", f"area_code | period_start | spend_gbp | population | source\n{rows}")
    [check] = [c for c in load_checks() if c.name == "spend_is_in_the_unit_declared"]
    result = run_check(bench.con, check)
    assert (result.failures, result.refuses) == (refused, refused > 0)
    if refused:
        assert "say in the region file which unit" in str(result.example)


def test_one_year_in_another_unit_is_refused_and_an_authority_that_earns_is_not(bench: Bench) -> None:
    bench.draw(
        "core.spend",
        """
        area_code | period_start | spend_gbp | population | source
        A1        | 2021-04-01   | 50000     | 1000       | s
        A2        | 2021-04-01   | 60000     | 1000       | s
        A3        | 2021-04-01   | -2000     | 1000       | s
        A1        | 2022-04-01   | 50        | 1000       | s
        A2        | 2022-04-01   | 60        | 1000       | s
        A3        | 2022-04-01   | -2        | 1000       | s
        A4        | 2022-04-01   | 1         |            | s
        """,
    )
    [check] = [c for c in load_checks() if c.name == "spend_is_in_the_unit_declared"]
    result = run_check(bench.con, check)
    assert result.failures == 3
    assert "2022-04-01" in str(result.example)
