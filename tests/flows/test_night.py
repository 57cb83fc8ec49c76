"""Nights as an operator sees them: the command line in processes of its own, against a real Prefect server."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import duckdb
import pytest

from flows.plan import make_plan
from flows.store import Store
from tests.flows.conftest import PLACELINE, Night, Run

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


def test_a_night_publishes_and_the_next_finds_nothing_changed(
    placeline: Run, first_night: Night, published: Path, out: Path
) -> None:
    first = first_night.result
    assert first.stdout.startswith("Published: ")
    assert str(first_night.folder / "out" / "tiny" / "current" / "placeline.duckdb") in first.stdout
    assert "placeline open" in first.stdout
    release = Store(out).current_release()
    assert release is not None
    assert is_whole(release)
    assert not list(out.rglob("*.wal"))
    assert (out / "build" / "build.duckdb").stat().st_mode & 0o077 == 0
    assert (release / "placeline.duckdb").stat().st_mode & 0o222 == 0
    status = status_of(out)
    assert (status["state"], status["exit_code"], status["build_id"]) == ("published", 0, release.name)

    second = placeline("run", published)
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


SAVE_BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock
CustomWebhookNotificationBlock(
    name="ops", url=sys.argv[1], json_data={"said": "{{subject}} | {{body}}"}
).save("ops", overwrite=True)
"""


