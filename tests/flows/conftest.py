"""One Prefect server for all flow tests, and a command line that talks to it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Night:
    """A night of the tiny region: its folder (``tiny/`` and ``out/``), what was printed, and how long it took."""

    folder: Path
    result: "subprocess.CompletedProcess[str]"
    seconds: float


def environment_in(folder: Path, prefect_server: dict[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PLACELINE_", "SOURCE_DATE"))}
    home = folder / "empty-home"
    home.mkdir()
    return {**kept, **prefect_server, "HOME": str(home), "PLACELINE_HOME": str(folder / "out")}


def run_placeline(environment: dict[str, str], *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(PLACELINE), *map(str, words)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="session")
def first_night(prefect_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The first night of the tiny region, run once for all tests that go on from it."""
    folder = tmp_path_factory.mktemp("first-night")
    environment, region = environment_in(folder, prefect_server), write_tiny_region(folder / "tiny")
    began = time.monotonic()
    result = run_placeline(environment, "run", region)
    return Night(folder, result, time.monotonic() - began)


@pytest.fixture
def published(first_night: Night, tmp_path: Path) -> Path:
    """The region file of the tiny region, the first night of which is published in `out`: a copy of one's own."""
    assert first_night.result.returncode == 0, first_night.result.stderr
    for name in ("tiny", "out"):
        shutil.copytree(first_night.folder / name, tmp_path / name, symlinks=True)
    return tmp_path / "tiny" / "tiny.toml"


@pytest.fixture
def environment(prefect_server: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment of a command-line run: an empty HOME, an output root of its own."""
    return environment_in(tmp_path, prefect_server)


@pytest.fixture
def placeline(environment: dict[str, str]) -> Run:
    """Run the command line as a user does; returns what it printed and its exit code."""
    return lambda *words, **more: run_placeline({**environment, **more}, *words)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The region file of the tiny region."""
    return write_tiny_region(tmp_path / "tiny")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the tiny region's releases go."""
    return tmp_path / "out" / "tiny"
