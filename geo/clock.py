"""The time of a run; fixed where builds are to be compared byte by byte."""

import os
from datetime import UTC, datetime


def now() -> datetime:
    """Return the time to the second, UTC; $SOURCE_DATE_EPOCH (seconds since 1970) fixes it."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(fixed), UTC) if fixed else datetime.now(UTC).replace(microsecond=0)
