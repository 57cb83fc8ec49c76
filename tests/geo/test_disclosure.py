"""Disclosure: the threshold, tables where the simple rule fails, and a linear programme as the attacker."""

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy import optimize

from geo.estimates.disclosure import solvable, suppress_small_counts


def with_totals(counts: np.ndarray) -> np.ndarray:
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def solved(counts: np.ndarray, hidden: np.ndarray, least: int) -> np.ndarray:
    """What a reader can solve: least and most of each hidden cell that fit the sums and all that is shown."""
    table = with_totals(counts)
    rows, columns = table.shape
    unknown = np.argwhere(hidden)
    sums, shown = [], []
    for axis, lines in ((0, columns), (1, rows)):
        for line in range(lines):
            on_line = unknown[:, 1 - axis] == line
            last = unknown[:, axis] == table.shape[axis] - 1
            sums.append(np.where(on_line, np.where(last, -1.0, 1.0), 0.0))
            values = np.where(hidden, 0, table).take(line, axis=1 - axis)
            shown.append(values[-1] - values[:-1].sum())
    found = np.zeros_like(hidden)
    for k, cell in enumerate(unknown):
        aim = np.eye(len(unknown))[k]
        ends = [
            optimize.linprog(sign * aim, A_eq=np.array(sums), b_eq=shown, bounds=(least, None))
            for sign in (1, -1)
        ]
        low, high = (float("inf") if end.status == 3 else abs(float(end.fun or 0)) for end in ends)
        assert low <= table[tuple(cell)] + 1e-6
        found[tuple(cell)] = high - low < 0.5
    return found


tables = st.integers(1, 4).flatmap(
    lambda rows: st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(st.sampled_from([0, 0, 1, 1, 2, 3, 4, 5, 6, 9, 14]), min_size=columns, max_size=columns),
            min_size=rows, max_size=rows,
        ).map(np.array)
    )
)  # fmt: skip


def test_the_threshold_itself_is_shown() -> None:
    found = suppress_small_counts([[4, 5, 6, 0, 50], [60, 70, 80, 90, 100], [0, 60, 60, 60, 60]], 5)
    assert found.primary[0].tolist() == [True, False, False, False, False, False]
    assert found.primary.sum() == 1


@pytest.mark.parametrize(("count", "zero_is_shown", "hidden"), [
    (0, True, False), (0, False, True), (1, True, True), (9, True, True), (10, True, False), (11, True, False),
])  # fmt: skip
def test_small_counts(count: int, zero_is_shown: bool, hidden: bool) -> None:  # noqa: FBT001
    found = suppress_small_counts([[count, 50], [60, 70], [80, 90]], 10, zero_is_shown=zero_is_shown)
    assert found.primary[0, 0] == hidden
    assert found.primary.sum() == hidden
    assert found.complementary.any() == hidden


def test_nothing_small_hides_nothing() -> None:
    found = suppress_small_counts([[1, 2], [3, 0]], 1)
    assert not (found.hidden | found.exposed).any()


def test_the_cheapest_cycle_is_hidden() -> None:
    found = suppress_small_counts([[3, 50, 10], [40, 60, 30], [20, 70, 12]], 5)
    assert np.argwhere(found.primary).tolist() == [[0, 0]]
    assert np.argwhere(found.complementary).tolist() == [[0, 2], [2, 0], [2, 2]]
    assert not found.exposed.any()


def test_two_in_each_row_and_column_may_be_solved() -> None:
    """Two blocks joined by a path of three cells, which lie on no cycle."""
    counts = np.full((5, 5), 50)
    hidden = np.zeros((6, 6), dtype=bool)
    hidden[:2, :2] = hidden[3:5, 3:5] = hidden[2, 2] = True
    hidden[2, 0] = hidden[3, 2] = True
    assert (hidden.sum(axis=0)[:5] >= 2).all()
    assert (hidden.sum(axis=1)[:5] >= 2).all()
    expected = np.zeros_like(hidden)
    expected[2, 0] = expected[2, 2] = expected[3, 2] = True
    assert solvable(counts, hidden).tolist() == expected.tolist()
    assert solved(counts, hidden, 1).tolist() == expected.tolist()


def test_a_count_of_one_cannot_fall() -> None:
    """Of four hidden ones two would have to fall, which a reader knows they cannot, unless zero is hidden too."""
    hidden = np.zeros((3, 3), dtype=bool)
    hidden[:2, :2] = True
    assert solvable([[1, 1], [1, 1]], hidden).sum() == 4
    assert solvable([[1, 1], [1, 1]], hidden, zero_is_shown=False).sum() == 0
    assert solvable([[1, 2], [2, 1]], hidden).sum() == 0


def test_an_area_with_one_small_count_has_a_small_total() -> None:
    counts = [[0, 3, 0], [20, 30, 40], [25, 35, 45]]
    found = suppress_small_counts(counts, 5)
    assert found.primary[0].tolist() == [False, True, False, True]
    assert not found.exposed.any()
    shown = suppress_small_counts(counts, 5, totals_are_shown=True)
    assert np.argwhere(shown.exposed).tolist() == [[0, 1]]
    assert not shown.hidden[-1].any()
    assert not shown.hidden[:, -1].any()


def test_what_is_hidden_of_the_parent_is_hidden_here_and_safe() -> None:
    counts = np.array([[20, 30, 40], [25, 35, 45], [26, 36, 46]])
    parent = [True, False, True, False]
    found = suppress_small_counts(counts, 5, parent_hidden=parent)
    assert found.hidden[-1].tolist() == parent
    assert not found.exposed.any()
    assert not solved(counts, found.hidden, 1).any()
    assert found.complementary[:-1].sum() == 2


