"""A server, a served nightly flow, and scheduled runs that exist: a dependency once broke that in silence."""

import json
import subprocess
import time
import urllib.request
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


def test_serving_schedules_one_run_a_night_in_london_time(environment: dict[str, str], tiny: Path) -> None:
    api = environment["PREFECT_API_URL"]
    served = subprocess.Popen(
        [str(PLACELINE), "serve", str(tiny)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
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
        served.wait(timeout=60)
