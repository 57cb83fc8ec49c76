"""Road links in OS Open Roads and OpenStreetMap columns."""

from typing import Any

import geopandas as gpd
import pytest
import shapely

from geo.errors import SourceError
from tests.geo.door import CRS, Door, Row, counts


def line(n: int, length: float = 100) -> shapely.LineString:
    return shapely.LineString([(385000, 395000 + n), (385000 + length, 395000 + n)])


def put(door: Door, lines: list[Any] | None = None, name: str = "r.gpkg", /, **columns: list[Any]) -> str:
    rows = len(next(iter(columns.values())))
    given = gpd.GeoDataFrame(columns, geometry=lines or [line(n) for n in range(rows)], crs=CRS)
    given.to_file(door.folder / name)
    return name


def links(door: Door, columns: str) -> list[Row]:
    return door.rows(f"SELECT {columns} FROM raw.link ORDER BY file, row")


def load_os(door: Door, *names: str, **settings: Any) -> tuple[int, int, int, int]:
    return counts(door.load("roads", *names, format="os_open_roads", **settings))


def load_osm(door: Door, *names: str, **settings: Any) -> tuple[int, int, int, int]:
    return counts(door.load("roads", *names, format="openstreetmap", **settings))


def test_os_open_roads(door: Door) -> None:
    name = put(
        door,
        id=["r1", "r2", "r3", "r4", "r5"],
        road_classification=["A Road", "Motorway", "B Road", "Classified Unnumbered", "Unknown"],
        road_classification_number=["A61", "M1", "B 6479", None, ""],
        name_1=["High Street", None, "", "Mill Lane", None],
        form_of_way=["Single Carriageway", "Dual Carriageway", "Roundabout", "Slip Road", None],
        trunk_road=["false", "true", "No", "0", None],
    )
    assert load_os(door, name) == (5, 5, 0, 0)
    assert links(
        door, "row, link_id, road_class, road_number, road_name, form_of_way, is_trunk, published_class"
    ) == [
        (1, "r1", "a", "A61", "High Street", "Single Carriageway", False, "A Road"),
        (2, "r2", "motorway", "M1", None, "Dual Carriageway", True, "Motorway"),
        (3, "r3", "b", "B6479", None, "Roundabout", False, "B Road"),
        (4, "r4", "c", None, "Mill Lane", "Slip Road", False, "Classified Unnumbered"),
        (5, "r5", "unclassified", None, None, None, None, "Unknown"),
    ]
    assert links(door, "speed_limit_mph, st_length(geom), typeof(geom)")[0] == (
        None,
        100,
        "GEOMETRY('EPSG:27700')",
    )


def test_open_map_local_names(door: Door) -> None:
    name = put(
        door,
        ID=["1", "2"],
        CLASSIFICA=["A Road, Collapsed Dual Carriageway", "Local Street"],
        ROADNUMBER=["A6", None],
        DISTNAME=["Chapel Street", "Back Lane"],
    )
    load_os(door, name)
    assert links(door, "link_id, road_class, road_number, road_name, is_trunk, published_class") == [
        ("1", "a", "A6", "Chapel Street", None, "A Road, Collapsed Dual Carriageway"),
        ("2", "unclassified", None, "Back Lane", None, "Local Street"),
    ]


def test_a_format_without_its_columns_is_refused(door: Door) -> None:
    name = put(door, ref=["1"], kind=["A Road"])
    with pytest.raises(
        SourceError, match=r"'r\.gpkg' has no column for link_id \(known by: id, identifier\).*ref, kind"
    ):
        load_os(door, name)
    with pytest.raises(SourceError, match=r"'r\.gpkg' has no column 'osm_id'. Its columns are ref, kind"):
        load_osm(door, name)


def test_repeated_missing_and_pointlike_links_are_rejected(door: Door) -> None:
    name = put(
        door,
        [line(1), line(2), line(3), shapely.Point(385000, 395000), line(5)],
        "r.geojson",
        id=["r1", None, "r1", "r4", "r5"],
        road_classification=["A Road"] * 5,
    )
    assert load_os(door, name) == (5, 2, 3, 0)
    assert links(door, "row, link_id") == [(1, "r1"), (5, "r5")]
    assert door.issues() == [
        ("r.geojson", 2, "link_id", None, "missing", "rejected"),
        ("r.geojson", 3, "link_id", "r1", "key repeated: an earlier row has it", "rejected"),
        ("r.geojson", 4, None, "r4", "not a line", "rejected"),
    ]


