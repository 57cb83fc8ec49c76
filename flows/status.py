"""What became of the night, for people, monitors and pages: one small file beside the current release."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from flows.store import Store

State = Literal["published", "nothing changed", "refused", "failed"]

# Nothing changed is a good night; refused and failed differ for monitors: data to look at, or a fault to mend.
EXIT_CODES: dict[State, int] = {"published": 0, "nothing changed": 0, "failed": 1, "refused": 3}


@dataclass(frozen=True)
class SourceAge:
    """How old a source is: since it was fetched, or else since the last day it covers.

    `is_stale` is true where an older copy stands in for what could not be used.
    """

    source: str
    title: str
    fetched_on: date | None
    period_end: date | None
    age_days: int | None
    is_stale: bool = False


@dataclass(frozen=True)
class Status:
    """What became of the latest night, and which release is up."""

    state: State
    at: datetime
    message: str
    region: str
    build_id: str | None
    sources: list[SourceAge] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """Exit code of the command line for this state."""
        return EXIT_CODES[self.state]


def write_status(store: Store, status: Status) -> None:
    """Write status.json and status.js beside the current release, and status.js where its pages read it."""
    given = asdict(status) | {"exit_code": status.exit_code}
    text = json.dumps(given, indent=1, default=_iso, ensure_ascii=True)
    # Pages are public, messages are for the operator: they name files and folders.
    public = json.dumps({k: v for k, v in given.items() if k != "message"}, indent=1, default=_iso)
    script = f"window.placelineStatus = {_safe_in_script(public)};\n"
    _replace(store.folder / "status.json", text + "\n")
    _replace(store.folder / "status.js", script)
    up = store.current_release()
    if up is not None and (up / "site").is_dir():
        _replace(up / "site" / "status.js", script)


def read_status(store: Store) -> dict[str, object] | None:
    """Read status.json; none before the first night."""
    path = store.folder / "status.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a status")


def _safe_in_script(text: str) -> str:
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
