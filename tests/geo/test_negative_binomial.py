"""Expected counts: published fits, another implementation, a brute force, and what happens when there is little."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from geo.estimates.negative_binomial import CountModel, dispersion_by_size, fit_expected

# Bliss and Fisher (1953), Biometrics 9:176: red mites on 150 apple leaves.
MITES = np.repeat(np.arange(8), [70, 38, 17, 10, 9, 3, 2, 1])
# Greenwood and Yule (1920), JRSS 83:255: accidents of 647 women in a shell factory.
ACCIDENTS = np.repeat(np.arange(6), [447, 132, 42, 21, 3, 2])


def drawn(sites: int, k: float, seed: int = 1) -> dict[str, Any]:
    """Sites of three classes with rates 1, 2 and 4 per unit of exposure."""
    rng = np.random.default_rng(seed)
    classes = rng.choice(["a", "b", "c"], sites)
    exposure = rng.lognormal(1, 0.8, sites)
    mean = exposure * pd.Series(classes).map({"a": 1.0, "b": 2.0, "c": 4.0}).to_numpy()
    risk = rng.gamma(1 / k, k, sites) if k > 0 else 1.0
    return {"count": rng.poisson(mean * risk), "exposure": exposure, "classes": classes}


def estimates(model: CountModel) -> dict[str, float]:
    return dict(zip(model.coefficients["term"], model.coefficients["estimate"], strict=True))


def test_the_mites_of_1953() -> None:
    model = fit_expected(MITES, np.ones(150))
    assert model.family == "negative binomial"
    assert model.has_converged
    # The paper's exponent is 1 / k: 1.02459 by maximum likelihood, mean 172 / 150.
    assert 1 / model.dispersion == pytest.approx(1.02459, abs=5e-6)
    assert model.expected == pytest.approx(np.full(150, 172 / 150))


@pytest.mark.parametrize(
    ("counts", "log_rate", "k", "rate_error", "k_error"),
    # statsmodels 0.15.0, NegativeBinomial(...).fit(method="newton"); another implementation, same model.
    [
        (MITES, 0.13685918, 0.97599788, 0.11099823, 0.26282152),
        (ACCIDENTS, np.log(301 / 647), 1 / 0.86511582, 0.07147611, 0.2488577),
    ],
)
def test_another_implementation(
    counts: np.ndarray, log_rate: float, k: float, rate_error: float, k_error: float
) -> None:
    model = fit_expected(counts, np.ones(len(counts)))
    assert model.coefficients["estimate"].tolist() == pytest.approx([log_rate], abs=1e-7)
    assert model.dispersion == pytest.approx(k, rel=1e-6)
    assert model.coefficients["standard_error"].tolist() == pytest.approx([rate_error], rel=1e-5)
    # Its information is the whole matrix, ours that of k alone: the same, as k and the mean are orthogonal.
    assert model.dispersion_error == pytest.approx(k_error, rel=1e-5)


def test_a_brute_force_finds_no_better_fit() -> None:
    sites = drawn(400, 0.6)
    traffic = pd.DataFrame({"traffic": np.random.default_rng(2).normal(size=400)})
    model = fit_expected(**sites, covariates=traffic)
    design = np.column_stack([*(sites["classes"] == c for c in "abc"), traffic])

    def misfit(at: np.ndarray) -> float:
        mean, size = sites["exposure"] * np.exp(design @ at[:4]), np.exp(-at[4])
        return -float(stats.nbinom.logpmf(sites["count"], size, size / (size + mean)).sum())

    best = optimize.minimize(misfit, np.zeros(5), method="BFGS", options={"gtol": 1e-6})
    found = [*model.coefficients["estimate"], np.log(model.dispersion)]
    assert found == pytest.approx(best.x.tolist(), abs=1e-4)
    assert misfit(np.array(found)) <= best.fun + 1e-8
    assert model.coefficients["term"].tolist() == ["class:a", "class:b", "class:c", "covariate:traffic"]
    # Bread of the sandwich by finite differences, up to observed against expected information.
    assert model.coefficients["standard_error"].tolist() == pytest.approx(
        np.sqrt(np.diag(np.asarray(best.hess_inv)))[:4].tolist(), rel=0.15
    )


def test_planted_rates_and_dispersion_come_back() -> None:
    model = fit_expected(**drawn(20_000, 0.5))
    planted = {"class:a": 0.0, "class:b": np.log(2), "class:c": np.log(4)}
    for term, value in estimates(model).items():
        assert value == pytest.approx(planted[term], abs=0.06)
    assert model.dispersion == pytest.approx(0.5, abs=4 * model.dispersion_error)
    assert model.overdispersion_p < 1e-10


def test_what_is_not_overdispersed_is_poisson_and_says_so() -> None:
    even = fit_expected([3, 3, 3, 3, 3, 3, 2, 4], np.ones(8))
    assert (even.family, even.dispersion) == ("poisson", 0.0)
    assert "no more than a Poisson" in even.reason
    assert even.overdispersion_p > 0.5
    assert even.expected == pytest.approx(np.full(8, 3.0))
    # Standard error of the log of a mean of 24 events.
    assert even.coefficients["standard_error"].tolist() == pytest.approx([1 / np.sqrt(24)])
    assert np.isnan(even.dispersion_error)


def test_poisson_counts_are_near_to_poisson() -> None:
    model = fit_expected(**drawn(5_000, 0.0))
    assert model.dispersion < 0.01
    assert model.has_converged


def test_without_an_event_nothing_is_expected() -> None:
    model = fit_expected([0, 0, 0], [1, 2, 3])
    assert (model.family, model.has_converged, model.used) == ("none", False, 3)
    assert "no events" in model.reason
    assert np.isnan(model.expected).all()
    assert model.coefficients.empty
    assert fit_expected([5, 3], [0, np.nan]).reason == "no site has exposure and a count"
    assert fit_expected([], []).family == "none"


def test_a_site_without_exposure_takes_no_part_and_expects_nothing() -> None:
    counts, sizes = [5, 9, 100, 100, 6], [1.0, 2.0, 0.0, np.nan, 1.0]
    model = fit_expected(counts, sizes)
    assert model.used == 3
    assert np.isnan(model.expected).tolist() == [False, False, True, True, False]
    assert model.expected[0] == pytest.approx(fit_expected([5, 9, 6], [1, 2, 1]).expected[0])


def test_a_site_without_a_count_still_has_an_expected_one() -> None:
    model = fit_expected([5, np.nan, 15], [1, 4, 3])
    assert model.used == 2
    assert model.expected.tolist() == pytest.approx([5, 20, 15], rel=1e-6)


def test_classes_of_few_events_share_a_rate() -> None:
    model = fit_expected(
        [40, 50, 60, 1, 0, 11], [10, 10, 10, 5, 5, 1], ["big", "big", "big", "tiny", "empty", "small"]
    )
    # tiny and empty have one event together, so the next by events joins them.
    assert model.fitted_class.tolist() == ["big"] * 3 + ["pooled: empty, small, tiny"] * 3
    assert np.isfinite(model.expected).all()
    assert model.expected[4] > 0
    own = fit_expected([40, 50, 60, 11, 15], [10, 10, 10, 5, 5], ["big", "big", "big", "small", "small"])
    assert own.fitted_class.tolist() == ["big"] * 3 + ["small"] * 2
    assert set(fit_expected([1, 2, 3], [1, 1, 1], ["x", "y", None]).fitted_class) == {"all"}


def test_a_null_class_is_a_class() -> None:
    model = fit_expected([20, 30, 90, 80], [1, 1, 1, 1], ["a", "a", None, None])
    assert sorted(estimates(model)) == ["class:(unknown)", "class:a"]
    assert model.expected.tolist() == pytest.approx([25, 25, 85, 85], rel=1e-6)


def test_counts_must_be_whole() -> None:
    for wrong in (1.5, -1):
        with pytest.raises(ValueError, match="whole numbers"):
            fit_expected([1, wrong], [1, 1])


def test_the_error_of_the_expected_count() -> None:
    sites = drawn(300, 0.4)
    model = fit_expected(**sites)
    error = model.coefficients.set_index("term")["standard_error"]
    own = np.array([error[f"class:{c}"] for c in sites["classes"]])
    assert model.expected_error == pytest.approx(model.expected * own)


@settings(max_examples=40, deadline=None)
# Two sites that differ so much that the dispersion has no upper end.
@example([(0, 20.625, "a"), (3, 0.01171875, "a")], 1.0)
@example([(0, 19.0, "a"), (5, 0.01171875, "a")], 1.0)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.floats(0.01, 50), st.sampled_from("ab")), min_size=1, max_size=30
    ),
    st.floats(0.001, 1000),
)
def test_any_counts_are_answered_and_the_unit_of_exposure_is_free(
    rows: list[tuple[int, float, str]], unit: float
) -> None:
    count, exposure, classes = (np.array(column) for column in zip(*rows, strict=True))
    model = fit_expected(count, exposure, classes)
    scaled = fit_expected(count, exposure * unit, classes)
    assert model.family == scaled.family
    if model.family == "none":
        assert count.sum() == 0
        return
    assert model.expected == pytest.approx(scaled.expected, rel=1e-4)
    if model.family == "poisson":
        # Events of a class are shared out by exposure.
        assert model.expected.sum() == pytest.approx(count.sum(), rel=1e-6)


def _of_stretches(power: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts and means of 600 sites whose k is 0.4 at a mean of 4, and falls with this power of the mean."""
    rng = np.random.default_rng(seed)
    mean = 4 * rng.lognormal(0, 1.2, 600)
    k = 0.4 * (mean / 4) ** -power
    return rng.poisson(mean * rng.gamma(1 / k, k)).astype(float), mean


