from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.sample import exposure, truth_tables
from geo.sample.collisions import draw_year
from geo.sample.doggerland import AUROCHS, BOTNEY, CLEAVER, COUNTY, OUTERWELL, SILVERPIT
from geo.sample.effects import nothing_planted
from geo.sample.pieces import cut_around, whole_links
from geo.sample.truth import Truth, with_effects
from tests.geo.sample import toy

# Enough collisions for a ratio to be told.
_YEARS, _BUSY = 20, 24
_A_ROAD = Truth().collisions_per_km_year["A Road"]
_EFFECTS = {
    "corridor_rate_ratio": "is_corridor",
    "hotspot_rate_ratio": "is_hotspot",
    "border_rate_ratio": "is_worse_side",
}


@pytest.fixture(scope="module")
def whole():
    return exposure.cut_at_borders(toy.LINKS, toy.AUTHORITIES)


@pytest.fixture(scope="module")
def planted():
    return toy.cut(Truth())


def _expected(pieces, places, truth):
    return exposure.expected_per_year(toy.LINKS, pieces, places, toy.FLOW, codes=toy.CODES, truth=truth)


def _counts(pieces, expected, truth):
    rng = np.random.default_rng(8)
    drawn = [
        draw_year(rng, pieces, _BUSY * expected, year, truth).piece for year in range(2000, 2000 + _YEARS)
    ]
    return np.bincount(np.concatenate(drawn), minlength=len(expected))


@pytest.mark.parametrize("name", _EFFECTS)
def test_the_size_of_each_place_can_be_found_again_and_is_one_when_neutral(planted, name):
    pieces, places = planted
    neutral = with_effects(Truth(), dict.fromkeys(_EFFECTS, 1.0))
    null = _expected(pieces, places, neutral)
    inside = getattr(places, _EFFECTS[name])
    for size in (getattr(Truth(), name), 1.0):
        truth = with_effects(neutral, {name: size})
        counts = _counts(pieces, _expected(pieces, places, truth), truth)
        error = 4 * np.sqrt(size / (null[inside].sum() * _YEARS * _BUSY))
        assert error < max(0.4, size / 15)
        assert counts[inside].sum() / (null[inside].sum() * _YEARS * _BUSY) == pytest.approx(size, abs=error)
        rest = counts[~inside].sum() / (null[~inside].sum() * _YEARS * _BUSY)
        assert rest == pytest.approx(1, abs=0.03)


def test_the_corridor_is_one_road_in_three_authorities(planted):
    pieces, places = planted
    found = {
        (toy.LINKS.route[pieces.link[n]], toy.CODES[pieces.authority[n]])
        for n in np.where(places.is_corridor)[0]
    }
    assert found == {(0, CLEAVER), (0, BOTNEY), (0, COUNTY)}
    assert pieces.km[places.is_corridor].sum() == pytest.approx(18 - 0.1)


def test_half_of_the_hotspot_lies_on_each_side_of_the_border(planted):
    pieces, places = planted
    assert places.hotspot_xy.tolist() == [30_000, 6_040]
    km = np.bincount(pieces.authority[places.is_hotspot], pieces.km[places.is_hotspot])
    assert {toy.CODES[n] for n in np.flatnonzero(km)} == {AUROCHS, OUTERWELL}
    assert km[4] == pytest.approx(km[5], rel=1e-6)
    reach = shapely.distance(pieces.lines, shapely.Point(places.hotspot_xy))
    assert (reach[places.is_hotspot] <= 400).all()
    middles = shapely.distance(pieces.middles, shapely.Point(places.hotspot_xy))
    assert (middles[~places.is_hotspot] > 399).all()


def test_the_contrast_lies_in_a_band_on_both_sides_of_one_border(planted):
    pieces, places = planted
    for inside, code in ((places.is_worse_side, SILVERPIT), (places.is_other_side, COUNTY)):
        assert {toy.CODES[n] for n in pieces.authority[inside]} == {code}
        assert set(toy.LINKS.route[pieces.link[inside]]) == {2}
        assert pieces.km[inside].sum() == pytest.approx(2, rel=1e-3)
    x = shapely.get_x(pieces.middles)
    assert np.abs(x[places.is_worse_side | places.is_other_side] - 18_000).max() < 2_000


