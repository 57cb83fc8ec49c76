"""The command line as the README shows it."""

import csv
import io
import json
import re
import subprocess
import urllib.request
from pathlib import Path

import pytest

from flows.store import Store
from tests.flows.conftest import PLACELINE, Run

README = Path(__file__).parent.parent.parent / "README.md"

pytestmark = pytest.mark.slow


def commands() -> list[str]:
    """Return each command line of the README's shell blocks, without prompt, path or trailing comment."""
    blocks = re.findall(r"```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    lines = [re.split(r"\s+#", line)[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def test_the_readme_s_make_targets_exist() -> None:
    makefile = README.with_name("Makefile").read_text("utf-8")
    targets = [line.split()[1] for line in commands() if line.startswith("make ")]
    assert targets == ["run", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_every_command_of_the_readme_is_one(placeline: Run) -> None:
    named = {m[1] for line in commands() if (m := re.search(r"placeline\s+(\w+)", line))}
    assert named == {"open", "sql", "releases", "check", "run", "serve", "preview"}
    for name in named | {"rollback", "sample"}:
        shown = placeline(name, "--help")
        assert shown.returncode == 0, name
        assert "Usage: placeline" in shown.stdout


def test_from_sample_to_answers(placeline: Run, environment: dict[str, str], tmp_path: Path) -> None:
    made = placeline("sample", "--size", "tiny", "--out", tmp_path / "sample")
    region = Path(made.stdout.strip())
    assert region.is_file()
    assert placeline("run", region).returncode == 0

    [asked] = [re.search(r'sql "(.+)"', line) for line in commands() if " sql " in line]
    assert asked is not None
    rows = list(csv.DictReader(io.StringIO(placeline("sql", asked[1], "--format", "csv").stdout)))
    assert rows[0].keys() == {"area_code", "value", "lower", "upper"}
    assert len(rows) == 5
    told = json.loads(placeline("sql", "select 1 as n, null as m", "--format", "json").stdout)
    assert told == [{"n": 1, "m": None}]
    assert "│" in placeline("sql", "select 1 as n").stdout
    wrong = placeline("sql", "select nothing from nowhere")
    assert wrong.returncode == 1
    assert "nowhere" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    refused = placeline("sql", "drop table marts.outcome")
    assert refused.returncode == 1
    assert "read-only" in refused.stderr

    store = Store(Path(environment["PLACELINE_HOME"]) / "doggerland")
    first = store.current_release()
    assert first is not None
    assert placeline("run", region, "--force").returncode == 0
    listed = placeline("releases").stdout.splitlines()
    assert [line[:2] for line in listed[:2]] == ["  ", "* "]
    assert "published" in listed[2]
    back = placeline("rollback")
    assert back.stdout.strip() == f"{first.name} is up again."
    assert store.current_release() == first
    assert placeline("rollback", "no-such").returncode == 1


def test_the_site_is_served_on_loopback(placeline: Run, environment: dict[str, str], tiny: Path) -> None:
    assert placeline("run", tiny).returncode == 0
    served = subprocess.Popen([str(PLACELINE), "open"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert served.stdout is not None
        address = served.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310 - loopback only
            assert b"runs/" in page.read()
    finally:
        served.terminate()
        served.communicate()


def test_check_says_what_a_night_would_accept_and_publishes_nothing(
    placeline: Run, environment: dict[str, str], tiny: Path
) -> None:
    with (tiny.parent / "collisions.csv").open("a", newline="") as file:
        file.write("C99,650100,502003,7,01/01/2023,10:00,A1,1,1,30\r\n")
    report = placeline("check", tiny)
    assert report.returncode == 0, report.stderr
    assert re.search(r"collisions\.csv\W+61\W+60\W+1\W+0", report.stdout)
    assert "not one of the known codes" in report.stdout
    assert not Path(environment["PLACELINE_HOME"], "tiny").exists()


def test_wrong_use_and_wrong_region_files(placeline: Run, tmp_path: Path) -> None:
    assert placeline("run").returncode == 2
    missing = placeline("run", tmp_path / "none.toml")
    assert missing.returncode == 1
    assert "none.toml' cannot be read" in missing.stderr
    assert placeline("sql", "select 1").stderr.startswith("Stopped. There is no release in")


def test_under_cron_it_is_quiet(placeline: Run, tiny: Path) -> None:
    result = placeline("run", tiny)
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == 5


def test_the_sample_takes_effects_and_dirt(placeline: Run, tmp_path: Path) -> None:
    made = placeline(
        "sample", "--size", "tiny", "--out", tmp_path / "s",
        "--effect", "authority_rate_ratio.D06000003=1", "--dirt", "full",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    truth = json.loads((tmp_path / "s" / "truth.json").read_text("utf-8"))
    assert truth["planted"]["authority_rate_ratio"]["D06000003"] == 1.0
    assert len((tmp_path / "s" / "dirt.csv").read_text("utf-8").splitlines()) > 20
    unknown = placeline("sample", "--out", tmp_path / "t", "--effect", "nonsense=1")
    assert unknown.returncode == 1
    assert "There is no effect 'nonsense'. Effects are" in unknown.stderr
    assert "write NAME=SIZE" in placeline("sample", "--effect", "town_rate_ratio").stderr
