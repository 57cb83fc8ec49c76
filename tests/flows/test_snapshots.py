from pathlib import Path

import pytest

from flows.snapshots import Fetched, Ledger, Snapshots, Version
from geo.errors import SourceError
from geo.profile import Profile


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots")


def version(snapshots: Snapshots, tmp_path: Path, text: str) -> Version:
    given = tmp_path / "given.csv"
    given.write_text(text)
    snapshots.rows.mkdir(parents=True, exist_ok=True)
    (snapshots.rows / f"{text}.parquet").touch()
    profile = Profile(rows=1, rows_read=1, repeated=0, filled={"a": 1})
    return Version(
        {"in/a.csv": snapshots.add(given)},
        "2026-01-01T00:00:00+00:00",
        is_provisional=False,
        reading="r",
        profile=profile,
        rows=f"{text}.parquet",
    )


def test_a_copy_is_laid_out_under_its_own_name(snapshots: Snapshots, tmp_path: Path) -> None:
    one = version(snapshots, tmp_path, "one")
    (tmp_path / "given.csv").write_text("written over in place")
    root = snapshots.lay_out("s", one.files)
    assert (root / "in" / "a.csv").read_text() == "one"
    assert snapshots.object(one.files["in/a.csv"]).stat().st_mode & 0o377 == 0
    with pytest.raises(SourceError, match=r"Source 's': the snapshot of 'b.csv' \(00\) is gone"):
        snapshots.lay_out("s", {"b.csv": "00"})


def test_the_last_good_is_the_newest_that_is_intact(snapshots: Snapshots, tmp_path: Path) -> None:
    one, two = (version(snapshots, tmp_path, text) for text in ("one", "two"))
    assert snapshots.last_good("s", ["in/a.csv"]) is None
    snapshots.note_good("s", one, 3)
    snapshots.note_good("s", two, 3)
    assert snapshots.last_good("s", ["in/a.csv"]) == two
    assert snapshots.last_good("s", ["in/a.csv", "b.csv"]) is None
    copy = snapshots.object(two.files["in/a.csv"])
    copy.unlink()
    assert snapshots.last_good("s", ["in/a.csv"]) == one
    copy.write_text("torn")
    assert snapshots.last_good("s", ["in/a.csv"]) == one
    assert snapshots.newest("s", ["in/a.csv"]) == two


def test_as_many_versions_are_kept_as_asked_for(snapshots: Snapshots, tmp_path: Path) -> None:
    versions = [version(snapshots, tmp_path, text) for text in ("one", "two", "three")]
    for one in versions:
        snapshots.note_good("s", one, 2)
    snapshots.note_good("s", versions[1], 2)
    assert [v.rows for v in snapshots.read("s").good] == ["two.parquet", "three.parquet"]
    assert snapshots.prune() == 2
    assert {p.name for p in snapshots.rows.iterdir()} == {"two.parquet", "three.parquet"}
    assert len(list((snapshots.folder / "objects").iterdir())) == 2


def test_what_was_fetched_last_is_kept_though_it_was_never_good(snapshots: Snapshots, tmp_path: Path) -> None:
    digest = version(snapshots, tmp_path, "bad").files["in/a.csv"]
    snapshots.write("s", Ledger((), {"a.csv": Fetched("http://x/", digest, 3, "2026-01-01T00:00:00+00:00")}))
    snapshots.note_stale("s", "It is bad.")
    assert snapshots.prune() == 1
    assert snapshots.is_intact(digest)
    assert snapshots.read("s").why_stale == "It is bad."


@pytest.mark.parametrize("text", ["", "{", "[]", '{"good": [{}], "fetched": {}}'])
def test_a_torn_ledger_is_an_empty_one(snapshots: Snapshots, text: str) -> None:
    snapshots.folder.mkdir()
    (snapshots.folder / "s.json").write_text(text)
    assert snapshots.read("s") == Ledger()


def test_what_a_killed_run_left_is_deleted(snapshots: Snapshots, tmp_path: Path) -> None:
    snapshots.new_file().with_name(".new-1").write_text("half")
    snapshots.note_good("s", version(snapshots, tmp_path, "one"), 3)
    assert snapshots.prune() == 1
    assert len(list((snapshots.folder / "objects").iterdir())) == 1
