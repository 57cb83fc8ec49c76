"""What a hostile reader would try first, each tried on a whole region: nothing of it may show."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from geo.errors import RegionError, SourceError
from geo.readers.load import create_raw, in_reading_order, load_source
from geo.region import Region, read_region
from geo.warehouse import connect
from tests.building import Built, build_files, publish_without_prefect
from tests.maps.test_payload import catalogue, cell, delivered
from tests.tiny import write_tiny_region

Row = dict[str, Any]

# One of each: two answers of A1, forty of A2; the publisher's scores of 2023 with a base of 12, and with none.
SURVEY = """
[[source]]
kind = "satisfaction_responses"
id = "survey"
title = "Answers"
path = ["answers.csv"]
satisfied_from = 4
indicators = { "surface" = "satisfied_road_surface" }
licence = "CC0 1.0"
publish = "rows"
"""
HURT = """
[[source]]
kind = "casualties"
id = "hurt"
title = "People hurt"
path = ["casualties.csv"]
of = "collisions"
licence = "CC0 1.0"
publish = "rows"
"""
FEW = ("A1", "satisfied_road_surface")


def with_more(folder: Path) -> Path:
    """Write the tiny region with a survey and with people hurt, of whom two are alike to the letter."""
    region = write_tiny_region(folder)
    with (folder / "scores.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("A1,2022,overall,,900\r\n")
    answers = [
        f"R{n},{'A1' if n < 2 else 'A2'},2024-05-{1 + n % 28:02},surface,{1 + n % 5}" for n in range(42)
    ]
    write(folder / "answers.csv", ["respondent_id,area_code,surveyed_on,indicator,rating", *answers])
    hurt = [f"C{n},3,9" for n in range(60)]
    write(folder / "casualties.csv", ["collision_index,casualty_severity,casualty_type", *hurt, hurt[0]])
    region.write_text(region.read_text("utf-8") + SURVEY + HURT, "utf-8")
    return region


def write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", "utf-8")


@dataclass(frozen=True)
class Release:
    """A published release of the tiny region: its warehouse, exports and page."""

    folder: Path
    con: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[Row]:
        cursor = self.con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @property
    def tables(self) -> list[tuple[str, str]]:
        """Every published table that has an area and an outcome."""
        return self.con.execute(
            "SELECT DISTINCT schema_name, table_name FROM duckdb_columns() WHERE column_name = 'area_code' INTERSECT "
            "SELECT DISTINCT schema_name, table_name FROM duckdb_columns() WHERE column_name = 'outcome' ORDER BY ALL"
        ).fetchall()


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    folder = tmp_path_factory.mktemp("hostile")
    published = publish_without_prefect(with_more(folder / "in"), folder / "home")
    con = connect(published / "placeline.duckdb", read_only=True)
    yield Release(published, con)
    con.close()


def test_two_answers_give_no_score_anywhere(release: Release) -> None:
    """Neither the row of the outcome, nor any other table, export or page, has a figure of two people's answers."""
    area, outcome = FEW
    where = f"area_code = '{area}' AND outcome = '{outcome}'"
    [row] = release.rows(f"SELECT * FROM marts.outcome WHERE {where}")
    assert row["is_suppressed"] is True
    assert {row[name] for name in ("value", "lower", "upper", "raw_value", "low", "high")} == {None}
    assert release.rows(f"SELECT DISTINCT verdict FROM marts.comparison WHERE {where}") == [
        {"verdict": "too few data"}
    ]
    others = {f"{schema}.{table}" for schema, table in release.tables} - {"marts.outcome", "marts.comparison"}
    assert {"marts.trend", "marts.perception_gap", "marts.small_area_score"} <= others
    for table in others:
        for found in release.rows(f"SELECT * FROM {table} WHERE {where}"):
            told = {k: v for k, v in found.items() if isinstance(v, float)}
            assert told.keys() <= {"effective_base", "design_effect", "weight_effect"} or not any(
                v is not None for v in told.values()
            ), (table, told)
    assert {row[name] for row in page_rows(release, area, outcome) for name in ("value", "raw_value")} == {
        None
    }
    [exported] = [r for r in exported_rows(release, "outcome") if (r["area_code"], r["outcome"]) == FEW]
    assert [exported[name] for name in ("value", "lower", "upper", "raw_value")] == [""] * 4