def test_a_link_that_two_tiles_share_is_kept_once(door: Door) -> None:
    one = put(door, None, "one.gpkg", id=["r1", "r2"], road_classification=["A Road", "B Road"])
    two = put(door, None, "two.gpkg", id=["r2", "r3"], road_classification=["B Road", "B Road"])
    assert load_os(door, one, two) == (2, 1, 1, 0)
    assert links(door, "file, link_id") == [("one.gpkg", "r1"), ("one.gpkg", "r2"), ("two.gpkg", "r3")]
    assert door.issues() == [
        ("two.gpkg", 1, "link_id", "r2", "key repeated: an earlier row has it", "rejected")
    ]


def test_a_file_without_lines_is_refused(door: Door) -> None:
    name = put(door, [shapely.Point(385000, 395000)], id=["r1"], road_classification=["A Road"])
    with pytest.raises(SourceError, match=r"'r\.gpkg' holds no lines. Is it the road file\?"):
        load_os(door, name)


OSM: list[tuple[str, str | None, dict[str, str], Row]] = [
    # osm_id, highway, tags -> class, number, form, trunk, mph
    ("1", "motorway", {"ref": "M60", "oneway": "yes"}, ("motorway", "M60", "Dual Carriageway", True, None)),
    ("2", "trunk", {"ref": "A47;A6003", "maxspeed": "70 mph"}, ("a", "A47", "Single Carriageway", True, 70)),
    ("3", "primary_link", {"ref": "a 57", "maxspeed": "50"}, ("a", "A57", "Slip Road", False, 31)),
    ("4", "secondary", {"ref": "B6226", "junction": "roundabout"}, ("b", "B6226", "Roundabout", False, None)),
    ("5", "tertiary", {"ref": "C101", "maxspeed": "48 km/h"}, ("c", None, "Single Carriageway", False, 30)),
    (
        "6",
        "residential",
        {"maxspeed": "20mph", "name": "Back Lane"},
        ("unclassified", None, "Single Carriageway", False, 20),
    ),
    ("7", "footway", {"ref": "E2"}, (None, None, "Single Carriageway", False, None)),
    ("8", "service", {"maxspeed": "none"}, (None, None, "Single Carriageway", False, None)),
    ("9", "motorway_link", {"ref": "A1(M)", "oneway": "yes"}, ("motorway", "A1(M)", "Slip Road", True, None)),
    ("10", None, {"name": "A stream"}, ()),
]
EXPECTED = [(n, osm_id, *said) for n, (osm_id, _, _, said) in enumerate(OSM, 1) if said]
OSM_COLUMNS = "row, link_id, road_class, road_number, form_of_way, is_trunk, speed_limit_mph"


def test_openstreetmap_with_tags_as_columns(door: Door) -> None:
    tags = {
        tag: [t.get(tag) for _, _, t, _ in OSM] for tag in ("ref", "maxspeed", "junction", "oneway", "name")
    }
    name = put(door, osm_id=[o[0] for o in OSM], highway=[o[1] for o in OSM], **tags)
    assert load_osm(door, name) == (10, 9, 0, 1)
    assert links(door, OSM_COLUMNS) == EXPECTED
    assert links(door, "published_class, road_name")[2] == ("primary_link", None)
    assert links(door, "published_class, road_name")[5] == ("residential", "Back Lane")


def test_openstreetmap_with_tags_in_one_column(door: Door) -> None:
    tags = [",".join(f'"{k}"=>"{v}"' for k, v in t.items()) or None for _, _, t, _ in OSM]
    name = put(door, osm_id=[o[0] for o in OSM], highway=[o[1] for o in OSM], other_tags=tags)
    assert load_osm(door, name) == (10, 9, 0, 1)
    assert links(door, "road_name")[5] == ("Back Lane",)
    assert links(door, OSM_COLUMNS) == EXPECTED


def test_parts_of_one_way_are_numbered_and_the_same_part_twice_is_rejected(door: Door) -> None:
    name = put(
        door,
        [line(1), line(2), line(3), line(2), line(5)],
        osm_id=["7", "7", "7", "7", "8"],
        highway=["primary"] * 5,
    )
    assert load_osm(door, name) == (5, 4, 1, 0)
    assert links(door, "row, link_id") == [(1, "7"), (2, "7/2"), (3, "7/3"), (5, "8")]
    assert door.issues() == [
        ("r.gpkg", 4, "link_id", "7/2", "key repeated: an earlier row has it", "rejected")
    ]


