"""Areas as they were and as they are to be, by their boundaries: placing, shares of changes, and what stays by code."""

import math
from pathlib import Path

import pytest

from queries.areal_models import vintage_cover
from tests.queries.drawing import Bench

KEY = "incident_kind | source | incident_id"
MODELS = (
    "staging.area_vintage", "staging.area_change", "core.area_cover", "core.vintage_cover", "core.change_pair",
    "core.change_overlap", "core.area_change", "core.area_crosswalk", "core.area_origin", "core.area_successor",
)  # fmt: skip
# N was formed of P (west) and Q (east) in 2022, with a corner of S; it is to be split into V (south) and W (north).
NOW = """
    area_level | area_code | is_context | region | population | area_km2 | geom
    authority  | N         | false      | here   | 400        | 8        | box 0 0 4000 2000
    authority  | S         | false      | here   | 600        | 4        | box 4000 0 6000 2000
    ward       | N1        | false      | here   | 300        | 4        | box 0 0 2000 2000
    ward       | N2        | false      | here   | 100        | 4        | box 2000 0 4000 2000
    ward       | S1        | false      | here   | 600        | 4        | box 4000 0 6000 2000
"""
THEN = """
    source | file | row | area_level | area_code | valid_from | valid_to   | geom
    old    | o    | 1   | authority  | P         |            | 2022-03-31 | box 0 0 1000 2000
    old    | o    | 2   | authority  | Q         |            | 2022-03-31 | box 1000 0 3500 2000
    old    | o    | 3   | authority  | S         |            | 2022-03-31 | box 3500 0 6000 2000
    new    | n    | 1   | authority  | V         | 2028-04-01 |            | box 0 0 4000 500
    new    | n    | 2   | authority  | W         | 2028-04-01 |            | box 0 500 4000 2000
"""
CHANGES = """
    source | from_code | to_code | changed_on
    c      | P         | N       | 2022-04-01
    c      | Q         | N       | 2022-04-01
    c      | S         | S       | 2022-04-01
    c      | S         | N       | 2022-04-01
    c      | N         | V       | 2028-04-01
    c      | N         | W       | 2028-04-01
"""
# Id, day, place, and the area it was in, is in, and will be in.
CASES = [
    ("1", "2021-01-01", "500 300", "P", "N", "V"),
    ("2", "2021-01-01", "1500 1500", "Q", "N", "W"),
    ("3", "2022-03-31", "3700 1500", "S", "N", "W"),
    ("4", "2022-04-01", "3700 1500", "N", "N", "W"),
    ("5", "2021-01-01", "5000 300", "S", "S", "S"),
    # On the line between them, and on that of the cells: the lowest code has it.
    ("6", "2021-01-01", "1000 500", "P", "N", "V"),
    ("7", "", "500 300", "N", "N", "V"),
]


def placed(bench: Bench, then: str = THEN, **region: object) -> Bench:
    """Build what places the cases on every basis."""
    bench.set(**region)
    bench.draw("core.area", NOW).draw("staging.area", drawn_only(NOW, (0, 1, 2, 6)))
    bench.draw("raw.area_vintage", then).draw("raw.area_change", CHANGES)
    bench.draw("raw.source", "source | region | kind\ns | here | collisions")
    rows = [f"collision | s | {n} | {day} | point {at}" for n, day, at, *_ in CASES]
    bench.draw("core.incident", "\n".join([f"{KEY} | occurred_on | geom", *rows]))
    return bench.build(*MODELS, "core.incident_place", "core.incident_vintage")


def drawn_only(text: str, columns: tuple[int, ...]) -> str:
    lines = [line.split("|") for line in text.strip().splitlines()]
    return "\n".join(" | ".join(cells[n] for n in columns) for cells in lines)


def on_basis(bench: Bench, basis: str) -> dict[str, str]:
    """The authority of each case on a basis."""
    found = bench.con.execute(
        """
        SELECT incident_id, coalesce(vintage.area_code, place.area_code)
        FROM core.incident_place AS place
        LEFT JOIN (FROM core.incident_vintage WHERE basis = ?) AS vintage
            USING (incident_kind, source, incident_id, area_level)
        WHERE area_level = 'authority'
        """,
        [basis],
    ).fetchall()
    return dict(found)


