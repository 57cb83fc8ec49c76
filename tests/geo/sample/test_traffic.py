from dataclasses import replace

import numpy as np
import pytest
import shapely

from geo.sample.count_points import Roads, count_points, stretches
from geo.sample.links import DUAL, SINGLE, SLIP
from geo.sample.plan import CLASSES
from geo.sample.service_truth import ServiceTruth
from geo.sample.traffic import FLOW_CLASSES, flow_class, nearness, traffic_flows
from tests.geo.sample import toy

_STEP_M, _SIZE = 700.0, 30
# Row or column of the lattice, class and number of each route; the second is a trunk road.
_ROUTES = (
    ("row", 5, 0, "M1"),
    ("row", 12, 1, "A2"),
    ("row", 19, 1, "A3"),
    ("row", 26, 2, "B4"),
    ("column", 6, 1, "A5"),
    ("column", 15, 1, "A6"),
    ("column", 24, 2, "B7"),
)
_NUMBERS = [number for *_, number in _ROUTES]
_TRUNK = [number in {"M1", "A2"} for number in _NUMBERS]
_CENTRES = np.array([[10_000.0, 9_000.0], [2_000.0, 18_000.0]])
_PEOPLE = np.array([90_000.0, 12_000.0])


@pytest.fixture(scope="module")
def links():
    """Return a lattice of streets, some of whose rows and columns are numbered roads."""
    grid = np.arange((_SIZE + 1) ** 2).reshape(_SIZE + 1, _SIZE + 1)
    across = np.stack([grid[:-1], grid[1:]], axis=-1).reshape(-1, 2)
    along = np.stack([grid[:, :-1], grid[:, 1:]], axis=-1).reshape(-1, 2)
    nodes = np.vstack([across, along])
    xy = _STEP_M * np.column_stack(np.divmod(np.arange(grid.size), _SIZE + 1))
    is_row = np.arange(len(nodes)) < len(across)
    route = np.full(len(nodes), -1)
    for n, (kind, at, *_) in enumerate(_ROUTES):
        place = nodes[:, 0] % (_SIZE + 1) if kind == "row" else nodes[:, 0] // (_SIZE + 1)
        route[(is_row == (kind == "row")) & (place == at)] = n
    road_class = np.array([r[2] for r in _ROUTES] + [CLASSES.index("Unclassified")])[route]
    lines = shapely.linestrings(xy[nodes])
    return toy.single_links(lines, road_class, route, in_place=np.full(len(nodes), -1), nodes=nodes)


def _flows(links, seed=1, **sizes):
    return traffic_flows(
        np.random.default_rng(seed),
        links,
        _CENTRES,
        _PEOPLE,
        is_trunk_route=_TRUNK,
        truth=replace(ServiceTruth(), **sizes),
    )


def _roads(links, split_at_m=None):
    """Return what counts are told; authority 1 lies east of `split_at_m`."""
    x = shapely.get_x(shapely.centroid(links.lines))
    east = np.zeros(len(x), dtype=bool) if split_at_m is None else x > split_at_m
    return Roads(east.astype(np.int64), ["D1", "D2"], ["West", "East"], _NUMBERS, _TRUNK, "D12", "Doggerland")


def _counts(links, seed=2, **sizes):
    truth = replace(ServiceTruth(), **sizes)
    return count_points(np.random.default_rng(seed), links, _flows(links), _roads(links, 9_900.0), truth)


def _slope(x, y):
    """Return the slope of a straight line through points, and its standard error."""
    x = x - x.mean()
    slope = (x * y).sum() / (x**2).sum()
    rest = y - y.mean() - slope * x
    return slope, np.sqrt((rest**2).mean() / (x**2).sum())


def test_each_class_carries_on_average_what_is_planted(links):
    flow, kind = _flows(links).both_ways, flow_class(links, _TRUNK)
    for n in np.unique(kind):
        assert flow[kind == n].mean() == pytest.approx(ServiceTruth().vehicles_per_day[FLOW_CLASSES[n]])
    assert set(np.unique(kind)) == {0, 1, 2, 4, len(CLASSES)}