def test_only_the_wanted_links_are_kept(door: Door) -> None:
    name = put(door, osm_id=["1", "2", "3"], highway=["primary", "footway", "primary"], tile=["a", "a", "b"])
    assert load_osm(door, name, where={"tile": "a"}) == (3, 2, 0, 1)
    assert links(door, "row, link_id") == [(1, "1"), (2, "2")]


def dirty_links() -> gpd.GeoDataFrame:
    """Links with every fault, and some without; of two coordinate systems the one that is not the working one."""
    shapes = [
        line(1),
        shapely.MultiLineString([line(2), line(3)]),
        None,
        shapely.LineString(),
        shapely.Point(385000, 395000),
        line(6),
        line(7),
        line(8),
    ]
    columns = {
        "ID": ["r1", "r2", "r3", "r4", "r5", None, "r2", "r8"],
        "Road_Classification": ["A Road", "B Road", "A Road", None, "A Road", "A Road", "A Road", None],
        "road_classification_number": ["A 61", "B1", None, None, None, None, None, ""],
        "fictitious": [False, False, False, False, False, True, False, None],
        "trunk_road": [True, False, None, None, None, None, None, False],
        "row": [80, 70, 60, 50, 40, 30, 20, 10],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS).to_crs("EPSG:4326")


@pytest.mark.parametrize("where", [{}, {"fictitious": "False"}])
def test_geoparquet_says_what_other_files_say(door: Door, where: dict[str, str]) -> None:
    given = dirty_links()
    given.to_parquet(door.folder / "r.parquet")
    given.to_file(door.folder / "r.gpkg")
    said = {}
    for name in ("r.parquet", "r.gpkg"):
        door.con.execute("DELETE FROM raw.link; DELETE FROM raw.issue; DELETE FROM raw.source_file")
        counted = load_os(door, name, where=where)
        rows = links(door, "* EXCLUDE (file, geom), round(st_length(geom), 3), typeof(geom)")
        said[name] = counted, rows, [issue[1:] for issue in door.issues()]
    assert said["r.parquet"] == said["r.gpkg"]
    left_out = 2 if where else 0
    counted, rows, issues = said["r.parquet"]
    assert counted == (8, 3 - bool(where), 5 - bool(where), left_out)
    assert [row[1:3] for row in rows] == [(1, "r1"), (2, "r2"), (8, "r8")][: counted[1]]
    assert rows[0][3:6] == ("a", "A61", None)
    assert rows[1][-2:] == (200, "GEOMETRY('EPSG:27700')")
    assert (4, None, "r4", "not a line", "rejected") in issues


def test_a_damaged_or_strange_geoparquet_is_refused(door: Door) -> None:
    given = gpd.GeoDataFrame(
        {"id": [f"r{n}" for n in range(500)], "class": "A Road"},
        geometry=[line(n) for n in range(500)],
        crs=CRS,
    )
    given.to_parquet(door.folder / "r.parquet")
    whole = (door.folder / "r.parquet").read_bytes()
    door.put("torn.parquet", whole[:4000] + bytes(2000) + whole[6000:])
    with pytest.raises(SourceError, match=r"'torn\.parquet' is damaged .*Fetch it again"):
        load_os(door, "torn.parquet")
    door.put("cut.parquet", whole[:-100])
    with pytest.raises(SourceError, match=r"'cut\.parquet' cannot be read as a spatial file"):
        load_os(door, "cut.parquet")
    with pytest.raises(
        SourceError, match=r"'r\.parquet' says it is in EPSG:27700, the region file says EPSG:4326"
    ):
        load_os(door, "r.parquet", crs="EPSG:4326")
    given.set_crs("EPSG:4326", allow_override=True).to_parquet(door.folder / "elsewhere.parquet")
    with pytest.raises(SourceError, match=r"'elsewhere\.parquet' is read as EPSG:4326, but its coordinates"):
        load_os(door, "elsewhere.parquet")
    given.set_crs(None, allow_override=True).to_parquet(door.folder / "nowhere.parquet")
    with pytest.raises(SourceError, match="does not say its coordinate system"):
        load_os(door, "nowhere.parquet")
    given[:0].to_parquet(door.folder / "none.parquet")
    with pytest.raises(SourceError, match=r"'none\.parquet' holds no features"):
        load_os(door, "none.parquet")
    with pytest.raises(SourceError, match=r"where: no feature has \{'class': \['Path'\]\}"):
        load_os(door, "r.parquet", where={"class": "Path"})
    with pytest.raises(SourceError, match=r"where: there is no column 'sort'. Its columns are id, class\."):
        load_os(door, "r.parquet", where={"sort": "Path"})
    assert not links(door, "*")
