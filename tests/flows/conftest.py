"""One Prefect server for all flow tests, and a command line that talks to it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.tiny import write_tiny_region

Run = Callable[..., "subprocess.CompletedProcess[str]"]
PLACELINE = Path(sys.executable).with_name("placeline")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def wait_for(url: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - loopback only
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a Prefect server on loopback; yields the settings that make a process use it."""
    home, port = tmp_path_factory.mktemp("prefect"), free_port()
    settings = {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_UI_ENABLED": "false",
    }
    server = subprocess.Popen(
        [str(PLACELINE.with_name("prefect")), "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    api = f"http://127.0.0.1:{port}/api"
    try:
        wait_for(f"{api}/health", 120)
        yield {**settings, "PREFECT_API_URL": api}
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture
def environment(prefect_server: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a command-line run: an empty HOME, an output root of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PLACELINE_", "SOURCE_DATE"))}
    home = tmp_path / "empty-home"
    home.mkdir()
    return {**kept, **prefect_server, "HOME": str(home), "PLACELINE_HOME": str(tmp_path / "out")}


@pytest.fixture
def placeline(environment: dict[str, str]) -> Run:
    """Run the command line as a user does; returns what it printed and its exit code."""

    def run(*words: object, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(PLACELINE), *map(str, words)],
            env={**environment, **more},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The region file of the tiny region."""
    return write_tiny_region(tmp_path / "tiny")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the tiny region's releases go."""
    return tmp_path / "out" / "tiny"
