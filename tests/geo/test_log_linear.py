"""The log-linear model against Dobson's example, R's glm, and a direct maximum of the likelihood."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from geo.estimates.log_linear import fit_log_linear


def test_dobsons_randomised_trial() -> None:
    # Dobson (1990), p. 93; also the example of R's glm: three outcomes by three treatments.
    count = np.array([18.0, 17, 15, 20, 10, 20, 25, 13, 12])
    outcome, treatment = np.tile([0, 1, 2], 3), np.repeat([0, 1, 2], 3)
    design = np.column_stack([np.ones(9), outcome == 1, outcome == 2, treatment == 1, treatment == 2]).astype(
        float
    )
    model = fit_log_linear(count, np.ones(9), design)
    np.testing.assert_allclose(model.coefficients, [3.044522, -0.4542553, -0.2929871, 0, 0], atol=1e-6)
    assert model.deviance == pytest.approx(5.12914108, abs=1e-7)
    assert model.has_converged


def test_exposure_as_r_takes_an_offset() -> None:
    count, size = np.array([5.0, 9, 2, 14, 7, 11]), np.array([1200.0, 900, 1500, 800, 1100, 700])
    design = np.column_stack([np.ones(6), [0.2, 0.5, 0.1, 0.9, 0.4, 0.7], [1, 0, 1, 0, 2, 1]])
    model = fit_log_linear(count, size, design)
    np.testing.assert_allclose(model.coefficients, [-6.2186274879, 2.6011096161, 0.0705394711], atol=1e-7)
    assert model.deviance == pytest.approx(3.02428455, abs=1e-7)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_it_is_where_the_likelihood_is_highest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
    size = rng.uniform(1, 5, 40)
    count = rng.poisson(size * np.exp(design @ [0.5, 0.6, -0.4])).astype(float)

    def cost(beta: np.ndarray) -> float:
        return float((size * np.exp(design @ beta) - count * (design @ beta)).sum())

    best = optimize.minimize(cost, [0.0, 0, 0], method="BFGS", options={"gtol": 1e-7})
    np.testing.assert_allclose(fit_log_linear(count, size, design).coefficients, best.x, atol=1e-4)


def test_its_errors_hold_for_counts_that_vary_more_than_poisson_ones() -> None:
    rng = np.random.default_rng(2)
    found = []
    for _ in range(400):
        x = rng.normal(size=150)
        mean = 5 * np.exp(0.3 * x) * rng.gamma(2, 0.5, 150)
        model = fit_log_linear(
            rng.poisson(mean).astype(float), np.ones(150), np.column_stack([np.ones(150), x])
        )
        found.append([model.coefficients[1], np.sqrt(model.covariance[1, 1])])
    slope, error = np.array(found).T
    assert slope.mean() == pytest.approx(0.3, abs=0.015)
    assert np.sqrt((error**2).mean()) == pytest.approx(slope.std(), rel=0.12)
    assert 0.91 < (np.abs(slope - 0.3) < 1.96 * error).mean() < 0.98


def test_a_rate_of_zero_is_owned_up_to() -> None:
    x = np.repeat([0.0, 1.0], 20)
    model = fit_log_linear(np.where(x > 0, 4.0, 0.0), np.ones(40), np.column_stack([np.ones(40), x]))
    assert np.exp(model.coefficients.sum()) == pytest.approx(4, rel=1e-6)
    assert np.exp(model.coefficients[0]) < 1e-4