@pytest.mark.parametrize(
    "truth",
    [
        replace(Truth(), corridor_route="A1", hotspot_route="A1", border_route="A1"),
        replace(
            Truth(),
            corridor_authorities=("E1",),
            hotspot_authorities=(AUROCHS, "E1"),
            border_authorities=("E1", COUNTY),
        ),
        # No border between the two.
        replace(
            Truth(), hotspot_authorities=(CLEAVER, OUTERWELL), corridor_route="", border_route="",
        ),
    ],
)  # fmt: skip
def test_a_region_without_the_place_has_no_effect(whole, truth):
    pieces, places = toy.cut(truth)
    assert len(pieces.link) == len(whole.link)
    assert np.isnan(places.hotspot_xy).all()
    assert (places.ratio(truth) == 1).all()


def test_cutting_loses_no_road_and_knows_real_junctions(planted, whole):
    pieces, _ = planted
    by_link = [np.bincount(p.link, p.km, minlength=len(toy.LINKS.lines)) for p in (whole, pieces)]
    assert by_link[0] == pytest.approx(by_link[1])
    assert (np.diff(pieces.link) >= 0).all()
    ends = np.column_stack([shapely.get_x(shapely.get_point(pieces.lines, n)) for n in (0, -1)])
    # Links start and end 100 m off every 200 m; borders and bands lie elsewhere.
    assert (pieces.at_node == (np.round(ends, 6) % 200 == 100)).all()


def test_a_cut_is_no_junction(whole):
    lines = toy.LINKS.lines
    pieces = cut_around(
        whole, shapely.box(1_150, 400, 1_250, 600), np.ones(len(whole.link), dtype=bool), lines
    )
    truth = replace(Truth(), at_junction_share=1.0, year_rate_ratio={})
    drawn = draw_year(np.random.default_rng(1), pieces, np.full(len(pieces.link), 5.0), 2022, truth)
    at_node = pieces.at_node[drawn.piece]
    assert (drawn.is_junction == at_node.any(axis=1)).all()
    assert not drawn.is_junction.all()
    near = (drawn.xy[:, 0] + 100) % 200
    gap = np.minimum(near, 200 - near)[drawn.is_junction]
    assert np.median(gap) < 10


def test_collisions_grow_with_traffic_to_a_power(planted):
    pieces, places = planted
    flow = toy.FLOW.copy()
    flow[1] = np.nan
    flow[2] *= 2
    for elasticity in (0.7, 0.0):
        truth = replace(Truth(), flow_elasticity=elasticity)
        expected = exposure.expected_per_year(toy.LINKS, pieces, places, flow, codes=toy.CODES, truth=truth)
        by_link = np.bincount(pieces.link, expected)
        assert by_link[2] / by_link[3] == pytest.approx(2**elasticity)
        assert by_link[1] / by_link[3] == pytest.approx(1, rel=1e-3)


def test_a_road_of_its_class_s_mean_flow_has_the_planted_rate(planted):
    pieces, places = planted
    truth = with_effects(Truth(), {"border_rate_ratio": 1.0, "corridor_rate_ratio": 1.0})
    expected = _expected(pieces, places, truth)
    chosen = (toy.LINKS.route[pieces.link] == 2) & (pieces.authority == 3)
    assert expected[chosen].sum() / pieces.km[chosen].sum() == pytest.approx(_A_ROAD)


def test_one_year_is_drawn_at_a_time_in_order(planted):
    pieces, places = planted
    expected = _expected(pieces, places, Truth())
    drawn = draw_year(np.random.default_rng(1), pieces, expected, 2020, Truth())
    assert set(drawn.at.year) == {2020}
    assert drawn.at.is_monotonic_increasing
    planned = expected.sum() * 0.82
    assert abs(len(drawn.at) - planned) < 4 * np.sqrt(planned)


@pytest.mark.parametrize(("shape", "variance"), [(2.5, 0.4), (1e9, 0.0)])
def test_links_differ_by_a_factor_of_their_own(shape, variance):
    factors = exposure.link_factors(
        np.random.default_rng(2), 50_000, replace(Truth(), link_gamma_shape=shape)
    )
    assert factors.mean() == pytest.approx(1, abs=0.01)
    assert factors.var() == pytest.approx(variance, abs=0.02)