def test_no_region_has_a_score_that_leans_on_two_answers(release: Release) -> None:
    """With one area of two shown, the region's figure would give the other's away, were it of both."""
    found = release.rows(
        "SELECT area_level, valued_area_count, suppressed_area_count, value FROM marts.region_outcome "
        "WHERE outcome = 'satisfied_road_surface' AND area_level = 'authority'"
    )
    [other] = release.rows(
        "SELECT value FROM marts.outcome WHERE outcome = 'satisfied_road_surface' AND area_code = 'A2'"
    )
    assert found == [
        {
            "area_level": "authority",
            "valued_area_count": 1,
            "suppressed_area_count": 1,
            "value": pytest.approx(other["value"]),
        }
    ]


def page_rows(release: Release, area: str, outcome: str) -> list[Row]:
    """What the map's page is given of an area and outcome."""
    return [row for key, row in page(release).items() if key[:2] == (outcome, area)]


def page(release: Release) -> dict[tuple[str, str, str, str], Row]:
    """Every cell that the map's page is given, by outcome, area and period."""
    [run] = (release.folder / "site" / "runs").iterdir()
    listed = catalogue(run)
    found = {}
    for view in listed["views"]:
        codes = delivered(run / listed["levels"][view["level"]]["file"])["code"]
        columns = delivered(run / view["file"])["columns"]
        for row, at in enumerate(view["periods"]):
            period, outcome = listed["periods"][at], listed["outcomes"][view["outcome"]]["outcome"]
            for area, code in enumerate(codes):
                values = {name: cell(column, row, area) for name, column in columns.items()}
                found[outcome, code, period["start"], period["end"]] = values
    return found


def exported_rows(release: Release, table: str) -> list[Row]:
    with (release.folder / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kind(value: object, hidden: object) -> str:
    """Tell zero, missing and suppressed apart as a reader of one row can."""
    if str(hidden).lower() in {"true", "1"}:
        return "suppressed" if value in {None, ""} else "shown though suppressed"
    return "missing" if value in {None, ""} else "zero" if float(str(value)) == 0 else "value"


def test_zero_missing_and_suppressed_differ_in_table_export_and_page(release: Release) -> None:
    """No report in half of the wards: zero. A score that was not given: missing. Twelve people's: suppressed."""
    table = {
        (r["outcome"], r["area_code"], str(r["period_start"]), str(r["period_end"])): kind(
            r["value"], r["is_suppressed"]
        )
        for r in release.rows("SELECT * FROM marts.outcome")
    }
    export = {
        (r["outcome"], r["area_code"], r["period_start"], r["period_end"]): kind(
            r["value"], r["is_suppressed"]
        )
        for r in exported_rows(release, "outcome")
    }
    shown = {key: kind(r["value"], r["is_suppressed"]) for key, r in page(release).items()}
    assert {*table.values()} == {"zero", "missing", "suppressed", "value"}
    assert export == table
    assert {key: shown[key] for key in table} == table


def built(folder: Path, change: dict[str, str] | None = None) -> Built:
    """Build the tiny region, its region file changed as told."""
    file = folder / "tiny.toml"
    text = file.read_text("utf-8")
    for old, new in (change or {}).items():
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, "utf-8")
    return build_files(file, data=folder)


TWICE = {
    'path = "collisions.csv"': 'path = ["collisions.csv", "copy/collisions.csv"]',
    'path = ["casualties.csv"]': 'path = ["casualties.csv", "copy/casualties.csv"]',
    'path = "reports.json"': 'path = ["reports.json", "copy/reports.json"]',
    'path = "scores.csv"': 'path = ["scores.csv", "copy/scores.csv"]',
    'path = ["answers.csv"]': 'path = ["answers.csv", "copy/answers.csv"]',
}
COPIES = ("collisions.csv", "casualties.csv", "reports.json", "scores.csv", "answers.csv")
AGAIN = """
[[source]]
kind = "reports"
id = "reports-again"
title = "The same reports"
path = "other.json"
crs = "EPSG:27700"
period_start = 2023-01-01
period_end = 2024-12-31
licence = "CC0 1.0"
publish = "rows"
"""


