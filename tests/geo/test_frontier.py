"""Outcome per pound: the best of m by drawing them, a planted frontier, and coverage of its intervals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from geo.estimates.frontier import FRONTIER, order_m_frontier


def planted(seed: int, number: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Spend from 0 to 1, and outcomes from 0 to as much as was spent: the frontier is spend itself."""
    rng = np.random.default_rng(seed)
    spend = rng.uniform(0, 1, number)
    return spend, spend * rng.uniform(0, 1, number)


def true_frontier(spend: float, order: int) -> float:
    """Of the planted areas: a share y / s * (1 + log(s / y)) of those that spend up to s have less than y."""
    return float(
        integrate.quad(lambda y: 1 - (y / spend * (1 + np.log(spend / y))) ** order, 0, spend, limit=200)[0]
    )


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_like_drawing_the_best_of_m(higher_is_better: bool) -> None:  # noqa: FBT001
    rng = np.random.default_rng(1)
    spend, outcome = rng.integers(1, 9, 40).astype(float), rng.normal(50, 10, 40).round()
    found = order_m_frontier(
        spend, outcome, higher_is_better=higher_is_better, order=7, minimum_peers=1, draws=0
    )
    for area in range(40):
        peers = outcome[spend <= spend[area]]
        drawn = rng.choice(peers, (20_000, 7))
        best = drawn.max(axis=1) if higher_is_better else drawn.min(axis=1)
        assert found["peers"][area] == len(peers)
        assert found["frontier"][area] == pytest.approx(
            best.mean(), abs=5 * best.std() / np.sqrt(20_000) + 1e-9
        )
        better = outcome[area] - found["frontier"][area]
        assert found["gap"][area] == pytest.approx(better if higher_is_better else -better)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(-9, 9)), min_size=1, max_size=25), st.integers(1, 12)
)
def test_order_1_is_the_mean_and_a_high_order_the_best(pairs: list[tuple[int, int]], order: int) -> None:
    spend, outcome = np.array(pairs, dtype=float).T
    orders = (1, order, order + 1, 10_000)
    mean, lower, higher, best = (
        order_m_frontier(spend, outcome, higher_is_better=True, order=m, minimum_peers=1, draws=0)["frontier"]
        for m in orders
    )
    peers = [outcome[spend <= s] for s in spend]
    assert mean.tolist() == pytest.approx([p.mean() for p in peers])
    assert best.tolist() == pytest.approx([p.max() for p in peers])
    assert (lower <= higher + 1e-9).all()


def test_the_planted_frontier_is_found_and_covered() -> None:
    errors, covered = [], []
    for seed in range(200):
        spend, outcome = planted(seed, 120)
        # Only those that spend nearly the most have so many peers.
        found = order_m_frontier(
            spend, outcome, higher_is_better=True, minimum_peers=118, draws=200, seed=seed
        )
        area = int(np.flatnonzero(found["peers"] == 118)[0])
        true = true_frontier(spend[area], 10)
        errors.append(found["frontier"][area] - true)
        covered.append(found["lower"][area] <= true <= found["upper"][area])
        assert found["gap_lower"][area] <= found["gap"][area] <= found["gap_upper"][area]
    assert abs(np.mean(errors)) < 0.02
    assert 0.92 <= np.mean(covered) <= 0.98


def test_one_outlier_barely_moves_it() -> None:
    spend, outcome = planted(5)
    before = order_m_frontier(spend, outcome, higher_is_better=True, draws=0)
    outcome[spend.argmin()] = 3.0
    after = order_m_frontier(spend, outcome, higher_is_better=True, draws=0)
    many = before["peers"] > 150
    # The best of all would rise to 3, by more than 2.
    assert (after["frontier"] - before["frontier"])[many].between(0, 0.2).all()


def test_peers_that_are_all_alike_leave_no_interval() -> None:
    found = order_m_frontier([1.0, 2.0, 3.0], [4.0, 4.0, 4.0], higher_is_better=False, minimum_peers=2)
    assert found["frontier"].tolist()[1:] == [4, 4]
    assert found[["lower", "upper"]].isna().all(axis=None)


def test_both_directions_are_mirror_images() -> None:
    spend, outcome = planted(6, 60)
    up = order_m_frontier(spend, outcome, higher_is_better=True, draws=50)
    down = order_m_frontier(spend, -outcome, higher_is_better=False, draws=50)
    assert (-down["frontier"]).tolist() == pytest.approx(up["frontier"].tolist(), nan_ok=True)
    assert (-down["upper"]).tolist() == pytest.approx(up["lower"].tolist(), nan_ok=True)
    for name in ("gap", "gap_lower", "gap_upper"):
        assert down[name].tolist() == pytest.approx(up[name].tolist(), nan_ok=True)


def test_the_same_seed_gives_the_same_limits() -> None:
    pair = planted(7, 50)
    first, again, other = (
        order_m_frontier(*pair, higher_is_better=True, draws=50, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert (first["lower"] != other["lower"]).any()
    pd.testing.assert_series_equal(first["frontier"], other["frontier"])


def test_what_has_no_frontier_says_why() -> None:
    spend = [1.0, 2.0, 3.0, np.nan, 0.0, 2.0]
    outcome = [5.0, 6.0, 7.0, 8.0, 9.0, np.nan]
    found = order_m_frontier(spend, outcome, higher_is_better=True, minimum_peers=2)
    assert list(found) == FRONTIER
    few = "too few that spend no more"
    assert found["reason"].fillna("").tolist() == [few, "", "", "no spend", "no spend", "no outcome"]
    assert found["peers"].fillna(-1).tolist() == [1, 2, 3, -1, -1, -1]
    none = found[found["reason"].notna()].drop(columns=["peers", "reason"])
    assert none.isna().all(axis=None)
    assert found.loc[1:2, ["frontier", "lower", "upper", "gap"]].notna().all(axis=None)


@pytest.mark.parametrize(("peers", "told"), [(4, True), (5, True), (6, False)])
def test_the_minimum_itself_is_enough(peers: int, told: bool) -> None:  # noqa: FBT001
    spend = np.arange(1.0, 11.0)
    found = order_m_frontier(spend, spend, higher_is_better=True, minimum_peers=peers, draws=0)
    assert bool(found["frontier"].notna()[4]) == told


def test_without_areas_or_draws_there_is_nothing_to_say() -> None:
    assert order_m_frontier([], [], higher_is_better=True).empty
    assert list(order_m_frontier([np.nan], [1.0], higher_is_better=True)["reason"]) == ["no spend"]
    plain = order_m_frontier([1.0], [1.0], higher_is_better=True, minimum_peers=1, draws=0)
    assert plain["lower"].isna().all()
    assert plain["frontier"].tolist() == [1.0]


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        order_m_frontier([1.0], [1.0], higher_is_better=True, order=0)
    with pytest.raises(ValueError, match="but outcome"):
        order_m_frontier([1.0, 2.0], [1.0], higher_is_better=True)
