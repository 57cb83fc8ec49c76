"""What to fix first: exact probabilities of ranks, seeds, weights, and each event counted once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from geo.across.count_once import COUNTED, count_once
from geo.across.ranking import rank_problems, rank_sensitivity


def test_two_problems_by_integral():
    """The chance that one gamma variable exceeds another, by quadrature."""
    mean, error, usual = np.array([6.0, 5.0]), np.array([2.0, 1.5]), np.array([2.0, 2.0])
    one, other = (stats.gamma((m / e) ** 2, scale=e**2 / m) for m, e in zip(mean, error, strict=True))
    first, _ = integrate.quad(lambda x: one.pdf(x) * other.cdf(x), 0, 40)
    found = rank_problems(mean, error, usual, 1000.0, tops=[1], draws=20_000)
    assert found["top_1"].tolist() == pytest.approx([first, 1 - first], abs=0.015)
    assert found["expected_rank"].tolist() == pytest.approx([2 - first, 1 + first], abs=0.015)
    assert found["loss"].tolist() == [4000, 3000]
    assert found["loss_lower"].iloc[0] == pytest.approx((one.ppf(0.025) - 2) * 1000)
    assert found["loss_upper"].iloc[1] == pytest.approx((other.ppf(0.975) - 2) * 1000)
    assert found[["rank", "rank_lower", "rank_upper"]].to_numpy().tolist() == [[1, 1, 2], [2, 1, 2]]


def test_what_is_known_for_sure_has_one_rank_and_equals_keep_their_order():
    found = rank_problems([3, 5, 5, 4], 0.0, 1.0, tops=[2], draws=3)
    assert found["rank"].tolist() == [4, 1, 2, 3]
    assert (found["rank_lower"] == found["rank"]).all()
    assert (found["rank_upper"] == found["rank"]).all()
    assert found["top_2"].tolist() == [0, 1, 1, 0]
    assert (found["loss_lower"] == found["loss"]).all()


def test_money_decides_not_events():
    found = rank_problems([3.0, 9.0], 0.1, 1.0, [2_000_000, 10_000], draws=50)
    assert found["rank"].tolist() == [1, 2]
    assert found["top_10"].tolist() == [1, 1]


def test_what_is_not_known_is_not_ranked_and_nonsense_is_refused():
    found = rank_problems([3.0, np.nan, 2.0], [1.0, 1.0, np.nan], 1.0, draws=5)
    assert found.iloc[1:].isna().to_numpy().all()
    assert found["rank"].iloc[0] == 1
    assert rank_problems([], [], []).empty
    for mean, error, draws in (([0.0], [1.0], 5), ([1.0], [-1.0], 5), ([1.0], [1.0], 0)):
        with pytest.raises(ValueError, match=r"at least|above 0"):
            rank_problems(mean, error, [1.0], draws=draws)
    with pytest.raises(ValueError, match="at least one place"):
        rank_problems([1.0], [1.0], [1.0], tops=[0])


def test_seeds_and_portions(monkeypatch):
    rng = np.random.default_rng(1)
    given_ = rng.uniform(1, 9, 30), rng.uniform(0.1, 3, 30), rng.uniform(0, 3, 30)
    once = rank_problems(*given_, draws=40, seed=3)
    pd.testing.assert_frame_equal(once, rank_problems(*given_, draws=40, seed=3))
    assert not once.equals(rank_problems(*given_, draws=40, seed=4))
    monkeypatch.setattr("geo.across.ranking._BATCH", 90)
    pd.testing.assert_frame_equal(once, rank_problems(*given_, draws=40, seed=3))


def test_probabilities_of_the_top_add_up_and_are_calibrated():
    """Planted losses: among problems told to be in the top ten with a probability, that share is."""
    told, is_top = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        truth = rng.gamma(2, 2, 150)
        count = rng.poisson(truth * 3)
        # Conjugate: gamma(2, 2) before, three years of counts.
        mean, error = (count + 2) / (3 + 0.5), np.sqrt(count + 2) / (3 + 0.5)
        found = rank_problems(mean, error, 4.0, draws=300, seed=seed)
        assert found["top_10"].sum() == pytest.approx(10)
        assert found["top_50"].sum() == pytest.approx(50)
        told.append(found["top_10"])
        is_top.append(np.argsort(np.argsort(-truth)) < 10)
    told_all, truly = np.concatenate(told), np.concatenate(is_top)
    for low, high in ((0.05, 0.3), (0.3, 0.6), (0.6, 1.01)):
        among = (told_all >= low) & (told_all < high)
        error = np.sqrt(0.25 / among.sum())
        assert truly[among].mean() == pytest.approx(told_all[among].mean(), abs=2.5 * error)


def test_ranks_under_other_weights_by_hand():
    scores = pd.DataFrame({"money": [3.0, 2.0, 1.0], "people": [0.0, np.nan, 5.0]})
    found = rank_sensitivity(
        scores, {"as published": {"money": 1}, "people too": {"money": 1, "people": 1}}, top=1
    )
    assert found["problem"].tolist() == [0, 1, 2, 2, 0, 1]
    assert found["score"].tolist() == [3, 2, 1, 6, 3, 2]
    assert found["moved"].tolist() == [0, 0, 0, -2, 1, 1]
    assert found["is_top"].tolist() == [True, False, False, True, False, False]
    with pytest.raises(ValueError, match="no weights"):
        rank_sensitivity(scores, {})
    with pytest.raises(ValueError, match="which no score is of"):
        rank_sensitivity(scores, {"x": {"noise": 1}})


def problems(*rows):
    return pd.DataFrame(rows, columns=["width", "loss"])


def held(**events):
    rows = [(int(name[1:]), event) for name, all_of in events.items() for event in all_of]
    return pd.DataFrame(rows, columns=["problem", "event"])


def test_a_section_in_a_hotspot_in_an_area_by_hand():
    given_ = problems((2, 100.0), (1, 30.0), (0, 20.0))
    found = count_once(given_, held(p0="abcdefgh", p1="abcd", p2="abc"))
    assert list(found) == COUNTED
    # The section has all its events; the hotspot one of four beside, so it is part; the area five of eight.
    assert found["own_events"].tolist() == [5, 1, 3]
    assert found["is_counted"].tolist() == [True, False, True]
    assert found["part_of"].tolist() == [-1, 2, -1]
    assert found["counted_share"].tolist() == [5 / 8, 0, 1]


def test_the_greater_of_two_that_are_equally_narrow_comes_first():
    found = count_once(problems((0, 1.0), (0, 9.0), (0, 5.0)), held(p0="ab", p1="abc"))
    assert found["part_of"].tolist() == [1, -1, -1]
    assert np.isnan(found["counted_share"].iloc[2])
    with pytest.raises(ValueError, match="below 1"):
        count_once(problems(), held(), 1.0)
    assert count_once(problems(), pd.DataFrame({"problem": [], "event": []}).astype("int64")).empty


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.sets(st.integers(0, 12))), max_size=8))
def test_every_event_is_counted_once(rows):
    given_ = problems(*((width, float(loss)) for width, loss, _ in rows))
    members = pd.DataFrame(
        [(p, e) for p, row in enumerate(rows) for e in sorted(row[2])],
        columns=["problem", "event"],
        dtype="int64",
    )
    found = count_once(given_, members)
    counted = found["is_counted"].to_numpy()
    union = set().union(*(row[2] for row, is_in in zip(rows, counted, strict=True) if is_in))
    assert found.loc[counted, "own_events"].sum() == len(union)
    for p, other in enumerate(found["part_of"]):
        assert other < 0 or (counted[other] and rows[p][2] & rows[other][2])