def test_with_no_effect_and_no_spread_all_roads_of_a_class_are_alike(links):
    still = {f"traffic_{part}_log_sd": 0.0 for part in ("route", "along", "street")}
    flow = _flows(links, traffic_ratio_near_people=1.0, **still).both_ways
    kind = flow_class(links, _TRUNK)
    typical = np.array([ServiceTruth().vehicles_per_day[name] for name in FLOW_CLASSES])
    np.testing.assert_allclose(flow, typical[kind])


@pytest.mark.parametrize("ratio", [1.0, 3.0])
def test_the_effect_of_people_near_is_found_again(links, ratio):
    made = _flows(links, traffic_ratio_near_people=ratio)
    street = links.route < 0
    slope, error = _slope(made.near[street], np.log(made.both_ways[street]))
    assert abs(slope - np.log(ratio)) < 4 * error
    assert (slope > 5 * error) == (ratio > 1)


def test_flow_changes_gradually_along_a_road_and_at_random_between_streets(links):
    log = np.log(_flows(links).both_ways)

    def steps(route):
        own = np.where(links.route == route)[0]
        return np.abs(np.diff(log[own]))

    assert max(steps(n).max() for n in range(len(_NUMBERS))) < 0.3
    assert np.median(steps(-1)) > 0.5


def test_each_road_has_ups_and_downs_of_its_own(links):
    lines = links.lines.copy()
    lines[links.route == 2] = links.lines[links.route == 1]
    beside = replace(links, lines=lines)
    log = np.log(_flows(beside, traffic_ratio_near_people=1.0).both_ways)
    a, b = (log[links.route == n] for n in (1, 2))
    assert (a - b).std() > 0.1


def test_a_line_of_a_dual_carriageway_carries_half(links):
    dual = replace(links, form=np.where(links.route == 0, DUAL, SINGLE))
    made, whole = _flows(dual), _flows(links)
    np.testing.assert_allclose(made.both_ways, whole.both_ways)
    np.testing.assert_allclose(made.on_link, whole.both_ways * np.where(links.route == 0, 0.5, 1.0))


def test_near_people_is_near_and_far_is_far():
    near = nearness(np.array([[10_000.0, 9_000.0], [14_000.0, 9_000.0], [60_000.0, 60_000.0]]),
                    _CENTRES, _PEOPLE)  # fmt: skip
    assert 0.5 < near[0] < 1
    assert near[0] > near[1] > near[2]
    assert near[2] == pytest.approx(0, abs=1e-6)


def test_the_same_seed_gives_the_same_flows_and_counts(links):
    assert _flows(links).both_ways.tobytes() == _flows(links).both_ways.tobytes()
    assert _flows(links).both_ways.tobytes() != _flows(links, seed=9).both_ways.tobytes()
    assert _counts(links).table.to_csv() == _counts(links).table.to_csv()


def test_stretches_run_from_crossing_to_crossing_and_to_the_border(links):
    is_numbered = links.route >= 0
    whole = stretches(links, links.route, is_numbered)
    # Four rows cut by three columns, three columns cut by four rows.
    assert len(np.unique(whole[is_numbered])) == 4 * 4 + 3 * 5
    assert (whole[~is_numbered] == -1).all()
    authority = _roads(links, 9_900.0).authority
    cut = stretches(links, links.route * 2 + authority, is_numbered)
    assert len(np.unique(cut[is_numbered])) == 4 * 5 + 3 * 5
    for n in np.unique(cut[is_numbered]):
        assert len(np.unique(links.route[cut == n])) == len(np.unique(authority[cut == n])) == 1
        assert shapely.line_merge(shapely.union_all(links.lines[cut == n])).geom_type == "LineString"


def test_counts_tell_the_road_its_crossings_and_its_authority(links):
    table = _counts(links).table
    rows, columns = {"M1", "A2", "A3", "B4"}, {"A5", "A6", "B7"}
    for road, start, end in table[["road_name", "start_junction_road_name", "end_junction_road_name"]].values:
        assert {start, end} <= ({""} | (columns if road in rows else rows if road in columns else set()))
    assert (table.start_junction_road_name != "").any()
    assert set(table.local_authority_code[table.easting > 9_900]) == {"D2"}
    assert set(table.local_authority_code[table.easting < 9_900]) == {"D1"}
    major = table[table.road_type == "Major"]
    assert set(major.road_category) == {"TM", "TA", "PA"}
    assert set(major.road_name) == {"M1", "A2", "A3", "A5", "A6"}
    assert set(table.road_name[table.road_category == "MCU"]) == {"U"}
    # A column from row to row is seven links of 700 m.
    assert (table.link_length_km[table.road_name == "A5"].max()) == 4.9
    assert not table.duplicated(["count_point_id", "year"]).any()


