"""A server, a served nightly flow, and scheduled runs that exist: a dependency once broke that in silence."""

import json
import re
import socket
import subprocess
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.flows.conftest import PLACELINE

pytestmark = pytest.mark.slow


def ask(api: str, path: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - loopback only
        f"{api}/{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - loopback only
        return json.load(answer)


def is_listening(port: int) -> bool:
    with closing(socket.socket()) as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("configured", [True, False], ids=["given server", "own server"])
def test_serving_schedules_one_run_a_night_in_london_time(
    environment: dict[str, str], tiny: Path, *, configured: bool
) -> None:
    if not configured:
        del environment["PREFECT_API_URL"], environment["PREFECT_HOME"]
    served = subprocess.Popen(
        [str(PLACELINE), "serve", str(tiny)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert served.stdout is not None
        said = re.match(r"Scheduling through (\S+);", served.stdout.readline())
        assert said is not None
        api = said[1]
        assert (api == environment.get("PREFECT_API_URL")) == configured
        runs: list[dict[str, Any]] = []
        deadline = time.monotonic() + 90
        while len(runs) < 3 and time.monotonic() < deadline:
            time.sleep(1)
            wanted = {
                "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
                "sort": "EXPECTED_START_TIME_ASC",
            }
            runs = ask(api, "flow_runs/filter", wanted)
        assert len(runs) >= 3
        assert all(run["parameters"]["configs"] == [str(tiny)] for run in runs)
        days = [run["expected_start_time"][:10] for run in runs]
        assert len(set(days)) == len(days)
        [deployment] = ask(api, "deployments/filter", {"deployments": {"name": {"any_": ["nightly"]}}})
        schedule = deployment["schedules"][0]["schedule"]
        assert (schedule["cron"], schedule["timezone"]) == ("30 2 * * *", "Europe/London")
        assert deployment["global_concurrency_limit"]["limit"] == 1
        assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    finally:
        served.terminate()
        served.communicate(timeout=60)


def test_a_server_of_its_own_ends_with_serve_however_that_ends(
    environment: dict[str, str], tiny: Path
) -> None:
    del environment["PREFECT_API_URL"], environment["PREFECT_HOME"]
    served = subprocess.Popen(
        [str(PLACELINE), "serve", str(tiny)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert served.stdout is not None
    said = re.match(r"Scheduling through (\S+)/api;", served.stdout.readline())
    assert said is not None
    served.kill()
    served.communicate()
    port, deadline = int(said[1].rpartition(":")[2]), time.monotonic() + 30
    while is_listening(port):
        assert time.monotonic() < deadline, "the server outlives serve"
        time.sleep(0.5)
