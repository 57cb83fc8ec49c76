"""The area-level model against R's sae package on published data, a dense likelihood, and planted truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from geo.estimates.fay_herriot import fay_herriot

# Expenditure on fresh milk in 43 areas (Arora and Lahiri 1997; You and Chapman 2006): direct estimate, its
# standard deviation, major area, and what R's sae package (eblupFH, mseFH, REML) gives as EBLUP and MSE.
MILK = """
1.099 .163 1 1.0219703 .013460220   1.075 .080 1 1.0476018 .005372876   1.105 .083 1 1.0679513 .005701990
0.628 .109 1 0.7608170 .008541740   0.753 .119 1 0.8461574 .009579594   0.981 .141 1 0.9743727 .011670632
1.257 .202 1 1.0584523 .015926137   1.095 .127 2 1.0977762 .010586518   1.405 .168 2 1.2215449 .014184043
1.356 .178 2 1.1951455 .014901472   0.615 .100 2 0.7852155 .007694262   1.460 .201 2 1.2139456 .016336469
1.338 .148 2 1.2096593 .012562726   0.854 .143 2 0.9834967 .012117378   1.176 .149 3 1.1864247 .012031229
1.111 .145 3 1.1556982 .011709147   1.257 .135 3 1.2263411 .010859780   1.430 .172 3 1.2856486 .013690860
1.278 .137 3 1.2363247 .011034674   1.292 .163 3 1.2349600 .013079686   1.002 .125 3 1.0903019 .009948636
1.183 .247 3 1.1923057 .017243977   1.044 .140 3 1.1216470 .011292325   1.267 .171 3 1.2230296 .013625297
1.193 .106 3 1.1938054 .008065787   0.791 .121 4 0.7627195 .009205133   0.795 .121 4 0.7649550 .009205133
0.759 .259 4 0.7338443 .016476912   0.796 .106 4 0.7699294 .007800626   0.565 .089 4 0.6134418 .006098668
0.886 .225 4 0.7695558 .015441564   0.952 .205 4 0.7958250 .014657866   0.807 .119 4 0.7723187 .009024699
0.582 .067 4 0.6102302 .003870786   0.684 .106 4 0.7001782 .007800626   0.787 .126 4 0.7592787 .009646139
0.440 .092 4 0.5298867 .006404335   0.759 .132 4 0.7434466 .010155645   0.770 .100 4 0.7548996 .007209937
0.800 .113 4 0.7701918 .008470277   0.756 .083 4 0.7481164 .005484860   0.865 .121 4 0.8040773 .009205133
0.640 .129 4 0.6810870 .009903626
"""


@pytest.fixture(scope="module")
def milk() -> pd.DataFrame:
    names = ["direct", "sd", "major", "eblup", "mse"]
    table = pd.DataFrame(np.array(MILK.split(), dtype=float).reshape(-1, 5), columns=names)
    majors = {f"major{k}": (table["major"] == k).astype(float) for k in (2, 3, 4)}
    return table.assign(variance=table["sd"] ** 2, **majors)


MAJORS = ["major2", "major3", "major4"]


def test_the_milk_data_as_r_gives_them(milk: pd.DataFrame) -> None:
    model = fay_herriot(milk, MAJORS)
    assert model.variance_method == "REML"
    np.testing.assert_allclose(
        model.coefficients["value"], [0.9681890, 0.1327801, 0.2269462, -0.2413011], atol=1e-5
    )
    np.testing.assert_allclose(
        model.coefficients["standard_error"], [0.06936208, 0.10300072, 0.09232981, 0.08161707], atol=1e-5
    )
    np.testing.assert_allclose(model.estimates["value"], milk["eblup"], atol=2e-5)
    np.testing.assert_allclose(model.estimates["mse"], milk["mse"], atol=2e-6)
    assert (model.estimates["kind"] == "eblup").all()
    assert model.problem is None


def _dense(between: float, y: np.ndarray, d: np.ndarray, x: np.ndarray) -> float:
    """The restricted log-likelihood by the textbook's matrices."""
    v = np.diag(between + d)
    inverse = np.linalg.inv(v)
    inside = x.T @ inverse @ x
    p = inverse - inverse @ x @ np.linalg.inv(inside) @ x.T @ inverse
    return float(-0.5 * (np.linalg.slogdet(v)[1] + np.linalg.slogdet(inside)[1] + y @ p @ y))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.3, 1.0, 5.0]))