def test_missing_is_not_hidden() -> None:
    counts = np.array([[3, np.nan, 50], [40, 60, 30], [20, 70, 12], [np.nan] * 3])
    found = suppress_small_counts(counts, 5, zero_is_shown=False)
    assert not found.hidden[0, 1]
    assert not found.hidden[3].any()
    assert found.hidden[0, 2]
    assert not (found.exposed | solved(np.nan_to_num(counts), found.hidden, 0)).any()


@pytest.mark.parametrize(
    "counts",
    [[[-1, 2]], [[1.5, 2]], [1, 2, 3], [[np.inf, 1]]],
    ids=["below 0", "not whole", "flat", "endless"],
)
def test_what_is_no_table_of_counts_is_refused(counts: ArrayLike) -> None:
    with pytest.raises(ValueError, match="counts must be"):
        suppress_small_counts(counts, 5)


def test_totals_are_not_both_shown_and_hidden() -> None:
    with pytest.raises(ValueError, match="parent_hidden"):
        suppress_small_counts([[1, 2]], 5, totals_are_shown=True, parent_hidden=[True, True, False])


def test_a_mask_without_totals_is_refused() -> None:
    with pytest.raises(ValueError, match="with its totals"):
        solvable([[1, 2], [3, 4]], np.ones((2, 2)))


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(0, 2**32 - 1), st.booleans())
def test_what_can_be_solved_is_what_a_linear_programme_solves(
    counts: np.ndarray,
    seed: int,
    zero_is_shown: bool,  # noqa: FBT001
) -> None:
    hidden = np.random.default_rng(seed).random(with_totals(counts).shape) < 0.6
    if zero_is_shown:
        hidden &= with_totals(counts) > 0
    found = solvable(counts, hidden, zero_is_shown=zero_is_shown)
    assert found.tolist() == solved(counts, hidden, int(zero_is_shown)).tolist()


@settings(max_examples=60, deadline=None)
@given(tables, st.integers(2, 7), st.booleans(), st.booleans())
def test_no_hidden_count_can_be_solved_or_it_is_told(
    counts: np.ndarray,
    threshold: int,
    zero_is_shown: bool,  # noqa: FBT001
    totals_are_shown: bool,  # noqa: FBT001
) -> None:
    found = suppress_small_counts(
        counts, threshold, zero_is_shown=zero_is_shown, totals_are_shown=totals_are_shown
    )
    assert found.exposed.tolist() == solved(counts, found.hidden, int(zero_is_shown)).tolist()
    assert totals_are_shown or not found.exposed.any()
    assert not (found.primary & found.complementary).any()
    turned = suppress_small_counts(
        counts.T, threshold, zero_is_shown=zero_is_shown, totals_are_shown=totals_are_shown
    )
    assert turned.primary.T.tolist() == found.primary.tolist()
    assert turned.exposed.any() == found.exposed.any()


def test_nothing_that_could_have_been_hidden_saves_an_exposed_count() -> None:
    rng = np.random.default_rng(3)
    exposed = 0
    for _ in range(200):
        counts = rng.choice([0, 0, 1, 2, 6, 9], (3, 3))
        found = suppress_small_counts(counts, 3, totals_are_shown=True)
        everything = np.zeros((4, 4), dtype=bool)
        everything[:-1, :-1] = counts > 0
        assert (found.exposed <= solvable(counts, everything)).all()
        exposed += int(found.exposed.sum())
    assert exposed > 0


def test_little_more_is_hidden_than_the_least() -> None:
    """Against all ways to hide up to eight more of nine cells: events hidden beyond the primary ones."""
    rng = np.random.default_rng(5)
    ours = least = 0
    for _ in range(12):
        counts = rng.choice([1, 6, 7, 9, 12, 20], (3, 3))
        found = suppress_small_counts(counts, 5, totals_are_shown=True)
        primary, others = found.primary, np.argwhere(counts >= 5)
        costs = []
        for size in range(len(others) + 1):
            for chosen in combinations(others, size):
                hidden = primary.copy()
                for cell in chosen:
                    hidden[tuple(cell)] = True
                if (solvable(counts, hidden) <= found.exposed).all():
                    costs.append(sum(int(counts[tuple(cell)]) for cell in chosen))
        ours += int(with_totals(counts)[found.complementary].sum())
        least += min(costs)
    assert least <= ours <= 1.25 * least


def test_the_same_table_gives_the_same_answer_and_ties_go_to_the_first() -> None:
    counts = np.full((6, 4), 20)
    counts[3, 2] = 1
    found = [suppress_small_counts(counts, 5) for _ in range(3)]
    assert np.argwhere(found[0].complementary).tolist() == [[0, 0], [0, 2], [3, 0]]
    assert all((again.hidden == found[0].hidden).all() for again in found)


def test_small_areas_of_a_nation() -> None:
    rng = np.random.default_rng(1)
    counts = rng.poisson(rng.lognormal(1.6, 0.9, 35_000)[:, None] * np.ones(6))
    began = time.process_time()
    first = suppress_small_counts(counts, 5)
    assert time.process_time() - began < 30
    assert not first.exposed.any()
    assert first.primary.sum() > 50_000
    assert first.complementary[:-1, :-1].sum() < first.primary.sum() / 2
    # No total of a period was needed.
    assert not first.hidden[-1].any()
