"""Did it work: planted effects are found, sites chosen for a bad year are not called a success."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geo.estimates.before_after import BEFORE_AFTER, before_after, comparison_trend
from geo.estimates.intervals import poisson_interval


def sites(draws: int, effect: float, worst: int, growth: float = 1.0, k: float = 0.5) -> pd.DataFrame:
    """In each draw the `worst` of 800 sites by their count before are treated: one scheme a draw."""
    rng = np.random.default_rng(draws)
    usual = rng.lognormal(0.3, 0.5, (draws, 800))
    mean = usual * rng.gamma(1 / k, k, usual.shape)
    before, after = rng.poisson(mean), rng.poisson(mean * growth * effect)
    chosen = np.argsort(-before, axis=1, kind="stable")[:, :worst]

    def of_chosen(values: np.ndarray) -> np.ndarray:
        return np.take_along_axis(values, chosen, axis=1).ravel()

    return pd.DataFrame(
        {
            "scheme": np.repeat(np.arange(draws), worst),
            "count_before": of_chosen(before), "count_after": of_chosen(after),
            "expected_before": of_chosen(usual), "expected_after": of_chosen(usual * growth), "dispersion": k,
        }
    )  # fmt: skip


def test_by_hand() -> None:
    """Two sites, k 0.5: estimates (8 + 2) / (4 + 2) * 4 = 20/3 and (2 + 2) / (2 + 2) * 2 = 2, of counts 8 and 2."""
    given = pd.DataFrame(
        {
            "count_before": [8, 2],
            "count_after": [3, 1],
            "expected_before": [4.0, 2.0],
            "expected_after": [2.0, 4.0],
        }
    ).assign(dispersion=0.5)
    found = before_after(given, []).iloc[0]
    without = 20 / 3 / 2 + 2 * 2
    variance = (20 / 3) * (4 / 6) / 4 + 2 * (2 / 4) * 4
    assert list(found.index) == BEFORE_AFTER
    assert found["sites"] == 2
    assert found["expected_after"] == pytest.approx(without)
    assert found["expected_after_error"] == pytest.approx(np.sqrt(variance))
    uneven = variance / without**2
    assert found["effectiveness"] == pytest.approx(4 / without / (1 + uneven))
    assert found["standard_error"] == pytest.approx(
        found["effectiveness"] * np.sqrt(1 / 4 + uneven) / (1 + uneven)
    )
    assert found["naive_effectiveness"] == pytest.approx(4 / (8 / 2 + 2 * 2))
    assert found["regression_to_mean"] == pytest.approx((20 / 3 + 2) / 10)


def test_limits_and_p_are_those_of_a_count_over_a_gamma_mean() -> None:
    found = before_after(sites(1, 0.7, 20), ["scheme"]).iloc[0]
    without, variance, after = (
        found["expected_after"],
        found["expected_after_error"] ** 2,
        found["observed_after"],
    )
    shape = without**2 / variance

    def tails(index: float) -> tuple[float, float]:
        share = shape / (shape + index * without)
        return float(stats.nbinom.cdf(after, shape, share)), float(stats.nbinom.sf(after - 1, shape, share))

    assert tails(found["upper"])[0] == pytest.approx(0.025, rel=1e-6)
    assert tails(found["lower"])[1] == pytest.approx(0.025, rel=1e-6)
    assert found["p"] == pytest.approx(min(1, 2 * min(tails(1.0))))
    # The limits and the p-value say the same.
    assert (found["p"] < 0.05) == (found["upper"] < 1 or found["lower"] > 1)


def test_a_certain_expectation_leaves_the_exact_poisson_interval() -> None:
    given = pd.DataFrame(
        {"count_before": [5], "count_after": [4], "expected_before": [6.0], "expected_after": [8.0]}
    )
    certain = before_after(given.assign(dispersion=0.0), []).iloc[0]
    low, high = poisson_interval(4)
    assert (certain["lower"], certain["upper"]) == pytest.approx((float(low) / 8, float(high) / 8))
    nearly = before_after(given.assign(dispersion=1e-9), []).iloc[0]
    assert (nearly["lower"], nearly["upper"], nearly["p"]) == pytest.approx(
        (certain["lower"], certain["upper"], certain["p"]), rel=1e-4
    )


def test_sites_chosen_for_a_bad_year_are_not_called_a_success() -> None:
    found = before_after(sites(1_000, 1.0, 40), ["scheme"])
    # Before minus after would claim a quarter fewer, nearly every time.
    assert found["naive_effectiveness"].mean() < 0.77
    assert (found["naive_effectiveness"] < 1).mean() > 0.99
    assert found["effectiveness"].mean() == pytest.approx(1.0, abs=0.01)
    assert (found["verdict"] == "fewer").mean() <= 0.04
    assert ((found["lower"] <= 1) & (found["upper"] >= 1)).mean() >= 0.93


@pytest.mark.parametrize("effect", [0.6, 1.4])
def test_a_planted_effect_comes_back(effect: float) -> None:
    found = before_after(sites(1_000, effect, 60, growth=1.2), ["scheme"])
    assert found["effectiveness"].mean() == pytest.approx(effect, rel=0.01)
    assert 0.93 <= ((found["lower"] <= effect) & (effect <= found["upper"])).mean() <= 0.97
    assert found["effectiveness"].std() == pytest.approx(found["standard_error"].mean(), rel=0.1)
    assert (found["verdict"] == ("fewer" if effect < 1 else "more")).mean() > 0.9


def test_schemes_are_rows_and_broken_sites_take_no_part() -> None:
    given = sites(1, 0.8, 6).assign(scheme=["x", "x", "x", "y", "y", "y"])
    given["count_after"] = given["count_after"].where(given.index != 0)
    given["expected_before"] = given["expected_before"].where(given.index != 3, 0.0)
    found = before_after(given, ["scheme"])
    assert found["scheme"].tolist() == ["x", "y"]
    assert found["sites"].tolist() == [2, 2]
    alone = before_after(given[given["scheme"] == "x"], ["scheme"])
    pd.testing.assert_frame_equal(found.iloc[:1], alone)
    assert before_after(given.iloc[:0], ["scheme"]).empty


def test_no_event_after_is_not_certainty() -> None:
    given = pd.DataFrame(
        {"count_before": [2], "count_after": [0], "expected_before": [1.0], "expected_after": [1.0]}
    )
    found = before_after(given.assign(dispersion=0.5), []).iloc[0]
    assert (found["effectiveness"], found["lower"]) == (0, 0)
    assert found["upper"] > 1
    assert found["standard_error"] > 0
    assert found["verdict"] == "no difference shown"


def test_what_happened_everywhere_is_not_the_schemes_doing() -> None:
    trend, error = comparison_trend(400, 300, 410.0, 410.0)
    assert trend == pytest.approx(0.75, rel=0.01)
    assert error == pytest.approx(trend * np.sqrt(1 / 400 + 1 / 300))
    given = sites(1, 0.75, 200)
    alone, held = before_after(given, []), before_after(given, [], trend, error)
    assert alone["verdict"].item() == "fewer"
    assert held["verdict"].item() == "no difference shown"
    assert held["effectiveness"].item() == pytest.approx(alone["effectiveness"].item() / trend, rel=0.01)
    assert held["expected_after_error"].item() > alone["expected_after_error"].item() * trend
    with pytest.raises(ValueError, match="comparison needs events"):
        comparison_trend(0, 3, 1.0, 1.0)
