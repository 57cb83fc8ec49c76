"""Areas of one level that overlap are noted, and only those: not slivers, not other levels, not themselves."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.geo.door import CRS, Door, Row

X, Y = 380_000, 390_000
RULE = "overlaps another area of level ward"


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A box, metres from the corner of the made-up land."""
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def load(door: Door, shapes: Sequence[Any], name: str = "a.gpkg", /, **settings: Any) -> None:
    codes = settings.pop("codes", [f"W{n}" for n in range(1, len(shapes) + 1)])
    crs = settings.pop("to", CRS)
    frame = gpd.GeoDataFrame({"WD24CD": codes}, geometry=list(shapes), crs=CRS).to_crs(crs)
    frame.to_file(door.folder / name)
    door.load("areas", name, **({"level": "ward"} | settings))


def notes(door: Door) -> list[Row]:
    return door.rows(
        "SELECT file, row, column_name, value, rule, severity, who_can_fix FROM raw.issue ORDER BY ALL"
    )


def test_two_areas_that_overlap_are_noted_once_and_both_kept(door: Door) -> None:
    load(door, [box(0, 0, 1000, 1000), box(3000, 0, 4000, 1000), box(900, 0, 2000, 1000)])
    assert notes(door) == [("a.gpkg", 3, None, "W1: 100000 m², 100.0 m wide", RULE, "note", "publisher")]
    assert door.rows("SELECT area_code, st_area(geom)::BIGINT FROM raw.area WHERE source = 'it' ORDER BY row") == [
        ("W1", 1_000_000),
        ("W2", 1_000_000),
        ("W3", 1_100_000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "m2", "wide"),
    [
        pytest.param(box(0, 0, 1000, 1000), box(200, 200, 300, 300), 10_000, 100, id="one inside the other"),
        pytest.param(box(200, 200, 300, 300), box(0, 0, 1000, 1000), 10_000, 100, id="the first inside the other"),
        pytest.param(box(0, 0, 1000, 1000), box(0, 0, 1000, 1000), 1_000_000, 1000, id="the same shape twice"),
        pytest.param(box(0, 0, 1000, 1000), box(0, 0, 1000, 500), 500_000, 500, id="along shared edges"),
        pytest.param(box(0, 400, 1000, 500), box(400, 0, 500, 1000), 10_000, 100, id="a cross"),
        pytest.param(
            box(0, 0, 1000, 1000).difference(box(100, 100, 900, 900)), box(50, 0, 1500, 100), 95_000, 100, id="a hole"
        ),
    ],
)  # fmt: skip
def test_every_way_to_overlap(door: Door, one: Any, other: Any, m2: int, wide: int) -> None:
    load(door, [one, other])
    assert [note[1:4] for note in notes(door)] == [(2, None, f"W1: {m2} m², {wide}.0 m wide")]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(box(1000, 0, 2000, 1000), id="a shared edge"),
        pytest.param(box(1000, 200, 2000, 700), id="part of an edge"),
        pytest.param(box(1000, 1000, 2000, 2000), id="a corner"),
        pytest.param(box(999.5, 0, 2000, 1000), id="a sliver half a metre wide and a kilometre long"),
        pytest.param(box(999.2, 999.2, 2000, 2000), id="less than a square metre"),
        pytest.param(box(1100, 0, 2000, 1000), id="a gap"),
    ],
)
def test_areas_that_meet_or_all_but_meet_do_not_overlap(door: Door, other: Any) -> None:
    load(door, [box(0, 0, 1000, 1000), other])
    assert notes(door) == []


def test_a_sliver_does_not_add_to_an_overlap(door: Door) -> None:
    steps = [box(999.5, 0, 2000, 3000), box(1000, 3000, 2000, 4000), box(900, 4000, 2000, 5000)]
    load(door, [box(0, 0, 1000, 5000), shapely.union_all(steps)])
    assert [note[3] for note in notes(door)] == ["W1: 100000 m², 100.0 m wide"]


def test_overlaps_are_found_across_the_sources_of_a_level_and_not_across_levels(door: Door) -> None:
    load(door, [box(0, 0, 1000, 1000)], "one.gpkg", id="one")
    load(door, [box(900, 0, 2000, 1000)], "two.gpkg", id="two", codes=["V1"], context=True)
    load(door, [box(500, 0, 1500, 1000)], "part.gpkg", id="part", codes=["P1"], level="parish")
    # The operator chose two sources that do not fit together.
    assert notes(door) == [("two.gpkg", 1, None, "W1: 100000 m², 100.0 m wide", RULE, "note", "operator")]
    assert door.rows("SELECT source FROM raw.issue") == [("two",)]


def test_the_same_area_from_two_sources_does_not_overlap_itself(door: Door) -> None:
    load(door, [box(0, 0, 1000, 1000)], "one.gpkg", id="one")
    load(door, [box(0, 0, 1010, 1000)], "two.gpkg", id="two", context=True)
    assert notes(door) == []


def test_two_files_of_a_source_and_a_repaired_shape(door: Door) -> None:
    for name, code, shape in (("one.gpkg", "W1", box(0, 0, 1000, 1000)), ("two.gpkg", "W2", _bow_tie())):
        gpd.GeoDataFrame({"WD24CD": [code]}, geometry=[shape], crs=CRS).to_file(door.folder / name)
    door.load("areas", "one.gpkg", "two.gpkg", level="ward")
    assert [note[:4] for note in notes(door) if note[4] == RULE] == [
        ("two.gpkg", 1, None, "W1: 500000 m², 414.2 m wide")
    ]


def test_a_borough_in_degrees_is_as_clean_as_it_was_in_metres(door: Door) -> None:
    # Rounded to seven decimals each, and with a junction on the long side that the neighbour does not have.
    shapes = [box(0, 0, 9000, 1000), box(0, 1000, 4321, 2000), box(4321, 1000, 9000, 2000)]
    load(door, shapes, "a.geojson", to="EPSG:4326")
    assert notes(door) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# A corner that several areas lie upon is not a gap for each of them again.
@example(corners=[(12, 0, 12, 7), (12, 0, 12, 7), (12, 6, 11, 1), (23, 7, 1, 1)])
@given(
    corners=st.lists(
        st.tuples(*[st.integers(0, 30)] * 2, *[st.integers(1, 12)] * 2), min_size=1, max_size=9
    )
)  # fmt: skip
def test_as_many_overlaps_as_comparing_each_with_each(
    door: Door, corners: list[tuple[int, int, int, int]]
) -> None:
    door.con.execute(
        "DELETE FROM raw.issue; DELETE FROM raw.area; DELETE FROM raw.source_file; DELETE FROM raw.misfit"
    )
    shapes = [box(100 * x, 100 * y, 100 * (x + w), 100 * (y + h)) for x, y, w, h in corners]
    load(door, shapes)
    expected = []
    for later in range(len(shapes)):
        for earlier in range(later):
            both = shapes[later].intersection(shapes[earlier])
            if both.area:
                x0, y0, x1, y1 = both.bounds
                wide = min(x1 - x0, y1 - y0)
                expected.append((later + 1, f"W{earlier + 1}: {both.area:.0f} m², {wide:.1f} m wide"))
    assert door.rows("SELECT row, value FROM raw.issue ORDER BY ALL") == sorted(expected)


def _bow_tie() -> shapely.Polygon:
    return shapely.Polygon([(X, Y), (X + 1000, Y + 1000), (X + 1000, Y), (X, Y + 1000)])
