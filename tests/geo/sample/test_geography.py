import numpy as np
import pytest
import shapely

from geo.sample.doggerland import BOTNEY, COUNTY, DOGGERLAND, LEMAN, SILVERPIT

# Coarse to fine: file, and the columns of code, name and code of the area above.
_LEVELS = {
    "combined_authorities.gpkg": ("CAUTH24CD", "CAUTH24NM", None),
    "authorities.gpkg": ("CTYUA24CD", "CTYUA24NM", "CAUTH24CD"),
    "districts.gpkg": ("LAD24CD", "LAD24NM", "CTYUA24CD"),
    "wards.geojson": ("WD24CD", "WD24NM", "LAD24CD"),
    "small_areas.gpkg": ("LSOA21CD", "LSOA21NM", "WD24CD"),
}
_IN_METRES = [name for name in _LEVELS if name.endswith(".gpkg")]
_ADJACENT = list(zip(_LEVELS, list(_LEVELS)[1:], strict=False))


def _authority(made, code):
    areas = made.areas("authorities.gpkg").set_index("CTYUA24CD")
    return areas.geometry[code]


def _town(name):
    [town] = [t for t in DOGGERLAND.towns if t.name == name]
    return town


def _ways_up(made):
    """Return the district and the authority of each ward, by code."""
    wards, districts = made.areas("wards.geojson"), made.areas("districts.gpkg")
    district = dict(zip(wards.WD24CD, wards.LAD24CD, strict=True))
    return district, dict(zip(districts.LAD24CD, districts.CTYUA24CD, strict=True))


@pytest.mark.parametrize("name", _IN_METRES)
def test_neighbours_share_every_vertex_of_their_border(either, name):
    assert shapely.coverage_is_valid(either.areas(name).geometry.to_numpy())


@pytest.mark.parametrize("name", _LEVELS)
def test_every_area_is_a_valid_polygon_with_a_code_of_its_own(either, name):
    areas = either.areas(name)
    code, called, above = _LEVELS[name]
    assert list(areas.columns) == [code, called, *([above] if above else []), "geometry"]
    assert areas.geometry.is_valid.all()
    assert not areas.geometry.is_empty.any()
    assert areas[code].is_unique
    assert areas[called].is_unique


@pytest.mark.parametrize(("upper", "lower"), _ADJACENT)
def test_each_level_is_made_of_whole_areas_of_the_next(either, upper, lower):
    above, below = either.areas(upper), either.areas(lower)
    code, *_, parent = _LEVELS[upper][0], *_LEVELS[lower]
    assert set(above[code]) <= set(below[parent])
    assert set(below[parent]) - set(above[code]) <= {""}
    if "wards.geojson" in {upper, lower}:
        # Longitude and latitude to 12 decimals, on a plane whose datum shift is good to a millimetre each way.
        own, of_parts = (a.to_crs("EPSG:27700") for a in (above, below))
        sums = of_parts.dissolve(parent).area
        assert sums[own[code]].to_numpy() == pytest.approx(own.area.to_numpy(), rel=1e-5)
        return
    for area, shape in zip(above[code], above.geometry, strict=True):
        parts = shapely.coverage_union_all(below.geometry[below[parent] == area].to_numpy())
        assert shapely.equals(shapely.normalize(parts), shapely.normalize(shape))


def test_districts_are_made_of_whole_small_areas(either):
    small, districts = either.areas("small_areas.gpkg"), either.areas("districts.gpkg")
    district, _ = _ways_up(either)
    for code, shape in zip(districts.LAD24CD, districts.geometry, strict=True):
        parts = shapely.coverage_union_all(small.geometry[small.WD24CD.map(district) == code].to_numpy())
        assert shapely.equals(shapely.normalize(parts), shapely.normalize(shape))


def test_a_county_has_districts_and_the_others_are_their_own(either):
    districts, authorities = either.areas("districts.gpkg"), either.areas("authorities.gpkg")
    assert len(authorities) == 8
    assert districts.CTYUA24CD.value_counts()[COUNTY] == 3
    unitary = districts[districts.CTYUA24CD != COUNTY]
    assert (unitary.LAD24CD == unitary.CTYUA24CD).all()
    assert set(unitary.LAD24CD) == set(authorities.CTYUA24CD) - {COUNTY}
    own = authorities.set_index("CTYUA24CD").geometry
    assert shapely.equals_exact(unitary.geometry.to_numpy(), own[unitary.LAD24CD].to_numpy()).all()


def test_the_combined_authority_is_three_metropolitan_districts(either):
    authorities, combined = either.areas("authorities.gpkg"), either.areas("combined_authorities.gpkg")
    inside = authorities[combined.CAUTH24CD[0] == authorities.CAUTH24CD]
    assert inside.CTYUA24CD.str.startswith("D08").all()
    assert len(inside) == 3
    assert inside.area.sum() == pytest.approx(combined.area[0])


