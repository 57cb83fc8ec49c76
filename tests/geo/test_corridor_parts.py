"""Distances between the parts of a road."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.corridor_parts import part_gaps


def _links(rows: list[tuple[str, str, shapely.LineString]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["corridor", "road", "geom"])


def test_each_part_is_held_against_the_nearest_other_of_its_road() -> None:
    near, far, other = (
        shapely.LineString([(x, 0), (x + 10, 0)]) for x in (0, 30, 1000)
    )  # A1 at 0 and 30, and again at 1000
    between = shapely.LineString([(12, 0), (28, 0)])
    found = part_gaps(
        _links([("A1/1", "A1", near), ("A1/2", "A1", far), ("A1/3", "A1", other), ("A2/1", "A2", between)])
    )
    assert found.to_numpy().tolist() == [["A1/1", 3, 20], ["A1/2", 3, 20], ["A1/3", 3, 960]]


def test_roads_of_one_part_have_no_gap() -> None:
    line = shapely.LineString([(0, 0), (1, 0)])
    assert part_gaps(_links([("A1/1", "A1", line), ("A2/1", "A2", line)])).empty
    assert list(part_gaps(_links([])).columns) == ["corridor", "part_count", "gap_m"]


_points = st.tuples(st.integers(0, 50), st.integers(0, 50))


@given(st.lists(st.tuples(st.integers(1, 3), _points, _points), min_size=2, max_size=12))
def test_the_distance_is_that_of_the_whole_parts(
    drawn: list[tuple[int, tuple[int, int], tuple[int, int]]],
) -> None:
    links = _links([(f"A1/{part}", "A1", shapely.LineString([a, b])) for part, a, b in drawn])
    whole = links.groupby("corridor")["geom"].agg(lambda lines: shapely.MultiLineString(list(lines)))
    found = part_gaps(links).set_index("corridor")["gap_m"]
    assert len(found) == (len(whole) if len(whole) > 1 else 0)
    for corridor, gap in found.items():
        apart = [
            shapely.distance(whole[str(corridor)], line) for name, line in whole.items() if name != corridor
        ]
        assert gap == pytest.approx(np.min(apart))
