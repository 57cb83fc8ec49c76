"""Statistical neighbours: all pairs by hand, ties, and areas that cannot have any."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist

from geo.estimates.neighbours_of_levels import NEIGHBOUR, neighbours_of_levels
from geo.estimates.statistical_neighbours import statistical_neighbours


def areas(values: object, names: tuple[str, ...] = ("density", "income")) -> pd.DataFrame:
    table = pd.DataFrame(np.asarray(values, dtype=float), columns=list(names))
    return table.assign(area_code=[f"E{k:04}" for k in range(len(table))])


def by_all_pairs(table: pd.DataFrame, names: list[str], number: int) -> list[list[str]]:
    scores = stats.zscore(table[names].to_numpy())
    apart = np.round(cdist(scores, scores), 9)
    np.fill_diagonal(apart, np.inf)
    codes = table["area_code"]
    order = [sorted(range(len(codes)), key=lambda k, row=row: (row[k], codes[k])) for row in apart]  # type: ignore[misc]
    return [[codes[k] for k in row[:number]] for row in order]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=30), st.integers(1, 6))
def test_like_all_pairs(values: list[tuple[int, int]], number: int) -> None:
    """Of whole numbers many pairs are as far apart as others, so ties decide."""
    table = areas([*values, (5, 6)])
    found = statistical_neighbours(table, ["density", "income"], number)
    number = min(number, len(values))
    expected = by_all_pairs(table, ["density", "income"], number)
    assert found["neighbour_code"].to_numpy().reshape(-1, number).tolist() == expected
    assert found["rank"].tolist() == [*range(1, number + 1)] * len(table)
    mixed = statistical_neighbours(table.sample(frac=1, random_state=1), ["density", "income"], number)
    pd.testing.assert_frame_equal(mixed, found)


def test_distance_and_shares_by_hand() -> None:
    # Both covariates have standard deviation 1 and 10.
    table = areas([(1, 10), (-1, -10), (1, -10), (-1, 10)])
    found = statistical_neighbours(table, ["density", "income"], 3)
    first = found[found["area_code"] == "E0000"].set_index("neighbour_code")
    assert first.index.tolist() == ["E0002", "E0003", "E0001"]
    assert first["distance"].tolist() == pytest.approx([2, 2, np.sqrt(8)])
    assert first["share_density"].tolist() == pytest.approx([0, 1, 0.5])
    assert first["share_income"].tolist() == pytest.approx([1, 0, 0.5])
    assert found["reason"].isna().all()


def test_the_unit_of_a_covariate_changes_nothing() -> None:
    table = areas(np.random.default_rng(2).normal(size=(40, 2)))
    found = statistical_neighbours(table, ["density", "income"], 5)
    scaled = statistical_neighbours(table.assign(income=table["income"] * 1e4 + 7), ["density", "income"], 5)
    pd.testing.assert_frame_equal(found, scaled)


def test_areas_planted_alike_find_each_other() -> None:
    rng = np.random.default_rng(3)
    centres = rng.normal(size=(20, 3)) * 10
    table = areas(np.repeat(centres, 6, axis=0) + rng.normal(size=(120, 3)) * 0.01, ("a", "b", "c"))
    found = statistical_neighbours(table, ["a", "b", "c"], 5)
    kind = dict(zip(table["area_code"], np.repeat(np.arange(20), 6), strict=True))
    assert (found["area_code"].map(kind) == found["neighbour_code"].map(kind)).all()


def test_areas_without_a_covariate_say_so() -> None:
    table = areas([(1, 2), (np.nan, 2), (3, np.inf), (np.nan, np.nan), (4, 1), (2, 7)])
    found = statistical_neighbours(table, ["density", "income"], 15).set_index("area_code")
    assert found["reason"].dropna().to_dict() == {
        "E0001": "no density", "E0002": "no income", "E0003": "no density, income",
    }  # fmt: skip
    without = found[found["reason"].notna()].drop(columns="reason")
    assert without.isna().all(axis=None)
    assert set(found["neighbour_code"].dropna()) == {"E0000", "E0004", "E0005"}
    assert found.loc["E0000", "rank"].tolist() == [1, 2]  # type: ignore[union-attr]


def test_areas_that_are_the_same_have_no_shares() -> None:
    found = statistical_neighbours(areas([(1, 2), (1, 2), (9, 9)]), ["density", "income"], 1)
    assert found["distance"].tolist()[:2] == [0, 0]
    assert found["share_density"].isna().tolist() == [True, True, False]


def test_one_area_alone_has_no_neighbour() -> None:
    found = statistical_neighbours(areas([(1, 2)]), ["density", "income"])
    assert found["reason"].tolist() == ["no other area"]
    none = statistical_neighbours(areas(np.empty((0, 2))), ["density", "income"])
    assert none.empty
    assert list(none) == list(found)


def test_what_cannot_be_compared_is_refused() -> None:
    table = areas([(1, 2), (1, 3), (1, 4)])
    with pytest.raises(ValueError, match="density is the same everywhere"):
        statistical_neighbours(table, ["density", "income"])
    with pytest.raises(ValueError, match="at least one covariate"):
        statistical_neighbours(table, [])
    with pytest.raises(ValueError, match="at least 1, not 0"):
        statistical_neighbours(table, ["income"], 0)
    with pytest.raises(ValueError, match="E0000 is there twice"):
        statistical_neighbours(pd.concat([table, table.iloc[:1]]), ["income"])


def profile(*rows: tuple[str, float | None, float | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area_code", "density", "income"]).assign(area_level="district")


def test_a_level_has_at_most_a_third_of_its_areas_as_neighbours():
    found = neighbours_of_levels(profile(*((f"A{n}", n, -n) for n in range(7))), ["density", "income"], 15)
    assert found.groupby("area_code").size().tolist() == [2] * 7
    assert found.loc[found["area_code"] == "A0", "neighbour_code"].tolist() == ["A1", "A2"]
    assert set(found["covariates"]) == {"density, income"}


def test_what_is_the_same_everywhere_does_not_decide():
    found = neighbours_of_levels(profile(("A", 1, 5), ("B", 2, 5), ("C", 9, 5)), ["density", "income"], 1)
    assert found["neighbour_code"].tolist() == ["B", "A", "B"]
    assert set(found["covariates"]) == {"density"}


def test_an_area_without_neighbours_says_why():
    found = neighbours_of_levels(profile(("A", 1, 5), ("B", None, 6), ("C", 9, 7)), ["density", "income"], 1)
    assert found[["area_code", "rank", "neighbour_code"]].fillna("").to_numpy().tolist() == [
        ["A", 1, "C"], ["B", 0, ""], ["C", 1, "A"],
    ]  # fmt: skip
    assert found["reason"].tolist()[1] == "no density"
    nothing = neighbours_of_levels(profile(("A", None, 5), ("B", None, 5)), ["density", "income"], 1)
    assert nothing["rank"].tolist() == [0, 0]
    assert set(nothing["reason"]) == {"nothing known tells areas apart: density, income"}
    assert list(neighbours_of_levels(profile(), ["density"], 1).columns) == NEIGHBOUR
