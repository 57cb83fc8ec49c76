import pytest
import shapely

# Coarse to fine, in the national grid.
_LEVELS = ("combined_authorities.gpkg", "authorities.gpkg", "small_areas.gpkg")


def test_neighbours_share_every_vertex_of_their_border(either):
    for name in ("authorities.gpkg", "small_areas.gpkg"):
        assert shapely.coverage_is_valid(either.areas(name).geometry.to_numpy())


def test_every_area_is_a_valid_polygon_with_a_code_of_its_own(either):
    for name in (*_LEVELS, "wards.geojson"):
        areas = either.areas(name)
        assert areas.geometry.is_valid.all()
        assert not areas.geometry.is_empty.any()
        assert areas.iloc[:, 0].is_unique
        assert areas.iloc[:, 1].is_unique


def test_small_areas_tile_wards_and_wards_tile_authorities(either):
    small, authorities = either.areas("small_areas.gpkg"), either.areas("authorities.gpkg")
    wards = either.areas("wards.geojson")
    below = dict(zip(wards.WD24CD, wards.LAD24CD, strict=True))
    small["LAD24CD"] = small.WD24CD.map(below)
    assert set(small.WD24CD) == set(wards.WD24CD)
    for code, authority in zip(authorities.LAD24CD, authorities.geometry, strict=True):
        parts = small[code == small.LAD24CD].geometry.to_numpy()
        assert shapely.equals(
            shapely.normalize(shapely.coverage_union_all(parts)), shapely.normalize(authority)
        )
    projected = wards.to_crs("EPSG:27700").set_index("WD24CD").area
    by_ward = small.dissolve("WD24CD").area
    # Longitude and latitude to 12 decimals, on a plane whose datum shift is good to a millimetre each way.
    assert projected[by_ward.index].to_numpy() == pytest.approx(by_ward.to_numpy(), rel=1e-5)


def test_the_combined_authority_is_three_of_the_four(sample):
    authorities, combined = sample.areas("authorities.gpkg"), sample.areas("combined_authorities.gpkg")
    inside = authorities[combined.CAUTH24CD[0] == authorities.CAUTH24CD]
    assert (len(authorities), len(inside)) == (4, 3)
    assert inside.area.sum() == pytest.approx(combined.area[0])


def test_there_is_an_island(either):
    shapes = either.areas("authorities.gpkg").geometry
    assert sorted(shapely.get_num_geometries(shapes.to_numpy()).tolist()) == [1, 1, 1, 2]


def test_codes_look_like_no_real_ones(sample):
    facts = sample.csv("area_facts.csv")
    assert facts.area_code.str.fullmatch(r"D(01|05|06|47)\d{6}").all()
    assert facts.area_code.is_unique


def test_residents_add_up_level_by_level(either):
    facts = either.csv("area_facts.csv")
    own = facts.set_index("area_code").population
    summed = facts.groupby("parent_code").population.sum()
    assert (own[summed.index] == summed).all()
    small = own[own.index.str.startswith("D01")]
    assert small.between(1000, 3000).all()
    assert 100 <= len(small) <= 170


def test_land_lies_where_the_datum_shift_is_the_same_both_ways(either):
    assert either.areas("wards.geojson").total_bounds[2] < 1.9


@pytest.mark.parametrize("name", _LEVELS)
def test_boundaries_are_in_the_national_grid(sample, name):
    assert sample.areas(name).crs.to_epsg() == 27700
