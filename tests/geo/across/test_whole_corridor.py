"""Corridors as a whole: sums against the usual, neighbours that are alike, and claims where there is nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from geo.across.whole_corridor import WHOLE, whole_corridors


def sections(rng: np.random.Generator, alike: float = 0.0, worse: float = 1.0) -> pd.DataFrame:
    """Forty corridors of ten sections with gamma factors, neighbours alike by a normal copula; the first is worse."""
    noise = rng.standard_normal((40, 10))
    for nth in range(1, 10):
        noise[:, nth] = alike * noise[:, nth - 1] + np.sqrt(1 - alike**2) * noise[:, nth]
    factor = stats.gamma.ppf(stats.norm.cdf(noise), 1 / 0.3, scale=0.3)
    factor[0] *= worse
    return pd.DataFrame(
        {
            "corridor": np.repeat([f"A{n:02}/1" for n in range(40)], 10), "section": np.tile(np.arange(1, 11), 40),
            "observed": rng.poisson(12 * factor).ravel().astype(float), "expected": 12.0, "dispersion": 0.3,
        }
    )  # fmt: skip


def test_sums_and_the_plain_test_where_sections_do_not_differ() -> None:
    table = pd.DataFrame(
        {
            "corridor": ["A1/1", "A1/1", "A2/1", "A3/1", "A4/1"], "section": [1, 2, 1, 1, 1],
            "observed": [9.0, 11.0, 0.0, 1.0, 5.0], "expected": [4.0, 6.0, 8.0, 2.0, np.nan], "dispersion": 0.0,
        }
    )  # fmt: skip
    made = whole_corridors(table)
    assert list(made.columns) == ["corridor", *WHOLE]
    # What has no usual count takes no part.
    assert made["corridor"].tolist() == ["A1/1", "A2/1", "A3/1"]
    assert made[["observed", "expected", "sections"]].to_numpy().tolist() == [
        [20, 10, 2],
        [0, 8, 1],
        [1, 2, 1],
    ]
    np.testing.assert_allclose(made["p"].head(2), [2 * stats.poisson.sf(19, 10), 2 * stats.poisson.cdf(0, 8)])
    # Garwood's limits.
    np.testing.assert_allclose(
        made["lower"], [stats.chi2.ppf(0.025, 40) / 20, 0, stats.chi2.ppf(0.025, 2) / 4]
    )
    np.testing.assert_allclose(made["upper"].head(1), stats.chi2.ppf(0.975, 42) / 20)
    assert made["verdict"].tolist() == ["worse", "better", "too few data"]
    assert made["p"].isna().tolist() == [False, False, True]


def test_without_sections_there_is_nothing() -> None:
    table = sections(np.random.default_rng(1)).assign(expected=np.nan)
    assert whole_corridors(table).empty


@pytest.mark.parametrize("alike", [0.0, 0.5])
def test_where_corridors_are_alike_little_is_claimed(alike: float) -> None:
    """Neighbours that go together make sums vary more; told of it, the test keeps its level."""
    rng = np.random.default_rng(11)
    made = [whole_corridors(sections(rng, alike)) for _ in range(25)]
    cover = np.mean([((m["lower"] <= 1) & (m["upper"] >= 1)).mean() for m in made])
    assert cover == pytest.approx(0.95, abs=0.03)
    assert np.mean([(m["q"] < 0.05).any() for m in made]) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 25)
    found = np.mean([m["alike"].mean() for m in made])
    # Counts are less alike than what makes them differ.
    assert found < 0.06 if alike == 0 else 0.25 < found < 0.5


def test_a_corridor_that_is_worse_is_found_and_does_not_widen_its_own_test() -> None:
    rng = np.random.default_rng(12)
    made = [whole_corridors(sections(rng, worse=2.5)) for _ in range(10)]
    assert np.mean([m.loc[0, "verdict"] == "worse" for m in made]) >= 0.8
    # Its own sections, all far above the usual, are alike; the others' are not.
    assert np.mean([m.loc[0, "alike"] for m in made]) < np.mean([m.loc[1, "alike"] for m in made])
