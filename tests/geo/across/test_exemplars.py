"""Places that do well: by hand, at the nominal rate, found where planted, and matched with those that do not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.across.exemplars import EXEMPLARS, NEAREST, exemplars, nearest_doing_well


def years(*counts, expected=5.0, exposure=1.0):
    """One list of yearly counts a site."""
    rows = [
        (s, 2020 + y, n, expected, exposure)
        for s, of_site in enumerate(counts)
        for y, n in enumerate(of_site)
    ]
    return pd.DataFrame(rows, columns=["site", "year", "count", "expected", "exposure"])


def test_by_hand():
    found = exemplars(years([1, 0, 1, 2, 1], [5, 5, 6, 4, 5], [0, 0, 0, 7, 7], [None, None]), 0.0, sites=5)
    assert list(found) == EXEMPLARS
    assert found["count"].tolist() == [5, 25, 14, 0, 0]
    assert found["p"].iloc[0] == pytest.approx(sum(stats.poisson.pmf(k, 25) for k in range(6)))
    assert found["better_years"].tolist()[:3] == [5, 1, 3]
    assert found["is_exemplar"].tolist() == [True, False, False, False, False]
    assert found["reason"].tolist()[1:] == [
        "not fewer events than chance may bring",
        "not fewer in most years",
        "no year has a count and an expected one",
        "no year has a count and an expected one",
    ]


def test_floors():
    few = exemplars(years([0, 0], expected=0.2), 0.0, sites=1)
    assert few["reason"].tolist() == ["too few events are usual there"]
    short = exemplars(years([0, 0], expected=20, exposure=0.4), 0.0, sites=1, least_exposure=1.0)
    assert short["reason"].tolist() == ["too little exposure"]
    assert exemplars(years(), 0.0, sites=0).empty


@pytest.mark.parametrize("ratio", [1.0, 0.25])
def test_chance_makes_no_exemplars_and_planted_ones_are_found(ratio):
    """Forty draws of 100 places, 60 events usual, k = 0.05; ten of them at a quarter of the rate, or none."""
    found, false = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        factor = rng.gamma(20, 0.05, 100)
        factor[:10] *= ratio
        counts = rng.poisson(factor[:, None] * np.full(5, 12.0))
        is_good = exemplars(years(*counts, expected=12.0), 0.05, sites=100)["is_exemplar"].to_numpy()
        found += is_good[:10].sum()
        false += bool(is_good.any() if ratio == 1 else is_good[10:].any())
    if ratio < 1:
        assert found / 400 >= 0.8
    else:
        assert false / 40 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 40)


def table(rows):
    return pd.DataFrame(rows, columns=["flow", "urban", "road_class"])


def test_the_nearest_of_the_same_kind_by_hand():
    problems = table([(1.0, 0.0, "a"), (9.0, 1.0, "a"), (1.0, 0.0, "b"), (np.nan, 0.0, "a"), (5.0, 0.0, "a")])
    good = table([(8.0, 1.0, "a"), (2.0, 0.0, "a"), (1.0, 0.0, "c"), (8.0, 0.0, "a"), (np.nan, 0.0, "b")])
    found = nearest_doing_well(problems, good, ["flow", "urban"], "road_class")
    assert list(found) == NEAREST
    # The last lies as near to the second as to the fourth: the first of them.
    assert found["exemplar"].tolist() == [1, 0, -1, -1, 1]
    assert found["reason"].tolist()[2:4] == ["no such place does well", "a covariate is missing"]
    with pytest.raises(ValueError, match="at least one covariate"):
        nearest_doing_well(problems, good, [])
    assert nearest_doing_well(problems.iloc[:0], good, ["flow"]).empty
    assert nearest_doing_well(problems, good.iloc[:0], ["flow"])["exemplar"].tolist() == [-1] * 5


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8),
)
def test_like_all_pairs(own, other):
    problems, good = (pd.DataFrame(rows, columns=["x", "y"], dtype=float) for rows in (own, other))
    width = pd.concat([problems, good]).std(ddof=0).replace(0, 1)
    apart = np.sqrt(
        (((problems / width).to_numpy()[:, None] - (good / width).to_numpy()[None]) ** 2).sum(axis=2)
    )
    found = nearest_doing_well(problems, good, ["x", "y"])
    assert found["exemplar"].tolist() == np.round(apart, 7).argmin(axis=1).tolist()
    assert found["distance"].to_numpy() == pytest.approx(apart.min(axis=1), abs=1e-8)
