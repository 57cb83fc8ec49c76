"""Fetching by address, against a server on loopback that answers as badly as servers do."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flows.fetch import Limits, fetch
from flows.snapshots import Snapshots
from geo.errors import SourceError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime(2026, 1, 2, tzinfo=UTC)
LIMITS = Limits(bytes=1_000_000, seconds=5, silence_s=1, pause_s=0.01)
BODY = b"area_code,population\nA1,5\n"


@dataclass
class Web:
    """A server that gives prepared answers, one a request, the last again and again."""

    url: str
    answers: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        web.asked.append({k.lower(): v for k, v in self.headers.items()})
        answer = web.answers.pop(0) if len(web.answers) > 1 else web.answers[0]
        if answer == "conditional" and self.headers.get("If-None-Match") == '"one"':
            self._start(304, 0)
        elif answer in {"200", "conditional"}:
            self._start(200, len(BODY))
            self.wfile.write(BODY)
        elif answer == "truncated":
            self._start(200, len(BODY))
            self.wfile.write(BODY[:10])
        elif answer == "slow":
            self._start(200, len(BODY))
            for byte in BODY:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
        elif answer == "silent":
            time.sleep(0.6)
        elif answer == "large":
            self._start(200, 2_000_000)
            self.wfile.write(b"x" * 2_000_000)
        elif answer == "elsewhere":
            self._start(302, 0, Location="file:///etc/passwd")
        else:
            self._start(int(answer), 0)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass

    def _start(self, status: int, length: int, **more: str) -> None:
        self.send_response(status)
        headers = {
            "Content-Length": str(length),
            "ETag": '"one"',
            "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
        }
        for name, value in (headers | more).items():
            self.send_header(name, value)
        self.end_headers()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        # Clients that hang up on the slow are what is tested.
        pass


@pytest.fixture
def web() -> Iterator[Web]:
    with _Quiet(("127.0.0.1", 0), _Handler) as server:
        made = Web(f"http://127.0.0.1:{server.server_address[1]}/a.csv?key=secret")
        server.web = made  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


@pytest.fixture
def snapshots(tmp_path: Path) -> Snapshots:
    return Snapshots(tmp_path / "snapshots")


def test_what_has_not_changed_is_not_fetched_again(web: Web, snapshots: Snapshots) -> None:
    web.answers = ["conditional"]
    first = fetch(snapshots, "s", web.url, None, LIMITS, NOW)
    assert snapshots.object(first.sha256).read_bytes() == BODY
    assert (first.bytes, first.etag, first.fetched_at) == (len(BODY), '"one"', NOW.isoformat())
    assert fetch(snapshots, "s", web.url, first, LIMITS, LATER) == first
    assert web.asked[1]["if-none-match"] == '"one"'
    assert web.asked[1]["if-modified-since"] == "Thu, 01 Jan 2026 00:00:00 GMT"


def test_the_same_bytes_once_more_keep_their_date(web: Web, snapshots: Snapshots) -> None:
    web.answers = ["200"]
    first = fetch(snapshots, "s", web.url, None, LIMITS, NOW)
    assert fetch(snapshots, "s", web.url, first, LIMITS, LATER) == first


@pytest.mark.parametrize("spoil", ["gone", "other bytes"])
def test_without_an_intact_copy_nothing_is_conditional(web: Web, snapshots: Snapshots, spoil: str) -> None:
    web.answers = ["conditional"]
    first = fetch(snapshots, "s", web.url, None, LIMITS, NOW)
    copy = snapshots.object(first.sha256)
    copy.unlink()
    if spoil == "other bytes":
        copy.write_bytes(b"x")
    again = fetch(snapshots, "s", web.url, first, LIMITS, LATER)
    assert "if-none-match" not in web.asked[1]
    assert snapshots.is_intact(again.sha256)


@pytest.mark.parametrize("fault", ["500", "503", "429", "truncated", "silent"])
def test_a_fault_that_passes_is_tried_again(web: Web, snapshots: Snapshots, fault: str) -> None:
    web.answers = [fault, "200"]
    limits = Limits(bytes=1_000_000, seconds=5, silence_s=0.3, pause_s=0.01)
    got = fetch(snapshots, "s", web.url, None, limits, NOW)
    assert snapshots.object(got.sha256).read_bytes() == BODY
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    ("fault", "tries", "said"),
    [
        ("500", 4, "the server answers 500 Internal Server Error"),
        ("truncated", 4, "peer closed connection"),
        ("404", 1, "the server answers 404 Not Found"),
        ("304", 1, "the server answers 304 Not Modified"),
        ("large", 1, "larger than the 1 MB that download_limit_mb allows"),
        ("elsewhere", 1, "unsupported protocol|file"),
    ],
)
def test_a_fault_that_stays_is_told(
    web: Web, snapshots: Snapshots, fault: str, tries: int, said: str
) -> None:
    web.answers = [fault]
    with pytest.raises(
        SourceError, match=f"Source 's': 'http://127.0.0.1.*/a.csv' cannot be fetched: .*(?:{said})"
    ):
        fetch(snapshots, "s", web.url, None, LIMITS, NOW)
    assert len(web.asked) == tries
    assert (
        not list((snapshots.folder / "objects").glob("*"))
        if (snapshots.folder / "objects").exists()
        else True
    )
    assert not list(snapshots.folder.rglob(".new*"))


def test_one_that_drips_is_given_up(web: Web, snapshots: Snapshots) -> None:
    web.answers = ["slow"]
    began = time.monotonic()
    with pytest.raises(SourceError, match="takes longer than the 0 s that download_timeout_s allows"):
        fetch(snapshots, "s", web.url, None, Limits(1e6, seconds=0.3, silence_s=1, pause_s=0.01), NOW)
    assert time.monotonic() - began < 1.5


def test_nobody_there_is_told(snapshots: Snapshots) -> None:
    with pytest.raises(SourceError, match="cannot be fetched"):
        fetch(snapshots, "s", "http://127.0.0.1:9/a.csv", None, LIMITS, NOW)
