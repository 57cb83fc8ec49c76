"""Prefect's settings, made before it is imported: everything local, nothing told to anyone."""

import os
from pathlib import Path

HOME_VARIABLE = "PLACELINE_HOME"
DATA_VARIABLE = "PLACELINE_DATA"
NOTIFY_VARIABLE = "PLACELINE_NOTIFY"


def default_home() -> Path:
    """Return the output root: $PLACELINE_HOME, or ./var."""
    return Path(os.environ.get(HOME_VARIABLE) or "var")


def prepare_prefect(home: Path, *, verbose: bool = False) -> None:
    """Point Prefect at a home of its own below the output root, and turn its telemetry off.

    What the operator has set already (an API URL, a PostgreSQL database, a log level) is left as it is.
    """
    prefect_home = (home / "prefect").absolute()
    prefect_home.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # Its database is migrated on first use, which on a cold machine takes longer than the 20 s default.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # Prefect logs each failure with its traceback, twice; the paragraph we print says it once.
        "PREFECT_LOGGING_LEVEL": "INFO" if verbose else "CRITICAL",
    }
    for name, value in settings.items():
        os.environ.setdefault(name, value)