def test_incidents_lie_in_the_area_of_their_day_and_in_the_one_to_come(bench):
    placed(bench)
    for column, basis in ((3, "as_was"), (4, "as_now"), (5, "as_will_be")):
        assert on_basis(bench, basis) == {case[0]: case[column] for case in CASES}
    by_boundary = "SELECT count(*) FROM core.incident_vintage WHERE basis = 'as_was' AND is_by_boundary"
    assert bench.value(by_boundary) == 5


def test_without_their_boundaries_former_areas_are_told_by_code_where_that_is_enough(bench):
    none = "source | file | row | area_level | area_code | valid_from | valid_to | geom"
    placed(bench, then=none)
    was = on_basis(bench, "as_was")
    # Several areas made up N: where they lay is not known. All that S has now was S's then.
    assert was == {n: now for n, _, _, _, now, _ in CASES}
    said = bench.con.execute(
        "SELECT DISTINCT basis, area_code, rests_on FROM core.incident_vintage ORDER BY ALL"
    )
    assert said.fetchall() == [
        ("as_was", "N", "the area of the basis date, as where those before it lay is not known"),
        ("as_was", "S", "the code its area had then"),
        ("as_will_be", "V", "the code of the largest part of its area, as where the parts lie is not known"),
    ]


def test_an_area_that_was_only_recoded_has_its_code_of_the_day_without_boundaries(bench):
    bench.draw("core.area", "area_level | area_code\nauthority | N")
    bench.draw(
        "raw.area_change",
        "source | from_code | to_code | changed_on\nc | A | B | 2020-04-01\nc | B | N | 2022-04-01",
    )
    days = ("2020-03-31", "2020-04-01", "2022-03-31", "2022-04-01")
    rows = [f"collision | s | {n} | {day}" for n, day in enumerate(days)]
    bench.draw("core.incident", "\n".join([f"{KEY} | occurred_on", *rows]))
    places = [f"collision | s | {n} | authority | N" for n in range(4)]
    bench.draw("core.incident_place", "\n".join([f"{KEY} | area_level | area_code", *places]))
    bench.build(
        "staging.area_change",
        "core.area_change",
        "core.area_crosswalk",
        "core.area_origin",
        "core.area_successor",
    )
    bench.expect(
        "core.incident_vintage",
        """
        basis  | incident_id | area_code | rests_on                    | is_by_boundary
        as_was | 0           | A         | the code its area had then  | false
        as_was | 1           | B         | the code its area had then  | false
        as_was | 2           | B         | the code its area had then  | false
        """,
    )


def test_every_basis_counts_all_incidents_where_they_lie(bench):
    placed(bench)
    bench.build("core.recorded_authority", "core.incident_authority", "marts.count_by_basis")
    counts = bench.con.execute(
        """
        SELECT basis, authority_code, sum(incident_total), sum(by_boundary_count) FROM marts.count_by_basis
        WHERE told_by = 'located' GROUP BY ALL ORDER BY ALL
        """
    ).fetchall()
    assert counts == [
        ("as_now", "N", 6, 0),
        ("as_now", "S", 1, 0),
        ("as_was", "N", 2, 0),
        ("as_was", "P", 2, 2),
        ("as_was", "Q", 1, 1),
        ("as_was", "S", 2, 2),
        ("as_will_be", "S", 1, 0),
        ("as_will_be", "V", 3, 3),
        ("as_will_be", "W", 3, 3),
    ]


@pytest.mark.parametrize(("basis", "column"), [("as_was", 3), ("as_now", 4), ("as_will_be", 5)])
def test_the_located_authority_is_given_on_the_region_s_basis(bench, basis, column):
    placed(bench, basis=basis)
    bench.build("core.recorded_authority", "core.incident_authority")
    found = dict(bench.rows("core.incident_authority", "incident_id located_code"))
    assert found == {case[0]: case[column] for case in CASES}


