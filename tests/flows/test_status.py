import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flows.status import SourceAge, State, Status, read_status, write_status
from flows.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "region")
    store.prepare()
    partial = store.start("b1")
    (partial / "site").mkdir()
    store.publish(partial)
    return store


def status(state: State) -> Status:
    ages = [
        SourceAge("a", "</script><b>", date(2025, 12, 1), None, 31),
        SourceAge("b", "B", None, None, None, is_stale=True),
    ]
    at = datetime(2026, 1, 1, 2, 30, tzinfo=UTC)
    return Status(state, at, "'/secret/place/x.csv' is cut off", "region", "b1", ages)


@pytest.mark.parametrize(
    ("state", "code"), [("published", 0), ("nothing changed", 0), ("failed", 1), ("refused", 3)]
)
def test_file_and_exit_code_agree(store: Store, state: State, code: int) -> None:
    write_status(store, status(state))
    written = read_status(store)
    assert written is not None
    assert (written["state"], written["exit_code"], status(state).exit_code) == (state, code, code)
    assert written["message"] == "'/secret/place/x.csv' is cut off"
    assert written["at"] == "2026-01-01T02:30:00+00:00"


def test_pages_get_the_ages_but_not_the_operator_s_message(store: Store) -> None:
    write_status(store, status("failed"))
    script = (store.current / "site" / "status.js").read_text()
    assert script == (store.folder / "status.js").read_text()
    assert "secret" not in script
    assert "</script>" not in script
    given = json.loads(script.removeprefix("window.placelineStatus = ").rstrip(";\n"))
    assert given["sources"] == [
        {
            "source": "a",
            "title": "</script><b>",
            "fetched_on": "2025-12-01",
            "period_end": None,
            "age_days": 31,
            "is_stale": False,
        },
        {
            "source": "b",
            "title": "B",
            "fetched_on": None,
            "period_end": None,
            "age_days": None,
            "is_stale": True,
        },
    ]


def test_before_the_first_night_there_is_none(tmp_path: Path) -> None:
    assert read_status(Store(tmp_path)) is None
