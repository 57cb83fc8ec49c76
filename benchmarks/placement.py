"""Placement of national points: time, processor time and memory of each contender, in turn.

    python -m benchmarks.placement FOLDER [--level districts] [--runs 5] [--only NAME --memory]

FOLDER is the sample of national size. Each round runs everyone once, so that a busy machine slows all alike.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from benchmarks.contenders import CONTENDERS, Inputs, answer
from benchmarks.measure import machine, peak_gb, said_alone, timed

LEVELS = {"districts": "LAD24CD", "small_areas": "LSOA21CD"}
# DuckDB's own join takes many minutes for all points; its time grows with their number.
_SMALLER = {"DuckDB ST_Contains": 1000}
# No place is farther from the origin than this, metres; what is has a generator's fault.
_FARTHEST_M = 2_000_000.0


def read_inputs(data: Path, level: str, folder: Path) -> Inputs:
    """Read points as columns and areas as shapes."""
    areas = gpd.read_parquet(data / f"{level}.parquet")
    sane = np.abs(areas.bounds.to_numpy()).max(axis=1) < _FARTHEST_M
    if not sane.all():
        print(f"left out, farther than {_FARTHEST_M:,.0f} m: {areas[LEVELS[level]][~sane].tolist()}")
    names = ["location_easting_osgr", "location_northing_osgr"]
    table = pq.read_table(data / "collisions.parquet", columns=names).drop_null()
    x, y = (table[name].to_numpy().astype(np.float64) for name in names)
    points = pa.table({"id": np.arange(len(x)), "x": x, "y": y})
    return Inputs(points, pa.array(areas[LEVELS[level]][sane]), areas.geometry.to_numpy()[sane], folder)


def smaller(inputs: Inputs, share: int) -> Inputs:
    """Return every `share`-th point, with all areas."""
    points = inputs.points.take(pa.array(np.arange(0, len(inputs.points), share)))
    return Inputs(points, inputs.codes, inputs.shapes, inputs.folder)


def measure(name: str, inputs: Inputs) -> tuple[float, float]:
    """Return wall and processor seconds of one run; where it is too slow, extended from two smaller runs.

    A line through two sizes, so that what does not grow with the points is not multiplied.
    """
    if name not in _SMALLER:
        return _once(name, inputs)
    share = _SMALLER[name]
    few, more = smaller(inputs, 4 * share), smaller(inputs, share)
    at_few, at_more = _once(name, few), _once(name, more)
    reach = (len(inputs.points) - len(few.points)) / (len(more.points) - len(few.points))
    wall, processor = (low + (high - low) * reach for low, high in zip(at_few, at_more, strict=True))
    return wall, processor


def _once(name: str, inputs: Inputs) -> tuple[float, float]:
    return timed(lambda: CONTENDERS[name](inputs))


def compare(inputs: Inputs) -> None:
    """Print how many points the exact contenders place differently."""
    one, other = (
        answer(CONTENDERS["ours, cover built"](inputs)),
        answer(CONTENDERS["GeoPandas sjoin"](inputs)),
    )
    same = len(one[0]) == len(other[0]) and bool((one[0] == other[0]).all() and (one[1] == other[1]).all())
    print(f"ours and GeoPandas place {len(one[0]):,} and {len(other[0]):,} points; the same rows: {same}")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="Placement side by side")
    parser.add_argument("data", type=Path)
    parser.add_argument("--level", choices=LEVELS, default="districts")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", action="append", choices=CONTENDERS)
    parser.add_argument("--memory", action="store_true", help="run once and print the peak, GB")
    parser.add_argument("--folder", type=Path, help="where the cover is kept")
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="placement-"))
    inputs = read_inputs(given.data, given.level, folder)
    names = given.only or list(CONTENDERS)
    if given.memory:
        measure(names[0], inputs)
        print(peak_gb())
        return
    vertices = int(shapely.get_num_coordinates(inputs.shapes).sum())
    print(machine())
    print(
        f"{len(inputs.points):,} points, {len(inputs.shapes):,} areas, {vertices:,} vertices, {given.runs} runs"
    )
    if not given.only:
        compare(inputs)
    measure("ours, cover kept", inputs)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for _ in range(given.runs):
        for name in names:
            taken[name].append(measure(name, inputs))
            print(f"{name}: {taken[name][-1][0]:.1f} s", file=sys.stderr, flush=True)
    arguments = [str(given.data), "--level", given.level, "--folder", str(folder)]
    print("| | wall s | (least to most) | processor s | peak GB |\n|---|---:|---:|---:|---:|")
    for name in names:
        wall, processor = zip(*taken[name], strict=True)
        [peak] = said_alone("benchmarks.placement", [*arguments, "--only", name, "--memory"])
        print(
            f"| {name} | {statistics.median(wall):.1f} | {min(wall):.1f} to {max(wall):.1f} "
            f"| {statistics.median(processor):.1f} | {peak:.2f} |",
            flush=True,
        )
    print(machine())


if __name__ == "__main__":
    main()