def test_a_file_read_twice_changes_nothing(tmp_path: Path) -> None:
    """Within a source, under another name and in another source; keys repeated within a file change nothing either."""
    with_more(tmp_path / "once")
    with_more(tmp_path / "twice")
    (tmp_path / "twice" / "copy").mkdir()
    for name in COPIES:
        shutil.copy(tmp_path / "twice" / name, tmp_path / "twice" / "copy" / name)
    shutil.copy(tmp_path / "twice" / "reports.json", tmp_path / "twice" / "other.json")
    region = tmp_path / "twice" / "tiny.toml"
    region.write_text(region.read_text("utf-8") + AGAIN, "utf-8")
    once, twice = built(tmp_path / "once"), built(tmp_path / "twice", TWICE)
    assert once.refused == twice.refused == []
    assert once.one("SELECT count(*) FROM raw.casualty") == 61, "two alike are two"
    for mart in ("outcome", "comparison", "trend", "report_category", "survey_quality"):
        columns = "* EXCLUDE (source)" if mart not in {"comparison", "trend"} else "*"
        sql = f"SELECT {columns} FROM marts.{mart} ORDER BY ALL"
        assert once.rows(sql) == twice.rows(sql), mart
    accounts = twice.rows(
        "SELECT file, rows_read, rows_accepted, rows_left_out FROM raw.source_file "
        "WHERE file LIKE 'copy/%' OR file = 'other.json' ORDER BY file"
    )
    assert accounts == [
        ("copy/answers.csv", 42, 0, 42),
        ("copy/casualties.csv", 61, 0, 61),
        ("copy/collisions.csv", 60, 0, 60),
        ("copy/reports.json", 20, 0, 20),
        ("copy/scores.csv", 5, 0, 5),
        ("other.json", 20, 0, 20),
    ]
    notes = twice.rows("SELECT file, rule FROM raw.issue WHERE rule LIKE '%same bytes%' ORDER BY file")
    assert [file for file, _ in notes] == [row[0] for row in accounts]
    assert (
        notes[-1][1]
        == "has the same bytes as 'reports.json' of source 'reports': 20 rows left out, so that they count once"
    )


def test_a_repeated_key_counts_once_and_is_told(tmp_path: Path) -> None:
    region = read_region(with_more(tmp_path))
    lines = (tmp_path / "collisions.csv").read_text("utf-8").splitlines()
    write(tmp_path / "collisions.csv", [*lines, lines[1]])
    con = loaded(region, tmp_path)
    assert con.execute("SELECT count(*) FROM raw.collision").fetchall() == [(60,)]
    assert con.execute("SELECT row, severity FROM raw.issue WHERE rule LIKE 'key repeated%'").fetchall() == [
        (62, "rejected")
    ]


def loaded(region: Region, folder: Path) -> duckdb.DuckDBPyConnection:
    """Read every source of a region, as a night does before it builds."""
    con = connect()
    create_raw(con, region)
    for source in in_reading_order(region):
        load_source(con, source, region, folder)
    return con


@pytest.mark.parametrize("again", ["collisions.csv", "./collisions.csv"])
def test_a_path_named_twice_is_refused(tmp_path: Path, again: str) -> None:
    file = with_more(tmp_path)
    given = file.read_text("utf-8").replace('"collisions.csv"', f'["collisions.csv", "{again}"]')
    file.write_text(given, "utf-8")
    with pytest.raises(RegionError, match=r"'collisions\.csv' is named twice"):
        read_region(file)


SERVICE = """
[[source]]
kind = "{}"
id = "service"
title = "Service"
path = "service.csv"
licence = "CC0 1.0"
publish = "rows"
{}
"""
SCORES = "area_code,year,indicator,score\n"
MPH = "ONS Area Code,Road Name,year,average_speed_mph,delay_spvpm\n"
POOR = "ons_code,financial_year,road_class,percent_should_be_considered_for_maintenance\n"
ANSWERS = "respondent_id,area_code,surveyed_on,indicator,rating\n"
TIMES = "link_id,observed_at,travel_time_s\n"
UNITS = [
    ("satisfaction_scores", "", f"{SCORES}A1,2023,overall,50\nA1,2024,overall,0.5\n", "none of 2024 is above 0.5"),
    ("satisfaction_scores", 'scale = "share"', f"{SCORES}A1,2023,overall,0.5\nA1,2024,overall,50\n", "up to 50 in 2024"),
    (
        "satisfaction_responses",
        "",
        ANSWERS + "".join(f"R{n},A1,2024-05-01,surface,{n}\n" for n in range(1, 11)),
        "50% of the answers of 2024",
    ),
    ("average_speeds", "", f"{MPH}A1,A1,2020,40.2,30\nA2,A1,2020,41,30\n", "cannot be in miles an hour"),
    ("average_speeds", "", f"{MPH}A1,A1,2019,25,30\nA1,A1,2020,25,30\nA1,A1,2021,40,30\n", "changes its unit with 2021"),
    ("road_condition", "", f"{POOR}A1,2020-21,A,4.5\nA1,2021-22,A,0.045\n", "none of 2021-22 is above 0.045"),
    ("travel_times", "", f"{TIMES}L1,2024-06-10T08:00:00,6\nL1,2024-06-10T09:00:00,7\n", "cannot be in seconds"),
]  # fmt: skip


