import hashlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from geo.region import read_region

_PROGRAM = (
    "import sys; from pathlib import Path; from geo.sample import generate; generate(Path(sys.argv[1]))"
)


def _digests(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def test_another_process_elsewhere_writes_the_same_bytes(sample, tmp_path):
    environment = os.environ | {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "8", "OMP_NUM_THREADS": "1"}
    # Files left by an earlier run are replaced.
    (tmp_path / "roads.gpkg").write_bytes(b"left over")
    subprocess.run([sys.executable, "-c", _PROGRAM, str(tmp_path)], env=environment, check=True)
    assert _digests(tmp_path) == _digests(sample.folder)


def test_another_seed_writes_other_bytes(sample, other):
    mine, theirs = _digests(sample.folder), _digests(other.folder)
    assert mine.keys() == theirs.keys()
    assert {name for name in mine if mine[name] == theirs[name]} == {"doggerland.toml"}


@pytest.mark.parametrize("name", ["authorities", "combined_authorities", "small_areas", "roads"])
def test_geopackages_hold_no_time_of_writing(sample, name):
    with sqlite3.connect(sample.folder / f"{name}.gpkg") as con:
        assert con.execute("SELECT DISTINCT last_change FROM gpkg_contents").fetchall() == [
            ("2025-01-01T00:00:00Z",)
        ]
    con.close()


def test_region_file_is_valid_and_names_the_files(sample):
    region = read_region(sample.region)
    assert region.levels == ["combined_authority", "highway_authority", "ward", "small_area"]
    assert {s.kind for s in region.source} >= {
        "areas",
        "area_facts",
        "roads",
        "collisions",
        "casualties",
        "vehicles",
    }
    for source in region.source:
        assert source.publish == ("aggregates" if source.id == "survey" else "rows")
        assert source.licence == "CC0 1.0"
        assert source.period_start
        for path in source.path:
            assert (sample.folder / path).is_file()


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
