import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def test_roads_are_one_connected_network(either):
    roads = either.areas("roads.gpkg")
    nodes, positions = np.unique(roads[["start_node", "end_node"]].to_numpy(), return_inverse=True)
    start, end = positions.reshape(-1, 2).T
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(len(nodes), len(nodes)))
    assert connected_components(graph.tocsr(), directed=False)[0] == 1
    assert 1500 <= len(roads) <= 4300


def test_links_that_share_a_node_meet_there(either):
    roads = either.areas("roads.gpkg")
    lines = roads.geometry.to_numpy()
    ends = pd.concat(
        [
            pd.DataFrame({"node": roads[column], "point": shapely.to_wkb(shapely.get_point(lines, n))})
            for column, n in (("start_node", 0), ("end_node", -1))
        ]
    )
    places = ends.drop_duplicates()
    assert places.node.is_unique
    assert places.point.is_unique


def test_links_are_as_open_roads_has_them(sample):
    roads = sample.areas("roads.gpkg")
    assert roads.crs.to_epsg() == 27700
    assert roads.id.is_unique
    assert set(roads.geom_type) == {"LineString"}
    assert roads.is_valid.all()
    assert set(roads.form_of_way) == {"Single Carriageway", "Collapsed Dual Carriageway", "Roundabout"}
    assert set(roads.road_classification) == {
        "Motorway", "A Road", "B Road", "Classified Unnumbered", "Unclassified", "Not Classified",
    }  # fmt: skip
    numbered = roads.road_classification_number.notna()
    assert (numbered == roads.road_classification.isin(["Motorway", "A Road", "B Road"])).all()
    assert (roads.road_classification == "Motorway").le(roads.trunk_road).all()


def test_an_a_road_and_a_b_road_cross_two_borders(either):
    roads, authorities = either.areas("roads.gpkg"), either.areas("authorities.gpkg")
    numbered = roads[roads.road_classification_number.notna()].dissolve("road_classification_number")
    tree = shapely.STRtree(numbered.geometry.to_numpy())
    _, road = tree.query(authorities.geometry.to_numpy(), predicate="intersects")
    crossed = pd.Series(road).map(dict(enumerate(numbered.index))).value_counts()
    # In three authorities, a road crosses two borders.
    assert (crossed[crossed.index.str.startswith("A")] >= 3).any()
    assert (crossed[crossed.index.str.startswith("B")] >= 3).any()


def test_only_the_bridge_leaves_the_land(either):
    roads, authorities = either.areas("roads.gpkg"), either.areas("authorities.gpkg")
    land = shapely.coverage_union_all(authorities.geometry.to_numpy())
    shapely.prepare(land)
    assert (~shapely.covers(land, roads.geometry.to_numpy())).sum() == 1