def test_most_stretches_and_one_street_in_a_hundred_are_counted(links):
    table = _counts(links).table.drop_duplicates("count_point_id")
    streets = int((links.route < 0).sum())
    counted = int((table.road_category == "MCU").sum())
    assert abs(counted - streets / 100) < 4 * np.sqrt(streets / 100)
    assert 25 <= (table.road_category != "MCU").sum() <= 35


def test_kinds_of_vehicles_add_up(links):
    table = _counts(links).table
    kinds = ["two_wheeled_motor_vehicles", "cars_and_taxis", "buses_and_coaches", "LGVs", "all_HGVs"]
    assert (table[kinds].sum(axis=1) == table.all_motor_vehicles).all()
    assert (table[[*kinds, "pedal_cycles"]] >= 0).all().all()
    assert (table.pedal_cycles[table.road_category == "TM"] == 0).all()


@pytest.mark.parametrize("spread", [0.0, 0.06])
def test_counts_stray_from_the_truth_as_planted(links, spread):
    made = _counts(links, traffic_count_log_sd=spread)
    table = made.table.merge(made.truth, on="count_point_id")
    planted = table.vehicles_per_day * table.year.map(ServiceTruth().traffic_year_ratio)
    # Where a rounded count says more than its rounding.
    busy = planted > 2000
    error = np.log(table.all_motor_vehicles / planted)[busy]
    assert abs(error.mean()) < 0.02
    assert error.std() == pytest.approx(spread, rel=0.3, abs=0.001)


def test_a_point_that_is_not_counted_carries_its_last_count_forward(links):
    table = _counts(links).table.sort_values(["count_point_id", "year"])
    growth = table.year.map(ServiceTruth().traffic_year_ratio)
    level = (table.all_motor_vehicles / growth).groupby(table.count_point_id).pct_change()
    change = level[table.all_motor_vehicles > 2000].dropna().abs()
    is_counted = table.estimation_method[change.index] == "Counted"
    assert change[~is_counted].max() < 0.001
    assert (change[is_counted] > 0.001).mean() > 0.9
    assert (table.estimation_method == "Counted").mean() == pytest.approx(0.3, abs=0.1)


def test_growth_without_effect_is_none(links):
    flat = dict.fromkeys(range(2020, 2025), 1.0)
    table = _counts(links, traffic_year_ratio=flat, traffic_count_log_sd=0.0).table
    assert (table.groupby("count_point_id").all_motor_vehicles.nunique() == 1).all()
    dipped = _counts(links, traffic_count_log_sd=0.0).table.groupby("year").all_motor_vehicles.sum()
    assert dipped[2020] / dipped[2024] == pytest.approx(0.79, abs=0.001)


def test_slip_roads_are_not_counted_and_two_carriageways_are_one_length(links):
    form = np.where(links.route == 0, DUAL, np.where(links.route == 4, SLIP, SINGLE))
    formed = replace(links, form=form)
    table = count_points(np.random.default_rng(2), formed, _flows(formed), _roads(formed)).table
    assert "A5" not in set(table.road_name) | set(table.start_junction_road_name)
    # The lattice draws M1 once; told that it is one of two lines, its length is half. It is cut at A6 and B7.
    assert table.link_length_km[table.road_name == "M1"].max() == round(15 * 0.7 / 2, 1)
    assert table.link_length_km[table.road_name == "A2"].max() == 15 * 0.7


def test_nothing_is_counted_where_there_is_no_authority(links):
    roads = _roads(links)
    nowhere = replace(roads, authority=np.where(links.route == 2, -1, 0))
    table = count_points(np.random.default_rng(2), links, _flows(links), nowhere).table
    assert "A3" not in set(table.road_name)
    assert "A2" in set(table.road_name)
