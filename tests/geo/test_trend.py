"""Trends: a published fit, least squares of others, planted slopes, and no line across a break."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.estimates.trend import TREND, rate_trends, score_trends

# Deaths from AIDS in Australia, quarters of 1983 to 1986: Whyte et al. (1987), as in Dobson, An Introduction to
# Generalized Linear Models. R's glm(family = poisson) gives slope 0.2565 with standard error 0.0220.
AIDS = [0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45]


def rates(counts: Sequence[float], exposure: float | Sequence[float] = 100.0, **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"area": "A", "period": np.arange(len(counts)) + 2010.0, "count": counts, "exposure": exposure} | more
    ).astype({"count": float, "exposure": float})


def scores(values: Sequence[float], errors: float | Sequence[float] = np.nan, **more: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"area": "A", "period": np.arange(len(values)) + 2010.0, "score": values, "standard_error": errors}
        | more
    ).astype({"score": float, "standard_error": float})


def test_the_aids_deaths_of_1987() -> None:
    found = rate_trends(rates(AIDS, 1.0), ["area"]).iloc[0]
    assert list(found.index) == ["area", *TREND]
    assert np.log1p(found["change"]) == pytest.approx(0.2565, abs=5e-5)
    # Pearson's statistic over 12 degrees of freedom and the quasi-Poisson error: statsmodels 0.15.0, scale="X2".
    assert found["dispersion"] == pytest.approx(2.4039420829, rel=1e-8)
    assert found["degrees_of_freedom"] == 12
    half = stats.t.ppf(0.975, 12) * 0.03417088
    assert np.log1p([found["lower"], found["upper"]]) == pytest.approx(
        [0.25652359 - half, 0.25652359 + half], abs=1e-7
    )
    assert 0.03417088 / np.sqrt(found["dispersion"]) == pytest.approx(0.0220, abs=5e-5)
    assert found["p"] == pytest.approx(2 * stats.t.sf(0.25652359 / 0.03417088, 12), rel=1e-5)
    assert (found["points"], found["first_period"], found["last_period"]) == (14, 2010, 2023)


def test_exposure_is_what_counts_are_held_against() -> None:
    exposure = [100.0, 120.0, 150.0, 300.0, 310.0]
    found = rate_trends(rates([e / 10 for e in exposure], exposure), ["area"]).iloc[0]
    assert found["change"] == pytest.approx(0, abs=1e-12)
    assert found["p"] == pytest.approx(1)
    # Counts that follow the line exactly are no less uncertain than Poisson ones.
    assert found["dispersion"] == 1


def test_no_slope_crosses_a_break() -> None:
    level = [40.0, 41, 39, 40, 41, 20, 21, 19, 20, 20]
    broken = rates(level, segment=[1] * 5 + [2] * 5)
    found = rate_trends(broken, ["area", "segment"])
    assert found["segment"].tolist() == [1, 2]
    assert found["last_period"].tolist() == [2014, 2019]
    assert (found["p"] > 0.5).all()
    alone = rate_trends(broken[broken["segment"] == 2], ["area", "segment"])
    pd.testing.assert_frame_equal(found.iloc[1:].reset_index(drop=True), alone)
    # Bridged, the fall at the break would be told as a trend.
    assert rate_trends(broken, ["area"])["p"].item() < 0.05


@pytest.mark.parametrize(("points", "reason"), [(3, "fewer than 4 periods"), (4, ""), (5, "")])
def test_the_fewest_periods(points: int, reason: str) -> None:
    for found in (
        rate_trends(rates([20, 30, 25, 40, 35][:points]), ["area"]),
        score_trends(scores([20, 30, 25, 40, 35][:points], 2.0), ["area"]),
    ):
        assert found["reason"].fillna("").tolist() == [reason]
        assert found["change"].isna().tolist() == [reason != ""]


def test_two_counts_of_one_period_are_one_period() -> None:
    twice = pd.concat([rates([20, 30, 25]), rates([20, 30, 25])])
    assert rate_trends(twice, ["area"])["reason"].tolist() == ["fewer than 4 periods"]


def test_where_there_is_no_trend_the_reason_is_told() -> None:
    found = rate_trends(
        pd.concat(
            [
                rates([0, 0, 0, 0]),
                rates([0, 0, 0, 9]).assign(area="B"),
                rates([5, 6, np.nan, 8, 9]).assign(area="C"),
                rates([5, 6, 7, 8], [1, 1, 0, 1]).assign(area="D"),
                rates([np.nan] * 4).assign(area="E"),
            ]
        ),
        ["area"],
    ).set_index("area")
    assert found["reason"].fillna("").to_dict() == {
        "A": "no events",
        "B": "events in one end period only",
        "C": "",
        "D": "fewer than 4 periods",
        "E": "fewer than 4 periods",
    }
    assert found["points"].to_dict() == {"A": 4, "B": 4, "C": 4, "D": 3, "E": 0}
    assert found["first_period"].isna().to_dict()["E"]
    assert found.loc[["A", "B", "D", "E"], ["change", "lower", "upper", "p"]].isna().to_numpy().all()


def planted(areas: int, years: int, slope: float, k: float, seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    year = np.tile(np.arange(years), areas)
    level = np.repeat(rng.lognormal(-1, 0.5, areas), years)
    exposure = np.repeat(rng.lognormal(4, 0.5, areas), years) * rng.uniform(0.8, 1.2, areas * years)
    noise = rng.gamma(1 / k, k, areas * years) if k else 1.0
    return pd.DataFrame(
        {
            "outcome": "o", "area": np.repeat(np.arange(areas), years), "period": year,
            "count": rng.poisson(exposure * level * (1 + slope) ** year * noise), "exposure": exposure,
        }
    )  # fmt: skip


@pytest.mark.parametrize("k", [0.0, 0.05])
def test_planted_slopes_are_covered_and_no_slope_is_seldom_called_one(k: float) -> None:
    found = rate_trends(planted(4_000, 6, -0.05, k), ["outcome", "area"], pool=["outcome"])
    found = found[found["reason"].isna()]
    covered = ((found["lower"] <= -0.05) & (found["upper"] >= -0.05)).mean()
    assert 0.93 <= covered <= 0.97
    assert (found["dispersion"] == found["dispersion"].iloc[0]).all()
    none = rate_trends(planted(4_000, 6, 0.0, k, seed=4), ["outcome", "area"], pool=["outcome"])
    assert (none["p"] < 0.05).mean() <= 0.06


def test_own_dispersion_is_cautious() -> None:
    found = rate_trends(planted(4_000, 6, 0.0, 0.05), ["outcome", "area"])
    assert (found["p"] < 0.05).mean() <= 0.05


def test_scores_without_errors_are_least_squares() -> None:
    values = [62.0, 61, 58, 59, 55, 56]
    found = score_trends(scores(values), ["area"]).iloc[0]
    theirs = stats.linregress(np.arange(6), values)
    assert found["change"] == pytest.approx(theirs.slope)
    assert found["p"] == pytest.approx(theirs.pvalue)
    half = stats.t.ppf(0.975, 4) * theirs.stderr
    assert (found["lower"], found["upper"]) == pytest.approx((theirs.slope - half, theirs.slope + half))


def test_scores_with_errors_are_weighed_and_no_surer_than_the_survey() -> None:
    values, errors = [62.0, 61, 58, 59, 55], [1.0, 3, 1, 2, 1]
    found = score_trends(scores(values, errors), ["area"]).iloc[0]
    slope, covariance = np.polyfit(np.arange(5), values, 1, w=1 / np.array(errors), cov="unscaled")
    assert found["change"] == pytest.approx(slope[0])
    assert found["dispersion"] == 1
    half = stats.t.ppf(0.975, 3) * np.sqrt(covariance[0, 0])
    assert found["upper"] - found["change"] == pytest.approx(half)
    wild = score_trends(scores([62.0, 31, 88, 29, 55], errors), ["area"]).iloc[0]
    assert wild["dispersion"] > 1


def test_a_score_without_scatter_has_no_interval() -> None:
    found = score_trends(scores([60.0, 60, 60, 60]), ["area"]).iloc[0]
    assert found["reason"] == "no scatter"
    assert np.isnan(found["p"])
    sure = score_trends(scores([60.0, 60, 60, 60], 2.0), ["area"]).iloc[0]
    assert (sure["change"], sure["p"]) == (0, 1)


def test_pools_do_not_mix_known_and_unknown_errors() -> None:
    both = pd.concat([scores([60.0, 62, 61, 65], 1.0), scores([50.0, 58, 41, 55]).assign(area="B")])
    found = score_trends(both, ["area"], pool=[]).set_index("area")
    assert found["degrees_of_freedom"].to_dict() == {"A": 2, "B": 2}
    rated = pd.concat([rates([20, 30, 25, 40]), rates([20, 30, 25, 40, 41]).assign(area="B")])
    assert rate_trends(rated, ["area"], pool=[])["degrees_of_freedom"].tolist() == [5, 5]


def test_nothing_in_nothing_out() -> None:
    assert list(rate_trends(rates([]), ["area"]).columns) == ["area", *TREND]
    assert score_trends(scores([]), ["area"]).empty


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.floats(0.1, 1000)), min_size=4, max_size=9),
    st.floats(0.01, 100),
)
def test_one_equation_is_solved_and_units_make_no_difference(
    rows: list[tuple[int, float]], unit: float
) -> None:
    count, exposure = (list(map(float, column)) for column in zip(*rows, strict=True))
    found = rate_trends(rates(count, exposure), ["area"]).iloc[0]
    scaled = rate_trends(rates(count, [e * unit for e in exposure]), ["area"]).iloc[0]
    assert pd.isna(found["reason"]) == pd.isna(scaled["reason"])
    if not pd.isna(found["reason"]):
        return
    assert found["change"] == pytest.approx(scaled["change"], rel=1e-6, abs=1e-9)
    t = np.arange(len(count))
    weight = np.array(exposure) * np.exp(np.log1p(found["change"]) * (t - t.mean()))
    # The fitted mean period of events is the observed one.
    assert (weight * t).sum() / weight.sum() == pytest.approx((t * count).sum() / np.sum(count), abs=1e-6)
    assert found["lower"] <= found["change"] <= found["upper"]
