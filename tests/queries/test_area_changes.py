"""Changes of areas: which codes followed which, and what a recorded code stands for."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.queries.drawing import Bench

MODELS = ("core.area_change", "core.area_crosswalk")
VINTAGES = ("core.area_origin", "core.area_successor", "core.vintage_cover", "core.incident_vintage")


def changes(bench: Bench, *rows: str) -> Bench:
    """Draw changes as ``from to day``, perhaps followed by a share, and follow them."""
    cells = [(row + " - -").split()[:4] for row in rows]
    text = "\n".join(f"c | {a} | {b} | {day} | {'' if s == '-' else s}" for a, b, day, s in cells)
    bench.draw("raw.area_change", f"source | from_code | to_code | changed_on | share\n{text}".strip())
    return bench.build("staging.area_change", *MODELS)


def followers(bench: Bench, code: str, basis: str = "as_now") -> dict[str, float]:
    """Shares of the areas that followed a code in its first meaning."""
    found = bench.con.execute(
        "SELECT to_code, share FROM core.area_crosswalk WHERE from_code = ? AND basis = ? "
        "QUALIFY valid_to = min(valid_to) OVER ()",
        [code, basis],
    ).fetchall()
    return {to: round(share, 9) for to, share in found}


def test_a_chain_of_changes_is_followed_to_its_end(bench):
    changes(bench, "A B 2010-04-01", "B C 2015-04-01", "X B 2010-04-01", "C D 2030-04-01")
    bench.expect(
        "core.area_crosswalk",
        """
        basis      | from_code | valid_from | valid_to   | to_code | kind                           | share | method | share_error | step_count
        as_now     | A         |            | 2010-03-31 | C       | merged, then recoded           | 1     | exact  | 0           | 2
        as_now     | B         | 2010-04-01 | 2015-03-31 | C       | recoded                        | 1     | exact  | 0           | 1
        as_now     | X         |            | 2010-03-31 | C       | merged, then recoded           | 1     | exact  | 0           | 2
        as_will_be | A         |            | 2010-03-31 | D       | merged, then recoded, then recoded | 1 | exact  | 0           | 3
        as_will_be | B         | 2010-04-01 | 2015-03-31 | D       | recoded, then recoded          | 1     | exact  | 0           | 2
        as_will_be | C         | 2015-04-01 | 2030-03-31 | D       | recoded                        | 1     | exact  | 0           | 1
        as_will_be | X         |            | 2010-03-31 | D       | merged, then recoded, then recoded | 1 | exact  | 0           | 3
        """,
    )


def test_a_change_before_an_area_took_a_code_is_none_of_its_history(bench):
    # B was recoded in 2005, and its code taken up again for what A became: only dates tell them apart.
    changes(bench, "B Z 2005-04-01", "A B 2010-04-01")
    assert followers(bench, "A") == {"B": 1}


def test_stated_shares_are_taken_and_multiplied_along_a_chain(bench):
    changes(bench, "A B 2010-04-01 0.25", "A C 2010-04-01 0.75", "C D 2015-04-01 0.4", "C E 2015-04-01 0.6")
    assert followers(bench, "A") == {"B": 0.25, "D": 0.3, "E": 0.45}
    [(error, method)] = bench.con.sql(
        "SELECT share_error, method FROM core.area_crosswalk WHERE basis = 'as_now' AND from_code = 'A' AND to_code = 'D'"
    ).fetchall()
    assert error == pytest.approx(math.sqrt(0.3 * 0.7))
    assert method == "weighted by share"


def test_parts_that_come_together_again_are_exact(bench):
    changes(bench, "A B 2010-04-01 0.3", "A C 2010-04-01 0.7", "B D 2015-04-01", "C D 2016-04-01")
    assert followers(bench, "A") == {"D": 1}
    assert (
        bench.value("SELECT method FROM core.area_crosswalk WHERE basis = 'as_now' AND from_code = 'A'")
        == "exact"
    )


def test_who_says_a_share_is_told(bench):
    bench.draw(
        "staging.area_change",
        """
        from_code | to_code | changed_on | share | share_of   | share_by
        A         | B       | 2010-04-01 | 0.5   | population | Office
        A         | C       | 2010-04-01 | 0.5   | population | Office
        """,
    )
    bench.build("core.area_change")
    assert bench.rows("core.area_change", "method") == [("weighted by population, said by Office",)] * 2


def test_shares_that_nobody_states_are_those_of_residents_or_a_stopgap(bench):
    bench.draw("staging.area_fact", "area_code | population\nB | 300\nC | 100\nE | 100\nG | 5\nH | 5")
    changes(
        bench,
        *("A B 2010-04-01", "A C 2010-04-01", "D E 2010-04-01", "D F 2010-04-01"),
        *("G G 2010-04-01", "G H 2010-04-01"),
    )
    bench.expect(
        "core.area_change",
        """
        from_code | to_code | kind           | share | method                            | is_share_known
        A         | B       | split          | 0.75  | weighted by residents of the parts | true
        A         | C       | split          | 0.25  | weighted by residents of the parts | true
        D         | E       | split          | 0.5   | equal parts, no share is stated   | false
        D         | F       | split          | 0.5   | equal parts, no share is stated   | false
        G         | G       | boundary moved | 1     | kept whole, no share is stated    | false
        G         | H       | boundary moved | 0     | kept whole, no share is stated    | false
        """,
    )
    unknown = "SELECT count(*) FROM core.area_crosswalk WHERE basis = 'as_now' AND share_error IS NULL"
    assert bench.value(unknown) == 4


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (["A A 2010-04-01"], "boundary moved"),
        (["A B 2010-04-01"], "recoded"),
        (["A B 2010-04-01", "C B 2010-04-01"], "merged"),
        (["A B 2010-04-01", "C B 2011-04-01"], "recoded"),
        (["A B 2010-04-01", "A C 2010-04-01"], "split"),
        (["A A 2010-04-01", "A C 2010-04-01"], "boundary moved"),
    ],
)
def test_a_kind_that_is_not_said_shows_in_the_codes(bench, rows, kind):
    changes(bench, *rows)
    assert bench.rows("core.area_change", "from_code kind")[0] == ("A", kind)


def test_a_new_name_under_the_same_code_is_a_renaming(bench):
    bench.draw(
        "staging.area_change",
        "from_code | from_name | to_code | to_name | changed_on\nA | Old | A | New | 2010-04-01",
    ).build("core.area_change")
    assert bench.rows("core.area_change", "kind share") == [("renamed", 1.0)]


def test_what_one_source_says_of_an_area_and_day_is_taken_whole(bench):
    bench.draw(
        "raw.area_change",
        """
        source | from_code | to_code | changed_on
        b      | A         | C       | 2010-04-01
        a      | A         | B       | 2010-04-01
        b      | D         | E       | 2010-04-01
        """,
    ).expect(
        "staging.area_change",
        "source | from_code | to_code\na | A | B\nb | D | E",
    )


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_history_is_followed_as_if_step_by_step(shared_bench, data):
    """Random histories of merging, splitting and recoding, against a walk through them in Python."""
    shares: dict[str, dict[str, float]] = {f"A{n}": {f"A{n}": 1.0} for n in range(4)}
    alive, fresh, rows = set(shares), 0, []
    for year in range(2001, 2001 + data.draw(st.integers(1, 5))):
        leaving = data.draw(st.sets(st.sampled_from(sorted(alive)), min_size=1, max_size=3))
        parts = data.draw(st.integers(1, 3))
        into = [f"N{fresh + n}" for n in range(parts)]
        fresh += parts
        rows += [
            f"{a} {b} {year}-04-01 {1 / parts if parts > 1 else '-'}" for a in sorted(leaving) for b in into
        ]
        for follows in shares.values():
            gone = sum(follows.pop(code, 0.0) for code in leaving)
            follows |= {b: gone / parts for b in into if gone}
        alive = alive - leaving | {*into}
    shared_bench.reset()
    changes(shared_bench, *rows)
    for code, follows in shares.items():
        expected = {to: round(share, 9) for to, share in follows.items() if to != code}
        assert followers(shared_bench, code) == pytest.approx(expected, abs=1e-8)
    spans = shared_bench.con.sql(
        "SELECT basis, from_code, valid_from, valid_to FROM core.area_crosswalk GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert all(start is None or start <= end for *_, start, end in spans)
    for (*one, _, end), (*other, start, _) in pairwise(spans):
        assert one != other or start > end


# ---- what a recorded authority stands for ----------------------------------------------------------------

AREAS = """
    area_level | area_code | area_name | geom
    authority  | N         | Newby     | box 0 0 1000 1000
    authority  | M         | Midby     | box 1000 0 2000 1000
    district   | S         | Oldby     | box 0 0 9 9