@pytest.fixture
def heard(environment: dict[str, str]) -> Iterator[list[str]]:
    """What a notification block named ops has sent to a server on loopback."""
    said: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = self.rfile.read(int(self.headers["Content-Length"]))
            said.append(json.loads(given)["said"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        subprocess.run([sys.executable, "-c", SAVE_BLOCK, address], env=environment, check=True)
        yield said
        server.shutdown()
        thread.join()


def test_bad_files_end_in_a_paragraph_are_told_and_leave_the_last_release_up(
    placeline: Run, published: Path, out: Path, tmp_path: Path, heard: list[str]
) -> None:
    up, rows, folder = Store(out).current_release(), outcome_rows(out), published.parent
    whole = {path.name: path.read_bytes() for path in folder.iterdir()}
    # With snapshots the last good version would stand in for what is bad.
    kept = (out / "snapshots").rename(tmp_path / "snapshots")
    for name, (spoil, said) in BREAKS.items():
        spoil(folder)
        # A block that nobody made is told of, and changes nothing.
        result = placeline("run", published, PLACELINE_NOTIFY="custom-webhook/none, custom-webhook/ops")
        assert result.returncode == 1, name
        assert heard.pop().startswith("Placeline, Tiny: failed | "), name
        assert heard == [], name
        warning, message = result.stderr.strip().split("\n")
        assert "'custom-webhook/none' cannot be notified (ValueError)" in warning, name
        assert message.startswith("Stopped. "), f"{name}: {message}"
        assert said in message, f"{name}: {message}"
        assert Store(out).current_release() == up, name
        assert outcome_rows(out) == rows, name
        status = status_of(out)
        assert (status["state"], status["exit_code"]) == ("failed", 1), name
        assert said in str(status["message"]), name
        assert not list((out / "releases").glob(".partial-*")), name
        for file, given in whole.items():
            (folder / file).write_bytes(given)
    shutil.rmtree(out / "snapshots")
    kept.rename(out / "snapshots")
    assert placeline("run", published).stdout.startswith("Nothing changed: ")


def test_prefect_shows_sources_checks_gates_and_revisions(
    first_night: Night, prefect_server: dict[str, str]
) -> None:
    assert first_night.result.returncode == 0
    request = urllib.request.Request(  # noqa: S310 - loopback only
        f"{prefect_server['PREFECT_API_URL']}/artifacts/filter",
        data=json.dumps({"sort": "UPDATED_DESC"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback only
        shown = {a["key"]: a["data"] for a in json.load(answer)}
    assert {"night", "sources", "checks", "gates", "revisions"} <= shown.keys()
    sources = {s["source"]: s["rows_accepted"] for s in json.loads(shown["sources"])}
    assert (sources["collisions"], sources["scores"]) == (60, 4)
    assert len(json.loads(shown["checks"])) > 10


def test_a_source_that_breaks_is_published_as_it_last_was_good(
    placeline: Run, published: Path, out: Path
) -> None:
    collisions, rows = published.parent / "collisions.csv", outcome_rows(out)
    collisions.write_bytes(collisions.read_bytes()[:900])
    said = "Out of date: collisions. Source 'collisions': 'collisions.csv' is cut off"
    result = placeline("run", published)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Published: ")
    assert outcome_rows(out) == rows
    with duckdb.connect(str(out / "current" / "placeline.duckdb"), read_only=True) as con:
        assert con.sql("select source from meta.source where is_stale").fetchall() == [("collisions",)]
        assert con.sql("select source from meta.gate where result = 'fail'").fetchall() == [("collisions",)]
    second = placeline("run", published)
    assert second.stdout.startswith("Nothing changed: ")
    status = status_of(out)
    assert said in str(status["message"])
    assert [s["source"] for s in status["sources"] if s["is_stale"]] == ["collisions"]  # type: ignore[attr-defined]
    assert "cut off" not in (out / "current" / "site" / "status.js").read_text()


def test_a_failed_check_refuses_the_release(placeline: Run, published: Path, out: Path) -> None:
    up = Store(out).current_release()
    text = published.read_text()
    published.write_text(text.replace("satisfaction_highways", "satisfaction_with_nothing"))
    result = placeline("run", published)
    assert result.returncode == 3, result.stderr
    assert "Every outcome has a definition" in result.stderr
    assert status_of(out)["state"] == "refused"
    [kept] = (out / "refused").iterdir()
    assert f"kept in '{kept}'" in str(status_of(out)["message"])
    assert "Every outcome has a definition" in (kept / "why.txt").read_text()
    assert (kept / "build.duckdb").is_file()
    assert Store(out).current_release() == up


def test_a_run_killed_at_any_moment_leaves_the_last_release_whole(
    placeline: Run, environment: dict[str, str], first_night: Night, published: Path, out: Path
) -> None:
    killed = 0
    # Spread over the whole run, and closely over its second half, where files are written and published.
    for share in (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        run = subprocess.Popen(
            [str(PLACELINE), "run", str(published), "--force"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(first_night.seconds * share)
        killed += run.poll() is None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        up = Store(out).current_release()
        assert up is not None
        assert is_whole(up)
        assert outcome_rows(out) > 0
    assert killed >= 4
    after = placeline("run", published, "--force")
    assert after.returncode == 0, after.stderr
    assert not list((out / "releases").glob(".partial-*"))
    assert all(is_whole(Store(out).releases / b) for b in Store(out).build_ids())


def test_an_analyst_reads_all_through_a_run(environment: dict[str, str], published: Path, out: Path) -> None:
    rows = outcome_rows(out)
    held = duckdb.connect(str(out / "current" / "placeline.duckdb"), read_only=True)
    run = subprocess.Popen(
        [str(PLACELINE), "run", str(published), "--force"], env=environment, stdout=subprocess.DEVNULL
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


# They say what last night was, and of one night there was none; the last one, how large those files are.
OF_LAST_NIGHT = {"meta_gate.csv", "meta_revision.csv", "downloads.html"}


def test_the_same_inputs_give_the_same_bytes_whatever_was_published_before(
    placeline: Run, tiny: Path, out: Path
) -> None:
    def run(home: str) -> dict[str, bytes]:
        where = out.parent / home
        result = placeline("run", tiny, SOURCE_DATE_EPOCH="1767225600", PLACELINE_HOME=str(where))
        assert result.returncode == 0, result.stderr
        release = Store(where / "tiny").current_release()
        assert release is not None
        return {
            str(p.relative_to(release)): p.read_bytes()
            for p in release.rglob("*")
            if p.suffix in {".html", ".js", ".css", ".csv"} and p.name not in OF_LAST_NIGHT
        }

    afresh = run("one")
    whole = {
        name: (tiny.parent / name).read_bytes() for name in ("collisions.csv", "scores.csv", "reports.json")
    }
    others = {
        "collisions.csv": b"".join(whole["collisions.csv"].splitlines(keepends=True)[:-3]),
        "scores.csv": whole["scores.csv"].replace(b"A1,2024,overall,40", b"A1,2024,overall,47"),
        "reports.json": whole["reports.json"].replace(b"Pothole", b"Street light", 3),
    }
    assert all(others[name] != whole[name] for name in whole)
    for name, data in others.items():
        (tiny.parent / name).write_bytes(data)
    before = run("two")
    for name, data in whole.items():
        (tiny.parent / name).write_bytes(data)
    # Goes on with the build file of the night before: boundaries and roads are neither read nor built again.
    gone_on = run("two")
    assert len(afresh) > 20
    assert gone_on == afresh != before


def test_without_a_data_root_paths_are_below_the_region_file(tiny: Path, tmp_path: Path) -> None:
    assert make_plan([tiny], None, tmp_path).data == tiny.parent
    assert make_plan([tiny], tmp_path / "data", tmp_path).data == tmp_path / "data"
