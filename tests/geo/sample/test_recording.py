from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.contracts import CONTRACTS
from geo.sample import exposure
from geo.sample.casualties import draw_people
from geo.sample.collision_table import collision_table, numbered_roads
from geo.sample.collisions import draw_year
from geo.sample.digits import numbered
from geo.sample.doggerland import BANKS, BOTNEY, SHELF
from geo.sample.merger import area_changes, predecessor_by_northing
from geo.sample.severity import record_severity
from geo.sample.stats19 import FATAL, SERIOUS, SLIGHT
from geo.sample.stats19_old import Kind, old_columns, old_names, severity_adjustments
from geo.sample.truth import Truth
from geo.sample.truth_tables import severity_truth
from tests.geo.sample import toy

_ROADS = numbered_roads(toy.NUMBERS, np.array([False, True, False]))
# Ten times as many collisions as on real roads, so that shares can be told.
_BUSY = 60.0


def _record(truth, *, year=2022, seed=5):
    pieces, places = toy.cut(truth)
    expected = _BUSY * exposure.expected_per_year(
        toy.LINKS, pieces, places, toy.FLOW, codes=toy.CODES, truth=truth
    )
    is_own = np.isin(np.array(toy.CODES)[toy.OWNER], [truth.merged_authority])
    earlier = predecessor_by_northing(
        shapely.get_y(shapely.centroid(toy.SMALL_AREAS.polygons)), toy.SMALL_AREAS.people, is_own, truth
    )
    rng = np.random.default_rng(seed)
    drawn = draw_year(rng, pieces, expected, year, truth)
    table = collision_table(
        rng, drawn, toy.LINKS, pieces, roads=_ROADS, places=toy.make_places(pieces, earlier), truth=truth
    )
    return drawn, table, draw_people(rng, table, drawn.severity)


def _days(table):
    return pd.to_datetime(table.date, format="%d/%m/%Y")


@pytest.fixture(scope="module")
def made():
    return _record(Truth())


def test_one_force_misses_serious_collisions_until_its_change(made):
    drawn, table, _ = made
    is_before = (table.police_force == BANKS) & (_days(table) < "2022-07-01")
    is_missed = (drawn.severity == SERIOUS) & (table.collision_severity == SLIGHT)
    share = is_missed[is_before].sum() / (drawn.severity[is_before] == SERIOUS).sum()
    error = 4 * np.sqrt(0.3 * 0.7 / (drawn.severity[is_before] == SERIOUS).sum())
    assert error < 0.1
    assert share == pytest.approx(0.3, abs=error)
    assert not is_missed[~is_before].any()
    assert (table.collision_injury_based == ~is_before).all()
    assert ((table.collision_severity == drawn.severity) | is_missed).all()


def test_adjusted_severity_undoes_what_was_missed(made):
    drawn, table, people = made
    is_before = (table.collision_injury_based == 0).to_numpy()
    true = (drawn.severity == SERIOUS)[is_before].sum()
    adjusted = table.collision_adjusted_severity_serious[is_before].sum()
    recorded = (table.collision_severity == SERIOUS)[is_before].sum()
    assert abs(adjusted - true) < 4 * np.sqrt(0.3 * true)
    assert true - recorded > 6 * np.sqrt(0.3 * true)
    sure = table[~is_before]
    assert (sure.collision_adjusted_severity_serious == (sure.collision_severity == SERIOUS)).all()
    assert (sure.collision_adjusted_severity_slight == (sure.collision_severity == SLIGHT)).all()
    for prefix, rows in (("collision", table), ("casualty", people.casualties)):
        both = rows[f"{prefix}_adjusted_severity_serious"] + rows[f"{prefix}_adjusted_severity_slight"]
        assert both.to_numpy() == pytest.approx(
            (rows[f"{prefix}_severity"] != FATAL).to_numpy().astype(float)
        )


def test_adjusted_casualties_come_to_as_many_serious_as_there_are_when_none_is_missed():
    truth = replace(Truth(), severity_missed_share=0.0)
    _, _, people = _record(truth, year=2021)
    _, _, judged = _record(Truth(), year=2021)
    serious = (people.casualties.casualty_severity == SERIOUS).sum()
    adjusted = judged.casualties.casualty_adjusted_severity_serious.sum()
    assert abs(adjusted - serious) < 4 * np.sqrt(serious)
    assert (judged.casualties.casualty_severity == SERIOUS).sum() < 0.85 * serious