@pytest.mark.parametrize(("kind_of", "more", "text", "said"), UNITS, ids=[f"{u[0]}-{u[3]}" for u in UNITS])
def test_a_unit_that_changes_is_refused(
    tmp_path: Path, kind_of: str, more: str, text: str, said: str
) -> None:
    """Between a file and what the region file says of it, and within a file from one year to the next."""
    file = with_more(tmp_path)
    (tmp_path / "service.csv").write_text(text, "utf-8")
    file.write_text(file.read_text("utf-8") + SERVICE.format(kind_of, more), "utf-8")
    with pytest.raises(SourceError, match=said):
        loaded(read_region(file), tmp_path)


# ---- planted in the sample ---------------------------------------------------------------------------------

RANKED = (
    "raw_per_km", "raw_per_100m_vehicle_km", "per_km", "per_km_lower", "per_100m_vehicle_km",
    "per_100m_vehicle_km_lower", "ratio", "ratio_lower", "excess_per_year", "excess_per_year_lower",
    "excess_pounds_per_year", "excess_pounds_per_year_lower",
)  # fmt: skip


@pytest.mark.parametrize("measure", RANKED)
def test_one_collision_on_a_short_counted_stretch_tops_no_ranking(demo_built: Built, measure: str) -> None:
    short = "length_km < 0.5 AND known_share > 0.9 AND observed_count BETWEEN 1 AND 2"
    of = "marts.section_outcome WHERE outcome = 'collisions_against_usual'"
    assert demo_built.one(f"SELECT count(*) FROM {of} AND {short}"), "the sample has such a stretch"
    top = demo_built.rows(
        f"SELECT observed_count FROM {of} AND {measure} IS NOT NULL ORDER BY {measure} DESC LIMIT 10"
    )
    assert len(top) == 10
    assert min(float(str(n)) for (n,) in top) > 1


def test_few_collisions_of_a_place_get_no_verdict_and_no_first_rank_in_money(demo_built: Built) -> None:
    told = "verdict IN ('worse', 'better')"
    few = f"SELECT count(*) FROM marts.{{}} WHERE greatest(observed_count, expected_count) < 5 AND {told}"
    assert (
        demo_built.one(few.format("section_outcome")) == demo_built.one(few.format("safety_improvement")) == 0
    )
    [(observed,)] = demo_built.rows(
        "SELECT min(observed_count) FROM (SELECT * FROM marts.safety_improvement "
        "WHERE outcome = 'collisions_against_usual' ORDER BY excess_pounds_per_year DESC LIMIT 10)"
    )
    assert float(str(observed)) > 10


def test_a_changed_severity_system_is_no_jump_in_years_trend_or_comparison(demo_built: Built) -> None:
    """In the sample one force changed its system in 2021 and in 2023: see test_sample_safety for the counts."""
    series = demo_built.rows(
        "SELECT year(period_start), count(DISTINCT method) FROM marts.outcome WHERE outcome LIKE 'ksi_per%' "
        "AND period_end - period_start < 366 GROUP BY ALL ORDER BY ALL"
    )
    assert series == [(year, 1) for year in range(2020, 2025)], "a year mixes two systems"
    crossed = demo_built.rows(
        "SELECT outcome, area_code FROM marts.trend WHERE outcome LIKE 'ksi%' AND year(first_on) < 2021 "
        "AND year(last_on) > 2020"
    )
    assert crossed == [], "a trend joins years as recorded to adjusted ones"
    told = demo_built.rows(
        "SELECT DISTINCT verdict FROM marts.trend WHERE outcome LIKE 'ksi_per%' AND area_level = 'highway_authority'"
    )
    assert not {verdict for (verdict,) in told} & {"improving", "worsening"}
    judged = demo_built.rows(
        "SELECT area_code FROM marts.comparison WHERE outcome = 'ksi_per_km' AND area_level = 'highway_authority' "
        "AND period_end - period_start < 366 AND verdict IN ('better', 'worse')"
    )
    assert judged == []


def test_a_series_break_draws_no_line(demo_built: Built) -> None:
    """No trend crosses 2019, and the page has the series of each year, where its lines end."""
    spans = demo_built.rows(
        "SELECT DISTINCT series, year(first_on) < 2019, year(last_on) < 2019 FROM marts.trend "
        "WHERE outcome IN ('average_speed_a_roads', 'average_delay_a_roads') ORDER BY ALL"
    )
    assert spans == [("before 2019-01-01", True, True), ("from 2019-01-01", False, False)]
    pooled = demo_built.one(
        "SELECT count(*) FROM marts.outcome WHERE series IS NOT NULL AND period_start < DATE '2019-01-01' "
        "AND period_end >= DATE '2019-01-01'"
    )
    assert pooled == 0
