"""Contracts: the last statement holds, buyers are matched only where sure, suppliers are held beside outcomes."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

from tests.queries.drawing import Bench

AREA = """
    area_level | area_code | area_name       | is_context
    authority  | E1        | Ash and Elm     | false
    authority  | E2        | Kings Lynn      | false
    authority  | E3        | Twin            | false
    authority  | E4        | Twin            | false
    authority  | E9        | Beyond          | true
    ward       | W1        | Oak             | false
"""


def test_the_last_statement_of_a_contract_holds(bench: Bench) -> None:
    bench.draw(
        "raw.contract",
        """
        source | file | row | contract_id | process_id | release_id | released_on | buyer_name | supplier_name | supplier_id | supplier_kind | value | currency | amendment_count
        s      | f    | 1   | o1          | o1         | r1         | 2024-01-01  | Ash        |               |             |               |       |          |
        s      | f    | 2   | o1          | o1         | r2         | 2024-02-01  | Ash        | Kerb Limited  |             | organisation  | 100   | GBP      |
        s      | f    | 3   | o1          | o1         | r3         | 2024-03-01  | Ash        | Kerb Limited  |             | organisation  | 130   | GBP      | 1
        s      | f    | 4   | o2          | o2         | r1         | 2024-01-01  | Ash        |               |             |               |       |          |
        s      | f    | 5   | o2/a1       | o2         | r2         | 2024-02-01  | Ash        | Verge Ltd     | GB-COH-1    | organisation  | 10    |          |
        s      | f    | 6   | o2/a2       | o2         | r2         | 2024-02-01  | Ash        |               |             | withheld      | 20    | EUR      |
        s      | f    | 7   | o3          | o3         | r1         | 2024-01-01  | Ash        |               |             |               |       |          |
        """,
    ).expect(
        "staging.contract",
        """
        row | contract_id | supplier_name | supplier_key | is_withheld | value | currency | amendment_count
        3   | o1          | Kerb Limited  | kerb ltd     | false       | 130   | GBP      | 1
        5   | o2/a1       | Verge Ltd     | GB-COH-1     | false       | 10    | GBP      | 0
        6   | o2/a2       |               |              | true        | 20    | EUR      | 0
        7   | o3          |               |              | false       |       |          | 0
        """,
    )


def test_a_buyer_is_matched_by_alias_code_or_its_very_name_and_never_by_a_near_one(bench: Bench) -> None:
    bench.draw("core.area", AREA).draw(
        "staging.buyer_alias",
        """
        source  | file | row | plain_name | buyer_id | area_code
        aliases | a    | 2   |            | P-7      | E1
        aliases | a    | 3   | lynn       |          | E2
        aliases | a    | 4   | far        |          | X9
        aliases | a    | 5   | both       |          | E1
        aliases | a    | 6   | both       |          | E2
        """,
    ).draw(
        "staging.contract",
        """
        source | file | row | contract_id | buyer_name       | buyer_id
        s      | f    | 1   | 1           | ASH & ELM        |
        s      | f    | 2   | 2           | Ash and Elm      | P-7
        s      | f    | 3   | 3           | Ash & Elm BC     |
        s      | f    | 4   | 4           | Beyond           |
        s      | f    | 5   | 5           | Both             |
        s      | f    | 6   | 6           | Far              |
        s      | f    | 7   | 7           | King's Lynn      |
        s      | f    | 8   | 8           | Lynn             |
        s      | f    | 9   | 9           | Somebody         | GB-LAE-E2
        s      | f    | 10  | 10          | Twin             |
        """,
    ).expect(
        "core.buyer",
        """
        buyer_name   | buyer_id  | area_code | matched_by            | not_matched_because
        ASH & ELM    | ''        | E1        | name                  |
        Ash & Elm BC | ''        |           |                       | no alias, code or name is the same
        Ash and Elm  | P-7       | E1        | alias: reference      |
        Beyond       | ''        |           |                       | no alias, code or name is the same
        Both         | ''        |           |                       | several authorities go by it
        Far          | ''        |           |                       | the alias names no authority of this region
        King's Lynn  | ''        |           |                       | no alias, code or name is the same
        Lynn         | ''        | E2        | alias: name           |
        Somebody     | GB-LAE-E2 | E2        | code in the reference |
        Twin         | ''        |           |                       | several authorities go by it
        """,
    )
    bench.expect(
        "marts.buyer_suggestion",
        """
        buyer_name   | area_code | score
        Ash & Elm BC | E1        | 1
        King's Lynn  | E2        | 0.95
        Twin         | E3        | 1
        Twin         | E4        | 1
        """,
    )


CONTRACTS = """
    source | contract_id | buyer_name | buyer_id | area_code | suppliers | supplier_keys | withheld_count | value | currency | cpv      | is_road_work | start_on   | end_on
    s      | 1           | Ash        | ''       | E1        | Kerb Ltd  | [k]           | 0              | 900   | GBP      | 45233141 | true         | 2021-01-01 | 2022-12-31
    s      | 2           | Lynn       | ''       | E2        | Kerb Ltd  | [k, v]        | 0              | 50    | EUR      | 45233141 | true         | 2022-01-01 | 2023-06-30
    s      | 3           | Ash        | ''       | E1        | Food Ltd  | [f]           | 0              | 900   | GBP      | 15000000 | false        | 2021-01-01 | 2022-12-31
    s      | 4           | Ash        | ''       | E1        | Ditch Ltd | [d]           | 0              | 900   | GBP      | 45233141 | true         |            | 2022-12-31
    shut   | 5           | Ash        | ''       | E1        | Kerb Ltd  | [k]           | 0              | 900   | GBP      | 45233141 | true         | 2021-01-01 | 2022-12-31
