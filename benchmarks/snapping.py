"""Snapping of national points to links: time, processor time and memory of each contender, in turn.

    python -m benchmarks.snapping FOLDER [--runs 5] [--size 1] [--only NAME --memory]

FOLDER is the sample of national size. Each round runs everyone once, so that a busy machine slows all alike.
Ours runs in a build file with DuckDB's memory limited to 3 GB; the others have no limit.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.measure import machine, peak_gb
from benchmarks.snapping_contenders import CONTENDERS, answer, ours_whole
from benchmarks.snapping_inputs import Inputs, write_inputs

# These take minutes for all points; their time grows with the number of points, and links are read once.
_SMALLER = {"SedonaDB ST_KNN": 40, "shapely query_nearest": 40}
# Below it everyone runs in full.
_FEW = 1_000_000
# Ours is rounded to the micrometre.
_SAME_M = 1.5e-6


def measure(name: str, inputs: Inputs) -> tuple[float, float]:
    """Return wall and processor seconds of one run; where it is too slow, extended along a line through two."""
    if name not in _SMALLER or inputs.count() < _FEW:
        return _once(name, inputs)
    few, more = (replace(inputs, take_every=k * _SMALLER[name]) for k in (4, 1))
    reach = (inputs.count() - few.count()) / (more.count() - few.count())
    at_few, at_more = _once(name, few), _once(name, more)
    wall, processor = (low + (high - low) * reach for low, high in zip(at_few, at_more, strict=True))
    return wall, processor


def _once(name: str, inputs: Inputs) -> tuple[float, float]:
    wall, processor = time.perf_counter(), time.process_time()
    con = CONTENDERS[name](inputs)
    taken = time.perf_counter() - wall, time.process_time() - processor
    con.close()
    return taken


def peak_of(name: str, arguments: list[str]) -> float:
    """Return the peak memory of a process that runs one contender once, on all points."""
    command = [sys.executable, "-m", "benchmarks.snapping", *arguments, "--only", name, "--memory"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return float(done.stdout.split()[-1])


def _peak(name: str, arguments: list[str]) -> str:
    try:
        return f"{peak_of(name, arguments):.2f}"
    except subprocess.CalledProcessError:
        # The reason is on standard error; the other rows are still wanted.
        return "failed"


def available() -> list[str]:
    """Return the contenders whose package is installed."""
    try:
        import sedonadb  # noqa: F401
    except ModuleNotFoundError:
        print("SedonaDB is not installed")
        return [name for name in CONTENDERS if not name.startswith("SedonaDB")]
    return list(CONTENDERS)


def compare(inputs: Inputs, names: list[str]) -> bool:
    """Print whether everyone finds the same points at the same nearest distance; return it."""
    answers = {}
    for name in names:
        with CONTENDERS[name](inputs) as con:
            answers[name] = answer(con)
    first = answers[names[0]]
    all_agree = True
    for name in names[1:]:
        other = answers[name]
        same_points = first["id"].equals(other["id"])
        apart = (
            np.abs(first["distance_m"].to_numpy() - other["distance_m"].to_numpy()) if same_points else np.inf
        )
        links = int((first["link"].to_numpy() != other["link"].to_numpy()).sum()) if same_points else -1
        agrees = same_points and bool(np.max(apart, initial=0) <= _SAME_M)
        all_agree &= agrees
        print(
            f"{names[0]} and {name}: {len(first):,} and {len(other):,} points, "
            f"the same distances: {agrees}, another of equals: {links:,}"
        )
    return all_agree


def other_than_nearest(inputs: Inputs) -> tuple[int, int]:
    """Return how many points have a link, and how many of them another than the plainly nearest."""
    with ours_whole(inputs) as con:
        found = con.execute(
            "SELECT count(link_id), count(*) FILTER (link_id <> nearest_link_id) FROM core.incident_link"
        ).fetchone()
    return found or (0, 0)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="Snapping side by side")
    parser.add_argument("data", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--size", type=float, default=1.0, help="times the sample")
    parser.add_argument("--only", action="append", choices=CONTENDERS)
    parser.add_argument("--memory", action="store_true", help="run once and print the peak, GB")
    parser.add_argument("--folder", type=Path, help="where inputs were written before")
    given = parser.parse_args()
    if given.memory:
        inputs = Inputs(given.folder / "points.parquet", given.folder / "links.parquet", given.folder)
        _once(given.only[0], inputs)
        print(peak_gb())
        return
    with tempfile.TemporaryDirectory(prefix="snapping-") as folder:
        inputs = write_inputs(given.data, Path(folder), given.size)
        names = given.only or available()
        print(machine())
        print(f"{inputs.count():,} points, {inputs.count(of_links=True):,} links, {given.runs} runs")
        few = replace(inputs, take_every=20 if inputs.count() > _FEW else 1)
        compare(few, names)
        snapped, other = other_than_nearest(inputs)
        print(f"of {snapped:,} points with a link, {other:,} have another than the plainly nearest")
        report(inputs, names, given.runs)
        print(machine())


def report(inputs: Inputs, names: list[str], runs: int) -> None:
    """Measure in rounds and print the table."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            taken[name].append(measure(name, inputs))
            print(f"{name}: {taken[name][-1][0]:.1f} s", file=sys.stderr, flush=True)
    arguments = [str(inputs.folder), "--folder", str(inputs.folder)]
    print("| | wall s | (least to most) | processor s | peak GB |\n|---|---:|---:|---:|---:|")
    for name in names:
        wall, processor = zip(*taken[name], strict=True)
        extended = name in _SMALLER and inputs.count() >= _FEW
        peak = "not run" if extended else _peak(name, arguments)
        print(
            f"| {name}{', extended' if extended else ''} | {statistics.median(wall):.1f} "
            f"| {min(wall):.1f} to {max(wall):.1f} | {statistics.median(processor):.1f} | {peak} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
