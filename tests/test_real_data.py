"""The real open data, where it is at hand: counts reconciled with the files' own, and with what is known of them.

Set PLACELINE_REAL_DATA to the folder that holds it. Nothing of it is in the repository.
"""

import csv
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from geo.region import Region
from tests.building import Built, build_files, build_in_memory

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("PLACELINE_REAL_DATA") or ROOT.parent / "shared" / "data")
REGIONS = ROOT / "regions"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not DATA.is_dir(), reason=f"no real data: set PLACELINE_REAL_DATA (looked in {DATA.name}/)"
    ),
]


@pytest.fixture(scope="module")
def greater_manchester() -> Built:
    return build_files(REGIONS / "greater-manchester.toml", data=DATA)


@pytest.fixture(scope="module")
def cambridgeshire() -> Built:
    return build_files(REGIONS / "cambridgeshire.toml", data=DATA)


def test_greater_manchester_collisions_are_counted_by_reference(greater_manchester: Built) -> None:
    built = greater_manchester
    assert built.refused == []
    with (DATA / "greater-manchester" / "gm_stats19_casualties_2019_2024.csv").open(
        encoding="utf-8-sig"
    ) as file:
        rows = list(csv.DictReader(file))
    assert built.one("select count(*) from staging.casualty") == len(rows) == 20_435
    assert built.one("select count(*) from staging.collision") == len({r["AREFNO"] for r in rows}) == 15_645
    said = Counter(r["casualty_severity"].lower() for r in rows)
    assert dict(built.rows("select casualty_severity, count(*) from staging.casualty group by all")) == said  # type: ignore[arg-type]


def test_greater_manchester_located_and_recorded_authority(greater_manchester: Built) -> None:
    rows = greater_manchester.rows(
        "select reason, sum(incident_count)::bigint from marts.authority_disagreement group by all"
    )
    assert dict(rows) == {  # type: ignore[arg-type]
        "agree": 15_637,
        "differ, within the border tolerance": 6,
        "differ, beyond the border tolerance": 2,
    }
    level = "area_level = 'highway_authority'"
    assert greater_manchester.rows(
        f"select accepted, placed, unplaced from marts.incident_accounting where {level}"
    ) == [(15_645, 15_645, 0)]


def test_greater_manchester_gives_no_half_year(greater_manchester: Built) -> None:
    years = greater_manchester.rows(
        """
        select distinct period_start::varchar, period_end::varchar from marts.outcome
        where outcome = 'collisions_per_100k' order by all
        """
    )
    assert years == [
        ("2019-01-01", "2019-12-31"),
        ("2019-01-01", "2024-06-30"),
        ("2020-01-01", "2020-12-31"),
        ("2021-01-01", "2021-12-31"),
        ("2022-01-01", "2022-12-31"),
        ("2023-01-01", "2023-12-31"),
    ]


def test_cambridgeshire_districts_have_the_known_counts(cambridgeshire: Built) -> None:
    assert cambridgeshire.refused == []
    rows = cambridgeshire.rows(
        """
        select area.area_name, count(*) from core.incident_place as place
        join marts.area as area using (area_level, area_code)
        where incident_kind = 'collision' and area_level = 'district' group by all
        """
    )
    assert dict(rows) == {  # type: ignore[arg-type]
        "Peterborough": 3355,
        "Huntingdonshire": 2184,
        "South Cambridgeshire": 2139,
        "Cambridge": 2075,
        "East Cambridgeshire": 1002,
        "Fenland": 1288,
    }
    unplaced = cambridgeshire.rows(
        "select reason, incident_count from marts.unplaced where area_level = 'district' and incident_kind = 'collision'"
    )
    assert dict(unplaced) == {  # type: ignore[arg-type]
        "outside every area, beyond the buffer": 5,
        "outside every area, within the buffer": 60,
    }


def test_cambridgeshire_roads_give_rates_only_where_they_are_complete(cambridgeshire: Built) -> None:
    with_rate = cambridgeshire.rows(
        """
        select distinct area_code from marts.outcome
        where outcome = 'ksi_per_km' and area_level = 'district' and value is not null
        """
    )
    assert with_rate == [("E07000008",)]
    carriageway_km = cambridgeshire.one("select sum(length_m) / 1000 from staging.link where is_carriageway")
    assert 440 < float(str(carriageway_km)) < 460
    assert cambridgeshire.one("select count(*) from staging.link") == 24_744


def test_cambridgeshire_free_text_is_left_at_the_door(cambridgeshire: Built) -> None:
    assert cambridgeshire.one("select count(*) from staging.report") == 4252
    assert cambridgeshire.one("select count(free_text) from raw.report") == 0
    assert cambridgeshire.one("select count(*) from marts.outcome where outcome = 'reports_per_1000'") == 0


