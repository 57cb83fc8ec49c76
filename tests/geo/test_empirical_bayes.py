"""Empirical Bayes: the tutorial's numbers, exact posteriors, and lower error than raw counts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.empirical_bayes import EMPIRICAL_BAYES, empirical_bayes, empirical_bayes_by_period
from geo.estimates.negative_binomial import fit_expected

# Hauer et al. (2002): 0.0224 * 4000 ** 0.564 collisions per km a year, phi 2.05 per km, 1.8 km.
PER_KM = 0.0224 * 4000**0.564
K = 1 / (2.05 * 1.8)


def test_the_first_example_of_the_tutorial() -> None:
    """One year, 12 collisions: 4.71 +- 1.19 per km and year."""
    found = empirical_bayes([12], [PER_KM * 1.8], K)
    assert list(found.columns) == EMPIRICAL_BAYES
    assert found["weight"].iloc[0] == pytest.approx(0.460, abs=5e-4)
    assert found["estimate"].iloc[0] / 1.8 == pytest.approx(4.71, abs=5e-3)
    assert found["standard_error"].iloc[0] / 1.8 == pytest.approx(1.19, abs=5e-3)


def test_the_second_example_of_the_tutorial() -> None:
    """Three years, 12, 7 and 8 collisions: 7.97 +- 1.44 a year, 4.43 per km."""
    found = empirical_bayes_by_period(["s"] * 3, [12, 7, 8], [PER_KM * 1.8] * 3, K)
    assert found["estimate"].tolist() == pytest.approx([7.97] * 3, abs=5e-3)
    assert found["standard_error"].tolist() == pytest.approx([1.44] * 3, abs=5e-3)
    assert found["estimate"].iloc[0] / 1.8 == pytest.approx(4.43, abs=5e-3)


def test_the_posterior_is_that_of_a_brute_force() -> None:
    count, mean, k = 7, 2.5, 0.8
    at = np.linspace(1e-6, 60, 400_001)
    mass = stats.poisson.pmf(count, at) * stats.gamma.pdf(at, 1 / k, scale=k * mean)
    mass /= mass.sum()
    found = empirical_bayes([count], [mean], k).iloc[0]
    assert found["estimate"] == pytest.approx((at * mass).sum(), rel=1e-6)
    assert found["standard_error"] ** 2 == pytest.approx(
        (at**2 * mass).sum() - (at * mass).sum() ** 2, rel=1e-5
    )
    assert found["lower"] == pytest.approx(at[np.searchsorted(mass.cumsum(), 0.025)], abs=1e-3)
    assert found["upper"] == pytest.approx(at[np.searchsorted(mass.cumsum(), 0.975)], abs=1e-3)
    assert found["probability_above"] == pytest.approx(mass[at > mean].sum(), abs=1e-4)
    assert found["excess"] == pytest.approx(found["estimate"] - mean)


def test_one_collision_on_a_short_counted_stretch_tops_nothing() -> None:
    # 0.4 km with one collision has a raw rate ten times that of 10 km with ten times as many expected.
    found = empirical_bayes([1, 25], [0.14, 8.0], 0.5)
    raw = np.array([1 / 0.14, 25 / 8.0])
    assert raw[0] > 2 * raw[1]
    assert found["excess"].iloc[0] < 0.1 < found["excess"].iloc[1]
    assert found["probability_above"].iloc[0] < found["probability_above"].iloc[1]


def test_the_error_of_the_expected_count_widens() -> None:
    sure, unsure = (empirical_bayes([7], [2.5], 0.8, expected_error=e).iloc[0] for e in (0.0, 0.5))
    moved = [empirical_bayes([7], [2.5 + d], 0.8)["estimate"].iloc[0] for d in (-1e-5, 1e-5)]
    slope = (moved[1] - moved[0]) / 2e-5
    assert unsure["estimate"] == sure["estimate"]
    assert unsure["standard_error"] ** 2 == pytest.approx(sure["standard_error"] ** 2 + (slope * 0.5) ** 2)
    assert unsure["lower"] < sure["lower"] < sure["upper"] < unsure["upper"]


def test_where_sites_do_not_differ_the_expected_count_is_the_estimate() -> None:
    found = empirical_bayes([9, 0], [3, 3], 0.0)
    assert found["estimate"].tolist() == [3, 3]
    assert found["excess"].tolist() == [0, 0]
    assert found[["lower", "upper", "probability_above"]].isna().to_numpy().all()
    known = empirical_bayes([9], [3], 0.0, expected_error=0.4).iloc[0]
    assert known["lower"] < 3 < known["upper"]


def test_null_zero_and_missing_differ() -> None:
    found = empirical_bayes([0, np.nan, 5, 5, 5], [2, 2, 0, np.nan, 2], [0.5, 0.5, 0.5, 0.5, np.nan])
    # No event is evidence; no count leaves what is usual, and the whole spread of sites.
    assert found["estimate"].iloc[0] == pytest.approx(1.0)
    assert found["estimate"].iloc[1] == 2
    assert found["standard_error"].iloc[1] == pytest.approx(np.sqrt(0.5) * 2)
    assert found.iloc[2:].isna().to_numpy().all()


def test_periods_of_different_exposure_share_a_factor() -> None:
    site, count, mean = list("aaabbc"), [3, 0, np.nan, 8, 2, np.nan], [1.0, 2.0, 4.0, 3.0, np.nan, 2.0]
    found = empirical_bayes_by_period(site, count, mean, 0.5)
    total = empirical_bayes([3, 8], [3.0, 3.0], 0.5)["estimate"]
    factor = total / 3
    assert found["estimate"].tolist()[:4] == pytest.approx(
        [*(factor[0] * np.array([1, 2, 4])), factor[1] * 3]
    )
    assert np.isnan(found["estimate"].iloc[4])
    assert found["estimate"].iloc[5] == 2
    assert found["excess"].tolist()[:3] == pytest.approx(list((factor[0] - 1) * np.array([1, 2, 4])))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 500), st.floats(0.01, 200), st.floats(0.01, 5))
def test_the_estimate_lies_between_count_and_expected(count: int, mean: float, k: float) -> None:
    found = empirical_bayes([count], [mean], k).iloc[0]
    low, high = sorted((float(count), mean))
    assert low - 1e-9 <= found["estimate"] <= high + 1e-9
    assert 0 <= found["lower"] < found["upper"]
    assert 0 <= found["probability_above"] <= 1
    more = empirical_bayes([count + 1], [mean], k).iloc[0]
    assert more["estimate"] > found["estimate"]
    assert more["probability_above"] > found["probability_above"] or found["probability_above"] > 1 - 1e-9


def test_lower_error_than_raw_counts_and_honest_intervals_with_a_fitted_model() -> None:
    """Averaged over 30 draws of 400 short sections: the model is fitted anew each time."""
    covered, ratios = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        classes = rng.choice(["a", "b"], 400)
        exposure = rng.lognormal(0, 0.7, 400)
        usual = exposure * np.where(classes == "a", 0.8, 2.5)
        truth = usual * rng.gamma(1 / 0.4, 0.4, 400)
        count = rng.poisson(truth)
        model = fit_expected(count, exposure, classes)
        found = empirical_bayes(count, model.expected, model.dispersion, model.expected_error)
        covered.append(((found["lower"] <= truth) & (truth <= found["upper"])).mean())
        ratios.append(np.sqrt(((found["estimate"] - truth) ** 2).mean() / ((count - truth) ** 2).mean()))
    assert 0.93 <= np.mean(covered) <= 0.97
    assert np.mean(ratios) < 0.75


def test_rows_keep_their_order() -> None:
    site = ["b", "a", "b", "a"]
    found = empirical_bayes_by_period(site, [1, 2, 3, 4], [1.0, 1.0, 1.0, 1.0], 0.5)
    again = empirical_bayes_by_period(site[::-1], [4, 3, 2, 1], [1.0] * 4, 0.5)
    pd.testing.assert_frame_equal(found, again.iloc[::-1].reset_index(drop=True))