def test_truth_by_place_adds_up_to_the_same(planted):
    pieces, places = planted
    rng = np.random.default_rng(3)
    expected = exposure.expect(rng, toy.LINKS, pieces, places, toy.FLOW, codes=toy.CODES, truth=Truth())
    by_piece = truth_tables.piece_truth(pieces, places, expected)
    ids = np.arange(len(toy.LINKS.lines)).astype(str)
    by_link = truth_tables.link_truth(by_piece, ids, toy.LINKS, toy.CODES, toy.NUMBERS)
    assert not by_link.duplicated(["link_id", "authority_code"]).any()
    by_authority = truth_tables.authority_truth(by_link)
    areas = toy.SMALL_AREAS
    by_area = truth_tables.small_area_truth(pieces, expected, areas.polygons, areas.codes)
    for table in (by_link, by_authority, by_area):
        for name in ("length_km", "collisions_per_year", "collisions_per_year_with_link_factor"):
            assert table[name].sum() == pytest.approx(by_piece[name].sum(), rel=1e-9), name
    owned = by_area.groupby(toy.OWNER).collisions_per_year.sum().to_numpy()
    own = by_authority.set_index("authority_code").collisions_per_year[toy.CODES].to_numpy()
    assert owned == pytest.approx(own, rel=1e-9)
    middles = truth_tables.small_area_truth(pieces, expected, areas.polygons, areas.codes, cut=False)
    assert middles.collisions_per_year.to_numpy() == pytest.approx(
        by_area.collisions_per_year.to_numpy(), rel=0.15
    )
    beside = [shapely.box(0, 0, 36_000, 3_040), shapely.box(0, 3_040, 36_000, 12_000)]
    halves = truth_tables.small_area_truth(pieces, expected, np.array(beside), ["south", "north"])
    assert halves.length_km.tolist() == pytest.approx([10 * 35.8 + 35.8 / 2, 35 * 35.8 + 35.8 / 2])
    sections = truth_tables.section_truth(by_link).set_index(["road_number", "authority_code"])
    assert len(sections) == 18
    neutral = _A_ROAD * Truth().authority_rate_ratio[BOTNEY]
    assert sections.collisions_per_km_year["A8002", BOTNEY] == pytest.approx(neutral * 1.8)
    assert sections.corridor_km["A8002", BOTNEY] == pytest.approx(6)


def test_links_of_a_network_that_no_border_cuts_are_pieces_as_they_are():
    owner = (shapely.get_x(shapely.get_point(toy.LINKS.lines, 0)) // 6_000).astype(np.int64)
    pieces = whole_links(toy.LINKS.lines, owner, toy.LINKS.in_place >= 0)
    truth = with_effects(Truth(), dict.fromkeys(_EFFECTS, 1.0))
    expected = _expected(pieces, nothing_planted(len(owner)), truth)
    cut, places = toy.cut(truth)
    by_link = np.bincount(cut.link, _expected(cut, places, truth))
    is_cut = np.bincount(cut.link, minlength=len(owner)) > 1
    assert expected[~is_cut] == pytest.approx(by_link[~is_cut])


def test_the_hotspot_has_what_is_planted_whatever_its_links_own_factors():
    links = toy.LINKS
    for seed in range(3):
        pieces, places = toy.cut(Truth())
        made = exposure.expect(
            np.random.default_rng(seed), links, pieces, places, toy.FLOW, codes=toy.CODES, truth=Truth()
        )
        hot = places.is_hotspot
        assert made.with_factor[hot].sum() == pytest.approx(made.planted[hot].sum())
        assert made.unscaled[hot].sum() != pytest.approx(made.planted[hot].sum(), rel=0.01)
        np.testing.assert_array_equal(made.with_factor[~hot], made.unscaled[~hot])
        # Within the place links still differ as they were drawn.
        ratio = made.with_factor[hot] / made.unscaled[hot]
        assert ratio == pytest.approx(ratio[0])
    nothing = np.zeros(len(made.planted), dtype=bool)
    assert exposure.scaled_to(made.planted, made.unscaled, nothing) is made.unscaled
