import csv
import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.region import read_region
from geo.sample import generate
from tests.building import Built, build_in_memory
from tests.geo.sample.conftest import Sample

_COORDINATES = {"location_easting_osgr", "location_northing_osgr", "lat", "lon", "lon, lat",
                "location_easting_osgr, location_northing_osgr"}  # fmt: skip
_LEVELS = {"combined_authority", "highway_authority", "district", "ward", "small_area"}
_NOT_HERE = "recorded authority is not of this region"
_IDS = {
    "collisions.csv": "collision_index",
    "reports_fixmystreet.csv": "id",
    "reports_open311.json": "service_request_id",
}


# The proof on a whole region takes minutes: .ci/run asks for it.
SIZE = os.environ.get("PLACELINE_DIRT_SIZE", "tiny")


@pytest.fixture(scope="module")
def clean(request, tmp_path_factory) -> Sample:
    if SIZE == "tiny":
        made: Sample = request.getfixturevalue("tiny")
        return made
    folder = tmp_path_factory.mktemp("clean")
    return Sample(folder, generate(folder, size=SIZE))


@pytest.fixture(scope="module")
def clean_built(request, clean) -> Built:
    if SIZE == "tiny":
        built: Built = request.getfixturevalue("tiny_built")
        return built
    return build_in_memory(read_region(clean.region), clean.folder)


@pytest.fixture(scope="module")
def dirty(tmp_path_factory) -> Path:
    return generate(tmp_path_factory.mktemp("dirty"), size=SIZE, dirt="full").parent


@pytest.fixture(scope="module")
def built(dirty):
    return build_in_memory(read_region(dirty / "doggerland.toml"), dirty)


@pytest.fixture(scope="module")
def pieces(dirty):
    table = pd.read_csv(dirty / "dirt.csv", dtype=str, keep_default_na=False).to_dict("records")
    return [{**piece, "row": int(piece["row"]) if piece["row"] else None} for piece in table]


def _record(folder: Path, file: str, row: int) -> dict[str, str]:
    """Return a record as the dirt file counts them."""
    if file.endswith(".json"):
        request: dict[str, str] = json.loads((folder / file).read_text("utf-8"))[row - 1]
        return request
    encoding = "cp1252" if file == "reports_fixmystreet.csv" else "utf-8-sig"
    with (folder / file).open(encoding=encoding, newline="") as text:
        header, *rows = csv.reader(text)
    return dict(zip(header, rows[row - 2], strict=False))


def _incidents(folder, pieces):
    """Return each piece of dirt in a table of incidents, with the incident's id."""
    return [
        (p, _record(folder, p["file"], p["row"])[_IDS[p["file"]]])
        for p in pieces
        if p["file"] in _IDS and p["row"] and not p["rule"].startswith("row cannot be split")
    ]


