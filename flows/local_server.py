"""A Prefect server of our own, for where none is configured: the in-process one never schedules a run."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from geo.errors import PlacelineError

_DEFAULT_PORT = 4200
# Its database is migrated on first use.
_STARTS_WITHIN_S = 120
_DIES_WITH_PARENT = 1


@contextmanager
def server() -> Iterator[str]:
    """Give the address of the configured Prefect API, or start a server on loopback and end it with the block.

    Raises:
        PlacelineError: the server does not answer.
    """
    if configured := os.environ.get("PREFECT_API_URL"):
        yield configured
        return
    root = f"http://127.0.0.1:{_free_port()}"
    own = {"PREFECT_API_URL": f"{root}/api", "PREFECT_UI_API_URL": f"{root}/api", "PREFECT_UI_URL": root}
    os.environ.update(own)
    command = [str(Path(sys.executable).with_name("prefect")), "server", "start"]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter's prefect, and a port number
        [*command, "--host", "127.0.0.1", "--port", root.rpartition(":")[2]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Safe, as no thread of ours runs yet.
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
    )
    try:
        _wait(process, f"{root}/api/health")
        yield f"{root}/api"
    finally:
        process.terminate()
        process.wait(timeout=30)
        for name in own:
            os.environ.pop(name, None)


def _free_port() -> int:
    for port in (_DEFAULT_PORT, 0):
        with closing(socket.socket()) as attempt:
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(attempt.getsockname()[1])
    raise PlacelineError("No port is free on 127.0.0.1 for a Prefect server.")


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - loopback only
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise PlacelineError(
        "The Prefect server did not start. See what it says with: prefect server start. "
        "Or set PREFECT_API_URL to one that runs."
    )


def _die_with_parent() -> None:
    # Killed outright, serve could not end it; left behind, it would hold the database.
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGTERM)
