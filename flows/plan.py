"""What a night is to do: which region, from which data, into which store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flows.changes import Inputs, inputs_now, read_inputs
from flows.store import Store
from geo.clock import now
from geo.region import Region, combine, read_region

INPUTS_FILE = "inputs.json"


@dataclass(frozen=True)
class Plan:
    """One night's work, decided before anything runs."""

    region: Region
    data: Path
    store: Store
    now: datetime

    def inputs(self) -> Inputs:
        """Return the state of all inputs now."""
        return inputs_now(self.region, self.data, self.last_inputs(), self.now, self.store.snapshots)

    def last_inputs(self) -> Inputs | None:
        """Return the inputs of the release that is up; none before the first."""
        up = self.store.current_release()
        return read_inputs(up / INPUTS_FILE) if up else None


def make_plan(configs: Sequence[Path], data: Path | None, home: Path) -> Plan:
    """Read the region files and decide where from and where to.

    Without a data root, paths in a region file are below the folder it stands in.

    Raises:
        RegionError: a region file is wrong, or several cannot be combined.
    """
    region = combine([read_region(path) for path in configs])
    return Plan(
        region=region,
        data=(data or configs[0].parent).absolute(),
        store=Store((home / (region.output or region.name)).absolute()),
        now=now(),
    )
