"""Two sides of a border: exact tests and limits, unlike sites, and at most nominal claims without a difference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.across.contrast import CONTRAST, border_contrast, placebo_variation, unlike_sites
from geo.estimates.significance import rate_ratio_p


def test_by_hand():
    found = border_contrast(9, 3.0, 2, 2.0)
    assert list(found) == CONTRAST
    assert found["ratio"].iloc[0] == 3
    # Eleven throws at three fifths: nine or more.
    assert found["p"].iloc[0] == pytest.approx(2 * sum(stats.binom.pmf(k, 11, 0.6) for k in (9, 10, 11)))
    assert found["q"].iloc[0] == pytest.approx(found["p"].iloc[0])
    assert found["reason"].isna().all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.1, 50), st.floats(0.1, 50))
def test_plain_is_the_conditional_test_and_its_limits_those_of_a_share(a, b, size, other):
    if a + b == 0:
        return
    found = border_contrast([a], [size], [b], [other]).iloc[0]
    assert found["p"] == pytest.approx(rate_ratio_p(a, size, b, other).item())
    low, high = stats.binomtest(a, a + b).proportion_ci(0.95, method="exact")
    assert found["lower"] == pytest.approx(low / (1 - low) * other / size if low < 1 else np.inf, rel=1e-6)
    assert found["upper"] == pytest.approx(high / (1 - high) * other / size if high < 1 else np.inf, rel=1e-6)
    back = border_contrast([b], [other], [a], [size]).iloc[0]
    assert back["p"] == pytest.approx(found["p"])
    assert back["upper"] == pytest.approx(1 / found["lower"] if found["lower"] > 0 else np.inf, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0.2, 5), st.floats(0.01, 2))
def test_unlike_sites_give_a_beta_binomial(a, b, size, variation):
    if a + b == 0:
        return
    share = size / (size + 1)
    total = 1 / (share * (1 - share) * variation)
    mass = stats.betabinom.pmf(np.arange(a + b + 1), a + b, share * total, (1 - share) * total)
    below, above = mass[: a + 1].sum(), mass[a:].sum()
    found = border_contrast([a, 3], [size, 1.0], [b, 4], [1.0, 1.0], [variation, 0.0])
    assert found["p"].iloc[0] == pytest.approx(min(1, 2 * min(below, above)), rel=1e-6)
    one_in = found["lower"].iloc[0] <= 1 <= found["upper"].iloc[0]
    assert one_in == (found["p"].iloc[0] >= 0.05) or found["p"].iloc[0] == pytest.approx(0.05, abs=1e-6)


def test_what_cannot_be_compared_says_why():
    found = border_contrast([1, 0, 2, 3], [1.0, 1.0, 0.0, 1.0], [0, 0, 2, 1], [1.0, 1.0, 1.0, np.nan])
    assert found["reason"].tolist()[1:] == ["no events on either side", *["no exposure on a side"] * 2]
    assert found.iloc[1:, :-1].isna().to_numpy().all()
    assert found["ratio"].iloc[0] == np.inf
    assert found["upper"].iloc[0] == np.inf
    assert found["lower"].iloc[0] > 0
    assert border_contrast([], [], [], []).empty
    for count in ([-1], [0.5], [np.nan]):
        with pytest.raises(ValueError, match="whole numbers"):
            border_contrast(count, [1.0], [1], [1.0])
    with pytest.raises(ValueError, match="below 0"):
        border_contrast([1], [1.0], [1], [1.0], [-0.1])


def test_families_are_corrected_apart():
    both = border_contrast([20, 9, 9], [1.0] * 3, [2, 2, 8], [1.0] * 3, family=["a", "b", "b"])
    assert both["q"].iloc[0] == both["p"].iloc[0]
    assert both["q"].iloc[1] == 2 * both["p"].iloc[1]


def test_variation_of_a_side_by_hand():
    found = unlike_sites([1.0, 3.0, 2.0], np.array([0, 0, 1]), 0.4, 3)
    assert found[:2].tolist() == pytest.approx([0.4 * 10 / 16, 0.4])
    assert np.isnan(found[2])


def test_the_variation_along_a_road_is_that_which_was_planted():
    rng = np.random.default_rng(7)
    size = rng.uniform(1.8, 2.2, (3000, 2)) * 6
    for dispersion in (0.0, 0.2, 1.0):
        factor = rng.gamma(1 / dispersion, dispersion, size.shape) if dispersion else 1.0
        count = rng.poisson(size * factor)
        found = placebo_variation(count[:, 0], size[:, 0], count[:, 1], size[:, 1])
        assert found == pytest.approx(2 * dispersion, abs=0.02 + 0.1 * dispersion)
    # Every pair has all its events on one side: no variation is enough.
    assert placebo_variation([9, 0], [1.0, 1.0], [0, 9], [1.0, 1.0]) == 100
    assert placebo_variation([5], [1.0], [5], [1.0]) == 0
    assert np.isnan(placebo_variation([0, 3], [1.0, 0.0], [0, 3], [1.0, 1.0]))


def test_borders_that_part_no_more_than_the_road_itself_are_not_claimed():
    """Variation from placebo pairs of the same roads, then used on borders without a contrast."""
    claims = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        count = rng.poisson(rng.gamma(4, 0.25, (500, 2)) * 12)
        variation = placebo_variation(count[:300, 0], np.ones(300), count[:300, 1], np.ones(300))
        found = border_contrast(count[300:, 0], 1.0, count[300:, 1], 1.0, variation)
        claims.append((found["p"] < 0.05).mean())
    assert np.mean(claims) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2000)


def sides(seed, ratio, dispersion, pairs=400, mean=4):
    """Six sites on the one side and four on the other, of unlike exposure, each with a factor of its own."""
    rng = np.random.default_rng(seed)
    exposure = rng.lognormal(0, 0.5, (pairs, 10)) * mean
    factor = rng.gamma(1 / dispersion, dispersion, exposure.shape) if dispersion else np.ones(exposure.shape)
    is_first = np.arange(10) < 6
    count = rng.poisson(exposure * factor * np.where(is_first, ratio, 1.0))
    group = np.repeat(np.arange(pairs) * 2, 10) + np.tile(np.where(is_first, 0, 1), pairs)
    variation = unlike_sites(exposure.ravel(), group, dispersion, 2 * pairs).reshape(-1, 2).sum(axis=1)
    first, other = ([v[:, part].sum(axis=1) for v in (count, exposure)] for part in (is_first, ~is_first))
    return border_contrast(first[0], first[1], other[0], other[1], variation)


@pytest.mark.parametrize("dispersion", [0.0, 0.4])
def test_without_a_difference_claims_keep_to_the_nominal_rate(dispersion):
    """Two thousand pairs: p below 5 % at most that often; limits cover; the plain test would claim far more."""
    found = [sides(seed, 1.0, dispersion) for seed in range(5)]
    claimed = np.mean([(f["p"] < 0.05).mean() for f in found])
    covered = np.mean([((f["lower"] <= 1) & (f["upper"] >= 1)).mean() for f in found])
    assert claimed <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2000)
    assert covered >= 0.95 - 2 * np.sqrt(0.05 * 0.95 / 2000)
    assert np.mean([(f["q"] < 0.05).any() for f in found]) <= 0.2
    if dispersion:
        rng = np.random.default_rng(9)
        factor = rng.gamma(2.5, 0.4, (2000, 2, 4)).sum(axis=2)
        a, b = rng.poisson(factor * 5).T
        assert (border_contrast(a, 1.0, b, 1.0)["p"] < 0.05).mean() > 0.1


def test_a_planted_contrast_is_found_and_covered():
    """Two and a half times the rate, some two hundred events a pair, k = 0.1: found four times in five, limits cover."""
    found = sides(3, 2.5, 0.1, mean=10)
    assert (found["q"] < 0.05).mean() >= 0.8
    assert ((found["lower"] <= 2.5) & (found["upper"] >= 2.5)).mean() >= 0.93
    assert np.exp(np.log(found["ratio"]).mean()) == pytest.approx(2.5, rel=0.05)
