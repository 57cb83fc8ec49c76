"""What authorities lose to the same problems, by hand and as a property."""

import numpy as np
import pandas as pd
import pytest

from geo.across.shared_problems import LOSS, authority_losses, group_problems, named_shared

PROBLEMS = pd.DataFrame(
    [
        ("s1", "section", "safety", "A1/1", 0.4, 4000.0, "pounds"),
        ("s2", "section", "safety", "A1/1", 0.2, 2000.0, "pounds"),
        ("h", "hotspot", "safety", None, 0.1, 1000.0, "pounds"),
        ("v1", "service", "condition", None, 0.6, 2.0, "standard deviations between authorities"),
        ("v2", "service", "condition", None, 0.4, 1.0, "standard deviations between authorities"),
        ("part", "area", "safety", None, np.nan, 0.0, "pounds"),
    ],
    columns=["problem", "kind", "theme", "corridor", "score", "counted_loss", "unit"],
)
PARTIES = pd.DataFrame(
    [
        ("s1", "A", 30, 0, 1.0, True),
        ("s2", "A", 9, 0, 0.45, True),
        ("s2", "B", 9, 0, 0.45, True),
        ("s2", "C", 2, 0, 0.10, False),
        ("h", "A", 10, 0, 1.0, True),
        ("h", "C", 0, 10, 0.0, True),
        ("v1", "A", None, None, 1.0, True),
        ("v2", "C", None, None, 1.0, True),
        ("part", "C", 5, 0, 1.0, True),
    ],
    columns=["problem", "party_code", "events", "shared_events", "share", "must_act"],
)


def test_losses_by_hand():
    losses = authority_losses(PROBLEMS, PARTIES)
    assert list(losses) == LOSS
    rows = {(p, a): (loss, gbp) for p, a, loss, gbp in losses.itertuples(index=False)}
    assert rows == {
        ("corridor A1/1", "A"): pytest.approx((0.5, 5000.0)),
        ("corridor A1/1", "B"): pytest.approx((0.1, 1000.0)),
        # The road is the border: C may answer for half of it, for all that is known.
        ("h", "A"): pytest.approx((0.1 * 2 / 3, 1000 * 2 / 3)),
        ("h", "C"): pytest.approx((0.1 / 3, 1000 / 3)),
        ("theme condition", "A"): pytest.approx((0.6, np.nan), nan_ok=True),
        ("theme condition", "C"): pytest.approx((0.4, np.nan), nan_ok=True),
    }
    assert losses["loss"].sum() == pytest.approx(PROBLEMS["score"].sum())


def test_what_a_pair_and_a_group_share():
    losses = authority_losses(PROBLEMS, PARTIES)
    pairs = pd.DataFrame({"authority_code": ["A", "C", "B"], "partner_code": ["C", "A", "C"]})
    named = named_shared(pairs, losses)
    assert named.tolist()[:2] == ["theme condition, h"] * 2
    assert named.isna().tolist() == [False, False, True]
    groups = pd.DataFrame({"group": ["A", "A", "B"], "authority_code": ["A", "C", "B"]})
    shared = group_problems(groups, losses)
    assert shared[["group", "problems", "problem_names"]].to_numpy().tolist() == [
        ["A", 2, "theme condition, h"]
    ]
    assert shared["shared_gbp"].tolist() == pytest.approx([1000.0])


def test_nothing_is_shared_where_nothing_is_lost():
    empty = authority_losses(PROBLEMS.iloc[:0], PARTIES)
    assert empty.empty
    assert group_problems(pd.DataFrame({"group": ["A"], "authority_code": ["A"]}), empty).empty