def test_the_chance_that_a_slight_collision_is_serious_is_the_true_one():
    rng = np.random.default_rng(1)
    size = 400_000
    fatal, serious = Truth().fatal_share_town, Truth().serious_share_town
    severity = rng.choice([FATAL, SERIOUS, SLIGHT], size, p=[fatal, serious, 1 - fatal - serious])
    recorded = record_severity(
        rng,
        severity,
        at=pd.DatetimeIndex(np.full(size, np.datetime64("2021-01-01"))),
        force=np.full(size, BANKS),
        is_town=np.ones(size, dtype=bool),
        truth=Truth(),
    )
    is_slight = recorded.severity == SLIGHT
    true = (severity == SERIOUS)[is_slight].sum()
    assert recorded.serious[is_slight].sum() == pytest.approx(true, abs=4 * np.sqrt(true))
    assert np.unique(recorded.serious[is_slight]) == pytest.approx([true / is_slight.sum()], rel=0.03)


def test_the_chances_of_casualties_follow_from_their_collision_s():
    rng = np.random.default_rng(1)
    size = 30_000
    severity = rng.choice([SERIOUS, SLIGHT], size, p=[0.3, 0.7])
    key = {"collision_index": "2021DL1", "collision_year": 2021, "collision_ref_no": "DL1"}
    judged = pd.DataFrame(
        key
        | {
            "collision_severity": np.full(size, SLIGHT),
            "collision_adjusted_severity_serious": 0.3,
            "collision_injury_based": 0,
        }
    )
    sure = judged.assign(
        collision_severity=severity,
        collision_adjusted_severity_serious=(severity == SERIOUS).astype(float),
        collision_injury_based=1,
    )
    guessed, known = (draw_people(np.random.default_rng(2), t, severity).casualties for t in (judged, sure))
    assert (guessed.casualty_severity == SLIGHT).all()
    true = known[known.casualty_severity == SERIOUS].groupby(known.casualty_reference == 1).size()
    told = guessed.groupby(guessed.casualty_reference == 1).casualty_adjusted_severity_serious.sum()
    for is_first in (True, False):
        assert told[is_first] == pytest.approx(true[is_first], abs=4 * np.sqrt(true[is_first]))
    assert (known.casualty_injury_based == 1).all()


def test_true_severity_is_told_by_year_authority_and_force(made):
    drawn, table, _ = made
    told = severity_truth(drawn, table)
    assert set(told.collision_year) == {2022}
    assert told[["fatal_count", "serious_count", "slight_count"]].to_numpy().sum() == len(table)
    by_force = told.groupby("police_force")[["serious_count", "recorded_serious_count"]].sum()
    assert by_force.recorded_serious_count[SHELF] == by_force.serious_count[SHELF]
    assert by_force.recorded_serious_count[BANKS] < 0.95 * by_force.serious_count[BANKS]


def test_nothing_is_missed_if_told_so():
    drawn, table, _ = _record(replace(Truth(), severity_missed_share=0.0), year=2021)
    assert (table.collision_severity == drawn.severity).all()
    assert (table.collision_adjusted_severity_serious == (drawn.severity == SERIOUS)).all()


def test_a_collision_is_recorded_as_severe_as_its_worst_casualty(made):
    _, table, people = made
    worst = people.casualties.groupby("collision_index").casualty_severity.min()
    assert (worst[table.collision_index].to_numpy() == table.collision_severity.to_numpy()).all()


def test_the_force_is_that_of_the_place(made):
    _, table, _ = made
    assert set(table.police_force) == {BANKS, SHELF}
    force = dict(zip(toy.CODES, toy.FORCES, strict=True))
    differs = table.local_authority_highway_current.map(force) != table.police_force
    # Recorded under a neighbour of another force.
    assert differs.mean() < 0.02


def test_a_merged_authority_has_old_codes_before_and_its_own_after():
    truth = replace(Truth(), merged_authority=BOTNEY, misrecorded_share=0.0)
    _, table, _ = _record(truth)
    own = table[table.local_authority_highway_current == BOTNEY]
    is_before = _days(own) < "2022-04-01"
    assert set(own.local_authority_highway[~is_before]) == {BOTNEY}
    assert set(own.local_authority_highway[is_before]) == set(truth.predecessors)
    assert (own.local_authority_ons_district == own.local_authority_highway).all()
    south, north = (own[own.local_authority_highway == code] for code in truth.predecessors)
    assert south.location_northing_osgr.max() <= north.location_northing_osgr.min()
    others = table[table.local_authority_highway_current != BOTNEY]
    assert (others.local_authority_highway == others.local_authority_highway_current).all()


def test_nothing_is_recoded_if_told_so():
    truth = replace(Truth(), merged_authority=BOTNEY, merger_recoded_share=0.0)
    _, table, _ = _record(truth)
    assert (table.local_authority_highway == table.local_authority_highway_current).all()


