"""What every measurement needs: the machine in a line, the time one thing takes, memory of a process of its own."""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import shapely

_PLACING = ("duckdb", "geopandas", "shapely", "sedonadb", "numpy")
_STATUS = Path("/proc/self/status")


def machine(*packages: str) -> str:
    """Return what the figures were taken on, with the versions of the packages (those that place, by default)."""
    known = []
    for package in packages or _PLACING:
        try:
            known.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            known.append(f"no {package}")
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"GEOS {shapely.geos_version_string}, {', '.join(known)}; load {load}"
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds of one run."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def peak_gb() -> float:
    """Return the most memory that this process has held so far, GB."""
    # Not ru_maxrss where it can be helped: a process begins with that of the one that started it.
    if _STATUS.exists():
        [line] = [line for line in _STATUS.read_text("utf-8").splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024 / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def forget_peak() -> None:
    """Let ``peak_gb`` begin anew with what is held now, where the system can; elsewhere it stays that of all so far."""
    forget = _STATUS.with_name("clear_refs")
    if forget.exists():
        forget.write_text("5")


def said_alone(module: str, arguments: Sequence[str]) -> list[float]:
    """Run a module in a process of its own and return the numbers of the last line it prints.

    Raises:
        CalledProcessError: it failed; what it said of that is on standard error.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return [float(word) for word in done.stdout.splitlines()[-1].split()]
