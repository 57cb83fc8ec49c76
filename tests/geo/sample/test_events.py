import numpy as np
import pandas as pd
import pytest
import shapely

from geo.contracts import CONTRACTS


@pytest.fixture(scope="session")
def collisions(sample):
    old = sample.csv("accidents_2020.csv").rename(
        columns={"accident_index": "collision_index", "accident_severity": "collision_severity"}
    )
    table = pd.concat([sample.csv("collisions.csv", na_values=["NULL"]), old], ignore_index=True)
    # As now: before a merger, codes were others.
    parts = dict.fromkeys(sample.csv("area_changes.csv").from_code, "D06000004")
    table["local_authority_highway"] = table.local_authority_highway.replace(parts)
    return table[table.location_easting_osgr > 0].astype({"location_easting_osgr": float})


@pytest.fixture(scope="session")
def points(collisions):
    return shapely.points(collisions[["location_easting_osgr", "location_northing_osgr"]].to_numpy())


def test_collisions_lie_on_roads(sample, points):
    tree = shapely.STRtree(sample.areas("roads.gpkg").geometry.to_numpy())
    gaps = tree.query_nearest(points, return_distance=True, all_matches=False)[1]
    assert gaps.max() < 15
    assert np.median(gaps) > 1


def test_degrees_and_grid_agree(collisions, points):
    tied = pd.Series(shapely.points(collisions[["longitude", "latitude"]].to_numpy()))
    import geopandas as gpd

    back = gpd.GeoSeries(tied, crs="EPSG:4326").to_crs("EPSG:27700").to_numpy()
    assert shapely.distance(back, points).max() < 0.2


def test_some_collisions_near_borders_are_recorded_under_the_neighbour(sample, collisions, points):
    authorities = sample.areas("authorities.gpkg")
    found, area = shapely.STRtree(authorities.geometry.to_numpy()).query(points, predicate="within")
    located = np.full(len(points), "", dtype=object)
    located[found] = authorities.CTYUA24CD.to_numpy()[area]
    differs = (located != collisions.local_authority_highway.to_numpy()) & (located != "")
    assert 3 <= differs.sum() < 0.02 * len(points)
    recorded = authorities.set_index("CTYUA24CD").geometry[collisions.local_authority_highway[differs]]
    assert shapely.distance(recorded.to_numpy(), points[differs]).max() <= 100


def test_counts_follow_the_planted_rates(sample, collisions):
    truth, links = sample.json("truth.json"), sample.csv("truth_links.csv")
    years = sum(truth["planted"]["year_rate_ratio"].values())
    expected = links.groupby("authority_code").collisions_per_year_with_link_factor.sum() * years
    counted = collisions.groupby("local_authority_highway").size()
    assert (abs(counted - expected) < 4 * np.sqrt(expected)).all()
    assert 1_500 <= len(collisions) <= 6_000
    assert 0.15 < links.collisions_per_year.sum() / links.length_km.sum() < 0.5
    by_class = links.groupby("road_class").collisions_per_year_with_link_factor.sum() * years
    seen = collisions.first_road_class.value_counts()
    assert abs(seen[3] - by_class["A Road"]) < 4 * np.sqrt(by_class["A Road"])
    assert abs(seen[4] - by_class["B Road"]) < 4 * np.sqrt(by_class["B Road"])


def test_truth_by_authority_is_the_sum_over_its_links(sample):
    truth, links = sample.json("truth.json"), sample.csv("truth_links.csv")
    sums = links.groupby("authority_code")[["collisions_per_year", "length_km"]].sum()
    for code, rates in truth["collisions_per_km_year_by_authority"].items():
        rate = sums.collisions_per_year[code] / sums.length_km[code]
        assert rates["collisions_per_year"] == pytest.approx(rate, rel=1e-3)


def test_severity_splits_as_in_great_britain(collisions):
    share = collisions.collision_severity.value_counts(normalize=True)
    assert 0.007 < share[1] < 0.02
    assert 0.14 < share[2] < 0.25


def test_casualties_and_vehicles_belong_to_collisions_and_are_as_many_as_said(sample):
    table = sample.csv("collisions.csv").set_index("collision_index")
    for name, column in (("casualties.csv", "number_of_casualties"), ("vehicles.csv", "number_of_vehicles")):
        counts = sample.csv(name).groupby("collision_index").size()
        assert (counts == table[column][counts.index]).all()
        assert len(counts) == len(table)


def test_a_collision_is_as_severe_as_its_worst_casualty(sample):
    table = sample.csv("collisions.csv").set_index("collision_index").collision_severity
    worst = sample.csv("casualties.csv").groupby("collision_index").casualty_severity.min()
    known = table[table.isin([1, 2, 3])]
    assert (worst[known.index] == known).all()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("accidents_2020.csv", "collisions"),
        ("casualties_2020.csv", "casualties"),
        ("vehicles_2020.csv", "vehicles"),
        ("collisions.csv", "collisions"),
        ("casualties.csv", "casualties"),
        ("vehicles.csv", "vehicles"),
        ("reports_fixmystreet.csv", "reports"),
        ("satisfaction_scores.csv", "satisfaction_scores"),
        ("satisfaction_survey.csv", "satisfaction_responses"),
        ("area_facts.csv", "area_facts"),
    ],
)
def test_required_fields_go_by_a_name_the_contract_knows(sample, name, kind):
    headers = set(sample.csv(name, nrows=1).columns)
    for field in CONTRACTS[kind].fields:
        if field.required:
            assert headers & {field.name, *field.aliases}, field.name
