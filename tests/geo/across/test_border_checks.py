"""Checks at a border: breaks of density that were planted, sides that are alike or not, and the words allowed."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.across.border_checks import balance, density_break, wording


def road(seed, near=1.0, far=1.0, slope=0.0, pieces=4000, pairs=1):
    """Pieces of road thrown down on both sides of a border, denser or sparser beyond it."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(-2000, 2000, (pairs, pieces)).ravel()
    keep = rng.uniform(0, 1, len(at)) * 2.5 < np.where(at >= 0, near, far) * (1 + slope * at / 2000)
    pair = np.repeat(np.arange(pairs), pieces)
    return pair[keep], at[keep], rng.uniform(20, 60, int(keep.sum()))


def test_even_strips_by_hand():
    at = np.concatenate([np.arange(100, 2000, 200), -np.arange(100, 2000, 200)]).astype(float)
    weight = np.where(at > 0, 6.0, 3.0)
    pair = np.zeros(len(at), dtype=np.int64)
    found = density_break(pair, at, weight, 2000, 2)
    assert found["log_ratio"].iloc[0] == pytest.approx(np.log(2))
    assert found["standard_error"].iloc[0] < 1e-6 or np.isnan(found["standard_error"].iloc[0])
    assert found.iloc[1].isna().all()


def test_without_a_break_few_are_called_one_even_where_density_slopes():
    for slope in (0.0, 0.6):
        pair, at, weight = road(1, slope=slope, pairs=300, pieces=600)
        found = density_break(pair, at, weight, 2000, 300)
        assert (found["p"] < 0.05).mean() <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 300)
        assert abs(found["log_ratio"].mean()) < 0.05


def test_a_break_that_was_planted_is_found():
    pair, at, weight = road(2, near=2.0, pairs=100, pieces=1200)
    found = density_break(pair, at, weight, 2000, 100)
    assert (found["p"] < 0.05).mean() > 0.8
    assert found["log_ratio"].mean() == pytest.approx(np.log(2), abs=0.1)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 20))
def test_the_unit_of_weight_and_the_side_named_first(seed, factor):
    pair, at, weight = road(seed, near=1.5, pieces=300)
    found = density_break(pair, at, weight, 2000, 1)
    scaled = density_break(pair, at, weight * factor, 2000, 1)
    turned = density_break(pair, -at, weight, 2000, 1)
    assert scaled.to_numpy() == pytest.approx(found.to_numpy(), rel=1e-6)
    assert turned["log_ratio"].iloc[0] == pytest.approx(-found["log_ratio"].iloc[0])
    assert turned["p"].iloc[0] == pytest.approx(found["p"].iloc[0])


def test_density_needs_strips_and_a_band():
    with pytest.raises(ValueError, match="3 bins"):
        density_break(np.array([0]), [1.0], [1.0], 2000, 1, bins=2)
    with pytest.raises(ValueError, match="above 0"):
        density_break(np.array([0]), [1.0], [1.0], 0, 1)


def test_differences_of_sides_by_hand():
    sections = pd.DataFrame(
        {
            "pair": [0, 0, 0, 0, 1, 1, 1, 1],
            "is_first": [True, True, False, False] * 2,
            "exposure": [1.0, 3.0, 2.0, 2.0, 1.0, 9.0, 1.0, 1.0],
            "urban": [1.0, 0.0, 1.0, 0.0, 1.0, np.nan, 1.0, 1.0],
            "limit": [60.0, 60.0, 60.0, 60.0, 60.0, 60.0, 40.0, 40.0],
        }
    )
    found = balance(sections, ["urban", "limit"], 3)
    # Means 1/4 and 1/2, variances 3/16 and 1/4.
    assert found["urban"].iloc[0] == pytest.approx(-0.25 / np.sqrt((3 / 16 + 1 / 4) / 2))
    assert found["limit"].tolist()[:2] == [0, np.inf]
    # Nine tenths of the first side are not known; the third pair has no sections.
    assert np.isnan(found["urban"].iloc[1])
    assert found.iloc[2].isna().all()


def test_words_follow_the_checks():
    differences = pd.DataFrame(
        {"urban": [0.1, 0.1, 0.3, np.nan, -0.3], "limit": [0.0, 0.0, 0.0, 0.0, np.inf]}
    )
    found = wording([0.5, 0.01, 0.5, np.nan, 0.5], differences)
    assert found["wording"].tolist() == ["effect not excluded", *["contrast"] * 4]
    assert found["reason"].tolist()[1:] == [
        "density of road changes at the border",
        "urban differs",
        "density not known, urban not known",
        "urban differs, limit differs",
    ]
    assert found["reason"].isna().tolist() == [True, False, False, False, False]
    assert wording([0.5], pd.DataFrame(index=[0]))["reason"].tolist() == ["no covariates"]