def test_shares_of_a_change_are_of_the_residents_of_the_land_that_went(bench):
    """Of S as it was, a fifth of the land went to N; small areas say that 25 of its 625 people live there.

    The ward they live in is cut: a quarter of its 100 people, all of whom may be on either side.
    """
    placed(bench)
    shares = {
        (a, b): rest
        for a, b, *rest in bench.rows("core.area_change", "from_code to_code share method share_doubt")
    }
    by_people = "weighted by residents of small areas"
    doubt = math.sqrt(100**2 * 0.25 * 0.75) / 625
    assert shares["S", "N"] == [pytest.approx(25 / 625), by_people, pytest.approx(doubt)]
    assert shares["S", "S"] == [pytest.approx(600 / 625), by_people, 0]
    assert shares["P", "N"] == [1, "exact", 0]
    # Both wards are cut in four: a quarter of all people, south.
    doubt = math.sqrt((300**2 + 100**2) * 0.25 * 0.75) / 400
    assert shares["N", "V"] == [pytest.approx(0.25), by_people, pytest.approx(doubt)]
    crosswalk = bench.rows("core.area_crosswalk", "basis from_code to_code share share_doubt")
    assert ("as_now", "S", "N", pytest.approx(0.04), pytest.approx(math.sqrt(1875) / 625)) in crosswalk


def test_shares_are_of_land_where_nobody_lives_that_is_known_of(bench):
    empty = drawn_only(NOW, (0, 1, 2, 3, 5, 6))
    bench.draw("core.area", empty).draw("staging.area", drawn_only(NOW, (0, 1, 2, 6)))
    bench.draw("raw.area_vintage", THEN).draw("raw.area_change", CHANGES)
    bench.build(*MODELS)
    shares = {
        (a, b): rest
        for a, b, *rest in bench.rows("core.area_change", "from_code to_code share method share_doubt")
    }
    assert shares["S", "N"] == [pytest.approx(0.2), "weighted by land", pytest.approx(0.4)]
    assert shares["N", "W"] == [pytest.approx(0.75), "weighted by land", pytest.approx(math.sqrt(0.1875))]


def test_a_ribbon_between_two_drawings_of_one_border_is_no_land(bench):
    drawn_apart = THEN.replace("box 3500 0 6000 2000", "box 3980 0 6000 2000")
    placed(bench, then=drawn_apart)
    shares = {(a, b): share for a, b, share in bench.rows("core.area_change", "from_code to_code share")}
    assert (shares["S", "N"], shares["S", "S"]) == (0, 1)


def test_residents_of_former_areas_weigh_their_scores(bench):
    """P has half of ward N1's land and so 150 people, Q 150 and three quarters of N2's 100; S had 25 people in N."""
    bench.draw(
        "staging.satisfaction_score",
        """
        source | area_code | outcome | period_start | period_end | score | base
        s      | P         | o       | 2021-01-01   | 2021-12-31 | 40    | 900
        s      | Q         | o       | 2021-01-01   | 2021-12-31 | 60    | 900
        s      | S         | o       | 2021-01-01   | 2021-12-31 | 80    | 900
        """,
    )
    placed(bench).build("core.stated_area", "core.area_overlap", "core.carried_part", "core.carried_score")
    found = {row[0]: row[1:] for row in bench.rows("core.carried_score", "area_code coverage score method")}
    assert found["N"] == (
        pytest.approx(1),
        pytest.approx((150 * 40 + 225 * 60 + 25 * 80) / 400),
        (
            "mean of 3 published scores of former areas (boundary moved; merged), weighted by residents, "
            "each taken to hold throughout its area"
        ),
    )
    assert found["S"][:2] == (pytest.approx(1), 80)


def test_covers_of_vintages_are_kept_apart_from_those_of_areas_in_force(bench, tmp_path: Path):
    placed(bench)
    found = bench.con.execute(
        "SELECT area_level, area_code, vintage, st_aswkb(geom) AS geom FROM staging.area_vintage"
    )
    frames = {"staging.area_vintage": found.to_arrow_table().to_pandas()}
    beside = tmp_path / "cover-of-areas.parquet"
    beside.write_bytes(b"")
    first = vintage_cover(frames, tmp_path)
    assert [p.parent.name for p in tmp_path.rglob("cover-*.parquet")].count("vintages") == 1
    assert beside.exists()
    assert vintage_cover(frames, tmp_path).equals(first)
