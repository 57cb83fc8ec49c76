from pathlib import Path

import pytest

from flows.store import Store, StoreError, find_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "region")
    made.prepare()
    return made


def publish(store: Store, build_id: str) -> Path:
    partial = store.start(build_id)
    (partial / "file").write_text(build_id)
    return store.publish(partial)


def test_publishing_moves_the_link_and_keeps_the_old_release(store: Store) -> None:
    assert store.current_release() is None
    publish(store, "b1")
    publish(store, "b2")
    assert store.build_ids() == ["b1", "b2"]
    assert (store.current / "file").read_text() == "b2"
    assert store.current_release() == store.releases / "b2"


def test_an_unfinished_build_is_no_release_and_is_swept_away(store: Store) -> None:
    publish(store, "b1")
    partial = store.start("b2")
    assert store.build_ids() == ["b1"]
    assert (store.current / "file").read_text() == "b1"
    store.start("b3")
    assert not partial.exists()


def test_rollback_goes_to_the_one_before_or_the_one_named(store: Store) -> None:
    for build_id in ("b1", "b2", "b3"):
        publish(store, build_id)
    assert store.roll_back() == "b2"
    assert (store.current / "file").read_text() == "b2"
    assert store.roll_back("b1") == "b1"
    with pytest.raises(StoreError, match="no release before"):
        store.roll_back()
    with pytest.raises(StoreError, match=r"no release 'b9'\. There are: b1, b2, b3"):
        store.roll_back("b9")


def test_pruning_keeps_the_newest_and_never_deletes_the_current(store: Store) -> None:
    for n in range(1, 6):
        publish(store, f"b{n}")
    store.roll_back("b1")
    assert store.prune(2) == ["b2", "b3"]
    assert store.build_ids() == ["b1", "b4", "b5"]
    assert (store.current / "file").read_text() == "b1"


def test_a_second_run_is_told_who_holds_the_lock(store: Store) -> None:
    with store.one_at_a_time():
        other = Store(store.folder)
        with (
            pytest.raises(StoreError, match=r"Another run is at work .* \(process \d+\)"),
            other.one_at_a_time(),
        ):
            pass
    with store.one_at_a_time():
        pass


def test_the_folder_can_be_moved(store: Store, tmp_path: Path) -> None:
    publish(store, "b1")
    moved = store.folder.rename(tmp_path / "elsewhere")
    assert (moved / "current" / "file").read_text() == "b1"


def test_finding_a_region_s_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no release in .* yet"):
        find_store(tmp_path, None)
    for name in ("one", "two"):
        store = Store(tmp_path / name)
        store.prepare()
        publish(store, "b1")
    with pytest.raises(StoreError, match="several regions: one, two"):
        find_store(tmp_path, None)
    with pytest.raises(StoreError, match="no release of 'three'"):
        find_store(tmp_path, "three")
    assert find_store(tmp_path, "two").folder == tmp_path / "two"


def test_refused_builds_are_kept_for_the_operator_the_last_two(store: Store) -> None:
    publish(store, "b1")
    for build_id in ("b2", "b3", "b4"):
        partial = store.start(build_id)
        store.build_file.write_text(build_id)
        kept = store.keep_refused(partial, f"{build_id} is wrong.")
        assert (kept / "why.txt").read_text() == f"{build_id} is wrong.\n"
        assert (kept / "build.duckdb").read_text() == build_id
        assert not store.build_file.exists()
    assert {p.name for p in store.refused.iterdir()} == {"b3", "b4"}
    assert store.refused.stat().st_mode & 0o077 == 0
    assert store.build_ids() == ["b1"]
    assert (store.current / "file").read_text() == "b1"
