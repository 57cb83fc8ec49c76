"""Problems of several kinds: counted once, ranked by theme, with who answers for them; by hand and as properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.across.problems import (
    CANDIDATE,
    EVENT,
    FOUND,
    OPERATOR,
    PARTY,
    find_problems,
    parties,
    priority_scores,
    weight_sets,
)


def candidates(*rows):
    """(problem, kind, width, authority, estimate, expected, standard_error, worth) each, over five years."""
    columns = [
        "problem",
        "kind",
        "width",
        "authority_code",
        "estimate",
        "expected",
        "standard_error",
        "worth",
    ]
    table = pd.DataFrame(rows, columns=columns)
    table["theme"] = np.where(table["kind"] == "service", "responsiveness", "safety")
    table["years"] = np.where(table["kind"] == "service", 1.0, 5.0)
    table["width"] = table["width"].astype(float)
    return table.reindex(columns=CANDIDATE)


def held(**of_problems):
    rows = [(p, e, "A", None, False) for p, events in of_problems.items() for e in events]
    return pd.DataFrame(rows, columns=EVENT)


def test_a_place_within_a_narrower_one_is_part_of_it_by_hand():
    found = find_problems(
        candidates(
            ("section", "section", 0, "A", 20.0, 10.0, 2.0, 1000.0),
            ("hotspot", "hotspot", 1, "A", 18.0, 8.0, 2.0, 1000.0),
            ("area", "area", 2, "A", 30.0, 10.0, 3.0, 1000.0),
        ),
        held(section="abcdefgh", hotspot="efghij", area="abcdijklmnop"),
        seed=1,
    ).set_index("problem")
    assert [*found.columns] == [*CANDIDATE[1:], *FOUND]
    assert found["excess"].to_dict() == {"area": 4.0, "hotspot": 2.0, "section": 2.0}
    assert found["loss"].to_dict() == {"area": 4000.0, "hotspot": 2000.0, "section": 2000.0}
    # The hotspot has two of six events its own, and leaves them to the area, which has eight of twelve.
    assert found["part_of"].dropna().to_dict() == {"hotspot": "section"}
    assert found["counted_share"].to_dict() == pytest.approx({"area": 8 / 12, "hotspot": 0.0, "section": 1.0})
    assert found["counted_loss"].sum() == pytest.approx(4000 * 8 / 12 + 2000)
    assert found["rank"].to_dict() == pytest.approx({"area": 1, "hotspot": np.nan, "section": 2}, nan_ok=True)
    assert found.loc["hotspot", ["loss_lower", "loss_upper"]].notna().all()
    assert found.loc["hotspot", ["top_10", "expected_rank"]].isna().all()


def test_a_theme_of_an_authority_is_one_problem():
    found = find_problems(
        candidates(
            ("days", "service", None, "A", 40.0, 14.0, 1.0, 0.1),
            ("fixed", "service", None, "A", 30.0, 80.0, 2.0, -0.1),
            ("other", "service", None, "B", 20.0, 14.0, 0.0, 0.1),
            ("none", "service", None, "C", 0.0, 80.0, 0.0, None),
        ),
        held(),
        seed=1,
    ).set_index("problem")
    assert found["loss"].round(9).to_dict() == pytest.approx(
        {"days": 2.6, "fixed": 5.0, "none": np.nan, "other": 0.6}, nan_ok=True
    )
    assert found["part_of"].dropna().to_dict() == {"days": "fixed"}
    assert found["rank"].to_dict() == pytest.approx(
        {"days": np.nan, "fixed": 1, "none": np.nan, "other": 2}, nan_ok=True
    )
    # More is better there: the limits are still in order.
    fixed = found.loc["fixed"]
    assert fixed["loss_lower"] < fixed["loss"] < fixed["loss_upper"]


def test_only_the_greatest_of_a_theme_are_looked_at():
    rows = [(f"s{n}", "section", 0, "A", 10.0 + n, 10.0, 1.0, 1.0) for n in range(20)]
    found = find_problems(candidates(*rows), held(), seed=1, most=5)
    assert found["problem"].tolist() == ["s15", "s16", "s17", "s18", "s19"]
    assert found["counted_share"].tolist() == [1.0] * 5


def test_nothing_is_no_problem():
    found = find_problems(candidates(), held(), seed=1)
    assert found.empty
    assert parties(found, held()).empty
    assert priority_scores(found, weight_sets({"safety": 1.0})).empty


def test_who_answers_for_the_events_must_act():
    problems = find_problems(
        candidates(
            ("s", "section", 0, "A", 20.0, 10.0, 2.0, 1.0), ("v", "service", None, "B", 20.0, 14.0, 1.0, 0.1)
        ),
        held(s="a"),
        seed=1,
    )
    events = pd.DataFrame(
        [("s", f"e{n}", "A", "B" if n < 2 else None, False) for n in range(16)]
        + [("s", "f", "C", None, False), ("s", "g", None, None, False)]
        + [("s", f"h{n}", None, None, True) for n in range(2)]
        + [("else", "a", "D", None, False)],
        columns=EVENT,
    )
    found = parties(problems, events)
    assert list(found) == PARTY
    assert found[["problem", "party_code", "share", "must_act"]].to_numpy().tolist() == [
        ["s", "A", 0.8, True],
        ["s", "B", 0.0, True],
        ["s", "C", 0.05, False],
        ["s", "none", 0.05, False],
        ["s", OPERATOR, 0.1, True],
        ["v", "B", 1.0, True],
    ]


def test_scores_share_out_the_weight_of_a_theme():
    problems = find_problems(
        candidates(
            ("a", "section", 0, "A", 20.0, 10.0, 2.0, 3.0),
            ("b", "section", 0, "A", 15.0, 10.0, 2.0, 2.0),
            ("v", "service", None, "B", 20.0, 14.0, 1.0, 0.1),
        ),
        held(),
        seed=1,
    )
    sets = weight_sets({"safety": 2.0, "responsiveness": 1.0})
    assert [*sets] == [
        "region",
        "equal",
        "twice safety",
        "without safety",
        "twice responsiveness",
        "without responsiveness",
    ]
    scores = priority_scores(problems, sets).set_index(["weights", "problem"])
    assert scores.loc["region"]["score"].to_dict() == pytest.approx({"a": 1.5, "v": 1.0, "b": 0.5})
    assert scores.loc["region"]["rank"].to_dict() == {"a": 1, "v": 2, "b": 3}
    assert scores.loc["equal"]["rank"].to_dict() == {"v": 1, "a": 2, "b": 3}
    assert scores.loc["equal"]["moved"].to_dict() == {"v": -1, "a": 1, "b": 0}


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.floats(11, 60), st.sets(st.integers(0, 15))), min_size=1, max_size=8
    )
)
def test_no_event_counts_twice(given_):
    rows = [
        (f"p{n}", "x", width, "A", estimate, 10.0, 1.0, 1.0) for n, (width, estimate, _) in enumerate(given_)
    ]
    events = held(**{f"p{n}": sorted(of) for n, (*_, of) in enumerate(given_)})
    found = find_problems(candidates(*rows), events, seed=1)
    counted = found[found["is_counted"]]
    held_by_counted = events[events["problem"].isin(counted["problem"])]
    assert (found["counted_share"].between(0, 1)).all()
    assert counted["own_events"].sum() == held_by_counted["event"].nunique()
    assert found.loc[~found["is_counted"], "counted_loss"].abs().sum() == 0
    ranked = found["rank"].dropna()
    assert sorted(ranked) == [*range(1, len(ranked) + 1)]
