import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_FORMS = {"Single Carriageway", "Collapsed Dual Carriageway", "Dual Carriageway", "Roundabout", "Slip Road"}
_CLASSES = {"Motorway", "A Road", "B Road", "Classified Unnumbered", "Unclassified", "Not Classified"}


def _components(roads):
    """Return how many networks the roads make, and which each link is in."""
    nodes, positions = np.unique(roads[["start_node", "end_node"]].to_numpy(), return_inverse=True)
    start, end = positions.reshape(-1, 2).T
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(len(nodes), len(nodes)))
    count, label = connected_components(graph.tocsr(), directed=False)
    return count, label[start]


def _ends(roads):
    """Return a row for each end of each link: its node, its point, and the link."""
    lines = roads.geometry.to_numpy()
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "node": roads[column],
                    "point": shapely.to_wkb(shapely.get_point(lines, n)),
                    "link": np.arange(len(roads)),
                }
            )
            for column, n in (("start_node", 0), ("end_node", -1))
        ],
        ignore_index=True,
    )


def _form(roads, form):
    return roads[roads.form_of_way == form]


def test_roads_are_one_connected_network(either):
    assert _components(either.areas("roads.gpkg"))[0] == 1


@pytest.mark.parametrize(("name", "least", "most"), [("sample", 12_000, 18_000), ("other", 1_000, 2_500)])
def test_there_are_as_many_roads_as_the_size_wants(request, name, least, most):
    assert least <= len(request.getfixturevalue(name).areas("roads.gpkg")) <= most


def test_links_that_share_a_node_meet_there(either):
    places = _ends(either.areas("roads.gpkg"))[["node", "point"]].drop_duplicates()
    assert places.node.is_unique
    assert places.point.is_unique


def test_links_are_as_open_roads_has_them(either):
    roads = either.areas("roads.gpkg")
    assert roads.crs.to_epsg() == 27700
    assert roads.id.is_unique
    assert set(roads.geom_type) == {"LineString"}
    assert roads.is_valid.all()
    assert (roads.length > 0).all()
    assert set(roads.form_of_way) <= _FORMS
    assert set(roads.road_classification) <= _CLASSES
    numbered = roads.road_classification_number.notna()
    assert (numbered == roads.road_classification.isin(["Motorway", "A Road", "B Road"])).all()
    assert (roads.road_classification == "Motorway").le(roads.trunk_road).all()
    assert (roads["length"] == roads.length.round()).all()


def test_every_class_and_form_is_there(sample):
    roads = sample.areas("roads.gpkg")
    assert set(roads.form_of_way) == _FORMS
    assert set(roads.road_classification) == _CLASSES


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
    [bridge] = roads[~shapely.covers(land, roads.geometry.to_numpy())].itertuples()
    assert (bridge.road_classification, bridge.road_classification_number) == ("B Road", "B8011")
    parts = shapely.STRtree(shapely.get_parts(land)).query(bridge.geometry, predicate="intersects")
    assert len(parts) == 2


def test_a_motorway_is_left_by_slip_roads_and_at_its_ends_only(sample):
    roads = sample.areas("roads.gpkg")
    motorway = roads[roads.road_classification == "Motorway"]
    lines, slips = _form(motorway, "Dual Carriageway"), _form(motorway, "Slip Road")
    assert set(motorway.form_of_way) == {"Dual Carriageway", "Slip Road"}
    on, off = (set(r.start_node) | set(r.end_node) for r in (lines, roads.drop(motorway.index)))
    met = _ends(lines).node.value_counts()
    # Where it meets other roads, both carriageways end.
    assert met[list(on & off)].sum() % 4 == 0
    assert 2 <= len(on & off) < len(lines)
    # Elsewhere it is left by slip roads: four at a junction, from a carriageway to the road that crosses.
    assert set(met[list(on - off)]) == {2}
    assert sorted(slips.start_node) == sorted(on - off)
    assert len(slips) % 4 == 0
    assert set(slips.end_node) <= off - on


def test_a_dual_carriageway_is_two_lines_apart(either):
    roads = either.areas("roads.gpkg")
    dual = _form(roads, "Dual Carriageway")
    trunk = dual[dual.road_classification == "A Road"].geometry.to_numpy()
    middles = shapely.line_interpolate_point(trunk, 0.5, normalized=True)
    one, other = shapely.STRtree(trunk).query(middles, predicate="dwithin", distance=22)
    is_other = one != other
    # Each has the other carriageway beside it, and nothing else.
    assert np.bincount(one[is_other], minlength=len(trunk)).tolist() == [1] * len(trunk)
    assert (other[is_other][other[is_other]] == np.arange(len(trunk))).all()
    gaps = shapely.distance(middles, trunk[other[is_other]])
    assert gaps.min() > 12
    assert shapely.length(trunk) == pytest.approx(shapely.length(trunk[other[is_other]]), rel=0.2)


def test_roundabouts_are_rings(either):
    roads = either.areas("roads.gpkg")
    arcs = _form(roads, "Roundabout").reset_index(drop=True)
    count, label = _components(arcs)
    assert count >= (10 if len(roads) > 10_000 else 1)
    degree = _ends(arcs).node.value_counts()
    assert set(degree) == {2}
    for n in range(count):
        own = arcs.geometry[label == n].to_numpy()
        [ring] = shapely.get_parts(shapely.polygonize(own))
        assert shapely.length(ring.exterior) == pytest.approx(shapely.length(own).sum())
        # Round: about as large as a circle of that length.
        assert ring.area > 0.75 * ring.length**2 / (4 * np.pi)
    # Arms end on it: every node of the ring is met by another road.
    others = roads[roads.form_of_way != "Roundabout"]
    assert set(degree.index) <= set(others.start_node) | set(others.end_node)


def test_a_lane_shares_every_vertex_with_a_border_of_two_authorities(sample):
    roads, authorities = sample.areas("roads.gpkg"), sample.areas("authorities.gpkg")
    rings = [set(map(tuple, shapely.get_coordinates(shape))) for shape in authorities.geometry]
    shared = {v for n, ring in enumerate(rings) for other in rings[n + 1 :] for v in ring & other}
    lanes = roads[[set(line.coords) <= shared for line in roads.geometry]]
    assert lanes.length.max() > 800
    assert set(lanes.road_classification) <= {"Classified Unnumbered", "Unclassified"}
    border = shapely.union_all(
        [
            shapely.intersection(a, b)
            for n, a in enumerate(authorities.geometry)
            for b in authorities.geometry[n + 1 :]
            if shapely.touches(a, b)
        ]
    )
    longest = lanes.geometry.to_numpy()[lanes.length.argmax()]
    assert shapely.length(shapely.intersection(longest, border)) == pytest.approx(longest.length)


def test_streets_in_places_share_their_names_along_a_line(sample):
    roads = sample.areas("roads.gpkg")
    named = roads[roads.name_1.notna()]
    assert named.groupby("name_1").size().median() > 1
    assert 0.3 < len(named) / len(roads) < 0.95
    # Of links of one name, most meet another of that name at their end.
    ends = _ends(named.reset_index(drop=True))
    ends["name"] = named.name_1.to_numpy()[ends.link]
    # A street of two or more links holds together, though some names are used in two places.
    several = ends[ends.groupby("name").link.transform("nunique") > 1]
    meets = several.groupby(["name", "node"]).link.transform("nunique") > 1
    assert meets.groupby(several.link).any().mean() > 0.8
