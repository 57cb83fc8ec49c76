"""Areas: which belongs to which, their populations, and what sources are complete for them."""

from tests.queries.drawing import Bench

COUNTY_OF_TWO = """
    source | area_level | area_code | parent_code | is_context | geom
    areas  | county     | C         |             | false      | box 0 0 2000 1000
    areas  | authority  | A         |             | false      | box 0 0 1000 1000
    areas  | authority  | B         |             | false      | box 1000 0 2000 1000
    areas  | ward       | stated    | B           | false      | box 100 100 900 900
    areas  | ward       | of_old    | A_in_2011   | false      | box 1100 100 1900 900
    areas  | ward       | of_fact   |             | false      | box 200 200 300 300
    areas  | ward       | unstated  |             | false      | box 300 300 400 400
    areas  | ward       | outside   |             | false      | box 5000 100 5100 200
    areas  | ward       | of_county | C           | false      | box 1300 300 1400 400
"""
FACTS = """
    area_code | parent_code | population
    of_fact   | B           | 10
"""


def areas(bench: Bench) -> Bench:
    bench.draw("raw.source", "source | region | kind\nareas | here | areas")
    bench.draw("staging.area", COUNTY_OF_TWO).draw("staging.area_fact", FACTS)
    return bench.build("core.area_cover")


def test_an_area_belongs_where_its_file_says_or_else_where_it_lies(bench):
    areas(bench).expect(
        "core.area_parent",
        """
        area_level | area_code | parent_level | parent_code
        authority  | A         | county       | C
        authority  | B         | county       | C
        ward       | of_county | county       | C
        ward       | of_fact   | authority    | B
        ward       | of_old    | authority    | B
        ward       | stated    | authority    | B
        ward       | unstated  | authority    | A
        """,
    )


def test_ancestors_are_followed_to_the_top_and_hold_the_area_itself(bench):
    bench.draw(
        "staging.area",
        """
        area_level | area_code
        county     | C
        authority  | A
        ward       | w
        ward       | alone
        """,
    ).draw(
        "core.area_parent",
        """
        area_level | area_code | parent_level | parent_code
        ward       | w         | authority    | A
        authority  | A         | county       | C
        """,
    ).expect(
        "core.area_ancestor",
        """
        area_level | area_code | ancestor_level | ancestor_code
        authority  | A         | authority      | A
        authority  | A         | county         | C
        county     | C         | county         | C
        ward       | alone     | ward           | alone
        ward       | w         | authority      | A
        ward       | w         | county         | C
        ward       | w         | ward           | w
        """,
    )


# A county of two authorities of two wards each.
LINES = """
    area_level | area_code | ancestor_level | ancestor_code
    county     | C         | county         | C
    authority  | A         | authority      | A
    authority  | A         | county         | C
    authority  | B         | authority      | B
    authority  | B         | county         | C
    ward       | a1        | ward           | a1
    ward       | a1        | authority      | A
    ward       | a1        | county         | C
    ward       | a2        | ward           | a2
    ward       | a2        | authority      | A
    ward       | a2        | county         | C
    ward       | b1        | ward           | b1
    ward       | b1        | authority      | B
    ward       | b1        | county         | C
    ward       | b2        | ward           | b2
    ward       | b2        | authority      | B
    ward       | b2        | county         | C
"""
SQUARES = """
    source | area_level | area_code | area_name | is_context | geom
    areas  | county     | C         |           | false      | box 0 0 4000 1000
    areas  | authority  | A         | Ayshire   | false      | box 0 0 2000 1000
    areas  | authority  | B         |           | false      | box 2000 0 4000 1000
    areas  | ward       | a1        |           | false      | box 0 0 1000 1000
    areas  | ward       | a2        |           | false      | box 1000 0 2000 1000
    areas  | ward       | b1        |           | false      | box 2000 0 3000 1000
    areas  | ward       | b2        |           | true       | box 3000 0 4000 1000
"""


def family(bench: Bench, facts: str) -> Bench:
    bench.draw("raw.source", "source | region | kind\nareas | here | areas")
    bench.draw("staging.area", SQUARES).draw("core.area_ancestor", LINES)
    return bench.draw("staging.area_fact", f"area_code | area_name | population\n{facts}")


def populations(bench: Bench) -> dict[str, float | None]:
    return dict(bench.build("core.area").rows("core.area", "area_code population"))


def test_populations_add_up_from_the_parts_where_none_is_given(bench):
    family(bench, "a1 | | 10\na2 | | 20\nb1 | | 30\nb2 | | 40")
    assert populations(bench) == {"C": 100, "A": 30, "B": 70, "a1": 10, "a2": 20, "b1": 30, "b2": 40}


def test_a_population_that_is_given_is_not_added_up(bench):
    family(bench, "A | | 33\na1 | | 10\na2 | | 20\nb1 | | 30\nb2 | | 40\nC | | 999")
    assert populations(bench)["A"] == 33
    assert populations(bench)["C"] == 999


def test_a_population_is_not_added_up_while_a_part_lacks_one(bench):
    family(bench, "a1 | | 10\na2 | | 20\nb1 | | 30")
    assert populations(bench) == {"C": None, "A": 30, "B": None, "a1": 10, "a2": 20, "b1": 30, "b2": None}