def test_the_variance_is_where_a_dense_likelihood_is_highest(seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    d, x1 = rng.uniform(0.2, 3, 25), rng.normal(size=25)
    y = 2 + x1 + rng.normal(0, np.sqrt(spread + d))
    model = fay_herriot(pd.DataFrame({"direct": y, "variance": d, "x1": x1}), ["x1"])
    x = np.column_stack([np.ones(25), x1])
    is_adjusted = model.variance_method != "REML"

    def height(at: float) -> float:
        return _dense(at, y, d, x) + (np.log(at) if is_adjusted else 0)

    best = max(
        optimize.minimize_scalar(lambda a: -height(a), bounds=b, method="bounded").x
        for b in ((1e-9, 0.5), (0.5, 5), (5, 60), (1e-9, 60))
    )
    candidates = [best, model.model_variance, 0.02, 0.1, 0.5, 2, 8]
    assert height(model.model_variance) >= max(height(c) for c in candidates) - 1e-6
    if is_adjusted:
        assert _dense(0, y, d, x) >= max(_dense(c, y, d, x) for c in (1e-4, 0.02, 0.1, 0.5, 2, 8)) - 1e-6


def test_it_beats_the_direct_estimate_and_knows_its_error() -> None:
    rng = np.random.default_rng(8)
    worse, claimed, covered, synthetic = [], [], [], []
    for _ in range(60):
        x1, d = rng.normal(size=300), rng.uniform(4, 60, 300)
        true = 55 + 4 * x1 + rng.normal(0, 4, 300)
        direct = true + rng.normal(0, np.sqrt(d))
        asked = np.arange(300) < 240
        areas = pd.DataFrame({"direct": np.where(asked, direct, np.nan), "variance": d, "x1": x1})
        table = fay_herriot(areas, ["x1"]).estimates
        error = (table["value"] - true) ** 2
        worse.append([error[asked].mean(), ((direct - true) ** 2)[asked].mean()])
        claimed.append([table["mse"][asked].mean(), table["mse"][~asked].mean()])
        synthetic.append(error[~asked].mean())
        inside = (table["lower"] <= true) & (table["upper"] >= true)
        covered.append([inside[asked].mean(), inside[~asked].mean()])
    ours, raw = np.mean(worse, axis=0)
    assert ours < 0.5 * raw
    assert np.mean(claimed, axis=0) == pytest.approx([ours, np.mean(synthetic)], rel=0.05)
    assert ((np.mean(covered, axis=0) > 0.93) & (np.mean(covered, axis=0) < 0.97)).all()


def test_areas_nobody_was_asked_in_are_marked_and_less_certain(milk: pd.DataFrame) -> None:
    more = pd.DataFrame(
        {
            "direct": [np.nan, 0.9, 0.9, 0.9, np.nan],
            "variance": [np.nan, np.nan, 0.0, 0.01, np.nan],
            "major2": [1, 1, 1, np.nan, np.nan],
            "major3": [0, 0, 0, 0, 0],
            "major4": [0, 0, 0, 0, 0],
        },
        index=list("abcde"),
    )
    alone, model = fay_herriot(milk, MAJORS), fay_herriot(pd.concat([milk, more]), MAJORS)
    added = model.estimates.loc[list("abcde")]
    assert added["kind"].tolist() == ["synthetic", "synthetic", "synthetic", "direct", "none"]
    np.testing.assert_allclose(added["value"], [1.1009691] * 3 + [0.9, np.nan], atol=1e-5)
    np.testing.assert_allclose(added["direct_weight"], [0, 0, 0, 1, np.nan])
    assert added["mse"].iloc[0] > model.model_variance
    assert added["mse"].iloc[3] == 0.01
    pd.testing.assert_frame_equal(model.estimates.iloc[:43].reset_index(drop=True), alone.estimates)


def test_areas_that_do_not_differ_are_still_given_room_to() -> None:
    areas = pd.DataFrame({"direct": 50 + np.tile([0.1, -0.1], 20), "variance": 9.0})
    model = fay_herriot(areas, [])
    assert model.variance_method == "adjusted REML, as REML is zero"
    # The profile is log(a) - (m - 1)/2 log(a + 9) - S / 2(a + 9), with S = 0.4 and m = 40.
    best = optimize.minimize_scalar(
        lambda a: -(np.log(a) - 39 / 2 * np.log(a + 9) - 0.2 / (a + 9)), bounds=(1e-6, 9), method="bounded"
    )
    assert model.model_variance == pytest.approx(best.x, rel=1e-4)
    assert (model.estimates["direct_weight"] > 0).all()
    assert (model.estimates["mse"] > 0).all()


def test_a_perfect_fit_leaves_nothing_infinite() -> None:
    areas = pd.DataFrame({"direct": 2 * np.arange(12.0), "variance": 1.0, "x": np.arange(12.0)})
    model = fay_herriot(areas, ["x"])
    np.testing.assert_allclose(model.estimates["value"], areas["direct"], atol=1e-9)
    assert np.isfinite(model.estimates["mse"]).all()
    assert 0 < model.model_variance < 1


@pytest.mark.parametrize(
    ("areas", "covariates", "why"),
    [
        (pd.DataFrame({"direct": [1.0, 2, 3], "variance": 1.0}), [], "3 areas"),
        (pd.DataFrame({"direct": np.arange(20.0), "variance": 1.0, "x": 7.0}), ["x"], "follows from"),
        (pd.DataFrame({"direct": [np.nan] * 9, "variance": 1.0}), [], "0 areas"),
    ],
)
def test_without_a_model_the_direct_estimates_stand(
    areas: pd.DataFrame, covariates: list[str], why: str
) -> None:
    model = fay_herriot(areas, covariates)
    assert model.problem is not None
    assert why in model.problem
    pd.testing.assert_series_equal(model.estimates["value"], areas["direct"], check_names=False)
    assert model.coefficients["value"].isna().all()
    assert np.isnan(model.model_variance)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 1000), st.floats(-1000, 1000))
def test_units_make_no_difference(seed: int, scale: float, shift: float) -> None:
    rng = np.random.default_rng(seed)
    areas = pd.DataFrame(
        {"direct": rng.normal(50, 6, 30), "variance": rng.uniform(5, 20, 30), "x": rng.normal(size=30)}
    )
    other = areas.assign(
        direct=areas["direct"] * scale + shift, variance=areas["variance"] * scale**2, x=areas["x"] * 40 + 3
    )
    one, two = fay_herriot(areas, ["x"]).estimates, fay_herriot(other, ["x"]).estimates
    np.testing.assert_allclose(two["value"], one["value"] * scale + shift, rtol=1e-5, atol=1e-4 * scale)
    np.testing.assert_allclose(two["mse"], one["mse"] * scale**2, rtol=1e-4)
    np.testing.assert_allclose(two["direct_weight"], one["direct_weight"], atol=1e-5)
