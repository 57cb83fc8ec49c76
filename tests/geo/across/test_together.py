"""Groups that act together: by hand, contiguous whatever is shared, islands told, and found where planted."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph

from geo.across.together import (
    GROUPS,
    PARTNERS,
    act_together,
    contiguous,
    group_facts,
    partners,
    shared_losses,
)


def borders(*pairs, border_m=5000.0, crossing_count=1):
    table = pd.DataFrame(pairs, columns=["area_code", "neighbour_code"], dtype=object)
    return table.assign(border_m=border_m, crossing_count=crossing_count)


def losses(**problems):
    rows = [(name, code, loss) for name, of in problems.items() for code, loss in of.items()]
    return pd.DataFrame(rows, columns=["problem", "authority_code", "loss"]).astype({"loss": float})


def test_thin_contiguity():
    given_ = pd.concat(
        [
            borders(("A", "B"), border_m=0.0, crossing_count=0),
            borders(("B", "C"), ("C", "B"), border_m=400.0, crossing_count=0),
            borders(("D", "C"), border_m=400.0, crossing_count=1),
            borders(("A", "D"), border_m=500.0, crossing_count=0),
        ]
    )
    assert contiguous(given_).to_numpy().tolist() == [["A", "D"], ["C", "D"]]


def test_shared_losses_by_hand():
    shared, number, total = shared_losses(
        losses(p={"A": 5, "B": 3}, q={"A": 1, "B": 4, "C": 2}, r={"C": 0}), list("ABC")
    )
    assert shared.tolist() == [[0, 4, 1], [4, 0, 2], [1, 2, 0]]
    assert number.tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    assert total.tolist() == [6, 7, 2]
    with pytest.raises(ValueError, match="twice"):
        shared_losses(pd.concat([losses(p={"A": 1})] * 2), ["A"])


def test_groups_by_hand():
    """A row A B C D, an island I, E without losses: A and B share all, C half with B, D nothing."""
    touching = borders(("A", "B"), ("B", "C"), ("C", "D"), ("D", "E"))
    given_ = losses(p={"A": 4, "B": 4, "I": 9}, q={"B": 2, "C": 2}, r={"C": 2, "I": 1}, s={"D": 7})
    found = act_together(given_, touching, list("EDCBAI"))
    assert list(found) == GROUPS
    assert found["group"].tolist() == ["A", "A", "A", "D", "E", "I"]
    # A with B 4 of 4; then C, half with B and nothing with A: a mean of a quarter.
    assert found["shared"].tolist() == [6, 6, 6, 0, 0, 0]
    assert found["reason"].tolist()[3:] == [
        "shares too little with its neighbours",
        "no problem is known",
        "no neighbour by land",
    ]
    pairs = act_together(given_, touching, list("ABCDEI"), least_share=0.3)
    assert pairs["group"].tolist() == ["A", "A", "C", "D", "E", "I"]
    two = act_together(given_, touching, list("ABCDEI"), largest=2)
    assert two["group"].tolist() == ["A", "A", "C", "D", "E", "I"]


def test_nonsense_is_refused_and_nobody_is_fine():
    assert act_together(losses(), borders(), []).empty
    for codes, options in ((["A"], {"largest": 0}), (["A"], {"least_share": 2.0}), (["A", "A"], {})):
        with pytest.raises(ValueError, match="a group needs room"):
            act_together(losses(), borders(), codes, **options)


def test_partners_by_hand():
    given_ = losses(p={"A": 4, "B": 4, "C": 4}, q={"A": 1, "D": 3})
    found = partners(given_, borders(("A", "C"), ("A", "D")), list("ABCD"))
    assert list(found) == PARTNERS
    of_a = found[found["authority_code"] == "A"]
    assert of_a["partner_code"].tolist() == ["C", "B", "D"]
    assert of_a["is_neighbour"].tolist() == [True, False, True]
    assert of_a["share"].tolist() == pytest.approx([0.8, 0.8, 0.2])
    assert of_a["rank"].tolist() == [1, 2, 3]
    assert partners(given_, borders(), list("ABCD"), 1)["rank"].tolist() == [1] * 4
    assert partners(losses(), borders(), list("AB")).empty


def test_what_a_group_has():
    groups = act_together(losses(p={"A": 1, "B": 1}), borders(("A", "B"), ("B", "C")), list("ABC"))
    facts = pd.DataFrame(
        {"authority_code": list("ABC"), "road_km": [10.0, 20, 40], "spend_gbp": [1e6, np.nan, 5e6]}
    )
    corridors = pd.DataFrame(
        {"corridor": ["A1/1", "A1/1", "A1/1", "A2/1", "A3/1"], "authority_code": list("AABBB")}
    )
    ends = pd.to_datetime(["2026-01-01", "2026-12-31", "2027-01-01", "2026-06-01"])
    contracts = pd.DataFrame(
        {
            "contract": list("wxyz"),
            "authority_code": list("AABC"),
            "value_gbp": [2.0, np.nan, 7.0, 9.0],
            "end_on": ends,
        }
    )
    day = pd.Timestamp
    [row] = group_facts(groups, facts, corridors, contracts, day("2026-01-01"), day("2026-12-31")).to_dict(
        "records"
    )
    assert (row["group"], row["authority_codes"], row["members"], row["shared"]) == ("A", "A,B", 2, 1)
    assert row["road_km"] == 30
    assert np.isnan(row["spend_gbp"])
    assert (row["corridors"], row["contracts_ending"], row["ending_members"], row["ending_gbp"]) == (
        1,
        2,
        1,
        2,
    )
    alone = groups[groups["authority_code"] == "C"]
    assert group_facts(alone, facts, corridors, contracts, day("2026-01-01"), day("2026-12-31")).empty


edges = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] < e[1]), max_size=14)
parts = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 7)), st.integers(1, 9), max_size=20)


@settings(max_examples=40, deadline=None)
@given(edges, parts, st.integers(1, 6))
def test_groups_are_contiguous_whole_and_not_too_large(touching, of, largest):
    codes = list("ABCDEFGH")
    table = borders(*((codes[a], codes[b]) for a, b in sorted(touching)))
    given_ = pd.DataFrame(
        [(p, codes[a], float(loss)) for (p, a), loss in of.items()],
        columns=["problem", "authority_code", "loss"],
    )
    found = act_together(given_, table, codes, largest=largest)
    assert found["authority_code"].sort_values().tolist() == codes
    assert (found["group"] == found.groupby("group")["authority_code"].transform("min")).all()
    graph = np.zeros((8, 8))
    for a, b in touching:
        graph[a, b] = 1
    for _, members in found.groupby("group"):
        at = [codes.index(c) for c in members["authority_code"]]
        assert len(at) <= largest
        assert csgraph.connected_components(sparse.csr_array(graph[np.ix_(at, at)]), directed=False)[0] == 1
    mixed = act_together(
        given_.sample(frac=1, random_state=2), table.iloc[::-1], codes[::-1], largest=largest
    )
    pd.testing.assert_frame_equal(mixed, found)


def test_groups_that_were_planted():
    """Twelve groups of three along a line of authorities, each with problems of its own beside noise."""
    codes = [f"E{k:02}" for k in range(36)]
    rng = np.random.default_rng(8)
    rows = [(f"own{k // 3}", c, rng.uniform(5, 9)) for k, c in enumerate(codes)]
    rows += [
        (f"noise{p}", codes[k], rng.uniform(0, 2))
        for p in range(30)
        for k in rng.choice(36, 2, replace=False)
    ]
    given_ = pd.DataFrame(rows, columns=["problem", "authority_code", "loss"])
    touching = borders(*pairwise(codes))
    found = act_together(given_, touching, codes, least_share=0.3).set_index("authority_code")["group"]
    assert found[codes].tolist() == [codes[k // 3 * 3] for k in range(36)]
