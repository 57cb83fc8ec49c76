"""Intervals and changes of published scores against printed values and scipy's own tests."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.intervals import wilson_interval
from geo.estimates.score_interval import score_change, score_interval, share_interval


def test_a_percentage_has_wilsons_interval() -> None:
    # Newcombe (1998), Stat Med 17:857, table I, method 3: 81 of 263.
    low, high = score_interval([8100 / 263, 50, np.nan, 50], [263, np.nan, 10, 0])
    np.testing.assert_allclose(low, [25.53, np.nan, np.nan, np.nan], atol=5e-3)
    np.testing.assert_allclose(high, [36.62, np.nan, np.nan, np.nan], atol=5e-3)


def test_a_design_effect_shrinks_the_base() -> None:
    assert score_interval(62, 900, 1.8) == score_interval(62, 500)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0.0, 25.0, 50.0, 75.0, 100.0]), min_size=8, max_size=60))
def test_no_scores_of_that_base_and_mean_vary_more_than_the_interval_says(scores: list[float]) -> None:
    low, high = score_interval(np.mean(scores), len(scores))
    z = float(stats.norm.ppf(0.975))
    n, error = len(scores), np.std(scores) / np.sqrt(len(scores))
    # Wilson's width with the scores' own spread in place of the largest possible.
    assert high - low >= 2 * z * error / (1 + z**2 / n) - 1e-9


@pytest.mark.parametrize(
    ("later", "earlier", "lower", "upper"),
    # Newcombe (1998), Stat Med 17:873, table II, method 10.
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_newcombes_changes(
    later: tuple[int, int], earlier: tuple[int, int], lower: float, upper: float
) -> None:
    (a, m), (b, n) = later, earlier
    row = score_change(100 * a / m, m, 100 * b / n, n).iloc[0]
    assert (row["lower"] / 100, row["upper"] / 100) == pytest.approx((lower, upper), abs=5e-5)
    assert row["difference"] == pytest.approx(100 * (a / m - b / n))


def test_the_score_test_is_pearsons() -> None:
    table = score_change([80, 90], [70, 10], [60, 30], [80, 10])
    for row, (a, m, b, n) in zip(table["p"], [(56, 70, 48, 80), (9, 10, 3, 10)], strict=True):
        assert row == pytest.approx(stats.chi2_contingency([[a, m - a], [b, n - b]], correction=False)[1])
    assert score_change([0, 100], 10, [0, 100], 20)["p"].tolist() == [1, 1]


def test_an_unknown_base_leaves_the_change_without_an_interval() -> None:
    table = score_change([60, 60, np.nan], [np.nan, 0, 10], [50, 50, 50], 100)
    np.testing.assert_allclose(table["difference"], [10, 10, np.nan])
    assert table[["lower", "upper", "p"]].isna().all(axis=None)


def test_changes_are_found_as_seldom_as_they_should_be() -> None:
    rng = np.random.default_rng(3)
    hits, before = rng.binomial(120, 0.7, 20_000), rng.binomial(300, 0.7, 20_000)
    table = score_change(hits / 1.2, 120, before / 3, 300)
    assert 0.04 < (table["p"] < 0.05).mean() < 0.06
    assert 0.94 < ((table["lower"] <= 0) & (table["upper"] >= 0)).mean() < 0.965


def test_a_share_of_a_survey() -> None:
    # With many clusters it is Wilson's with the effective base; with few it is wider; with one there is none.
    low, high = share_interval([0.9, 0.9, 0.9, 1.0], 200, [1e9, 8, 0, 8])
    np.testing.assert_allclose((low[0], high[0]), wilson_interval(0.9, 200), atol=1e-9)
    assert low[1] < low[0] < high[0] < high[1]
    assert np.isnan(low[2])
    assert 0.9 < low[3] < high[3] <= 1
