import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows import changes
from flows.changes import inputs_now, read_inputs, write_inputs
from flows.snapshots import Snapshots, Version
from geo.errors import SourceError
from geo.profile import Profile
from geo.region import read_region

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_nothing_has_changed_until_a_byte_has(tiny: Path) -> None:
    region = read_region(tiny)
    first = inputs_now(region, tiny.parent, None, NOW)
    assert inputs_now(region, tiny.parent, first, NOW).same_as(first)
    os.utime(tiny.parent / "scores.csv")
    assert inputs_now(region, tiny.parent, first, NOW).same_as(first)
    with (tiny.parent / "scores.csv").open("a") as file:
        file.write("A1,2022,overall,44,500\n")
    changed = inputs_now(region, tiny.parent, first, NOW)
    assert not changed.same_as(first)
    assert changed.digest != first.digest


def test_the_region_file_and_the_software_count_too(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    region = read_region(tiny)
    first = inputs_now(region, tiny.parent, None, NOW)
    wider = region.model_copy(update={"border_tolerance_m": 30.0})
    assert not inputs_now(wider, tiny.parent, first, NOW).same_as(first)
    monkeypatch.setattr(changes, "_software", lambda: "another")
    assert not inputs_now(region, tiny.parent, first, NOW).same_as(first)


def test_a_file_restored_with_its_size_and_time_is_found_at_the_next_rehash(tiny: Path) -> None:
    region, scores = read_region(tiny), tiny.parent / "scores.csv"
    first = inputs_now(region, tiny.parent, None, NOW)
    stat = scores.stat()
    scores.write_bytes(scores.read_bytes().replace(b"40", b"41"))
    os.utime(scores, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert inputs_now(region, tiny.parent, first, NOW + timedelta(days=6)).same_as(first)
    assert not inputs_now(region, tiny.parent, first, NOW + timedelta(days=8)).same_as(first)


def test_inputs_survive_a_round_trip(tiny: Path, tmp_path: Path) -> None:
    inputs = inputs_now(read_region(tiny), tiny.parent, None, NOW)
    write_inputs(tmp_path / "inputs.json", inputs)
    assert read_inputs(tmp_path / "inputs.json") == inputs
    assert read_inputs(tmp_path / "none.json") is None


def test_a_missing_file_is_named(tiny: Path) -> None:
    (tiny.parent / "scores.csv").unlink()
    with pytest.raises(
        SourceError, match=r"Source 'scores': there is no file 'scores.csv' below the data root"
    ):
        inputs_now(read_region(tiny), tiny.parent, None, NOW)


def test_one_that_can_be_had_again_is_a_change(tiny: Path, tmp_path: Path) -> None:
    region, scores, snapshots = (
        read_region(tiny),
        tiny.parent / "scores.csv",
        Snapshots(tmp_path / "snapshots"),
    )
    first = inputs_now(region, tiny.parent, None, NOW, snapshots)
    profile = Profile(rows=4, rows_read=4, repeated=0, filled={})
    good = Version(
        first.of("scores"), NOW.isoformat(), is_provisional=False, reading="r", profile=profile, rows="rows"
    )
    snapshots.add(scores)
    snapshots.note_good("scores", good, 3)
    scores.rename(tmp_path / "away.csv")
    without = inputs_now(region, tiny.parent, first, NOW, snapshots)
    assert without.of("scores") == first.of("scores")
    assert "there is no file 'scores.csv'" in without.missing["scores"]
    # The release that is up was made from the same bytes; one made tonight would say that they are old.
    assert without.same_as(first)
    (tmp_path / "away.csv").rename(scores)
    back = inputs_now(region, tiny.parent, without, NOW, snapshots)
    assert not back.same_as(without)
    assert back.same_as(first)


def test_a_shapefile_is_all_of_its_files(tiny: Path) -> None:
    for suffix in (".shp", ".dbf", ".shx", ".txt"):
        (tiny.parent / f"links{suffix}").write_text("x")
    config = tiny.read_text().replace("roads.geojson", "links.shp")
    tiny.write_text(config)
    inputs = inputs_now(read_region(tiny), tiny.parent, None, NOW)
    assert inputs.of("roads").keys() == {"links.shp", "links.dbf", "links.shx"}
