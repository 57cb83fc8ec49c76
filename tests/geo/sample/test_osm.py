"""The sample's roads as OpenStreetMap has them: another file, the same roads."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.region import read_region
from geo.sample import files
from geo.sample.links import FORMS, Links
from geo.sample.osm import osm_table, with_other_tags
from geo.sample.plan import CLASSES
from tests.building import Built, build_in_memory
from tests.geo.door import Door

PATHS = {"footway", "cycleway", "service"}


def ways_of(roads: gpd.GeoDataFrame, seed: int = 1) -> gpd.GeoDataFrame:
    """Return the ways of a road file in the columns of OS Open Roads."""
    nodes = pd.factorize(roads[["start_node", "end_node"]].to_numpy().ravel())[0].reshape(-1, 2)
    count = len(roads)
    in_place = np.where(roads["name_1"].notna(), 0, -1)
    links = Links(
        lines=roads.geometry.to_numpy(),
        nodes=nodes,
        road_class=pd.Index(CLASSES).get_indexer(roads["road_classification"]),
        route=np.full(count, -1),
        in_place=in_place,
        is_bridge=np.arange(count) == 7,
        form=pd.Index(FORMS).get_indexer(roads["form_of_way"]),
    )
    return osm_table(
        np.random.default_rng(seed),
        links,
        numbers=roads["road_classification_number"].astype(object).where(lambda n: n.notna(), None).tolist(),
        names=roads["name_1"].astype(object).where(lambda n: n.notna(), None).tolist(),
        forms=roads["form_of_way"].tolist(),
        is_trunk=roads["trunk_road"].to_numpy(bool),
    )


@pytest.fixture(scope="module")
def roads(sample) -> gpd.GeoDataFrame:
    return sample.areas("roads.gpkg")


@pytest.fixture(scope="module")
def ways(roads) -> gpd.GeoDataFrame:
    return ways_of(roads)


@pytest.fixture
def both(door: Door, roads, ways, request) -> Door:
    """The door with the roads as OS Open Roads (source ``os``) and as OpenStreetMap (source ``osm``)."""
    files.write_features(roads, door.folder / "os.gpkg", layer="road_link")
    shaped = with_other_tags(ways) if request.param == "other_tags" else ways
    files.write_features(shaped, door.folder / "osm.gpkg", layer="lines")
    door.load("roads", "os.gpkg", id="os", format="os_open_roads")
    door.load("roads", "osm.gpkg", id="osm", format="openstreetmap")
    return door


SHAPES = pytest.mark.parametrize("both", ["columns", "other_tags"], indirect=True)


@SHAPES
@pytest.mark.parametrize("fact", ["road_class", "road_number", "is_trunk", "form_of_way = 'Roundabout'"])
def test_our_reader_gives_the_same_km(both: Door, fact: str) -> None:
    def km(source: str) -> dict[object, float]:
        query = f"SELECT {fact}, sum(st_length(geom)) / 1000 FROM raw.link WHERE road_class IS NOT NULL"
        return dict(both.rows(f"{query} AND source = '{source}' GROUP BY 1"))

    expected = km("os")
    assert len(expected) >= 2
    assert km("osm") == pytest.approx(expected, rel=1e-9)


@SHAPES
def test_our_reader_blames_nothing_and_knows_slip_roads(both: Door) -> None:
    assert both.issues() == []
    slips = "SELECT sum(st_length(geom)) FROM raw.link WHERE form_of_way = 'Slip Road' AND source = "
    assert both.rows(f"{slips}'osm'")[0] == pytest.approx(both.rows(f"{slips}'os'")[0])
    assert both.rows("SELECT DISTINCT speed_limit_mph FROM raw.link WHERE source = 'osm' ORDER BY ALL") == [
        (20,), (30,), (60,), (70,), (None,),
    ]  # fmt: skip


def test_paths_are_beside_streets_and_no_carriageway(door: Door, ways, roads) -> None:
    files.write_features(ways, door.folder / "osm.gpkg", layer="lines")
    door.load("roads", "osm.gpkg", format="openstreetmap")
    kinds = door.rows("SELECT DISTINCT published_class FROM raw.link WHERE road_class IS NULL")
    assert {kind for (kind,) in kinds} == PATHS
    paths = ways[ways["highway"].isin(PATHS)]
    assert 0.05 < paths.length.sum() / ways.length.sum() < 0.4
    tree = shapely.STRtree(roads.geometry.to_numpy())
    starts = shapely.get_point(paths.geometry.to_numpy(), 0)
    assert tree.query_nearest(starts, return_distance=True)[1].max() < 4.1


def test_ways_are_split_elsewhere_than_links(roads, ways) -> None:
    def ends(lines: gpd.GeoSeries) -> set[bytes]:
        return set(shapely.to_wkb(shapely.get_point(lines.to_numpy()[:, None], [0, -1]).ravel()))

    carriageways = ways[~ways["highway"].isin(PATHS)]
    assert set(carriageways.geom_type) == {"LineString"}
    # Cut where no two links meet, and passing where many do.
    of_ways, of_links = ends(carriageways.geometry), ends(roads.geometry)
    assert len(of_ways - of_links) > 0.03 * len(of_ways)
    assert len(carriageways) < 0.95 * len(roads)
    met = shapely.STRtree(shapely.from_wkb(sorted(of_links))).query(
        carriageways.geometry, predicate="intersects"
    )
    assert np.bincount(met[0]).max() > 6
    # A numbered road passes many junctions as one way.
    numbered = carriageways[carriageways["ref"].notna()]
    assert len(numbered) < 0.7 * roads["road_classification_number"].notna().sum()


def test_a_roundabout_is_one_way_round_to_the_left(ways) -> None:
    rings = ways[ways["junction"].notna()]
    assert len(rings) > 3
    assert shapely.is_closed(rings.geometry.to_numpy()).all()
    assert not shapely.is_ccw(rings.geometry.to_numpy()).any()


def test_ways_are_numbered_apart_and_the_same_for_a_seed(roads, ways) -> None:
    assert ways["osm_id"].is_unique
    again, other = ways_of(roads), ways_of(roads, seed=2)
    pd.testing.assert_frame_equal(again, ways)
    assert len(other) != len(ways)
    assert ways["bridge"].eq("yes").sum() >= 1
    assert set(ways["oneway"].dropna()) == {"yes"}


def test_other_tags_are_as_gdal_writes_them(ways) -> None:
    told = with_other_tags(ways)
    assert list(told.columns) == ["osm_id", "name", "highway", "other_tags", "geometry"]
    assert set(told.loc[ways["highway"] == "motorway", "other_tags"]) == {
        '"ref"=>"M88","maxspeed"=>"70 mph","oneway"=>"yes"'
    }
    assert told.loc[ways["highway"] == "footway", "other_tags"].isna().all()


def test_the_region_with_these_roads_builds_and_has_the_same_km(tiny, tiny_built) -> None:
    built = build_in_memory(read_region(tiny.folder / "doggerland_osm.toml"), tiny.folder)
    assert built.refused == []

    def km(of: Built) -> dict[object, float]:
        query = "SELECT road_class, sum(st_length(geom)) / 1000 FROM raw.link WHERE road_class IS NOT NULL GROUP BY 1"
        return {road_class: float(str(length)) for road_class, length in of.rows(query)}

    assert len(km(tiny_built)) >= 5
    assert km(built) == pytest.approx(km(tiny_built), rel=1e-9)
    # Nothing is blamed that is not blamed with the other roads, but times of links, whose names only those have.
    faults = "SELECT file, row, rule FROM raw.issue WHERE file <> 'travel_times.csv' ORDER BY ALL"
    assert built.rows(faults) == tiny_built.rows(faults)
