"""Boundaries in every format and vintage; what is repaired, and what is refused."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely

from geo.errors import SourceError
from tests.geo.door import CRS, Door, Row, counts

A = shapely.box(380000, 390000, 390000, 400000)
B = shapely.box(390000, 390000, 400000, 400000)
BOW_TIE = shapely.Polygon([(380000, 390000), (381000, 391000), (381000, 390000), (380000, 391000)])
FORMATS = ["a.geojson", "a.gpkg", "a.shp", "a.parquet"]


def frame(shapes: Sequence[Any] = (A, B), crs: str | None = CRS, **columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        columns or {"LAD24CD": ["E1", "E2"][: len(shapes)]}, geometry=list(shapes), crs=crs
    )


def put(door: Door, given: gpd.GeoDataFrame, name: str = "a.gpkg", **options: Any) -> str:
    if name.endswith("parquet"):
        given.to_parquet(door.folder / name)
    else:
        given.to_file(door.folder / name, **options)
    return name


def areas(door: Door, columns: str = "row, area_code, area_name") -> list[Row]:
    return door.rows(f"SELECT {columns} FROM raw.area WHERE source = 'it' ORDER BY row")


def load(door: Door, name: str, /, **settings: Any) -> tuple[int, int, int, int]:
    return counts(door.load("areas", name, **({"level": "ward"} | settings)))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_read_in_its_own_coordinate_system(door: Door, name: str) -> None:
    given = frame(LAD24CD=["E1", " E2 "], LAD24NM=["Ash", "Beech"])
    assert load(door, put(door, given, name)) == (2, 2, 0, 0)
    assert areas(door) == [(1, "E1", "Ash"), (2, "E2", "Beech")]
    assert areas(door, "st_area(geom)::BIGINT, st_xmin(geom), st_ymax(geom), is_context, area_level") == [
        (100_000_000, 380000, 400000, False, "ward"),
        (100_000_000, 390000, 400000, False, "ward"),
    ]
    assert door.issues() == []


def test_degrees_are_brought_to_the_working_system(door: Door) -> None:
    load(door, put(door, frame().to_crs("EPSG:4326"), "a.geojson"))
    ring = shapely.get_coordinates(shapely.from_wkt(areas(door, "st_astext(geom)")[0][0]))
    # GeoJSON holds seven decimals of a degree: a centimetre.
    assert shapely.hausdorff_distance(shapely.Polygon(ring), A) < 0.02


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("LAD24CD", "LAD24NM"),
        ("lad19cd", "lad19nm"),
        ("WD23CD", "WD23NM"),
        ("area_code", "area_name"),
        ("lha_code", "lha_name"),
        ("ltla24_code", "ltla24_name"),
        ("gss_code", "NAME"),
        ("Code", "Name"),
    ],
)
def test_columns_of_any_vintage_are_known(door: Door, code: str, name: str) -> None:
    columns: dict[str, Any] = {
        code: ["E1", "E2"],
        "FID": [7, 8],
        "LAD24NMW": ["x", "y"],
        name: ["Ash", "Beech"],
    }
    given = frame(**columns)
    load(door, put(door, given, "a.geojson"))
    assert areas(door) == [(1, "E1", "Ash"), (2, "E2", "Beech")]


def test_a_file_may_have_no_names(door: Door) -> None:
    load(door, put(door, frame()))
    assert areas(door) == [(1, "E1", None), (2, "E2", None)]


def test_two_columns_that_look_like_the_code_are_ambiguous(door: Door) -> None:
    name = put(door, frame(WD23CD=["E1", "E2"], LAD23CD=["D1", "D1"], WD23NM=["Ash", "Beech"]))
    with pytest.raises(SourceError) as caught:
        load(door, name)
    assert str(caught.value) == (
        "Source 'it': which column of 'a.gpkg' is the code? It has several columns that look like one "
        '(WD23CD, LAD23CD). Its columns are WD23CD, LAD23CD, WD23NM. Say which: code = "...".'
    )
    load(door, name, code="WD23CD", parent="LAD23CD")
    assert areas(door, "area_code, parent_code, area_name") == [("E1", "D1", "Ash"), ("E2", "D1", "Beech")]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, r"which column of 'a\.gpkg' is the code\? It has no column that looks like one"),
        ({"code": "nix"}, r"'a\.gpkg' has no column 'nix' \(code\)\. Its columns are ref, label"),
        ({"code": "ref", "name": "nix"}, r"no column 'nix' \(name\)"),
        ({"code": "ref", "parent": "nix"}, r"no column 'nix' \(parent\)"),
        ({"code": "ref", "where": {"nix": ["1"]}}, "where: there is no column 'nix'"),
        ({"code": "ref", "where": {"ref": ["9"]}}, "where: no feature has"),
        ({"code": "ref", "layer": "nix"}, r"'a\.gpkg' cannot be read as a spatial file"),
    ],
)
def test_columns_and_layers_that_are_not_there(door: Door, settings: dict[str, Any], said: str) -> None:
    name = put(door, frame(ref=["1", "2"], label=["Ash", "Beech"]))
    with pytest.raises(SourceError, match=said):
        load(door, name, **settings)
    assert areas(door) == []


def test_a_bow_tie_is_repaired_to_what_it_encloses_and_logged(door: Door) -> None:
    assert load(door, put(door, frame([BOW_TIE, B]))) == (2, 2, 0, 0)
    # Two triangles of base 1,000 m and height 500 m.
    assert areas(door, "area_code, st_isvalid(geom), st_area(geom)::BIGINT") == [
        ("E1", True, 500_000),
        ("E2", True, 100_000_000),
    ]
    [(file, row, column, value, rule, severity)] = door.issues()
    assert (file, row, column, value, severity) == ("a.gpkg", 1, None, "E1", "repaired")
    assert rule.startswith("invalid polygon repaired: Self-intersection")


def test_a_polygon_without_area_is_refused(door: Door) -> None:
    flat = shapely.Polygon([(380000, 390000), (381000, 391000), (382000, 392000)])
    with pytest.raises(SourceError, match=r"the polygon of 'E1' in 'a\.gpkg' encloses no area"):
        load(door, put(door, frame([flat, B])))


def test_shapes_that_are_no_polygons_and_codes_that_are_missing_are_rejected(door: Door) -> None:
    given = frame([A, shapely.Point(385000, 395000), B, B, None], LAD24CD=["E1", "E2", None, " ", "E5"])
    assert load(door, put(door, given, "a.geojson")) == (5, 1, 4, 0)
    assert areas(door) == [(1, "E1", None)]
    assert door.issues() == [
        ("a.geojson", 2, None, "Point", "not a polygon", "rejected"),
        ("a.geojson", 3, "LAD24CD", None, "missing", "rejected"),
        ("a.geojson", 4, "LAD24CD", None, "missing", "rejected"),
        ("a.geojson", 5, None, None, "not a polygon", "rejected"),
    ]


def test_a_file_without_polygons_is_refused(door: Door) -> None:
    name = put(
        door, frame([shapely.Point(385000, 395000), shapely.LineString([(385000, 395000), (386000, 396000)])])
    )
    with pytest.raises(SourceError, match=r"'a\.gpkg' holds no polygons \(it holds LineString, Point\)"):
        load(door, name)


def test_a_file_in_another_system_than_it_says_is_refused(door: Door) -> None:
    # Eastings and northings in a GeoJSON, which says (or by default means) degrees.
    name = put(door, frame(crs=None).set_crs("EPSG:4326"), "a.geojson")
    with pytest.raises(
        SourceError, match=r"'a\.geojson' is read as EPSG:4326, but its coordinates \(x 380000 to 400000"
    ):
        load(door, name)


def test_a_system_other_than_the_stated_one_is_refused(door: Door) -> None:
    with pytest.raises(SourceError, match=r"says it is in EPSG:27700, the region file says EPSG:4326"):
        load(door, put(door, frame()), crs="EPSG:4326")


def test_geojson_in_metres_that_does_not_say_so_is_read_as_stated(door: Door) -> None:
    name = put(door, frame(crs=None).set_crs("EPSG:4326"), "a.geojson")
    lines = (door.folder / name).read_text().splitlines()
    (door.folder / name).write_text("\n".join(line for line in lines if '"crs"' not in line))
    assert load(door, name, crs="EPSG:27700") == (2, 2, 0, 0)
    assert areas(door, "st_xmin(geom)") == [(380000,), (390000,)]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_that_does_not_say_its_system_needs_it_stated(door: Door) -> None:
    name = put(door, frame(crs=None), "a.shp")
    with pytest.raises(SourceError, match=r"'a\.shp' does not say its coordinate system. State it: crs = "):
        load(door, name)
    assert load(door, name, crs="EPSG:27700") == (2, 2, 0, 0)
    assert areas(door, "st_xmin(geom)") == [(380000,), (390000,)]


def test_of_several_layers_one_must_be_chosen(door: Door) -> None:
    put(door, frame([A]), layer="wards")
    name = put(door, frame([B]), layer="districts", mode="a")
    with pytest.raises(SourceError, match=r"'a\.gpkg' has several layers \(wards, districts\)"):
        load(door, name)
    load(door, name, layer="districts")
    assert areas(door, "st_xmin(geom)") == [(390000,)]


def test_parts_of_one_area_are_joined_only_on_request(door: Door) -> None:
    given = frame(
        [A, B, shapely.box(380000, 380000, 390000, 390000)],
        area_code=["E1", "E2", "E1"],
        area_name=["a", "b", "c"],
    )
    name = put(door, given)
    with pytest.raises(SourceError, match=r"gives code 'E1' to more than one polygon.*dissolve = true"):
        load(door, name)
    assert load(door, name, dissolve=True) == (3, 3, 0, 0)
    assert areas(door, "row, area_code, area_name, st_area(geom)::BIGINT") == [
        (1, "E1", "a", 200_000_000),
        (2, "E2", "b", 100_000_000),
    ]


def test_only_the_wanted_features_are_kept(door: Door) -> None:
    name = put(door, frame(LAD24CD=["E1", "E2"], region=[10, 20]))
    assert load(door, name, where={"region": "20"}) == (2, 1, 0, 1)
    assert areas(door) == [(2, "E2", None)]


def test_context_is_marked(door: Door) -> None:
    load(door, put(door, frame()), context=True)
    assert areas(door, "is_context") == [(True,), (True,)]


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.gpkg", b"SQLite format 3\0torn"), ("a.geojson", b'{"type": "Fea'), ("a.parquet", b"PAR1")],
)
def test_a_torn_file_is_refused_in_a_paragraph(door: Door, name: str, data: bytes) -> None:
    with pytest.raises(SourceError, match=rf"Source 'it': '{name}' cannot be read as a spatial file"):
        load(door, door.put(name, data))


def test_a_file_without_features_is_refused(door: Door) -> None:
    with pytest.raises(SourceError, match=r"'a\.gpkg', layer 'a', holds no features"):
        load(door, put(door, frame().iloc[:0]))


def test_a_table_without_shapes_is_refused(door: Door) -> None:
    import pyogrio

    pyogrio.write_dataframe(frame().drop(columns="geometry"), door.folder / "a.gpkg")
    with pytest.raises(SourceError, match=r"'a\.gpkg', layer 'a', holds a table without shapes"):
        load(door, "a.gpkg")


def test_nothing_of_a_source_is_kept_when_its_second_file_fails(door: Door) -> None:
    put(door, frame(), "one.gpkg")
    with pytest.raises(SourceError, match=r"there is no file 'two\.gpkg'"):
        door.load("areas", "one.gpkg", "two.gpkg", level="ward")
    assert areas(door) == []


def test_files_stay_where_they_were(door: Door) -> None:
    name = put(door, frame(), "a.geojson")
    before = sorted(Path(door.folder).iterdir())
    load(door, name)
    assert sorted(Path(door.folder).iterdir()) == before


def test_areas_of_another_time_are_kept_apart_with_their_days(door: Door) -> None:
    file = put(door, frame(LAD21CD=["E8", "E9"], LAD21NM=["Ash", "Beech"]))
    said = {"level": "ward", "valid_from": "2019-04-01", "valid_to": "2022-03-31"}
    assert counts(door.load("area_vintages", file, **said)) == (2, 2, 0, 0)
    assert areas(door) == []
    assert door.rows(
        "SELECT row, area_level, area_code, area_name, valid_from::VARCHAR, valid_to::VARCHAR, st_area(geom)::BIGINT "
        "FROM raw.area_vintage ORDER BY row"
    ) == [
        (1, "ward", "E8", "Ash", "2019-04-01", "2022-03-31", 100_000_000),
        (2, "ward", "E9", "Beech", "2019-04-01", "2022-03-31", 100_000_000),
    ]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "say when these areas were in force"),
        ({"valid_from": "2022-04-01", "valid_to": "2022-03-31"}, "valid_from is after valid_to"),
    ],
)
def test_areas_of_another_time_say_of_which(door: Door, said: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        door.load("area_vintages", "a.gpkg", level="ward", **said)
