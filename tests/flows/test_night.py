"""Nights as an operator sees them: the command line in processes of its own, against a real Prefect server."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.plan import make_plan
from flows.store import Store
from tests.flows.conftest import PLACELINE, Run

pytestmark = pytest.mark.slow


def status_of(out: Path) -> dict[str, object]:
    return dict(json.loads((out / "status.json").read_text()))


def outcome_rows(out: Path) -> int:
    with duckdb.connect(str(out / "current" / "placeline.duckdb"), read_only=True) as con:
        return int(con.sql("select count(*) from marts.outcome").fetchall()[0][0])


def is_whole(release: Path) -> bool:
    site = release / "site" / "runs" / release.name
    with duckdb.connect(str(release / "placeline.duckdb"), read_only=True) as con:
        [(build_id,)] = con.sql("select build_id from meta.build").fetchall()
    return (
        build_id == release.name
        and (site / "map.html").is_file()
        and (release / "data" / "outcome.csv").is_file()
    )


def test_a_night_publishes_and_the_next_finds_nothing_changed(placeline: Run, tiny: Path, out: Path) -> None:
    first = placeline("run", tiny)
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("Published: ")
    assert str(out / "current" / "placeline.duckdb") in first.stdout
    assert "placeline open" in first.stdout
    release = Store(out).current_release()
    assert release is not None
    assert is_whole(release)
    assert not list(out.rglob("*.wal"))
    assert (out / "build" / "build.duckdb").stat().st_mode & 0o077 == 0
    assert (release / "placeline.duckdb").stat().st_mode & 0o222 == 0
    status = status_of(out)
    assert (status["state"], status["exit_code"], status["build_id"]) == ("published", 0, release.name)

    second = placeline("run", tiny)
    assert second.returncode == 0, second.stderr
    assert second.stdout.startswith("Nothing changed: ")
    assert Store(out).build_ids() == [release.name]
    status = status_of(out)
    assert (status["state"], status["build_id"]) == ("nothing changed", release.name)
    ages = {s["source"]: s["age_days"] for s in status["sources"]}  # type: ignore[attr-defined]
    assert ages.keys() == {"authorities", "wards", "population", "roads", "collisions", "reports", "scores"}
    assert isinstance(ages["collisions"], int)
    assert ages["roads"] is None
    assert "nothing changed" in (out / "current" / "site" / "status.js").read_text()


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing file": (
        lambda f: (f / "scores.csv").unlink(),
        "Source 'scores': there is no file 'scores.csv' below the data root",
    ),
    "truncated CSV": (
        lambda f: (f / "collisions.csv").write_bytes((f / "collisions.csv").read_bytes()[:-30]),
        "'collisions.csv' is cut off: its last row, 61, ends in the middle",
    ),
    "missing column": (
        lambda f: (f / "collisions.csv").write_text(
            (f / "collisions.csv").read_text().replace("collision_severity", "how_bad")
        ),
        "'collisions.csv' has no column for severity",
    ),
    "polygon file with no polygons": (
        lambda f: (f / "authorities.geojson").write_bytes(
            (f / "roads.geojson")
            .read_bytes()
            .replace(b'"id"', b'"LAD24CD"')
            .replace(b'"road_classification"', b'"LAD24NM"')
        ),
        "'authorities.geojson' holds no polygons",
    ),
    "file in the wrong coordinate system": (
        lambda f: (f / "wards.geojson").write_text(
            (f / "wards.geojson").read_text().replace("27700", "4326")
        ),
        "'wards.geojson' is read as EPSG:4326, but its coordinates",
    ),
    "points in the wrong coordinate system": (
        lambda f: (f / "tiny.toml").write_text(
            (f / "tiny.toml").read_text().replace('crs = "EPSG:27700"', 'crs = "EPSG:3035"')
        ),
        "points of 'reports.json', read as EPSG:3035, fall near the region",
    ),
}


def test_bad_files_end_in_a_paragraph_and_leave_the_last_release_up(
    placeline: Run, tiny: Path, out: Path
) -> None:
    assert placeline("run", tiny).returncode == 0
    up, rows, folder = Store(out).current_release(), outcome_rows(out), tiny.parent
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name, (spoil, said) in BREAKS.items():
        spoil(folder)
        result = placeline("run", tiny)
        assert result.returncode == 1, name
        message = result.stderr.strip()
        assert message.startswith("Stopped. "), f"{name}: {message}"
        assert "\n" not in message, f"{name}: {message}"
        assert said in message, f"{name}: {message}"
        assert Store(out).current_release() == up, name
        assert outcome_rows(out) == rows, name
        status = status_of(out)
        assert (status["state"], status["exit_code"]) == ("failed", 1), name
        assert said in str(status["message"]), name
        assert not list((out / "releases").glob(".partial-*")), name
        for file, given in whole.items():
            (folder / file).write_bytes(given)
    assert placeline("run", tiny).stdout.startswith("Nothing changed: ")


def test_a_failed_check_refuses_the_release(placeline: Run, tiny: Path, out: Path) -> None:
    assert placeline("run", tiny).returncode == 0
    up = Store(out).current_release()
    text = tiny.read_text()
    tiny.write_text(text.replace("satisfaction_highways", "satisfaction_with_nothing"))
    result = placeline("run", tiny)
    assert result.returncode == 3, result.stderr
    assert "Every outcome has a definition" in result.stderr
    assert status_of(out)["state"] == "refused"
    assert Store(out).current_release() == up


def test_a_run_killed_at_any_moment_leaves_the_last_release_whole(
    placeline: Run, environment: dict[str, str], tiny: Path, out: Path
) -> None:
    began = time.monotonic()
    assert placeline("run", tiny).returncode == 0
    lasts = time.monotonic() - began
    killed = 0
    # Spread over the whole run, and closely over its second half, where files are written and published.
    for share in (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        run = subprocess.Popen(
            [str(PLACELINE), "run", str(tiny), "--force"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(lasts * share)
        killed += run.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        up = Store(out).current_release()
        assert up is not None
        assert is_whole(up)
        assert outcome_rows(out) > 0
    assert killed >= 4
    after = placeline("run", tiny, "--force")
    assert after.returncode == 0, after.stderr
    assert not list((out / "releases").glob(".partial-*"))
    assert all(is_whole(Store(out).releases / b) for b in Store(out).build_ids())


def test_an_analyst_reads_all_through_a_run(
    placeline: Run, environment: dict[str, str], tiny: Path, out: Path
) -> None:
    assert placeline("run", tiny).returncode == 0
    rows = outcome_rows(out)
    held = duckdb.connect(str(out / "current" / "placeline.duckdb"), read_only=True)
    run = subprocess.Popen(
        [str(PLACELINE), "run", str(tiny), "--force"], env=environment, stdout=subprocess.DEVNULL
    )
    reads = 0
    try:
        while run.poll() is None:
            assert outcome_rows(out) == rows
            reads += 1
            time.sleep(0.05)
        assert run.returncode == 0
        assert held.sql("select count(*) from marts.outcome").fetchall() == [(rows,)]
    finally:
        held.close()
        run.wait()
    assert reads > 10


def test_two_runs_of_the_same_inputs_give_the_same_bytes(placeline: Run, tiny: Path, out: Path) -> None:
    kept: dict[str, bytes] = {}
    for n in range(2):
        result = placeline(
            "run", tiny, "--force", SOURCE_DATE_EPOCH="1767225600", PLACELINE_HOME=str(out.parent / str(n))
        )
        assert result.returncode == 0, result.stderr
        release = Store(out.parent / str(n) / "tiny").current_release()
        assert release is not None
        made = {
            str(p.relative_to(release)): p.read_bytes()
            for p in release.rglob("*")
            if p.suffix in {".html", ".js", ".css", ".csv"}
        }
        assert len(made) > 20
        assert not kept or kept == made
        kept = made


def test_without_a_data_root_paths_are_below_the_region_file(tiny: Path, tmp_path: Path) -> None:
    assert make_plan([tiny], None, tmp_path).data == tiny.parent
    assert make_plan([tiny], tmp_path / "data", tmp_path).data == tmp_path / "data"