def test_changes_of_codes_are_listed_for_a_region_that_has_them():
    truth = replace(Truth(), merged_authority=BOTNEY)
    changes = area_changes(truth, {BOTNEY: "Botney Cut"})
    assert changes.from_code.tolist() == list(truth.predecessors)
    assert changes[["to_code", "on_date", "kind"]].drop_duplicates().to_numpy().tolist() == [
        [BOTNEY, "2022-04-01", "merged"]
    ]
    assert area_changes(truth, {"E1": "Elsewhere"}).empty


def test_predecessors_share_the_people():
    people = np.array([1000, 2000, 1500, 1500, 9999])
    northing = np.array([4.0, 1.0, 2.0, 3.0, 0.0])
    is_own = np.array([True, True, True, True, False])
    parts = predecessor_by_northing(northing, people, is_own, Truth())
    first, second = Truth().predecessors
    assert parts.tolist() == [second, first, second, second, first]


def test_near_a_border_some_are_recorded_under_the_neighbour():
    for share in (0.5, 0.0):
        truth = replace(Truth(), misrecorded_share=share)
        _, table, _ = _record(truth)
        x = table.location_easting_osgr.to_numpy()
        recorded = table.local_authority_highway.map({c: n for n, c in enumerate(toy.CODES)}).to_numpy()
        gap = np.abs(x - np.round(x / 6_000) * 6_000)
        is_wrong = recorded != np.clip(x // 6_000, 0, 5)
        inner = (gap > 1) & (x > 200) & (x < 35_800)
        assert not is_wrong[gap > 100].any()
        assert is_wrong[inner & (gap < 100)].mean() == pytest.approx(share, abs=0.08)


def test_districts_below_an_authority_are_recorded(made):
    pieces, _ = toy.cut(Truth())
    places = toy.make_places(pieces)
    districts = np.where(toy.OWNER == 2, "D07000001", places.districts)
    drawn = made[0]
    table = collision_table(
        np.random.default_rng(1),
        drawn,
        toy.LINKS,
        pieces,
        roads=_ROADS,
        places=replace(places, districts=districts),
        truth=Truth(),
    )
    is_county = table.local_authority_highway == toy.CODES[2]
    assert set(table.local_authority_ons_district[is_county]) == {"D07000001"}
    assert (table.local_authority_ons_district == table.local_authority_highway)[~is_county].all()


def test_without_polygons_the_small_area_is_that_of_the_piece(made):
    pieces, _ = toy.cut(Truth())
    places = toy.make_places(pieces)
    tables = [
        collision_table(
            np.random.default_rng(1), made[0], toy.LINKS, pieces, roads=_ROADS, places=p, truth=Truth()
        )
        for p in (places, replace(places, tree=None))
    ]
    same = tables[0].lsoa_of_accident_location == tables[1].lsoa_of_accident_location
    assert same.mean() > 0.95


def test_dates_times_and_days_of_the_week_agree(made):
    drawn, table, _ = made
    written = pd.to_datetime(table.date + " " + table.time, format="%d/%m/%Y %H:%M")
    assert (written.to_numpy() == drawn.at.to_numpy()).all()
    assert (table.day_of_week == written.dt.isocalendar().day % 7 + 1).all()
    assert table.collision_index.is_unique
    assert table.collision_index.str.fullmatch(r"2022DL\d{6}").all()


def test_old_files_have_the_old_columns(made):
    _, table, people = made
    tables: dict[Kind, pd.DataFrame] = {
        "collisions": table,
        "casualties": people.casualties,
        "vehicles": people.vehicles,
    }
    for kind, rows in tables.items():
        old = old_names(rows, kind)
        assert list(old.columns) == old_columns(kind)
        assert list(old.columns[:3]) == ["accident_index", "accident_year", "accident_reference"]
        assert not [c for c in old.columns if "collision" in c and c != "collision_index"]
        assert (old.accident_index == rows.collision_index).all()
        for field in CONTRACTS[kind].fields:
            if field.required:
                assert set(old.columns) & {field.name, *field.aliases}, field.name
    assert len(old_columns("collisions")) == 36
    assert (old_names(table, "collisions").accident_severity == table.collision_severity).all()
    apart = severity_adjustments(people.casualties)
    assert (apart.Adjusted_Severity_Serious == people.casualties.casualty_adjusted_severity_serious).all()


def test_numbered_text():
    assert numbered("DL", np.array([1, 20, 999]), 2).tolist() == ["DL001", "DL020", "DL999"]
    assert numbered("", np.array([], dtype=np.int64), 3).tolist() == []


def test_road_numbers_lose_their_letters():
    roads = numbered_roads(["M88", "A1(M)", "B8010"], np.array([True, True, False]))
    assert roads.number.tolist() == [88, 1, 8010, 0]
    assert roads.trunk.tolist() == [True, True, False, False]
