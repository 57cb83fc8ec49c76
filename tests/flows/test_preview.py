"""The command `preview`, and a correction's way from the pack to the next build."""

import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows import steps
from flows.cli import app
from flows.preview import find_region, preview_of
from flows.store import Store, StoreError
from geo.errors import SourceError
from geo.readers.load import in_reading_order, load_source
from geo.region import read_region
from geo.warehouse import connect
from maps.preview import FORM
from queries.build import build_model
from queries.models import build_order, load_models

WANTED = ("core.incident", "meta.issue")
SOURCE = """
[[source]]
kind = "corrections"
id = "replies"
title = "Replies of authorities"
path = "replies.csv"
licence = "OGL-UK-3.0"
publish = "rows"
"""


@pytest.fixture(scope="module")
def home(sample_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output root of its own that holds the sample's release."""
    root = tmp_path_factory.mktemp("home")
    shutil.copytree(sample_release.parent.parent, root / "doggerland", symlinks=True)
    return root


def invoke(home: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["preview", *words, "--home", str(home)])
    return result.exit_code, result.output + str(result.exception or "")


def test_the_command_writes_the_pack_of_the_last_build(home: Path, tmp_path: Path) -> None:
    code, said = invoke(home, "silverpit", "doggerland", "--out", str(tmp_path / "pack"))
    assert code == 0, said
    assert (tmp_path / "pack" / FORM).is_file()
    assert (tmp_path / "pack.zip").is_file()
    assert "Silverpit (D06000001)" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody",), "No authority of this release is called 'nobody'"),
        (("silverpit", "elsewhere"), "'elsewhere' was not built in"),
        (("silverpit", "--release", "gone"), "There is no release 'gone'. There are: latest, current, 2026"),
    ],
)
def test_what_is_not_there_is_said(home: Path, words: tuple[str, ...], said: str) -> None:
    code, told = invoke(home, *words)
    assert code == 1
    assert said in told


def test_without_an_authority_it_is_wrong_use(home: Path) -> None:
    assert invoke(home)[0] == 2


def test_a_build_that_is_not_whole_is_not_about_to_be_published(tmp_path: Path) -> None:
    store = Store(tmp_path / "here")
    store.prepare()
    with connect(store.build_file) as con:
        con.execute("CREATE TABLE begun (n BIGINT)")
    assert find_region(tmp_path, None) == store
    with pytest.raises(StoreError, match="refused or failed before it was whole"):
        preview_of("A1", tmp_path, None, "latest", None)
    with pytest.raises(StoreError, match="No release is up"):
        preview_of("A1", tmp_path, None, "current", None)


def test_the_last_build_is_shown_as_it_would_be_published(home: Path, tmp_path: Path) -> None:
    """The build's release is gone, as if it were not out yet: the pack is the same, and holds no closed rows."""
    out = preview_of("D06000001", home, None, "current", tmp_path / "out")
    shutil.copytree(home / "doggerland" / "build", tmp_path / "home" / "doggerland" / "build")
    Store(tmp_path / "home" / "doggerland").prepare()
    soon = preview_of("D06000001", tmp_path / "home", None, "latest", tmp_path / "soon")
    assert {p.name: p.read_bytes() for p in soon.folder.iterdir()} == {
        p.name: p.read_bytes() for p in out.folder.iterdir()
    }


def test_a_correction_goes_from_the_pack_into_the_next_build(
    home: Path, sample: Path, tmp_path: Path
) -> None:
    pack = preview_of("D06000001", home, "doggerland", "current", tmp_path / "pack")
    with (pack.folder / "core_incident.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(r for r in csv.DictReader(file) if r["incident_kind"] == "collision" and r["location"])
    header = (pack.folder / FORM).read_text("utf-8-sig").strip()
    data = tmp_path / "data"
    shutil.copytree(sample.parent, data)
    line = f"y1,D06000001,core.incident,{row['record_id']},recorded_authority,{row['recorded_authority']},D06000002,"
    (data / "replies.csv").write_text(f"{header}\n{line}Wrong force,Case 7,,,\n", "utf-8")
    config = data / sample.name
    config.write_text(config.read_text("utf-8") + SOURCE, "utf-8")
    region = read_region(config)
    replies = next(s for s in region.source if s.id == "replies")
    with connect() as con:
        steps.prepare(con, region)
        with pytest.raises(SourceError, match="has not been reviewed"):
            load_source(con, replies, region, data)
        (data / "replies.csv").write_text(
            f"{header}\n{line}Wrong force,Case 7,Data lead,2026-01-05,accepted\n", "utf-8"
        )
        for source in in_reading_order(region):
            if source.kind in {"areas", "collisions", "corrections"}:
                load_source(con, source, region, data)
        models = load_models()
        needed, waiting = set(), [*WANTED]
        while waiting:
            name = waiting.pop()
            needed.add(name)
            waiting += [i for i in models[name].inputs if i in models and i not in needed]
        for model in build_order(models):
            if model.name in needed:
                build_model(con, model)
        found = con.execute(
            "SELECT recorded_authority FROM core.incident WHERE source = ? AND incident_id = ?",
            [row["source"], row["incident_id"]],
        ).fetchall()
        cited = con.execute(
            "SELECT source, value, rule FROM meta.issue WHERE severity = 'repaired' AND column_name = 'recorded_authority'"
        ).fetchall()
    assert found == [("D06000002",)]
    assert cited == [
        (
            row["source"],
            row["recorded_authority"],
            "corrected by y1 of replies, reviewed on 2026-01-05 [to D06000002]",
        )
    ]