def test_a_dispersion_that_falls_with_size_is_found() -> None:
    count, mean = _of_stretches(1.0, 1)
    k = dispersion_by_size(count, mean, fit_expected(count, mean).dispersion)
    slope, level = np.polyfit(np.log(mean / 4), np.log(k), 1)
    assert slope == pytest.approx(-1, abs=0.26)
    assert np.exp(level) == pytest.approx(0.4, rel=0.25)


def test_a_dispersion_that_does_not_fall_stays_as_it_is() -> None:
    same = []
    for seed in range(20):
        count, mean = _of_stretches(0.0, seed)
        k = dispersion_by_size(count, mean, 0.4)
        same.append(bool((k == 0.4).all()))
    # Akaike's criterion takes a needless parameter one time in six, half of which would make it rise.
    assert np.mean(same) >= 0.75


def test_a_dispersion_where_there_is_none() -> None:
    assert dispersion_by_size([1, 2], [1.0, 2.0], 0.0).tolist() == [0, 0]
    assert np.isnan(dispersion_by_size([1, 2], [1.0, 2.0], np.nan)).all()
    k = dispersion_by_size([5, np.nan, 3, 9], [2.0, 2.0, np.nan, 4.0], 0.5)
    assert np.isnan(k).tolist() == [False, False, True, False]
    assert dispersion_by_size([np.nan], [2.0], 0.5).tolist() == [0.5]