"""
CHANGES = """
    source | from_code | from_name | to_code | to_name | changed_on | share
    c      | O         | Oldby     | N       | Newby   | 2022-04-01 |
    c      | P         | Pastby    | N       | Newby   | 2022-04-01 |
    c      | F         | Farby     | Z       | Zedby   | 2022-04-01 |
    c      | M         | Midby     | M       | Midby   | 2021-04-01 | 0.9
    c      | M         | Midby     | N       | Newby   | 2021-04-01 | 0.1
    c      | T         | Twoby     | N       | Newby   | 2022-04-01 | 0.3
    c      | T         | Twoby     | M       | Midby   | 2022-04-01 | 0.7
    c      | N         | Newby     | W       | Willby  | 2028-04-01 |
    c      | M         | Midby     | W       | Willby  | 2028-04-01 |
"""


Case = tuple[str, str, str, str]


def recorded(bench: Bench, *cases: Case, **region: Any) -> list[dict[str, Any]]:
    """Rows of core.incident_authority for what was written, when, where it lies, and what is 10 m away."""
    bench.set(**region)
    bench.draw("core.area", AREAS).draw("raw.area_change", CHANGES)
    bench.draw("raw.source", "source | kind\ns | collisions")
    incidents, places, near = [], [], []
    for n, (text, day, located, other) in enumerate(cases, 10):
        incidents.append(f"collision | s | {n} | {day} | {text} | point 900 500")
        places.append(f"collision | s | {n} | authority | {located}")
        near += [f"collision | s | {n} | authority | {other} | 10"] if other else []
    key = "incident_kind | source | incident_id"
    bench.draw("core.incident", "\n".join([f"{key} | occurred_on | recorded_authority | geom", *incidents]))
    bench.draw("core.incident_place", "\n".join([f"{key} | area_level | area_code", *places]))
    bench.draw("core.incident_near_area", "\n".join([f"{key} | area_level | area_code | distance_m", *near]))
    bench.build(
        "staging.area_change", *MODELS, *VINTAGES, "core.recorded_authority", "core.incident_authority"
    )
    found = bench.con.execute("FROM core.incident_authority ORDER BY incident_id").fetchdf().astype(object)
    rows = found.where(found.notna(), None).to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


FAR = "differ, beyond the border tolerance"
NEAR = "differ, within the border tolerance"
FOREIGN = "recorded authority is not of this region"
NOWHERE = "not located in any authority"
# What was written, when, where it lies, what is near; the code it stands for now and stood for then; and how they agree.
CASES = [
    # A former code or name stands for its successor, and so it does when written after its end.
    ("O", "2021-01-01", "N", "", "N", "O", True, "agree"),
    ("OLDBY", "2021-01-01", "N", "", "N", "O", True, "agree"),
    ("Pastby", "2022-03-31", "N", "", "N", "P", True, "agree"),
    ("O", "2023-01-01", "N", "", "N", "O", True, "agree"),
    ("O", "", "N", "", "N", "O", True, "agree"),
    ("O", "2021-01-01", "M", "N", "N", "O", True, NEAR),
    ("newby", "2021-01-01", "N", "", "N", "N", False, "agree"),
    # A former code of another region stays foreign, and so does what no change tells of.
    ("Farby", "2021-01-01", "N", "", None, "F", True, FOREIGN),
    ("Q", "2021-01-01", "N", "", None, None, False, FOREIGN),
    # Until its border moved, on 1 April 2021, M held a part of what N has now.
    ("M", "2020-01-01", "N", "", "N", "M", True, "agree"),
    ("M", "2020-01-01", "M", "", "M", "M", True, "agree"),
    ("M", "2021-03-31", "N", "", "N", "M", True, "agree"),
    ("M", "2021-04-01", "N", "", "M", "M", False, FAR),
    ("M", "", "N", "", "M", "M", False, FAR),
    # Of several successors the place chooses, then the border, then the share.
    ("T", "2021-01-01", "N", "", "N", "T", True, "agree"),
    ("T", "2021-01-01", "M", "", "M", "T", True, "agree"),
    ("T", "2021-01-01", "", "N", "N", "T", True, NOWHERE),
    ("T", "2021-01-01", "", "", "M", "T", True, NOWHERE),
]  # fmt: skip


def test_what_was_recorded_stands_for_an_area_of_today(bench):
    rows = recorded(bench, *(case[:4] for case in CASES))
    columns = ("recorded_code", "recorded_as", "is_former", "agreement")
    found = [(*case[:4], *(row[c] for c in columns)) for case, row in zip(CASES, rows, strict=True)]
    assert found == CASES
    assert all(row["recorded_code_now"] == row["recorded_code"] for row in rows)


def test_distances_to_the_border_and_to_the_recorded_authority(bench):
    day = "2023-01-01"
    rows = recorded(
        bench, ("M", day, "N", "M"), ("M", day, "N", ""), ("N", day, "N", ""), ("N", day, "N", "M")
    )
    columns = ("agreement", "recorded_distance_m", "neighbour_code", "distance_to_border_m")
    assert [tuple(row[c] for c in columns) for row in rows] == [
        (NEAR, 10, "M", 10),
        (FAR, 100, None, None),
        ("agree", None, None, None),
        ("agree", None, "M", 10),
    ]


@pytest.mark.parametrize(
    ("basis", "located", "code", "of_neighbours"),
    [("as_was", "N", "O", FAR), ("as_now", "N", "N", FAR), ("as_will_be", "W", "W", "agree")],
)
def test_codes_are_given_on_the_region_s_basis(bench, basis, located, code, of_neighbours):
    row, other = recorded(bench, ("O", "2021-01-01", "N", ""), ("M", "2023-01-01", "N", ""), basis=basis)
    assert (row["located_code"], row["recorded_code"], row["recorded_code_now"]) == (located, code, "N")
    assert row["agreement"] == "agree"
    # Neighbours that are to be one agree as they will be.
    assert other["agreement"] == of_neighbours


def test_the_name_of_an_area_is_not_given_up_for_the_same_name_elsewhere(bench):
    bench.draw("core.area", "area_level | area_code | area_name\nauthority | N | Newby")
    bench.draw(
        "raw.area_change",
        "source | from_code | from_name | to_code | changed_on\nc | X | Newby | Y | 2022-04-01",
    )
    bench.draw("raw.source", "source | kind\ns | collisions")
    bench.draw(
        "core.incident",
        "incident_kind | source | incident_id | recorded_authority\ncollision | s | 1 | Newby",
    )
    bench.build("staging.area_change", *MODELS).expect(
        "core.recorded_authority",
        "recorded_authority | span | recorded_as | area_code | is_former\nNewby | 1 | N | N | false",
    )


# ---- the same total on every basis ------------------------------------------------------------------------


def test_every_basis_has_the_same_total(bench):
    recorded(bench, ("O", "2021-01-01", "N", ""))
    bench.draw("staging.area", "area_level | area_code\nauthority | N\nauthority | M").draw(
        "staging.report_count",
        """
        source | area_code | year | report_count
        n      | O         | 2020 | 4
        n      | N         | 2020 | 6
        n      | T         | 2020 | 10
        n      | M         | 2020 | 10
        n      | M         | 2022 | 10
        n      | Q         | 2022 | 1
        """,
    ).build("core.stated_area", "core.report_count")
    bench.expect(
        "marts.count_by_basis",
        """
        basis      | source | kind         | told_by   | authority_code | year | incident_total | by_boundary_count
        as_now     | n      | report count | published | M              | 2020 | 16.0           | 0
        as_now     | n      | report count | published | M              | 2022 | 10.0           | 0
        as_now     | n      | report count | published | N              | 2020 | 14.0           | 0
        as_now     | n      | report count | published | Q              | 2022 | 1.0            | 0
        as_now     | s      | collision    | located   | N              | 2021 | 1.0            | 0
        as_now     | s      | collision    | recorded  | N              | 2021 | 1.0            | 0
        as_was     | n      | report count | published | M              | 2020 | 10.0           | 0
        as_was     | n      | report count | published | M              | 2022 | 10.0           | 0
        as_was     | n      | report count | published | N              | 2020 | 6.0            | 0
        as_was     | n      | report count | published | O              | 2020 | 4.0            | 0
        as_was     | n      | report count | published | Q              | 2022 | 1.0            | 0
        as_was     | n      | report count | published | T              | 2020 | 10.0           | 0
        as_was     | s      | collision    | located   | N              | 2021 | 1.0            | 0
        as_was     | s      | collision    | recorded  | O              | 2021 | 1.0            | 0
        as_will_be | n      | report count | published | Q              | 2022 | 1.0            | 0
        as_will_be | n      | report count | published | W              | 2020 | 30.0           | 0
        as_will_be | n      | report count | published | W              | 2022 | 10.0           | 0
        as_will_be | s      | collision    | located   | W              | 2021 | 1.0            | 0
        as_will_be | s      | collision    | recorded  | W              | 2021 | 1.0            | 0
        """,
    )


def test_a_count_under_a_code_that_has_ended_goes_to_its_successor(bench):
    # Publishers go on using old codes: O ended in 2022.
    recorded(bench, ("O", "2021-01-01", "N", ""))
    bench.draw("staging.report_count", "source | area_code | year | report_count\nn | O | 2023 | 4")
    bench.build("core.stated_area", "core.report_count")
    assert bench.rows("core.report_count", "basis area_code") == [
        ("as_now", "N"),
        ("as_was", "O"),
        ("as_will_be", "W"),
    ]
