"""Funnels: a published between-area variance, planted outliers among areas that differ, and the edges."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.funnel import fit_funnel, funnel_verdict

# Colditz et al. (1994), JAMA 271:698: tuberculosis with and without BCG vaccine in 13 trials, as in table I of
# van Houwelingen et al. (2002), Stat Med 21:589. Sick and well with it, sick and well without.
BCG = np.array(
    [
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
        (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232),
        (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ],
    dtype=float,
)  # fmt: skip


def test_the_vaccine_trials() -> None:
    """metafor's rma(measure="OR", method="DL") prints Q = 163.1649 and tau^2 = 0.3663 for these trials."""
    log_odds = np.log(BCG[:, 0] * BCG[:, 3] / (BCG[:, 1] * BCG[:, 2]))
    found = fit_funnel(log_odds, np.sqrt((1 / BCG).sum(axis=1)), "score", winsorised=0)
    assert found.phi * 13 == pytest.approx(163.1649, abs=5e-5)
    assert found.tau**2 == pytest.approx(0.3663, abs=5e-5)


def areas(seed: int, tau: float, number: int = 361, outliers: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rates of areas whose square roots differ by tau; the first `outliers` have rates twice the target."""
    rng = np.random.default_rng(seed)
    exposure = rng.lognormal(4, 0.8, number)
    true = (2 + rng.normal(0, tau, number)) ** 2
    true[:outliers] *= 2
    return rng.poisson(exposure * true) / exposure, exposure


@pytest.mark.parametrize("allowance", ["additive", "multiplicative", "none"])
def test_areas_that_differ_by_chance_alone_are_similar(allowance: str) -> None:
    found = [fit_funnel(*areas(seed, 0.0), "rate", allowance=allowance) for seed in range(100)]  # type: ignore[arg-type]
    assert np.mean([f.phi for f in found]) == pytest.approx(1, abs=0.02)
    assert np.mean([(f.areas["q"] < 0.05).any() for f in found]) <= 0.1
    inside = np.mean([(f.areas["p"] > 0.05).mean() for f in found])
    assert 0.945 <= inside <= 0.965


def test_the_allowance_takes_in_what_makes_areas_differ_anyway() -> None:
    found = [fit_funnel(*areas(seed, 0.2), "rate") for seed in range(100)]
    assert np.mean([f.tau for f in found]) == pytest.approx(0.2, rel=0.03)
    assert np.mean([(f.areas["p"] > 0.05).mean() for f in found]) == pytest.approx(0.95, abs=0.01)
    assert np.mean([(f.areas["q"] < 0.05).any() for f in found]) <= 0.1
    # Without it a third of all areas would be called different.
    plain = fit_funnel(*areas(1, 0.2), "rate", allowance="none")
    assert (plain.areas["q"] < 0.05).mean() > 0.3


def test_planted_outliers_are_found_and_false_discoveries_are_few() -> None:
    hits, false = [], []
    for seed in range(100):
        found = fit_funnel(*areas(seed, 0.15, outliers=18), "rate").areas["q"].to_numpy() < 0.05
        hits.append(found[:18].mean())
        false.append(found[18:].sum() / max(found.sum(), 1))
    assert np.mean(hits) > 0.75
    assert np.mean(false) <= 0.05


def test_outliers_do_not_widen_the_funnel_over_themselves() -> None:
    rates = areas(4, 0.15, outliers=18)
    drawn_in, all_in = fit_funnel(*rates, "rate"), fit_funnel(*rates, "rate", winsorised=0)
    assert drawn_in.tau < 0.8 * all_in.tau


def test_z_by_hand() -> None:
    rate = fit_funnel([4.0], [25.0], "rate", target=9.0, allowance="none").areas["z"]
    assert rate.tolist() == [(2 - 3) * 2 * 5]
    share = fit_funnel([0.5], [100.0], "share", target=0.25, allowance="none").areas["z"]
    assert share.tolist() == pytest.approx([(np.pi / 4 - np.pi / 6) * 2 * 10])
    score = fit_funnel([60.0], [2.5], "score", target=50.0, allowance="none").areas["z"]
    assert score.tolist() == [4.0]


@pytest.mark.parametrize(("kind", "precision"), [("rate", 50.0), ("share", 200.0), ("score", 0.05)])
def test_limits_and_z_agree(kind: str, precision: float) -> None:
    rng = np.random.default_rng(7)
    values = np.clip(rng.normal(0.4, 0.08, 60), 0.01, 0.99)
    found = fit_funnel(values, np.full(60, precision), kind)  # type: ignore[arg-type]
    inside = (values >= found.areas["lower"]) & (values <= found.areas["upper"])
    assert (inside == (found.areas["z"].abs() <= stats.norm.ppf(0.975))).all()
    assert (
        (found.areas["lower_outer"] < found.areas["lower"])
        & (found.areas["upper"] < found.areas["upper_outer"])
    ).all()
    low, high = found.limits([precision], 0.95)
    assert (low[0], high[0]) == (found.areas["lower"].iloc[0], found.areas["upper"].iloc[0])


def test_limits_stay_within_what_is_possible() -> None:
    rate = fit_funnel([0.0, 0.3], [3.0, 3.0], "rate").areas
    assert (rate["lower"] == 0).all()
    share = fit_funnel([0.97, 1.0], [5.0, 5.0], "share").areas
    assert (share["upper"] <= 1).all()


def test_targets() -> None:
    assert fit_funnel([1.0, 4.0], [30.0, 10.0], "rate").target == 1.75
    assert fit_funnel([0.2, 0.6], [30.0, 10.0], "share").target == pytest.approx(0.3)
    assert fit_funnel([50.0, 60.0], [1.0, 2.0], "score").target == 52


def test_missing_takes_no_part() -> None:
    found = fit_funnel([1.0, np.nan, 2.0, 3.0], [10.0, 10.0, 0.0, 12.0], "rate")
    assert found.target == pytest.approx((10 + 36) / 22)
    assert found.areas["z"].isna().tolist() == [False, True, True, False]
    assert found.areas.loc[1].isna().all()
    assert np.isnan(fit_funnel([], [], "score").target)
    alone = fit_funnel([5.0], [10.0], "rate")
    assert (alone.tau, alone.areas["z"].tolist()) == (0.0, [0.0])


def test_verdicts() -> None:
    given = pd.DataFrame({"z": [4.0, -4.0, 0.5, np.nan, 4.0], "p": [0.0, 0.0, 0.6, np.nan, 0.0]})
    given["q"] = given["p"]
    few = [False, False, False, False, True]
    assert funnel_verdict(given, higher_is_better=True, too_few=few).tolist() == [
        "better", "worse", "similar", "uncertainty unknown", "too few data",
    ]  # fmt: skip
    assert funnel_verdict(given, higher_is_better=False)[:2].tolist() == ["worse", "better"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 500)), min_size=1, max_size=25),
    st.floats(0.01, 100),
)
def test_the_unit_makes_no_difference(rows: list[tuple[float, float]], unit: float) -> None:
    value, size = (np.array(column) for column in zip(*rows, strict=True))
    found, scaled = fit_funnel(value, size, "rate"), fit_funnel(value / unit, size * unit, "rate")
    np.testing.assert_allclose(found.areas["z"], scaled.areas["z"], atol=1e-6)
    assert found.tau >= 0
    assert (found.areas["z"].abs() <= found.areas["z_unadjusted"].abs() + 1e-12).all()
