"""Points agree with pyproj, stay as read beside, and a wrong coordinate system is told."""

import numpy as np
import pytest
from pyproj import Transformer

from geo.errors import SourceError
from tests.geo.door import Door, counts

_TO_BNG = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
_TO_LONLAT = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
BNG = [(380000.0, 390000.0), (399999.999, 409999.5), (385123.456, 395654.321), (390000.0, 400000.0)]


def collisions(door: Door, points: list[tuple[object, object]]) -> str:
    rows = "".join(f"A{n},01/02/2022,1,{x},{y}\n" for n, (x, y) in enumerate(points))
    return door.write("a.csv", f"collision_id,date,severity,x,y\n{rows}")


def test_longitude_and_latitude_agree_with_pyproj_within_a_millimetre(door: Door) -> None:
    lonlat = [_TO_LONLAT.transform(x, y) for x, y in BNG]
    door.load("collisions", collisions(door, [(repr(x), repr(y)) for x, y in lonlat]), crs="EPSG:4326")
    found = door.rows("SELECT st_x(geom), st_y(geom), x, y FROM raw.collision ORDER BY row")
    expected = [_TO_BNG.transform(x, y) for x, y in lonlat]
    np.testing.assert_allclose([r[:2] for r in found], expected, rtol=0, atol=0.001)
    # The two ways there and back agree too, so x was not taken for y.
    np.testing.assert_allclose([r[:2] for r in found], BNG, rtol=0, atol=0.01)
    assert [r[2:] for r in found] == lonlat


def test_eastings_and_northings_are_taken_as_they_are(door: Door) -> None:
    door.load("collisions", collisions(door, list(BNG)))
    assert door.rows("SELECT st_x(geom), st_y(geom) FROM raw.collision ORDER BY row") == BNG
    assert door.rows("SELECT DISTINCT typeof(geom) FROM raw.collision") == [("GEOMETRY('EPSG:27700')",)]


def test_coordinates_out_of_range_are_blanked_and_kept_as_read(door: Door) -> None:
    points: list[tuple[object, object]] = [
        *BNG,
        (0, 0),
        (5e6, 395000),
        (385000, -9e5),
        ("", 395000),
        ("NULL", "NULL"),
    ]
    assert counts(door.load("collisions", collisions(door, points))) == (9, 9, 0, 0)
    assert door.rows("SELECT row, x, y FROM raw.collision WHERE geom IS NULL ORDER BY row") == [
        (6, 0, 0),
        (7, 5e6, 395000),
        (8, 385000, -9e5),
        (9, None, 395000),
        (10, None, None),
    ]
    rule = "coordinates outside where EPSG:27700 may be used"
    assert door.issues() == [
        ("a.csv", 6, "x, y", "0.0, 0.0", rule, "blanked"),
        ("a.csv", 7, "x, y", "5000000.0, 395000.0", rule, "blanked"),
        ("a.csv", 8, "x, y", "385000.0, -900000.0", rule, "blanked"),
    ]


@pytest.mark.parametrize(
    ("points", "crs"),
    [
        ([(-2.2, 53.4), (-2.3, 53.5)], "EPSG:27700"),
        ([(385000, 395000), (386000, 396000)], "EPSG:4326"),
        ([(53.4, -2.2), (53.5, -2.3)], "EPSG:4326"),
        ([(530000, 180000), (531000, 181000)], "EPSG:27700"),
    ],
    ids=["degrees as metres", "metres as degrees", "latitude first", "another town"],
)
def test_a_file_in_the_wrong_coordinate_system_is_refused(
    door: Door, points: list[tuple[object, object]], crs: str
) -> None:
    with pytest.raises(SourceError) as caught:
        door.load("collisions", collisions(door, points), crs=crs)
    message = str(caught.value)
    assert f"Source 'it': only 0 of 2 points of 'a.csv', read as {crs}, fall near the region" in message
    assert "A typical point is x = " in message
    assert "\n" not in message
    assert door.rows("SELECT count(*) FROM raw.collision") == [(0,)]


def test_points_of_a_neighbour_are_no_wrong_coordinate_system(door: Door) -> None:
    # 20 km and the buffer of 2 km beyond the land are near; half of the points must be.
    points: list[tuple[object, object]] = [(378001 - 20000, 395000), (450000, 500000)]
    door.load("collisions", collisions(door, points))
    assert door.rows("SELECT count(geom) FROM raw.collision") == [(2,)]
    with pytest.raises(SourceError, match="only 0 of 1 points"):
        door.load("collisions", collisions(door, [(377999 - 20000, 395000)]), id="other")


def test_points_without_coordinates_have_no_geometry_and_no_issue(door: Door) -> None:
    assert counts(door.load("collisions", collisions(door, [("", ""), ("-1", "-1")]))) == (2, 2, 0, 0)
    assert door.rows("SELECT count(geom) FROM raw.collision") == [(0,)]
    assert door.issues() == []