"""
OPEN = "source | publish\ns | rows\nshut | aggregates"


def test_outcomes_stand_beside_whole_years_of_contracts_on_roads(bench: Bench) -> None:
    bench.draw("raw.source", OPEN).draw("core.contract", CONTRACTS).draw(
        "staging.contract",
        "source | file | row | contract_id | supplier_name | supplier_key\ns | f | 1 | 1 | Kerb Ltd | k\ns | f | 2 | 2 | Verge plc | v",
    ).build("core.supplier")
    bench.draw(
        "core.estimate",
        """
        outcome | area_level | area_code | period_start | period_end | value | lower | upper     | standard_error | is_rare
        x       | authority  | E1        | 2021-01-01   | 2021-12-31 | 10    |       |           | 3              | false
        x       | authority  | E1        | 2022-01-01   | 2022-12-31 | 20    |       |           | 4              | false
        x       | authority  | E1        | 2023-01-01   | 2023-12-31 | 99    |       |           | 1              | false
        x       | authority  | E1        | 2021-01-01   | 2022-12-31 | 99    |       |           | 1              | false
        x       | ward       | E1        | 2021-01-01   | 2021-12-31 | 99    |       |           | 1              | false
        x       | authority  | E2        | 2022-01-01   | 2022-12-31 | 60    | 0     | 78.39856  |                | false
        x       | authority  | E2        | 2023-01-01   | 2023-12-31 | 99    |       |           | 1              | false
        z       | authority  | E1        | 2021-01-01   | 2021-12-31 | 99    |       |           | 1              | true
        y       | authority  | E1        | 2021-04-01   | 2022-03-31 | 5     |       |           |                | false
        """,
    ).draw(
        "core.comparison",
        """
        outcome | area_level | area_code | period_start | period_end | comparator | comparator_value | verdict
        x       | authority  | E1        | 2021-01-01   | 2021-12-31 | all_areas  | 12               | better
        x       | authority  | E1        | 2022-01-01   | 2022-12-31 | all_areas  | 18               | similar
        x       | authority  | E2        | 2022-01-01   | 2022-12-31 | all_areas  | 18               | worse
        x       | authority  | E2        | 2022-01-01   | 2022-12-31 | parent     | 18               | better
        """,
    )
    # Standard errors 3, 4 and 20 (from the limits): that of the mean is the root of 425, over 3.
    bench.expect(
        "marts.supplier_outcome",
        """
        supplier_key | outcome | supplier  | contract_count | value_gbp | value | comparator_value | area_year_count | area_count | area_codes | period_start | period_end | better_count | similar_count | worse_count
        k            | x       | Kerb Ltd  | 2              | 900       | 30    | 16               | 3               | 2          | E1,E2      | 2021-01-01   | 2022-12-31 | 1            | 1             | 1
        k            | y       | Kerb Ltd  | 2              | 900       | 5     |                  | 1               | 1          | E1         | 2021-04-01   | 2022-03-31 | 0            | 0             | 0
        v            | x       | Verge plc | 1              |           | 60    | 18               | 1               | 1          | E2         | 2022-01-01   | 2022-12-31 | 0            | 0             | 1
        """,
    )
    half = bench.value(
        "select upper - value from marts.supplier_outcome where supplier_key = 'k' and outcome = 'x'"
    )
    assert abs(half - 1.959964 * 425**0.5 / 3) < 1e-6
    assert bench.value("select count(*) from marts.supplier_outcome where lower is null") == 1
    assert (
        bench.value("select distinct reading from marts.supplier_outcome")
        == "while the contracts ran, not because of them"
    )


def test_contracts_are_published_of_open_sources_and_tell_which_end_soon(bench: Bench) -> None:
    bench.draw("raw.source", OPEN).draw("core.contract", CONTRACTS).draw("core.area", AREA)
    bench.set(basis_on="2022-12-31")
    bench.expect(
        "marts.contract",
        """
        contract_id | area_name   | ends_within_year
        1           | Ash and Elm | true
        2           | Kings Lynn  | true
        3           | Ash and Elm | true
        4           | Ash and Elm |
        """,
    )


def test_road_works_are_told_by_their_code(bench: Bench) -> None:
    road = ["45233141", "45233141-9", "50232110", "90620000", "34922100"]
    other = ["45210000", "15000000", "9", "1145233141"]
    for cpv, is_road in [*((c, True) for c in road), *((c, False) for c in other)]:
        assert bench.value(f"select is_road_cpv('{cpv}')") is is_road, cpv
    assert bench.value("select is_road_cpv(null)") is None