def test_a_population_is_added_up_from_the_coarsest_parts_that_all_have_one(bench):
    family(bench, "A | | 33\nB | | 77\na1 | | 10\na2 | | 20\nb1 | | 30\nb2 | | 40")
    assert populations(bench)["C"] == 110
    family(bench, "A | | 33\na1 | | 10\na2 | | 20\nb1 | | 30\nb2 | | 40")
    assert populations(bench)["C"] == 100


def test_an_area_has_a_name_a_size_and_a_region(bench):
    family(bench, "A | Not this | 1\nB | Beeshire | 1").expect(
        "core.area",
        """
        area_level | area_code | area_name | region | is_context | area_km2 | source
        authority  | A         | Ayshire   | here   | false      | 2        | areas
        authority  | B         | Beeshire  | here   | false      | 2        | areas
        county     | C         | C         | here   | false      | 4        | areas
        ward       | a1        | a1        | here   | false      | 1        | areas
        ward       | a2        | a2        | here   | false      | 1        | areas
        ward       | b1        | b1        | here   | false      | 1        | areas
        ward       | b2        | b2        | here   | true       | 1        | areas
        """,
    )


def covered(bench: Bench, sources: str) -> set[tuple[str, str]]:
    bench.draw("raw.source", f"source | region | kind | complete_for\nareas | here | areas |\n{sources}")
    bench.draw(
        "core.area",
        """
        area_level | area_code | region
        county     | C         | here
        authority  | A         | here
        authority  | B         | here
        ward       | a1        | here
        ward       | a2        | here
        ward       | b1        | here
        ward       | b2        | here
        """,
    )
    bench.draw("core.area_ancestor", LINES).build("core.coverage")
    rows = bench.rows("core.coverage", "kind area_code is_covered")
    kinds = {kind for kind, _, _ in rows}
    assert len(rows) == 7 * len(kinds)
    return {(kind, code) for kind, code, is_covered in rows if is_covered}


def test_a_source_speaks_for_all_of_its_region_and_only_for_it(bench):
    everywhere = {("roads", code) for code in ("C", "A", "B", "a1", "a2", "b1", "b2")}
    assert covered(bench, "os | here | roads |") == everywhere
    assert covered(bench, "os | there | roads |") == set()
    assert covered(bench, "s | here | satisfaction_scores |") == set()


def test_a_source_with_a_list_speaks_for_the_areas_listed_and_their_parts(bench):
    assert covered(bench, "os | here | roads | [A]") == {("roads", code) for code in ("A", "a1", "a2")}
    assert covered(bench, "os | here | roads | [b1]") == {("roads", "b1")}


def test_a_coarser_area_is_covered_when_all_its_authorities_are(bench):
    every = {"C", "A", "B", "a1", "a2", "b1", "b2"}
    assert covered(bench, "os | here | roads | [A, B]") == {("roads", code) for code in every}
    # Two sources may share the work, one of them complete for less.
    assert covered(bench, "os | here | roads | [A]\nosm | here | roads | [B]") == {
        ("roads", code) for code in every
    }


def test_each_kind_of_source_is_covered_by_its_own(bench):
    found = covered(bench, "os | here | roads | [A]\npolice | here | collisions | [b2]")
    assert found == {("roads", "A"), ("roads", "a1"), ("roads", "a2"), ("collisions", "b2")}


def test_exposure_is_missing_where_no_road_source_is_complete_and_zero_where_there_is_no_road(bench):
    bench.draw(
        "core.area",
        """
        area_level | area_code | population
        authority  | A         | 10
        authority  | B         | 20
        authority  | D         |
        """,
    ).draw(
        "core.coverage",
        """
        kind       | area_level | area_code | is_covered
        roads      | authority  | A         | true
        roads      | authority  | B         | false
        roads      | authority  | D         | true
        collisions | authority  | B         | true
        """,
    ).draw(
        "core.link_piece",
        """
        source | link_id | area_level | piece | area_code | length_m
        os     | 1       | authority  | 1     | A         | 250
        os     | 1       | authority  | 2     | B         | 750
        os     | 2       | authority  | 1     | A         | 1000
        os     | 3       | authority  | 1     |           | 9000
        """,
    ).expect(
        "core.exposure",
        """
        area_level | area_code | road_km | population
        authority  | A         | 1.25    | 10
        authority  | B         |         | 20
        authority  | D         | 0       |
        """,
    )


def test_links_are_cut_at_the_borders_of_every_level(bench):
    bench.draw(
        "staging.area",
        """
        area_level | area_code | geom
        authority  | B         | box 1000 0 2000 1000
        authority  | A         | box 0 0 1000 1000
        ward       | w         | box 0 0 500 1000
        """,
    ).draw(
        "staging.link",
        """
        source | link_id | is_carriageway | geom
        os     | across  | true           | line 400 500, 1300 500
        os     | border  | true           | line 1000 100, 1000 300
        os     | leaving | true           | line 1900 500, 2050 500
        os     | path    | false          | line 400 500, 1300 500
        """,
    ).expect(
        "core.link_piece",
        """
        source | link_id | area_level | piece | area_code | length_m | is_shared
        os     | across  | authority  | 1     | A         | 600      | false
        os     | across  | authority  | 2     | B         | 300      | false
        os     | across  | ward       | 1     | w         | 100      | false
        os     | across  | ward       | 2     |           | 800      | false
        os     | border  | authority  | 1     | A         | 200      | true
        os     | border  | ward       | 1     |           | 200      | false
        os     | leaving | authority  | 1     | B         | 100      | false
        os     | leaving | authority  | 2     |           | 50       | false
        os     | leaving | ward       | 1     |           | 150      | false
        """,
    )