def test_reports_without_dates_or_only_counted_say_why_nothing_is_told_of_them(
    cambridgeshire: Built, greater_manchester: Built
) -> None:
    reasons = "select distinct outcome, reason from marts.not_computable where outcome in {} order by all"
    timed = "('fixed_in_28_days', 'median_days_to_fix')"
    undated = "the reports, or the period they speak for, have no dates"
    every = "('fixed_in_28_days', 'median_days_to_fix', 'reports_per_1000', 'reports_per_1000_adjusted')"
    assert {why for _, why in cambridgeshire.rows(reasons.format(every))} == {undated}
    assert cambridgeshire.one("select count(*) from core.report_time where unusable_reason is null") == 0
    counted = "reports are only counted by their publisher, without dates of fixing"
    assert greater_manchester.rows(reasons.format(timed)) == [
        ("fixed_in_28_days", counted),
        ("median_days_to_fix", counted),
    ]


def test_without_roads_at_borders_no_contrast_is_computable(
    cambridgeshire: Built, greater_manchester: Built
) -> None:
    """Greater Manchester comes without roads, Cambridgeshire with those of Cambridge, which lies beside no authority."""
    why = "no roads near the border are known, or nothing of the kind is counted"
    rows = """
        select reason, sentence, count(*), count(distinct (area_code, neighbour_code)), count(rate_ratio)
        from marts.border_contrast group by all
    """
    said = f"Not computable here, because {why}."
    assert greater_manchester.rows(rows) == [(why, said, 153, 17, 0)]
    assert cambridgeshire.rows(rows) == [(why, said, 9, 1, 0)]
    for built in (greater_manchester, cambridgeshire):
        assert built.one("select count(*) from marts.corridor_profile") == 0


def test_scotland_s_scores_have_no_base_and_so_no_verdict() -> None:
    built = build_files(REGIONS / "scotland.toml", data=DATA)
    assert built.refused == []
    scores = "outcome like 'satisfaction%'"
    assert built.one(f"select count(*) from marts.outcome where {scores}") == 960
    assert built.rows(f"select distinct verdict from marts.comparison where {scores}") == [
        ("uncertainty unknown",)
    ]
    assert built.rows(f"select distinct lower, upper, is_suppressed from marts.outcome where {scores}") == [
        (None, None, False)
    ]
    assert built.one("select count(distinct area_code) from marts.outcome") == 32


def test_two_regions_in_one_run_give_each_its_own_counts(
    greater_manchester: Built, cambridgeshire: Built
) -> None:
    both = build_files(REGIONS / "greater-manchester.toml", REGIONS / "cambridgeshire.toml", data=DATA)
    assert both.refused == []
    counts = """
        select outcome, area_code, period_start, period_end, observations, round(value, 9) from marts.outcome
        where area_level = 'highway_authority' and outcome like 'collisions%' order by all
    """
    assert both.rows(counts) == sorted(greater_manchester.rows(counts) + cambridgeshire.rows(counts), key=str)
    unplaced = "select incident_count from marts.unplaced where reason = 'its region has no areas of this level' order by all"
    assert both.rows(unplaced) == [(15_645,), (15_645,)]


def test_hotspots_need_roads_that_are_complete(greater_manchester: Built, cambridgeshire: Built) -> None:
    reasons = "select layer, reason, count(*) from marts.hotspot_count group by all order by all"
    no_roads = "no source of roads: nothing to set collisions against"
    assert greater_manchester.rows(reasons) == [("grid", no_roads, 2), ("stretch", no_roads, 2)]
    in_part = (
        "no authority of the region has a source of collisions and one of roads that are complete for it"
    )
    assert cambridgeshire.rows(reasons) == [
        ("grid", in_part, 2),
        ("stretch", "no numbered roads to follow", 2),
    ]


def region(level_path: str, code: str, name: str, source: Mapping[str, object], **where: object) -> Region:
    area = {
        "kind": "areas",
        "id": "areas",
        "title": "Areas",
        "level": "authority",
        "path": level_path,
        "code": code,
        "name": name,
    }
    return Region.model_validate(
        {
            "name": "real",
            "title": "Real",
            "basis_on": "2024-12-31",
            "authority_level": "authority",
            "source": [area | where, {"id": "source", "title": "Source", **source}],
        }
    )


LOCAL_AUTHORITIES = "national/geographr_uk_boundaries.gpkg"


def test_bath_s_open_map_local_roads() -> None:
    source = {"kind": "roads", "format": "os_open_roads", "path": "bath/banes_os_roads.geojson"}
    built = build_in_memory(
        region(
            LOCAL_AUTHORITIES,
            "ltla24_code",
            "ltla24_name",
            source,
            layer="ltla24",
            where={"ltla24_code": "E06000022"},
        ),
        DATA,
    )
    assert built.refused == []
    assert built.one("select count(*) from staging.link") == 9015
    km = float(str(built.one("select sum(length_m) / 1000 from staging.link")))
    assert round(km) == 1303
    inside = float(
        str(built.one("select sum(length_m) / 1000 from core.link_piece where area_code is not null"))
    )
    assert 0.98 < inside / km < 1
    assert built.one("select count(*) from staging.link where road_class = 'a' and road_number like 'A%'")


