"""How far places lie from the areas beside their own."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.across.near_border import near_neighbours

SQUARES = np.array(
    [
        shapely.box(0, 0, 1000, 1000),
        shapely.box(1000, 0, 2000, 1000),
        shapely.union_all([shapely.box(2000, 0, 3000, 1000), shapely.box(5000, 0, 6000, 1000)]),
    ]
)


def test_only_neighbours_asked_for_and_within_reach() -> None:
    xy = np.array([[900.0, 500], [1400, 500], [1990, 500], [100, 500]])
    area = np.array([0, 1, 1, 0])
    found = near_neighbours(xy, area, SQUARES, [(0, 1), (1, 0), (1, 2)], 500)
    rows = [tuple(row) for row in found.itertuples(index=False)]
    assert rows == [(1, 0, 400.0), (0, 1, 100.0), (2, 2, 10.0)]


def test_nothing_asked_for_is_nothing_found() -> None:
    found = near_neighbours(np.zeros((0, 2)), np.zeros(0, dtype=np.int64), SQUARES, [], 500)
    assert list(found.columns) == ["place", "neighbour", "distance_m"]
    assert found.empty


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 999.9), st.floats(0, 1000)), min_size=1, max_size=20), st.floats(1, 2500)
)
def test_as_far_as_shapely_says(places: list[tuple[float, float]], reach: float) -> None:
    xy = np.array(places)
    polygons = np.array([SQUARES[0], shapely.Point(2500, 400).buffer(1400)])
    found = near_neighbours(xy, np.zeros(len(xy), dtype=np.int64), polygons, [(0, 1)], reach)
    outline = shapely.boundary(polygons[1])
    distance = shapely.distance(shapely.points(xy), outline)
    near = distance <= reach
    # What lies at the edge of the reach to the last bit may be in or out.
    clear = np.abs(distance - reach) > 1e-6
    held = np.isin(np.arange(len(xy)), found["place"])
    assert (held == near)[clear].all()
    np.testing.assert_allclose(found["distance_m"], distance[found["place"]])
