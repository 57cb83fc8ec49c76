"""Neighbours along the road: the next whoever holds it, and what meets at a junction."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.across.along import neighbours_along, stretches_of


def sections(*rows):
    return pd.DataFrame(rows, columns=["line", "from_m", "to_m"])


def test_the_next_along_the_line_whichever_way_they_are_given():
    given_ = sections(("A1/1", 2000, 4000), ("A1/1", 0, 2000), ("A1/1", 4300, 6000), ("B2/1", 0, 2000))
    assert neighbours_along(given_).tolist() == [[0, 1], [1, 0]]
    assert neighbours_along(given_, reach_m=300).tolist() == [[0, 1], [0, 2], [1, 0], [2, 0]]


def test_sections_that_meet_at_a_junction():
    given_ = sections(("A1/1", 0, 2000), ("A1/1", 2000, 4000), ("B2/1", 0, 2000), ("B3/1", 0, 900))
    meetings = pd.DataFrame({"section": [1, 2, 3, 1], "place": ["x", "x", "y", "x"]})
    assert neighbours_along(given_, meetings).tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]


def test_nothing_gives_nothing_and_nonsense_is_refused():
    assert neighbours_along(sections()).shape == (0, 2)
    with pytest.raises(ValueError, match="ends before"):
        neighbours_along(sections(("A", 5, 4)))
    with pytest.raises(ValueError, match="reach"):
        neighbours_along(sections(("A", 4, 5)), reach_m=-1)


stretch = st.tuples(st.sampled_from("abc"), st.integers(-20, 20), st.integers(0, 8))


@settings(max_examples=60, deadline=None)
@given(st.lists(stretch, max_size=12), st.integers(0, 5))
def test_like_all_pairs(stretches, reach_m):
    given_ = sections(*((line, float(start), float(start + long)) for line, start, long in stretches))
    rows = list(given_.itertuples(index=False))
    expected = [
        [i, j]
        for i, a in enumerate(rows)
        for j, b in enumerate(rows)
        if i != j and a[0] == b[0] and max(a[1], b[1]) - min(a[2], b[2]) <= reach_m
    ]
    assert neighbours_along(given_, reach_m=float(reach_m)).tolist() == expected
    assert neighbours_along(given_, reach_m=float(reach_m)).dtype == np.int64


def test_stretches_by_hand():
    cut = stretches_of(sections(("A", 0, 2100), ("A", 2100, 2300), ("B", 100, 850)), 500)
    assert cut["section"].tolist() == [0, 0, 0, 0, 1, 2, 2]
    assert cut["from_m"].tolist() == [0, 525, 1050, 1575, 2100, 100, 475]
    assert cut["to_m"].tolist() == [525, 1050, 1575, 2100, 2300, 475, 850]
    assert neighbours_along(cut).tolist() == [
        [k, m] for k in range(5) for m in (k - 1, k + 1) if 0 <= m < 5
    ] + [
        [5, 6],
        [6, 5],
    ]
    with pytest.raises(ValueError, match="longer than 0"):
        stretches_of(sections(("A", 0, 1)), 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(stretch, min_size=1, max_size=8), st.floats(0.3, 9))
def test_stretches_fill_their_sections(given_sections, step_m):
    whole = sections(*((line, float(start), float(start + long + 1)) for line, start, long in given_sections))
    cut = stretches_of(whole, step_m)
    ends = cut.groupby("section").agg(start=("from_m", "min"), end=("to_m", "max"))
    assert ends["start"].tolist() == whole["from_m"].tolist()
    assert ends["end"].tolist() == whole["to_m"].tolist()
    same = cut["section"].to_numpy()[1:] == cut["section"].to_numpy()[:-1]
    assert cut["from_m"].to_numpy()[1:][same] == pytest.approx(cut["to_m"].to_numpy()[:-1][same])