def test_rutland_s_openstreetmap_extract() -> None:
    source = {"kind": "roads", "format": "openstreetmap", "path": "rutland/rutland-latest.osm.pbf"}
    built = build_in_memory(
        region(
            LOCAL_AUTHORITIES,
            "ltla24_code",
            "ltla24_name",
            source,
            layer="ltla24",
            where={"ltla24_code": "E06000017"},
        ),
        DATA,
    )
    assert built.refused == []
    assert built.one("select count(*) from staging.link") == 4458
    assert ("A47",) in built.rows("select distinct road_number from staging.link where road_class = 'a'")
    assert built.one("select count(*) from raw.link where speed_limit_mph = 60")


def test_waltham_forest_s_old_names_and_words() -> None:
    folder = "waltham-forest/trafficalmr"
    given = region(
        LOCAL_AUTHORITIES,
        "ltla24_code",
        "ltla24_name",
        {"kind": "collisions", "path": f"{folder}_crashes_wf.csv"},
        layer="ltla24",
        where={"ltla24_code": ["E09000031", "E09000025", "E09000026"]},
    )
    parts = [
        {"kind": kind, "id": kind, "title": kind, "path": f"{folder}_{kind}_wf.csv", "of": "source"}
        for kind in ("casualties", "vehicles")
    ]
    whole = Region.model_validate(
        given.model_dump(exclude_none=True)
        | {"source": [*given.model_dump(exclude_none=True)["source"], *parts]}
    )
    built = build_in_memory(whole, DATA)
    assert built.refused == []
    assert built.one("select count(*) from staging.collision") == 3449
    assert built.one("select count(*) from staging.casualty") == 4245
    assert built.one("select count(*) from staging.vehicle") == 6277
    assert built.one("select count(*) from raw.issue where severity = 'rejected'") == 0
    orphans = "select count(*) from staging.casualty anti join staging.collision using (collision_id)"
    assert built.one(orphans) == 0
    assert dict(built.rows("select severity, count(*) from staging.collision group by all")) == {  # type: ignore[arg-type]
        "slight": 3108,
        "serious": 324,
        "fatal": 17,
    }
    # The rest lie beyond a generalised border, or were recorded across it.
    agree = "select count(*) from core.incident_authority where agreement = 'agree'"
    assert built.one(agree) == 3350


def test_bluetooth_times_are_counted_against_the_file(cambridgeshire: Built) -> None:
    folder = DATA / "cambridgeshire"
    rows = pd.read_csv(folder / "cambridge_bluetooth_journey_times_2019-08-01_05.csv")
    links = pyogrio.read_dataframe(
        folder / "cambridge_bluetooth_links.gpkg", layer="links", read_geometry=False
    )
    kph = rows["cosit"].map(links.set_index("cosit")["length_m"]) / rows["journey_time_s"] * 3.6
    possible = rows[kph.between(1, 250)]
    read = cambridgeshire.rows(
        "select rows_read, rows_accepted, rows_quarantined from raw.source_file where source = 'bluetooth'"
    )
    assert read == [(46_820, len(possible), len(rows) - len(possible))]
    found = cambridgeshire.con.sql(
        """
        select link_id, lottr, lottr_lower, days, road_number, section from marts.link_reliability
        where time_of_day = 'all' order by link_id
        """
    ).df()
    by_link = possible.groupby("cosit")["journey_time_s"]
    lottr = by_link.quantile(0.8) / by_link.quantile(0.5)
    assert found["link_id"].tolist() == lottr.index.tolist()
    assert len(found) == 144
    assert found["lottr"].to_numpy() == pytest.approx(lottr.to_numpy())
    # Five days are too few for an interval, and a line between two sensors is no road.
    assert found[["lottr_lower", "road_number", "section"]].isna().all(axis=None)
    assert found["days"].max() == 5
    assert cambridgeshire.one("select count(*) from core.figure_reliability") == 0


def test_scotlands_road_condition_is_as_published() -> None:
    built = build_files(REGIONS / "scotland.toml", data=DATA)
    with (DATA / "scotland" / "lgbf_roads_scotland.csv").open(encoding="utf-8-sig") as file:
        rows = [r for r in csv.DictReader(file) if r["indicator"] != "ENV04a"]
    outcomes = {"ENV04b": "a", "ENV04c": "b", "ENV04d": "c", "ENV04e": "unclassified"}
    given = {
        (f"condition_{outcomes[r['indicator']]}_roads", r["lad_code"], r["Year"][:4], r["Year"][-2:]): r[
            "value"
        ]
        for r in rows
    }
    found = built.rows(
        """
        select outcome, area_code, strftime(period_start, '%Y'), strftime(period_end, '%y'), value, lower, series
        from marts.outcome where outcome like 'condition%'
        """
    )
    assert {row[:4] for row in found} == given.keys()
    assert len(found) == len(rows) == 1_664
    for *key, value, lower, series in found:
        said = given[tuple(key)]  # type: ignore[index]
        assert value == (pytest.approx(100 * float(said)) if said else None)
        assert (lower, series) == (None, None)
    assert built.rows("select distinct verdict from marts.comparison where outcome like 'condition%'") == [
        ("uncertainty unknown",)
    ]
