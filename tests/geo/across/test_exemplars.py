"""Places that do well: by hand, at the nominal rate, found where planted, and matched with those that do not."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.across.doing_well import places_doing_well
from geo.across.exemplars import NEAREST, RECORD, nearest_doing_well, persisting
from geo.estimates.usual import against_usual, expected_counts, judged


def years(**of_places):
    """A list of yearly counts for each place; five are usual."""
    rows = [(name, 2020 + y, n, 5.0) for name, counts in of_places.items() for y, n in enumerate(counts)]
    return pd.DataFrame(rows, columns=["place", "year", "observed", "expected"])


def test_one_good_year_does_not_persist():
    better = pd.DataFrame({"place": ["a", "b", "c", "d", "f"]})
    found = persisting(
        better,
        years(
            a=[1, 0, 1, 9, 1],
            b=[0, 0, 0, 9, 9],
            c=[None, None],
            d=[4, None, 4, 4],
            e=[0, 0, 0, 0, 0],
            f=[0, 0],
        ),
    )
    assert list(found) == RECORD
    assert found.to_numpy().tolist() == [["a", 5, 4, 2020, 2024], ["d", 3, 3, 2020, 2023]]
    assert persisting(better.iloc[:0], years(a=[1])).empty


def test_exemplars_are_found_where_planted_and_are_better():
    """Fifteen draws of 100 places, 60 events usual in five years, k about 0.05; ten at two fifths of their rate."""
    found, told, wrong = 0, 0, 0
    for seed in range(15):
        rng = np.random.default_rng(seed)
        factor = rng.gamma(20, 0.05, 100)
        factor[:10] *= 0.4
        counts = rng.poisson(factor[:, None] * np.full(5, 12.0))
        cells = pd.DataFrame({"place": [f"p{n:02}" for n in range(100)], "observed": counts.sum(axis=1)})
        cells = cells.assign(label="a", exposure=1.0, flow=np.nan, period=1)
        usual = judged(
            against_usual(expected_counts(cells, chances=False), ["place"], chances=False).assign(period=1),
            ["period"],
        )
        by_year = pd.DataFrame(
            {
                "place": np.repeat(cells["place"].to_numpy(), 5),
                "year": np.tile(np.arange(2020, 2025), 100),
                "observed": counts.ravel(),
                "expected": np.repeat(usual.sort_values("place")["expected"].to_numpy() / 5, 5),
            }
        )
        places = places_doing_well(usual, by_year)["place"].str[1:].astype(int)
        found += (places < 10).sum()
        told += len(places)
        # In the sample's terms: of the places told, those whose true mean is not below the usual one.
        mean = pd.Series(factor * 60)
        wrong += (mean[places].to_numpy() >= usual["expected"].iloc[0]).sum()
    assert found / 150 >= 0.8
    assert wrong / told <= 0.05


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
