"""Intervals and tests against values printed in the literature, and against scipy's own where it has them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.intervals import (
    mean_interval,
    poisson_interval,
    weighted_poisson_interval,
    wilson_interval,
)
from geo.estimates.significance import false_discovery_q, rate_ratio_p, share_difference_p


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    # Ulm (1990), Am J Epidemiol 131:373, and the tables of Garwood (1936).
    [(0, 0, 3.689), (1, 0.0253, 5.572), (2, 0.2422, 7.225), (10, 4.795, 18.39), (100, 81.36, 121.63)],
)
def test_garwood(count: int, lower: float, upper: float) -> None:
    low, high = poisson_interval(count)
    assert float(low) == pytest.approx(lower, rel=1e-3)
    assert float(high) == pytest.approx(upper, rel=1e-3)


def test_the_interval_of_a_count_covers_at_least_its_level() -> None:
    low, high = poisson_interval(np.arange(400), 0.9)
    for mean in (0.3, 1.0, 4.7, 30.0):
        holds = (low <= mean) & (mean <= high)
        assert stats.poisson.pmf(np.flatnonzero(holds), mean).sum() >= 0.9


@pytest.mark.parametrize(
    ("hits", "base", "lower", "upper"),
    # Newcombe (1998), Stat Med 17:857, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson(hits: int, base: int, lower: float, upper: float) -> None:
    low, high = wilson_interval(hits / base, base)
    assert (float(low), float(high)) == pytest.approx((lower, upper), abs=5e-5)


def test_a_share_of_nobody_or_of_an_unknown_number_has_no_interval() -> None:
    low, high = wilson_interval([0.5, 0.5, np.nan, 0.5], [0, np.nan, 10, 10])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, True, True, False]


def test_student() -> None:
    # Two-sided 95 % point of t: 2.228 with 10 degrees of freedom, 12.706 with one.
    low, high = mean_interval([50, 50, 50, 50], [2, 2, np.nan, 2], [10, 1, 10, 0])
    np.testing.assert_allclose(low, [50 - 4.456, 50 - 25.412, np.nan, np.nan], atol=1e-3)
    np.testing.assert_allclose(high, [50 + 4.456, 50 + 25.412, np.nan, np.nan], atol=1e-3)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.floats(0.1, 100, allow_nan=False),
    st.floats(0.1, 100, allow_nan=False),
)
def test_rate_ratio_is_twice_the_smaller_binomial_tail(a: int, b: int, t: float, u: float) -> None:
    tails = [
        stats.binomtest(a, a + b, t / (t + u), alternative=side).pvalue if a + b else 1.0
        for side in ("less", "greater")
    ]
    assert float(rate_ratio_p(a, t, b, u)) == pytest.approx(min(1, 2 * min(tails)), rel=1e-9, abs=1e-15)


def test_equal_exposures_agree_with_the_two_sided_binomial_test() -> None:
    for a, b in ((3, 12), (20, 41), (0, 7), (5, 5)):
        assert float(rate_ratio_p(a, 10, b, 10)) == pytest.approx(stats.binomtest(a, a + b, 0.5).pvalue)


def test_a_rate_without_exposure_has_no_p() -> None:
    p = rate_ratio_p([1, 1, 1, 1], [np.nan, 0, 10, 10], [1, 1, 1, 1], [10, 10, 0, 10])
    assert np.isnan(p).tolist() == [True, True, True, False]


def test_shares_agree_with_fishers_exact_test_of_either_side() -> None:
    for k, n, j, m in ((3, 12, 20, 41), (0, 7, 5, 9), (5, 5, 1, 30)):
        tails = [
            stats.fisher_exact(np.array([[k, n - k], [j, m - j]]), alternative=side).pvalue
            for side in ("less", "greater")
        ]
        assert float(share_difference_p(k, n, j, m)) == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)
    assert np.isnan(share_difference_p([0, 1], [0, 2], [1, 0], [2, 0])).all()


# Benjamini and Hochberg (1995), section 4.1: fifteen comparisons of two treatments after infarction.
P_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_the_example_of_the_1995_paper_rejects_four() -> None:
    q = false_discovery_q(P_1995)
    assert (q < 0.05).tolist() == [True] * 4 + [False] * 11
    np.testing.assert_allclose(q[:5], [0.0015, 0.003, 0.0095, 0.035625, 0.0603], atol=1e-6)
    assert q[-1] == 1


def test_order_and_nulls_make_no_difference_to_the_others() -> None:
    shuffled = np.array([*P_1995[::-1], np.nan])
    q = false_discovery_q(shuffled)
    assert np.isnan(q[-1])
    np.testing.assert_allclose(q[:-1][::-1], false_discovery_q(P_1995))
    assert np.isnan(false_discovery_q([np.nan, np.nan])).all()


def test_events_that_weigh_one_have_the_interval_of_a_count() -> None:
    counts = np.arange(60)
    weighted = weighted_poisson_interval(counts, counts)
    assert np.allclose(weighted, poisson_interval(counts))


def test_a_sum_of_small_chances_keeps_its_lower_limit_below_it() -> None:
    low, high = weighted_poisson_interval([0.06, 0.0, np.nan], [0.0036, 0.0, np.nan])
    assert 0 < low[0] < 0.06 < high[0]
    assert low[1] == 0
    assert high[1] == pytest.approx(3.689, rel=1e-3)
    assert np.isnan([low[2], high[2]]).all()


@pytest.mark.parametrize(
    ("weights", "rates"),
    [((1.0, 0.06), (3.0, 12.0)), ((1.0, 0.06), (0.2, 4.0)), ((1.0, 2.0, 6.0), (9.0, 3.0, 0.5))],
)
def test_the_interval_of_a_weighted_sum_covers_at_least_its_level(
    weights: tuple[float, ...], rates: tuple[float, ...]
) -> None:
    drawn = np.random.default_rng(5).poisson(rates, size=(4000, len(rates)))
    low, high = weighted_poisson_interval(drawn @ weights, drawn @ np.square(weights), max(weights))
    mean = np.dot(weights, rates)
    assert ((low <= mean) & (mean <= high)).mean() >= 0.95
