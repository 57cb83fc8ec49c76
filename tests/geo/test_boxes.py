"""Boxes near others: none that meets another is missed, and what is far away is left out."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.boxes import boxes_near

QUICK = settings(max_examples=100, deadline=None)

_place = st.one_of(st.integers(-3, 3).map(float), st.floats(-2e6, 2e6, allow_nan=False))
_box = st.tuples(_place, _place, st.floats(0, 1e5), st.floats(0, 1e5))


def boxes(drawn: list[tuple[float, float, float, float]]) -> tuple[Any, Any]:
    table = np.array(drawn, dtype=float).reshape(-1, 4)
    return table[:, :2], table[:, :2] + table[:, 2:]


def meet(one: tuple[Any, Any], other: tuple[Any, Any]) -> Any:
    touches = (one[0][:, None] <= other[1][None]) & (one[1][:, None] >= other[0][None])
    return touches.all(axis=2).any(axis=1)


@QUICK
@given(st.lists(_box, max_size=8), st.lists(_box, max_size=8))
def test_every_box_that_meets_another_is_near(some: Any, others: Any) -> None:
    one, other = boxes(some), boxes(others)
    near = boxes_near(one, other)
    assert len(near) == len(some)
    assert (near | ~meet(one, other)).all()


def test_few_boxes_are_near_that_meet_none() -> None:
    # Squares of one metre all over a square kilometre, against one line of them.
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(0, 1000, 10.0), np.arange(0, 1000, 10.0)))
    spread = np.stack([x, y], axis=1)
    row = spread[y == 500]
    near = boxes_near((spread, spread + 1), (row, row + 1))
    assert near.sum() == len(row)


def test_a_box_over_everything_is_near_whatever_there_is() -> None:
    wide = (np.array([[-1e7, -1e7]]), np.array([[1e7, 1e7]]))
    speck = (np.array([[5.0, 5.0]]), np.array([[5.0, 5.0]]))
    assert boxes_near(wide, speck).all()
    assert boxes_near(speck, wide).all()
