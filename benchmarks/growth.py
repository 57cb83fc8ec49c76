"""Growth: time of placement and of snapping at parts and at copies of the national sample, as a table and a plot.

    python -m benchmarks.growth FOLDER [--sizes 0.1 0.3 1 3] [--runs 1] [--draw docs/growth.svg]

A part is whole tiles of roads, and whole districts with their points, so that density stays. Copies lie side by
side: three times the points, links, polygons and land. DuckDB may use 3 GB for each sample's worth.
"""

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from benchmarks import contenders, placement, snapping
from benchmarks.measure import machine
from benchmarks.placement import LEVELS
from benchmarks.snapping_inputs import COPY_M, write_inputs

LEVEL = "districts"
_MEMORY_GB = 3.0
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Measured:
    """What was done to how much: median seconds by the clock and of processor time."""

    what: str
    size: float
    points: int
    wall: float
    processor: float


def placement_inputs(data: Path, size: float, folder: Path) -> contenders.Inputs:
    """Return points and districts at `size` times the sample; a part has whole districts."""
    if size >= 1:
        return _copied(placement.read_inputs(data, LEVEL, folder), max(round(size), 1))
    areas = gpd.read_parquet(data / f"{LEVEL}.parquet").sort_values(LEVELS[LEVEL])
    areas = areas[(np.arange(len(areas)) * _GOLDEN) % 1 < size]
    names = ["location_easting_osgr", "location_northing_osgr", "local_authority_ons_district"]
    table = pq.read_table(data / "collisions.parquet", columns=names).drop_null()
    is_there = np.isin(table[names[2]].to_numpy(), areas[LEVELS[LEVEL]].to_numpy())
    x, y = (table[name].to_numpy()[is_there].astype(np.float64) for name in names[:2])
    points = pa.table({"id": np.arange(len(x)), "x": x, "y": y})
    return contenders.Inputs(points, pa.array(areas[LEVELS[LEVEL]]), areas.geometry.to_numpy(), folder)


def _copied(inputs: contenders.Inputs, copies: int) -> contenders.Inputs:
    x, y = inputs.points["x"].to_numpy(), inputs.points["y"].to_numpy()
    shift = np.arange(copies) * float(COPY_M)
    points = pa.table(
        {"id": np.arange(len(x) * copies), "x": (x + shift[:, None]).ravel(), "y": np.tile(y, copies)}
    )
    shapes = [shapely.transform(inputs.shapes, lambda xy, by=by: xy + np.array([by, 0.0])) for by in shift]
    codes = [f"{code}-{copy}" for copy in range(copies) for code in inputs.codes.to_pylist()]
    return replace(inputs, points=points, codes=pa.array(codes), shapes=np.concatenate(shapes))


def measure_size(data: Path, size: float, runs: int) -> list[Measured]:
    """Measure placement and snapping at one size."""
    measured = []
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        folder = Path(name)
        given = placement_inputs(data, size, folder)
        taken = [placement.measure("ours, cover built", given) for _ in range(runs)]
        measured.append(_median("placement, cover built", size, len(given.points), taken))
        del given
        inputs = replace(write_inputs(data, folder, size), memory=f"{_MEMORY_GB * max(size, 1)}GB")
        for contender in ("ours, nearest only", "ours, whole"):
            taken = [snapping.measure(contender, inputs) for _ in range(runs)]
            what = f"snapping, {contender.removeprefix('ours, ')}"
            measured.append(_median(what, size, inputs.count(), taken))
    return measured


def _median(what: str, size: float, points: int, taken: Sequence[tuple[float, float]]) -> Measured:
    wall, processor = (statistics.median(one) for one in zip(*taken, strict=True))
    return Measured(what, size, points, wall, processor)


def slope(rows: Sequence[Measured]) -> float:
    """Return the power of the number of points that wall time grows with: 1 is linear."""
    return float(np.polyfit(np.log([r.points for r in rows]), np.log([r.wall for r in rows]), 1)[0])


def draw(rows: Sequence[Measured], file: Path) -> None:
    """Draw time against points on logarithmic scales, with a line of slope one through each whole sample."""
    import matplotlib as mpl

    mpl.use("svg")
    # Text stays text, and ids stay the same from one drawing to the next.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "placeline"})
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for marker, (what, of_it) in zip("osd^", _by_what(rows).items(), strict=False):
        points, wall = np.array([r.points for r in of_it]), np.array([r.wall for r in of_it])
        [line] = axes.plot(points, wall, marker=marker, label=f"{what} (power {slope(of_it):.2f})")
        at = int(np.argmin([abs(np.log(r.size)) for r in of_it]))
        axes.plot(points, wall[at] * points / points[at], "--", linewidth=0.8, color=line.get_color())
    axes.set(xscale="log", yscale="log", xlabel="points", ylabel="seconds")
    axes.set_title("Time against size; dashed: strictly linear")
    axes.legend()
    axes.grid(visible=True, which="both", linewidth=0.3)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def _by_what(rows: Sequence[Measured]) -> dict[str, list[Measured]]:
    return {what: [r for r in rows if r.what == what] for what in dict.fromkeys(r.what for r in rows)}


def main() -> None:
    """Measure, print a table and draw."""
    parser = argparse.ArgumentParser(description="Growth of time with size")
    parser.add_argument("data", type=Path)
    parser.add_argument("--sizes", type=float, nargs="+", default=[0.1, 0.3, 1.0, 3.0])
    parser.add_argument("--runs", type=int, default=1, help="rounds at each size")
    parser.add_argument("--draw", type=Path, help="SVG file to write")
    given = parser.parse_args()
    print(machine())
    rows: list[Measured] = []
    print("| | times the sample | points | wall s | processor s | wall s a million points |")
    print("|---|---:|---:|---:|---:|---:|")
    for size in given.sizes:
        for row in measure_size(given.data, size, given.runs):
            print(
                f"| {row.what} | {row.size:g} | {row.points:,} | {row.wall:.2f} | {row.processor:.2f} "
                f"| {row.wall / row.points * 1e6:.2f} |",
                flush=True,
            )
            rows.append(row)
    if len(given.sizes) > 1:
        for what, of_it in _by_what(rows).items():
            print(f"{what}: wall time grows with points to the power {slope(of_it):.2f}")
    if given.draw:
        draw(rows, given.draw)
    print(machine())


if __name__ == "__main__":
    main()
