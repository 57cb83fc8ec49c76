"""Gaps between areas of a level are found and measured; the sea, estuaries and holes are not called gaps."""

# ruff: noqa: E501 - a case is easier to compare on a line of its own

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.fit import COLUMNS, gaps, overlaps
from geo.readers.misfits import is_last_of_level
from geo.region import Region
from geo.sources import Areas
from tests.geo.door import CRS, Door

X, Y = 380_000, 390_000
RULE = "leaves a gap to another area of level ward"


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A box, metres from the corner of the made-up land."""
    return shapely.box(X + x0, Y + y0, X + x1, Y + y1)


def polygon(*corners: tuple[float, float]) -> shapely.Polygon:
    return shapely.Polygon([(X + x, Y + y) for x, y in corners])


def found(*shapes: Any) -> list[tuple[int, int, int, float, float]]:
    table = gaps(np.array(shapes, dtype=object))
    assert list(table.columns) == list(COLUMNS)
    return [tuple(row) for row in table[list(COLUMNS[:5])].itertuples(index=False)]


WEST, EAST = box(0, 0, 1000, 3000), box(1000, 0, 2000, 3000)
BLOCK = box(0, 0, 2000, 3000)


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        pytest.param((WEST, box(1010, 0, 2000, 3000)), [(0, 1, 1, 30_000, 10)], id="open at both ends"),
        pytest.param(
            (WEST, EAST.difference(box(1000, 500, 1040, 1500))), [(0, 1, 1, 40_000, 40)], id="enclosed by two"
        ),
        pytest.param(
            (WEST, EAST.difference(box(1000, 0, 1020, 1500))), [(0, 1, 1, 30_000, 20)], id="open to the sea"
        ),
        pytest.param(
            (WEST, EAST.difference(shapely.union_all([box(1000, 500, 1030, 700), box(1000, 900, 1010, 1000)]))),
            [(0, 1, 2, 7000, 30)],
            id="two places, one pair",
        ),
        pytest.param(
            (box(0, 0, 995, 3000), box(1005, 0, 2000, 1500), box(1005, 1500, 2000, 3000)),
            [(0, 1, 1, 30_000, 10)],
            id="among three: the two that border most, then the lowest",
        ),
        pytest.param(
            (polygon((0, 0), (1000, 0), (1000, 3000), (0, 3000)), polygon((1000, 0), (2000, 0), (2000, 3000), (1040, 3000))),
            [(0, 1, 1, 60_000, 40)],
            id="a wedge, no wider than 50 m at its mouth",
        ),
        pytest.param((WEST, EAST), [], id="a shared edge"),
        pytest.param((WEST, box(1000, 700, 2000, 2000)), [], id="part of an edge"),
        pytest.param((WEST, box(1000, 3000, 2000, 4000)), [], id="a corner"),
        pytest.param((WEST, box(1000.5, 0, 2000, 3000)), [], id="half a metre wide"),
        pytest.param((WEST, EAST.difference(box(1000, 500, 1000.9, 501))), [], id="less than a square metre"),
        pytest.param((WEST, box(1051, 0, 2000, 3000)), [], id="wider than 50 m: a river"),
        pytest.param((WEST, EAST.difference(box(1000, 500, 1100, 1500))), [], id="wider than 50 m: a lake"),
        pytest.param((WEST, box(900, 0, 2000, 3000)), [], id="an overlap"),
        pytest.param((BLOCK.difference(box(1000, 500, 1030, 1500)),), [], id="a hole in one area"),
        pytest.param(
            (WEST, EAST.difference(box(1100, 500, 1130, 1500))), [], id="a hole in one area, near a border"
        ),
        pytest.param((WEST, EAST.difference(box(1100, 0, 1130, 1500))), [], id="a creek in one area"),
        pytest.param(
            (polygon((0, 0), (900, 0), (1000, 3000), (0, 3000)), polygon((1100, 0), (2000, 0), (2000, 3000), (1000, 3000))),
            [],
            id="an estuary along a border",
        ),
        pytest.param(
            (polygon((0, 0), (500, 0), (1000, 500), (1000, 3000), (0, 3000)), polygon((1500, 0), (2000, 0), (2000, 3000), (1000, 3000), (1000, 500))),
            [],
            id="a bay where two coasts meet",
        ),
        pytest.param((WEST, shapely.MultiPolygon([EAST, box(1000, 3030, 1010, 3040)])), [], id="an island off the border"),
    ],
)  # fmt: skip
def test_what_is_a_gap_and_what_is_not(shapes: tuple[Any, ...], expected: list[Any]) -> None:
    # Where a gap is open its end is rounded in, by up to the width of the circle that cannot pass.
    assert found(*shapes) == [pytest.approx(row, rel=0.02) for row in expected]


def test_the_place_of_a_gap_is_the_widest_in_it() -> None:
    table = gaps(np.array([WEST, EAST.difference(box(1000, 500, 1040, 1500))], dtype=object))
    [(x, y)] = table[["x", "y"]].to_numpy() - [X, Y]
    assert x == pytest.approx(1020, abs=0.5)
    assert 520 <= y <= 1480


def test_order_of_areas_changes_only_the_order_of_a_pair() -> None:
    shapes = np.array([WEST, box(1010, 0, 2000, 3000), box(2020, 0, 3000, 3000)], dtype=object)
    one, other = gaps(shapes), gaps(shapes[::-1].copy())
    back = other.assign(area=2 - other["other"], other=2 - other["area"]).sort_values(["area", "other"])
    assert len(one) == 2
    assert one.round(1).to_numpy().tolist() == back.round(1)[one.columns].to_numpy().tolist()


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(2, 28), min_size=1, max_size=4, unique=True),
    widths=st.lists(st.integers(0, 60), min_size=4, max_size=4),
    turn=st.floats(0, 1.5),
)
def test_strips_drawn_apart_leave_gaps_of_their_width(
    cuts: list[int], widths: list[int], turn: float
) -> None:
    # Strips 5 km long and at least 1 km wide, moved apart by so many metres and turned.
    edges = [0, *np.cumsum([1000 + 100 * cut for cut in sorted(cuts)])]
    moved = np.concatenate([[0], np.cumsum(widths[: len(cuts) - 1])])
    strips = [box(a + by, 0, b + by, 5000) for a, b, by in zip(edges[:-1], edges[1:], [*moved], strict=True)]
    turned = shapely.transform(
        np.array(strips, dtype=object),
        lambda xy: (xy - [X, Y]) @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]] + [X, Y],
    )
    table = gaps(turned)
    # 2 m and up, so that rounding cannot decide; from 45 to 55 m it may.
    sure = {n: w for n, w in enumerate(widths[: len(cuts) - 1]) if 2 <= w <= 45}
    wide = {n for n, w in enumerate(widths[: len(cuts) - 1]) if w == 0 or w >= 55}
    got = table.set_index("area")
    assert sure.keys() <= {*got.index}
    assert not wide & {*got.index}
    for n, w in sure.items():
        other, m2, width = got.loc[n, ["other", "size_m2", "width_m"]]
        assert other == n + 1
        # The ends are rounded in, by no more than the circle that may not pass.
        assert m2 == pytest.approx(5000 * w, rel=0.01)
        assert width == pytest.approx(w, rel=0.02)


def test_overlaps_are_measured_the_same_way() -> None:
    shapes = np.array([WEST, box(900, 0, 2000, 3000)], dtype=object)
    table = overlaps(shapes)
    assert table[["area", "other", "part_count", "size_m2"]].to_numpy().tolist() == [[0, 1, 1, 300_000]]
    assert table["width_m"].item() == pytest.approx(100)


@pytest.mark.parametrize("shapes", [[], [WEST]])
def test_no_areas_and_one_alone_have_no_misfits(shapes: list[Any]) -> None:
    given_shapes = np.array(shapes, dtype=object)
    assert len(gaps(given_shapes)) == 0
    assert len(overlaps(given_shapes)) == 0


# ---- the door ----------------------------------------------------------------------------------------------


def load(door: Door, name: str, shapes: dict[str, Any], **more: Any) -> None:
    gpd.GeoDataFrame({"WD24CD": [*shapes]}, geometry=[*shapes.values()], crs=CRS).to_file(door.folder / name)
    door.load("areas", name, **({"level": "ward"} | more))


def test_a_gap_is_noted_with_both_areas_and_its_measures(door: Door) -> None:
    load(door, "a.gpkg", {"W1": WEST, "W2": EAST.difference(box(1000, 500, 1010, 1500))})
    noted = door.rows("SELECT file, row, column_name, value, rule, severity, who_can_fix FROM raw.issue")
    assert noted == [("a.gpkg", 2, None, "W1: 10000 m², 10.0 m wide", RULE, "note", "publisher")]
    [row] = door.rows(
        "SELECT area_level, misfit, area_code, other_code, part_count, round(size_m2), round(width_m), "
        "round(st_x(geom)) FROM raw.misfit"
    )
    assert row == ("ward", "gap", "W1", "W2", 1, 10_000, 10, X + 1005)


def test_a_gap_that_another_source_of_the_level_fills_is_none(door: Door) -> None:
    level = {"kind": "areas", "title": "W", "path": "w.gpkg", "level": "ward"}
    own, beyond, other = (
        Areas.model_validate({**level, **more})
        for more in ({"id": "own"}, {"id": "beyond", "context": True}, {"id": "parish", "level": "parish"})
    )
    given = door.region.model_dump() | {"source": [*door.region.source, own, beyond, other]}
    region = Region.model_validate(given)
    assert [is_last_of_level(s, region) for s in (own, beyond, other)] == [False, True, True]


def test_the_same_area_given_again_as_context_is_looked_at_once(door: Door) -> None:
    shapes = {"W1": WEST, "W2": EAST.difference(box(1000, 500, 1010, 1500))}
    gpd.GeoDataFrame({"WD24CD": [*shapes]}, geometry=[*shapes.values()], crs=CRS).to_file(
        door.folder / "a.gpkg"
    )
    door.con.execute(
        "INSERT INTO raw.area BY NAME SELECT 'first' AS source, 'f' AS file, 1 AS row, 'ward' AS area_level, "
        "'W1' AS area_code, true AS is_context, st_setcrs(st_geomfromtext(?), 'EPSG:27700') AS geom",
        [WEST.wkt],
    )
    door.load("areas", "a.gpkg", level="ward")
    assert door.rows("SELECT row, value, who_can_fix FROM raw.issue") == [
        (2, "W1: 10000 m², 10.0 m wide", "publisher")
    ]
