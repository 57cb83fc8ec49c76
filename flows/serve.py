"""The nightly flow as a deployment: for a small site, one process that schedules and runs."""

from pathlib import Path

from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.schedules import Cron

from flows.nightly import nightly


def serve_nightly(configs: list[Path], data: Path | None, home: Path, cron: str) -> None:
    """Serve the nightly flow until stopped: Europe/London time, a second run at a time is cancelled."""
    nightly.serve(
        name="nightly",
        schedule=Cron(cron, timezone="Europe/London", slug="nightly"),
        parameters={
            "configs": [str(c) for c in configs],
            "data": str(data) if data else None,
            "home": str(home),
        },
        global_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        # Otherwise a restart would leave the schedule off.
        pause_on_shutdown=False,
        print_starting_message=True,
    )