def _digests(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def test_the_same_seed_plants_the_same_dirt(dirty, tmp_path):
    generate(tmp_path, size=SIZE, dirt="full")
    assert _digests(tmp_path) == _digests(dirty)


def test_little_dirt_over_full_leaves_nothing_of_it(clean, tmp_path):
    generate(tmp_path, size=SIZE, dirt="full")
    generate(tmp_path, size=SIZE)
    assert _digests(tmp_path) == _digests(clean.folder)


def test_another_seed_plants_the_same_kinds_elsewhere(pieces, tmp_path):
    generate(tmp_path, size=SIZE, seed=3, dirt="full")
    other = pd.read_csv(tmp_path / "dirt.csv", dtype=str, keep_default_na=False)
    assert Counter(other["expect"]) == Counter(p["expect"] for p in pieces)
    assert set(other["row"]) != {str(p["row"]) for p in pieces}


def test_every_fault_the_readers_log_was_planted_and_every_planted_one_is_logged(built, pieces):
    logged = built.con.sql('SELECT file, row, column_name, value, rule, severity FROM raw."issue"').fetchall()
    planted = [
        (p["file"], p["row"], p["column"], p["value"], p["rule"], p["expect"])
        for p in pieces
        if p["expect"] in {"rejected", "blanked", "repaired", "note"}
    ]
    found = [(file, row, column or "", value or "", *rest) for file, row, column, value, *rest in logged]
    assert Counter(found) == Counter(planted)


def test_all_kinds_are_planted(pieces):
    assert {p["expect"] for p in pieces} == {
        "rejected", "blanked", "repaired", "note", "unplaced", "harmless",
    }  # fmt: skip
    assert all(p["rule"] for p in pieces)


def test_exactly_the_planted_points_lie_in_no_place(built, dirty, pieces):
    expected = {}
    for piece, incident in _incidents(dirty, pieces):
        if piece["expect"] == "unplaced":
            expected[piece["file"], incident] = piece["rule"]
        elif piece["expect"] == "blanked" and piece["column"] in _COORDINATES:
            expected[piece["file"], incident] = "no usable coordinates"
    sources = {"collisions": "collisions.csv", "reports-fixmystreet": "reports_fixmystreet.csv",
               "reports-open311": "reports_open311.json"}  # fmt: skip
    found = built.rows("SELECT source, incident_id, area_level, unplaced_reason FROM core.incident_place"
                       " WHERE unplaced_reason IS NOT NULL")  # fmt: skip
    reasons = {(sources[str(source)], i, level): reason for source, i, level, reason in found}
    # Near the coast is near its council, but far from the combined authority, which has no coast there.
    planted = {
        (*key, level): rule.replace("within", "beyond") if level == "combined_authority" else rule
        for key, rule in expected.items()
        for level in _LEVELS
    }
    assert planted.items() <= reasons.items()
    # Not every authority is in a combined authority, so incidents may rightly be in none of that level.
    assert {key[:2] for key in reasons if key[2] != "combined_authority"} == expected.keys()


def test_a_recorded_authority_from_elsewhere_is_said_to_be(built, dirty, pieces):
    expected = {incident for piece, incident in _incidents(dirty, pieces) if piece["rule"] == _NOT_HERE}
    assert len(expected) == 3
    found = built.rows(f"SELECT incident_id FROM core.incident_authority WHERE agreement = '{_NOT_HERE}'")
    assert {incident for (incident,) in found} == expected


def test_what_a_predecessor_recorded_stands_for_its_successor(built, dirty):
    # No dirt: the codes were right at the time.
    changes = pd.read_csv(dirty / "area_changes.csv")
    [successor] = set(changes.to_code)
    recorded = built.rows(
        f"""
        SELECT recorded_authority, recorded_as, recorded_code, is_former, occurred_on::VARCHAR, agreement, located_code
        FROM core.incident JOIN core.incident_authority USING (incident_kind, source, incident_id)
        WHERE recorded_authority IN {(*changes.from_code, *changes.from_name)}
        """
    )
    assert len(recorded) > 50
    codes = dict(zip(changes.from_name, changes.from_code, strict=True))
    # Collisions have the code, reports the name.
    names = {name for name, *_ in recorded}
    assert names & {*codes}
    assert names & {*codes.values()}
    assert all(then == codes.get(str(name), name) for name, then, *_ in recorded)
    assert {now for _, _, now, *_ in recorded} == {successor}
    assert {is_former for _, _, _, is_former, *_ in recorded} == {True}
    # A day that was planted as dirt may have come upon such a row.
    planted = {*pd.read_csv(dirty / "dirt.csv", dtype="str").value}
    days = {str(day) for *_, day, _, _ in recorded} - planted
    assert max(days) < changes.on_date.min()
    # Nearly all lie in the successor; the rest were recorded across its border.
    assert {said for *_, said, located in recorded if located == successor} == {"agree"}
    assert sum(located == successor for *_, located in recorded) > 0.9 * len(recorded)
    former = built.one("SELECT sum(former_code_count) FROM marts.authority_disagreement")
    assert int(str(former)) == len(recorded)


def test_no_basis_loses_or_gains_what_was_recorded(built, dirty):
    changes = pd.read_csv(dirty / "area_changes.csv")
    rows = built.rows(
        "SELECT basis, authority_code, sum(incident_total)::BIGINT FROM marts.count_by_basis GROUP BY ALL"
    )
    by_code = pd.DataFrame(rows, columns=["basis", "code", "n"]).pivot_table(
        "n", "code", "basis", fill_value=0
    )
    assert len({*by_code.sum()}) == 1
    earlier = by_code.index.intersection([*changes.from_code])
    assert len(earlier)
    [successor] = set(changes.to_code)
    assert (by_code.loc[earlier, "as_was"] > 0).all()
    moved = by_code.loc[earlier, "as_was"].sum()
    assert by_code.loc[successor, "as_now"] == by_code.loc[successor, "as_was"] + moved
    rest = by_code.drop(index=[*earlier, successor])
    assert (rest["as_was"] == rest["as_now"]).all()


def test_areas_that_overlap_are_both_there(built, pieces):
    [piece] = [p for p in pieces if p["rule"].startswith("overlaps")]
    other, _, measured = piece["value"].partition(": ")
    size = measured.partition(", ")[0]
    shared = """
        SELECT round(st_area(st_intersection(one.geom, other.geom)))::BIGINT || ' m²'
        FROM core.area AS one, core.area AS other WHERE one.area_code = 'D06000103' AND other.area_code = ?
    """
    assert built.con.execute(shared, [other]).fetchall() == [(size,)]


def test_the_gap_between_two_areas_is_measured(built, pieces):
    [piece] = [p for p in pieces if p["rule"].startswith("leaves a gap")]
    [(code, size, width)] = built.rows(
        "SELECT area_code, size_m2, width_m FROM marts.area_misfit WHERE misfit = 'gap'"
    )
    assert f"{code}: {size:.0f} m², {width:.1f} m wide" == piece["value"]
    # Both hold the corners of the gap, and neither its middle.
    gap = """
        SELECT area.area_code FROM core.area AS area, raw.misfit AS misfit
        WHERE misfit.misfit = 'gap' AND area.area_level = misfit.area_level
            AND st_dwithin(area.geom, misfit.geom, ?) ORDER BY ALL
    """
    assert built.con.execute(gap, [9.9]).fetchall() == []
    assert built.con.execute(gap, [10.1]).fetchall() == [("D06000103",), ("D06000104",)]


def test_words_that_could_attack_arrive_as_written(built, dirty, pieces):
    queries = {
        "category": "SELECT category FROM staging.report WHERE source = 'reports-fixmystreet' AND report_id = ?",
        "service_name": "SELECT category FROM staging.report WHERE source = 'reports-open311' AND report_id = ?",
    }
    kept = [p for p in pieces if p["rule"] == "kept as written"]
    for piece, incident in _incidents(dirty, kept):
        assert built.con.execute(queries[piece["column"]], [incident]).fetchall() == [(piece["value"],)]
    names = {str(name) for (name,) in built.rows("SELECT area_name FROM core.area")}
    roads = {str(name) for (name,) in built.rows("SELECT road_name FROM staging.link")}
    assert {p["value"] for p in kept if p["column"] in {"area_name", "WD24NM", "LSOA21NM"}} <= names
    assert {p["value"] for p in kept if p["file"] == "roads.gpkg"} <= roads


def test_dates_and_times_that_look_odd_are_read_as_written(built, dirty, pieces):
    read = {
        "2022-06-05": ("2022-06-05", None),
        "05/06/2022": ("2022-06-05", None),
        "27/03/2022": ("2022-03-27", "01:30:00"),
        "30/10/2022": ("2022-10-30", "01:30:00"),
    }
    odd = [p for p in pieces if p["file"] == "collisions.csv" and p["column"] == "date"]
    dated = [(p, i) for p, i in _incidents(dirty, odd) if p["expect"] == "harmless"]
    assert len(dated) == len(read)
    for piece, incident in dated:
        [(day, time)] = built.con.execute(
            "SELECT occurred_on::VARCHAR, occurred_time::VARCHAR FROM staging.collision WHERE collision_id = ?",
            [incident],
        ).fetchall()
        expected_day, expected_time = read[piece["value"]]
        assert day == expected_day
        assert expected_time in {None, time}


def test_personal_data_is_in_no_table(built, pieces):
    secrets = [p["value"] for p in pieces if p["rule"].startswith("personal")]
    assert len(secrets) == 7
    secrets += ["Planted", "01632 960", "@example.invalid"]
    columns = built.rows(
        "SELECT database_name, schema_name, table_name, column_name FROM duckdb_columns() "
        "WHERE NOT internal AND data_type LIKE '%VARCHAR%'"
    )
    assert len(columns) > 100
    for database, schema, table, column in columns:
        [(held,)] = built.con.execute(
            f'SELECT count(*) FROM "{database}"."{schema}"."{table}", unnest($secrets) AS s(secret) '
            f'WHERE contains("{column}"::VARCHAR, secret)',
            {"secrets": secrets},
        ).fetchall()
        assert held == 0, (schema, table, column)


def test_every_check_that_refuses_a_release_holds(built):
    assert built.refused == []


def test_every_row_read_is_accounted_for(built, pieces):
    rejected = Counter(p["file"] for p in pieces if p["expect"] == "rejected")
    files = built.rows(
        "SELECT file, rows_read, rows_accepted, rows_quarantined, rows_left_out FROM raw.source_file"
    )
    for file, read, accepted, quarantined, left_out in files:
        assert (quarantined, left_out) == (rejected[str(file)], 0)
        assert read == int(str(accepted)) + int(str(quarantined))


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("collision", "collision_id"),
        ("report", "report_id"),
        ("vehicle", "collision_id || '/' || vehicle_ref"),
        ("casualty", "collision_id || '/' || casualty_ref"),
        ("satisfaction_response", "concat_ws('/', respondent_id, surveyed_on, indicator)"),
        ("satisfaction_score", "concat_ws('/', area_code, period, indicator)"),
        ("link", "link_id"),
        ("area", "area_level || '/' || area_code"),
        ("area_fact", "area_code"),
    ],
)
def test_nothing_clean_is_changed(built, clean_built, pieces, table, key):
    listed = {(p["file"], p["row"]) for p in pieces}

    def rows(of: Built) -> dict[object, tuple[str, int, str]]:
        query = f"SELECT {key}, file, row, (COLUMNS(* EXCLUDE (row)))::VARCHAR FROM raw.{table}"
        return {k: (str(file), int(str(row)), str(rest)) for k, file, row, *rest in of.rows(query)}

    before, after = rows(clean_built), rows(built)
    changed = {k for k in before.keys() & after.keys() if before[k][2] != after[k][2]}
    assert {after[k][:2] for k in changed} <= listed
    # What is missing was rejected; what is new is in a file that only the dirty sample has.
    lost = sum(
        p["expect"] == "rejected"
        and p["file"] in {file for file, _, _ in before.values()}
        and not p["rule"].startswith(("key repeated", "row cannot be split"))
        for p in pieces
    )
    already = clean_built.one(f"""
        SELECT count(*) FROM raw."issue" SEMI JOIN raw.{table} USING (file) WHERE severity = 'rejected'
    """)
    assert len(before.keys() - after.keys()) == lost - int(str(already))
    assert {after[k][0] for k in after.keys() - before.keys()} <= {"neighbours.gpkg"}


def test_boundaries_and_roads_are_where_they_were(clean, dirty):
    for name in ("wards.geojson", "small_areas.gpkg", "roads.gpkg"):
        before, after = gpd.read_file(clean.folder / name), gpd.read_file(dirty / name)
        assert (after.geometry[: len(before)].to_wkb() == before.geometry.to_wkb()).all()


def test_the_files_are_encoded_as_said(dirty):
    # Files of the year in old names are as they were at the time.
    for name in ("casualties.csv", "accidents_2020.csv", "casualties_2020.csv", "vehicles_2020.csv"):
        assert (dirty / name).read_bytes().startswith(b"\xef\xbb\xbf"), name
    for name in ("collisions.csv", "vehicles.csv", "satisfaction_survey.csv"):
        assert not (dirty / name).read_bytes().startswith(b"\xef\xbb\xbf"), name
    reports = (dirty / "reports_fixmystreet.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        reports.decode("utf-8")
    assert "caf\xe9\x92s".encode("latin-1") in reports
