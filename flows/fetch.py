"""Fetch a file by address into the snapshots: only if it has changed, in bounds of time and size."""

import random
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx

from flows.snapshots import Fetched, Snapshots
from geo.errors import SourceError

_TRIES = 4
_MB = 1_000_000
# Too busy, or briefly away: the only answers that another try may change.
_MAY_PASS = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Limits:
    """Bounds of one download: bytes as unpacked, seconds for all of it, seconds of silence, and the first pause."""

    bytes: float
    seconds: float
    silence_s: float = 30.0
    pause_s: float = 2.0


class _TryAgain(Exception):  # noqa: N818 - reads as what to do
    """A fault that may pass."""


class _Refused(Exception):  # noqa: N818 - reads as what happened
    """An answer that another try would not change."""


def fetch(
    snapshots: Snapshots, source: str, url: str, last: Fetched | None, limits: Limits, now: datetime
) -> Fetched:
    """Return what the address holds now, its bytes in the snapshots; the last answer where it has not changed.

    A fault that may pass is tried again, four times in all, after pauses that double and differ by chance, so
    that many sites do not come back at the same second.

    Args:
        snapshots: where the bytes go.
        source: id of the source, for messages.
        url: the address, http or https.
        last: what was fetched last; None fetches whatever is there.
        limits: bounds of time and size.
        now: the time of the run, UTC.

    Raises:
        SourceError: it could not be fetched; says why.
    """
    known = last if last and last.url == url and snapshots.is_intact(last.sha256) else None
    deadline = time.monotonic() + limits.seconds
    why = ""
    with httpx.Client(timeout=limits.silence_s, follow_redirects=True, max_redirects=5) as client:
        for attempt in range(_TRIES):
            try:
                return _once(client, snapshots, url, known, limits, deadline, now)
            except (_Refused, httpx.UnsupportedProtocol) as error:
                raise _cannot(source, url, str(error)) from error
            except (_TryAgain, httpx.TransportError) as error:
                why = str(error) or type(error).__name__
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise _cannot(source, url, str(error)) from error
            pause = limits.pause_s * 2**attempt * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
            if attempt + 1 == _TRIES or time.monotonic() + pause > deadline:
                break
            time.sleep(pause)
    raise _cannot(source, url, why)


def _once(
    client: httpx.Client,
    snapshots: Snapshots,
    url: str,
    known: Fetched | None,
    limits: Limits,
    deadline: float,
    now: datetime,
) -> Fetched:
    with client.stream("GET", url, headers=_conditions(known)) as answer:
        if url.startswith("https:") and any(r.url.scheme != "https" for r in (*answer.history, answer)):
            raise _Refused("it leads from https to http")
        if answer.status_code == httpx.codes.NOT_MODIFIED and known:
            return known
        if answer.status_code in _MAY_PASS:
            raise _TryAgain(f"the server answers {answer.status_code} {answer.reason_phrase}")
        if answer.status_code != httpx.codes.OK:
            raise _Refused(f"the server answers {answer.status_code} {answer.reason_phrase}")
        fresh = snapshots.new_file()
        try:
            size = _write(answer, fresh, limits, deadline)
            digest = snapshots.adopt(fresh)
        finally:
            fresh.unlink(missing_ok=True)
        fetched_at = known.fetched_at if known and known.sha256 == digest else now.isoformat()
        headers = answer.headers
        return Fetched(url, digest, size, fetched_at, headers.get("etag"), headers.get("last-modified"))


def _conditions(known: Fetched | None) -> dict[str, str]:
    given = {"Accept-Encoding": "identity", "User-Agent": "placeline"}
    if known and known.etag:
        given["If-None-Match"] = known.etag
    if known and known.last_modified:
        given["If-Modified-Since"] = known.last_modified
    return given


def _write(answer: httpx.Response, path: Path, limits: Limits, deadline: float) -> int:
    size = 0
    with path.open("wb") as file:
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > limits.bytes:
                raise _Refused(
                    f"it is larger than the {limits.bytes / _MB:,.0f} MB that download_limit_mb allows"
                )
            if time.monotonic() > deadline:
                raise _Refused(
                    f"it takes longer than the {limits.seconds:,.0f} s that download_timeout_s allows"
                )
            file.write(chunk)
    if not size:
        raise _TryAgain("the answer is empty")
    return size


def _cannot(source: str, url: str, why: str) -> SourceError:
    # Without what follows a question mark: it may hold a key.
    return SourceError(f"Source '{source}': '{url.partition('?')[0]}' cannot be fetched: {why}.")
