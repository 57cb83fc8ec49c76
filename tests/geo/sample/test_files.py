import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import SampleSize
from geo.region import read_region
from geo.sample import SIZES

_PROGRAM = """
import sys
from pathlib import Path
from geo.sample import generate
generate(Path(sys.argv[1]), size="demo")
"""
# The same whatever the seed: the region files, and what is planned and not drawn.
_ALWAYS_THE_SAME = {
    "doggerland.toml",
    "doggerland_osm.toml",
    "area_changes.csv",
    "truth_condition.csv",
    "truth_schemes.csv",
}
_TRUTHS = {
    "average_speeds", "buyers", "condition", "contracts", "links", "reporting", "response", "satisfaction",
    "satisfaction_small_areas", "schemes", "sections", "service", "severity", "small_areas", "spend", "traffic",
    "travel_times",
}  # fmt: skip
_SOURCES = {
    "areas", "area_changes", "area_vintages", "area_facts", "roads", "collisions", "casualties", "vehicles", "reports",
    "satisfaction_scores", "satisfaction_responses", "traffic_counts", "travel_times", "average_speeds", "road_condition",
    "spend", "contracts", "buyer_aliases", "schemes",
}  # fmt: skip


def _digests(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def test_another_process_elsewhere_writes_the_same_bytes(sample, tmp_path):
    environment = os.environ | {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "8", "OMP_NUM_THREADS": "1"}
    # Files left by an earlier run are replaced.
    (tmp_path / "roads.gpkg").write_bytes(b"left over")
    subprocess.run([sys.executable, "-c", _PROGRAM, str(tmp_path)], env=environment, check=True)
    assert _digests(tmp_path) == _digests(sample.folder)


def test_another_seed_writes_other_bytes(tiny, other):
    mine, theirs = _digests(tiny.folder), _digests(other.folder)
    assert mine.keys() == theirs.keys()
    assert {name for name in mine if mine[name] == theirs[name]} == _ALWAYS_THE_SAME


def test_every_size_writes_the_same_files(tiny, sample):
    assert _digests(tiny.folder).keys() == _digests(sample.folder).keys()


def test_the_truth_is_all_there(either):
    found = {path.stem.removeprefix("truth_") for path in either.folder.glob("truth_*.csv")}
    assert found == _TRUTHS
    for name in found:
        assert len(either.csv(f"truth_{name}.csv")) > 0, name
    assert either.json("truth.json")["seed"] in {8000, 3}


def test_the_command_line_offers_every_size_there_is():
    assert [size.value for size in SampleSize] == list(SIZES)


@pytest.mark.parametrize(
    "name", ["authorities", "combined_authorities", "districts", "small_areas", "roads", "roads_osm"]
)
def test_geopackages_hold_no_time_of_writing(tiny, name):
    with sqlite3.connect(tiny.folder / f"{name}.gpkg") as con:
        assert con.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall() == [
            ("2025-01-01T00:00:00Z",)
        ]
    con.close()


@pytest.mark.parametrize("name", ["doggerland.toml", "doggerland_osm.toml"])
def test_region_files_are_valid_and_name_the_files(tiny, name):
    region = read_region(tiny.folder / name)
    assert region.levels == ["combined_authority", "highway_authority", "district", "ward", "small_area"]
    assert {s.kind for s in region.source} == _SOURCES
    for source in region.source:
        assert source.publish == ("aggregates" if source.id == "survey" else "rows")
        assert source.licence == "CC0 1.0"
        assert source.period_start
        for path in source.path:
            assert (tiny.folder / path).is_file()


def test_every_listed_piece_of_dirt_is_in_its_file(sample):
    dirt = sample.csv("dirt.csv", dtype=str, keep_default_na=False)
    assert len(dirt) == 5
    for piece in dirt.to_dict("records"):
        table = sample.csv(piece["file"], dtype=str, keep_default_na=False)
        assert table.loc[int(piece["row"]) - 2, piece["column"]] == piece["value"]
        assert piece["rule"]


def test_nothing_but_the_listed_dirt_is_wrong_with_collisions(sample):
    dirt = sample.csv("dirt.csv", dtype=str)
    listed = {int(r) - 2 for r in dirt.loc[dirt.file == "collisions.csv", "row"]}
    table = sample.csv("collisions.csv", dtype=str, keep_default_na=False)
    wrong = (
        table.location_easting_osgr.isin(["NULL", "0"])
        | ~table.collision_severity.isin(["1", "2", "3"])
        | (table.date == "31/02/2022")
    )
    assert set(table.index[wrong]) == listed