def test_one_council_has_an_island(either):
    parts = shapely.get_parts(_authority(either, LEMAN))
    mainland, island = sorted(parts, key=shapely.area, reverse=True)
    others = either.areas("authorities.gpkg").query(f"CTYUA24CD != '{LEMAN}'").geometry
    assert shapely.distance(island, [mainland, *others]).min() > 50


def test_one_council_has_an_exclave_that_is_no_island(either):
    main, exclave = sorted(shapely.get_parts(_authority(either, BOTNEY)), key=shapely.area, reverse=True)
    assert shapely.distance(main, exclave) > 50
    others = either.areas("authorities.gpkg").query(f"CTYUA24CD != '{BOTNEY}'").geometry
    assert others.touches(exclave).any()


def test_one_council_lies_in_a_hole_of_another(either):
    county, [city] = _authority(either, COUNTY), shapely.get_parts(_authority(either, SILVERPIT))
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(county) for ring in part.interiors]
    # One ring, shared by both to the last vertex.
    [hole] = [hole for hole in holes if shapely.equals(hole, city)]
    assert set(hole.exterior.coords) == set(city.exterior.coords)


def test_all_other_councils_are_in_one_piece(either):
    authorities = either.areas("authorities.gpkg").set_index("CTYUA24CD").geometry
    whole = authorities.drop([LEMAN, BOTNEY])
    assert set(shapely.get_num_geometries(whole.to_numpy())) == {1}


def test_an_estuary_reaches_inland(sample):
    land = shapely.coverage_union_all(sample.areas("authorities.gpkg").geometry.to_numpy())
    north, south = (DOGGERLAND.metres(_town(name).x, _town(name).y) for name in ("Wolfsea", "Peat Norton"))
    across = shapely.LineString([north, south])
    [*shores] = shapely.get_parts(shapely.intersection(across, land))
    assert len(shores) >= 2
    assert shapely.distance(shores[0], shores[-1]) > 1_000


def test_no_land_is_left_to_nobody(either):
    land = shapely.get_parts(shapely.coverage_union_all(either.areas("authorities.gpkg").geometry.to_numpy()))
    assert len(land) == 2
    assert [len(part.interiors) for part in land] == [0, 0]


@pytest.mark.parametrize("name", ["wards.geojson", "small_areas.gpkg"])
def test_small_areas_and_wards_are_in_one_piece(either, name):
    assert set(shapely.get_num_geometries(either.areas(name).geometry.to_numpy())) == {1}


def test_people_live_in_an_exclave_of_wards_of_its_own(either):
    # Areas were once grown from the larger part only, and the exclave was nobody's.
    _, exclave = sorted(shapely.get_parts(_authority(either, BOTNEY)), key=shapely.area, reverse=True)
    wards = either.areas("small_areas.gpkg")
    inside = shapely.covers(exclave, wards.representative_point().to_numpy())
    assert shapely.equals(
        shapely.normalize(shapely.coverage_union_all(wards.geometry[inside].to_numpy())),
        shapely.normalize(exclave),
    )


def test_towns_lie_in_their_council(sample):
    districts = sample.areas("districts.gpkg").set_index("LAD24CD").geometry
    for town in DOGGERLAND.towns:
        centre = shapely.Point(DOGGERLAND.metres(town.x, town.y))
        assert shapely.distance(districts[town.council], centre) < 300, town.name


def test_codes_look_like_no_real_ones(either):
    facts = either.csv("area_facts.csv")
    assert facts.area_code.str.fullmatch(r"D(01|05|06|07|08|10|47)\d{6}").all()
    assert facts.area_code.is_unique


def test_residents_add_up_level_by_level(either):
    facts = either.csv("area_facts.csv")
    own = facts.set_index("area_code").population
    summed = facts.groupby("parent_code").population.sum()
    assert (own[summed.index] == summed).all()
    small = own[own.index.str.startswith("D01")]
    assert small.between(1000, 3000).all()
    assert set(small.index) == set(either.areas("small_areas.gpkg").LSOA21CD)


def test_the_default_has_half_a_million_people_and_the_smallest_a_tenth(sample, other):
    for made, people, small_areas in (
        (sample, (400_000, 700_000), (250, 350)),
        (other, (40_000, 100_000), (25, 50)),
    ):
        facts = made.csv("area_facts.csv").set_index("area_code").population
        own = facts[facts.index.str.startswith("D01")]
        assert people[0] < own.sum() < people[1]
        assert small_areas[0] <= len(own) <= small_areas[1]


def test_borders_are_rough(sample):
    border = shapely.get_parts(_authority(sample, SILVERPIT))[0].exterior
    # A smooth line keeps its length when told with fewer points.
    assert border.length > 1.15 * shapely.simplify(border, 400).length
    step = np.hypot(*np.diff(shapely.get_coordinates(border), axis=0).T)
    assert np.median(step) < 60


def test_land_lies_where_the_datum_shift_is_the_same_both_ways(either):
    assert either.areas("wards.geojson").total_bounds[2] < 1.9


@pytest.mark.parametrize("name", _IN_METRES)
def test_boundaries_are_in_the_national_grid(sample, name):
    assert sample.areas(name).crs.to_epsg() == 27700
