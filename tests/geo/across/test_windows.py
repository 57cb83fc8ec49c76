"""Gi* of counts with exposure: the textbook's formula, exact tails, and what is not tested."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.across.grid import neighbours_in_grid
from geo.across.windows import WINDOWS, around, dispersion_of, two_window_test, usual_counts, window_test
from geo.estimates.significance import false_discovery_q

LINE = np.array([[0, 1], [1, 2], [2, 3]])


def test_windows_hold_the_site_and_its_neighbours_once():
    both_ways = np.concatenate([LINE, LINE[:, ::-1], LINE[:1]])
    expected = [[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]]
    assert around(LINE, 4).toarray().tolist() == expected
    assert around(both_ways, 4).toarray().tolist() == expected
    assert around(np.empty((0, 2), dtype=np.int64), 2).toarray().tolist() == [[1, 0], [0, 1]]


def test_usual_counts_by_hand():
    count, exposure, kind = (
        [3, 1, 5, 9],
        [2.0, 2.0, 10.0, np.nan],
        np.array(["a", "a", "b", "a"], dtype=object),
    )
    assert usual_counts(count, exposure, kind)[:3].tolist() == [2, 2, 5]
    assert np.isnan(usual_counts(count, exposure, kind)[3])


def test_a_poisson_window_by_hand():
    found = window_test([4, 2, 0, 1], [1.0, 1.0, 1.0, 1.0], 0.0, around(LINE, 4))
    assert list(found) == WINDOWS
    assert found["window_count"].tolist() == [6, 6, 3, 1]
    assert found["gi_star"].tolist() == pytest.approx([4 / np.sqrt(2), 3 / np.sqrt(3), 0, -1 / np.sqrt(2)])
    below = sum(
        np.exp(-2) * 2**k / float(stats.gamma(k + 1).mean() and np.prod(range(1, k + 1))) for k in range(6)
    )
    assert found["p"].iloc[0] == pytest.approx(1 - below)
    assert found["q"].iloc[0] == pytest.approx(4 * found["p"].iloc[0])


def test_the_textbook_formula_but_for_a_common_factor():
    """Ord and Getis (1995): sum of weights times values, less its mean, over S and the factor of a finite sample."""
    rng = np.random.default_rng(5)
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(9), np.arange(9)))
    windows = around(neighbours_in_grid(x, y), 81)
    count = rng.poisson(6, 81).astype(float)
    size = windows.sum(axis=1)
    textbook = (windows @ count - size * count.mean()) / (count.std() * np.sqrt((81 * size - size**2) / 80))
    ours = window_test(count, np.full(81, count.mean()), 0.0, windows)["gi_star"].to_numpy()
    factor = np.sqrt(count.mean()) / count.std() * np.sqrt(80 / (81 - size))
    assert textbook == pytest.approx(ours * factor)


def test_the_tail_of_a_window_is_that_of_the_sum_of_its_sites():
    """Three sites that expect 1.2 each, with k = 0.5: their distribution folded with itself."""
    at = np.arange(400)
    one = stats.nbinom.pmf(at, 2, 2 / 3.2)
    total = np.convolve(np.convolve(one, one), one)
    star = np.array([[0, 1], [0, 2]])
    for count in (0, 3, 9, 20):
        given_ = [count, 0, 0]
        many = window_test(given_, [1.2] * 3, 0.5, around(star, 3))["p"].iloc[0]
        few = window_test(given_, [1.2] * 3, 0.5, around(star, 3), is_high=False)["p"].iloc[0]
        assert many == pytest.approx(total[count:].sum(), abs=1e-12)
        assert few == pytest.approx(total[: count + 1].sum(), abs=1e-12)


def test_unlike_sites_are_nearly_as_exact():
    """Expected 0.3, 1 and 4, k = 0.4: the tail by convolution, where claims are made, within a third of itself."""
    at = np.arange(600)
    total = np.array([1.0])
    for mean in (0.3, 1.0, 4.0):
        total = np.convolve(total, stats.nbinom.pmf(at, 2.5, 2.5 / (2.5 + mean)))
    star = np.array([[0, 1], [0, 2]])
    for count in (12, 16, 20, 25):
        found = window_test([count, 0, 0], [0.3, 1.0, 4.0], 0.4, around(star, 3))["p"].iloc[0]
        assert found == pytest.approx(total[count:].sum(), rel=0.35)


def test_what_is_not_known_takes_no_part():
    found = window_test([2, np.nan, 3, 1], [1.0, 1.0, np.nan, 0.2], 0.0, around(LINE, 4))
    assert found["window_count"].isna().tolist() == [False, True, True, True]
    assert found.loc[0, "window_count"] == 2
    assert found.loc[0, "window_expected"] == 1
    assert found["q"].notna().sum() == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0.6, 20)), min_size=2, max_size=9), st.floats(0, 3))
def test_more_events_make_a_window_less_usual(sites, k):
    count, expected = (np.array(values, dtype=float) for values in zip(*sites, strict=True))
    chain = np.column_stack([np.arange(len(count) - 1), np.arange(1, len(count))])
    windows = around(chain, len(count))
    found = window_test(count, expected, k, windows)
    more = window_test(count + np.eye(len(count))[0], expected, k, windows)
    assert ((found["p"] > 0) & (found["p"] <= 1) & (found["q"] >= found["p"] - 1e-12)).all()
    assert (more["p"].iloc[:2] < found["p"].iloc[:2] + 1e-15).all()
    assert (more["p"].iloc[2:] == found["p"].iloc[2:]).all()
    order = np.random.default_rng(1).permutation(len(count))
    place = np.argsort(order)
    mixed = window_test(count[order], expected[order], k, around(place[chain], len(count)))
    assert mixed["p"].to_numpy() == pytest.approx(found["p"].to_numpy()[order])


def test_the_dispersion_that_was_planted():
    rng = np.random.default_rng(6)
    expected = rng.uniform(1, 6, 4000)
    assert dispersion_of(rng.poisson(expected).astype(float), expected) < 0.02
    unlike = rng.poisson(expected * rng.gamma(2, 0.5, 4000)).astype(float)
    assert dispersion_of(unlike, expected) == pytest.approx(0.5, abs=0.06)
    assert dispersion_of(np.zeros(5), np.ones(5)) == 0


def test_a_site_is_told_of_the_widest_window_that_is_hot_else_of_the_one_that_stands_out_more():
    count = np.full(30, 2.0)
    count[[4, 14, 15, 16, 25]] = 30, 9, 9, 9, 5
    windows = around(np.column_stack([np.arange(29), np.arange(1, 30)]), 30)
    table = two_window_test(count, np.full(30, 2.0), 0.0, windows, rate=0.05)
    alone = window_test(count, np.full(30, 2.0), 0.0, around(np.empty((0, 2), dtype=np.int64), 30))
    wide = window_test(count, np.full(30, 2.0), 0.0, windows)
    assert table.loc[[15], ["reach", "window_count"]].to_numpy().tolist() == [[1, 27]]
    assert table.loc[[4], ["reach", "window_count"]].to_numpy().tolist() == [[1, 34]]
    assert table.loc[[25], ["reach", "window_count"]].to_numpy().tolist() == [[0, 5]]
    # The oracle: Benjamini and Hochberg over both windows of all sites.
    q = false_discovery_q(np.concatenate([alone["p"], wide["p"]]))
    picked = np.where(table["reach"] == 1, q[30:], q[:30])
    np.testing.assert_array_equal(table["q"], picked)
    np.testing.assert_array_equal(table["p"], np.where(table["reach"] == 1, wide["p"], alone["p"]))
    untold = (table["reach"] == 0).to_numpy()
    assert bool((alone.loc[untold, "p"] < wide.loc[untold, "p"]).all())


def test_a_site_that_expects_too_little_by_itself_may_be_the_middle_of_a_window():
    windows = around(np.array([[0, 1], [1, 2]]), 3)
    table = two_window_test([9, 0, 0], [0.4, 0.2, 0.4], 0.0, windows, rate=0.05)
    assert table["reach"].tolist()[:2] == [1, 1]
    assert table["window_expected"].tolist() == pytest.approx([0.6, 1.0, 0.6])
    nothing = two_window_test([9, 0], [0.1, 0.1], 0.0, around(np.array([[0, 1]]), 2), rate=0.05)
    assert nothing.isna().all(axis=None)
