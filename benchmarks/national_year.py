"""A national year from CSV to placed at two levels and snapped, beside crossroads-uk, which does not snap.

    python -m benchmarks.national_year REGION_FILE [--runs 5] [--python PATH] [--only ours]

REGION_FILE is that of the sample of national size; the year's CSV lie beside it. PATH is the Python of an environment
with crossroads-uk. Each run is a process of its own and writes a DuckDB file; everyone takes turns, so that a busy
machine slows all alike. Time is taken from the first file opened to the last table written, without imports.

crossroads-uk reads boundaries as GeoJSON under the names of the newest ONS edition: the same polygons and codes are
written so, once, before any clock starts. The year's CSV are given to it as they are, and its own code is not touched.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd

from benchmarks.measure import machine
from flows.steps import prepare
from geo.readers.load import in_reading_order, load_source
from geo.region import Region, read_region
from geo.warehouse import connect
from queries.build import build_model
from queries.models import Model, build_order, load_models

_NETWORK = ("authorities", "districts", "roads")
_YEAR = ("collisions", "vehicles", "casualties")
# DfT's word for each of our kinds, as in its file names.
_DFT = {"collisions": "collision", "vehicles": "vehicle", "casualties": "casualty"}
_WANTED = (
    "core.link_piece",
    "core.incident_place",
    "core.incident_link",
    "staging.vehicle",
    "staging.casualty",
)
_BOTH = "ours, loading and cutting the links counted in"
_LOADED = "ours, network and borders loaded"
_THEIRS = "crossroads-uk"


def the_year(data: Path) -> dict[str, Path]:
    """Return the year's files by kind."""
    return {kind: data / f"{kind}_2023.csv" for kind in _YEAR}


def region_of_year(path: Path) -> Region:
    """Return the region with two levels, its roads and the year's three files, and nothing else."""
    given = read_region(path)
    kept = [s.model_dump(exclude_unset=True) for s in given.source if s.id in _NETWORK]
    rest = {"title": "The year", "publish": "rows", "licence": "CC0 1.0"}
    own: dict[str, dict[str, Any]] = {
        "collisions": {"recorded_level": given.authority_level},
        "vehicles": {"of": "collisions"},
        "casualties": {"of": "collisions"},
    }
    year = [
        {"id": kind, "kind": kind, "path": file.name} | rest | own[kind]
        for kind, file in the_year(path.parent).items()
    ]
    return Region.model_validate(given.model_dump(exclude={"source"}) | {"source": kept + year})


@dataclass
class Clock:
    """Wall and processor seconds of named stages, in the order they were taken."""

    stages: dict[str, tuple[float, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Take the time of what is done within."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.stages[name] = (time.perf_counter() - wall, time.process_time() - processor)


def parts(models: dict[str, Model]) -> tuple[list[Model], list[Model]]:
    """Return the models that placing and snapping need: those that stand before any incident is read, and the rest."""
    needed: set[str] = set()
    open_names = list(_WANTED)
    while open_names:
        name = open_names.pop()
        needed.add(name)
        open_names += [one for one in models[name].inputs if one in models and one not in needed]
    before, after = [], []
    of_year: set[str] = {
        f"raw.{k}" for k in ("collision", "vehicle", "casualty", "report", "satisfaction_response")
    }
    for model in build_order({name: models[name] for name in needed}):
        if model.inputs & of_year:
            of_year.add(model.name)
            after.append(model)
        else:
            before.append(model)
    return before, after


def ours(region: Region, data: Path, database: str) -> dict[str, Any]:
    """Read and build everything; return what the network took, what the year took, and the rows it gave."""
    before, after = parts(load_models())
    clocks = {"network": Clock(), "year": Clock()}
    con = connect(database)
    prepare(con, region)
    for part, models in (("network", before), ("year", after)):
        clock = clocks[part]
        for source in in_reading_order(region):
            if (source.id in _YEAR) == (part == "year"):
                with clock.stage(f"read {source.id}"):
                    load_source(con, source, region, data)
        for model in models:
            with clock.stage(model.name):
                build_model(con, model)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {
        "stages": {part: clock.stages for part, clock in clocks.items()},
        "peak_mb": peak,
        "rows": _rows(con),
    }


def _rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    counted = {
        "collisions": "SELECT count(*) FROM staging.collision",
        "vehicles": "SELECT count(*) FROM staging.vehicle",
        "casualties": "SELECT count(*) FROM staging.casualty",
        "districts": "SELECT count(area_code) FROM core.incident_place WHERE area_level = 'district'",
        "authorities": "SELECT count(area_code) FROM core.incident_place WHERE area_level = 'highway_authority'",
        "snapped": "SELECT count(link_id) FROM core.incident_link",
        "links": "SELECT count(*) FROM staging.link",
        "pieces": "SELECT count(*) FROM core.link_piece",
    }
    return {name: con.execute(sql).fetchall()[0][0] for name, sql in counted.items()}


def make_ready(region: Region, data: Path, python: str, folder: Path) -> dict[str, str]:
    """Write what crossroads-uk reads into `folder` / cache, and return the environment it is to run in."""
    cache = folder / "cache"
    cache.mkdir(parents=True)
    for kind, file in the_year(data).items():
        (cache / f"dft-road-casualty-statistics-{_DFT[kind]}-2023.csv").symlink_to(file.resolve())
    # Its DuckDB looks for extensions below the home folder.
    environment = os.environ | {"HOME": str(folder)}
    environment.pop("PYTHONPATH", None)
    named = json.loads(_run([python, str(_script()), "names"], environment))
    of_id = {s.id: s for s in region.source}
    for of, said in named.items():
        source: Any = of_id[of]
        _as_geojson(
            data / source.path[0],
            {source.code: said["code"], source.name: said["name"]},
            cache / said["file"],
        )
    return environment


def _as_geojson(path: Path, columns: dict[str, str], to: Path) -> None:
    areas = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    kept = areas[[*columns, areas.geometry.name]].rename(columns=columns)
    kept.to_file(to, driver="GeoJSON", COORDINATE_PRECISION=3)


def _script() -> Path:
    return Path(str(files("benchmarks").joinpath("crossroads_build.py")))


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


@dataclass(frozen=True)
class Taken:
    """What one run took: wall and processor seconds, and peak megabytes of its process."""

    wall_s: float
    processor_s: float
    peak_mb: float


def run_theirs(
    python: str, environment: dict[str, str], folder: Path
) -> tuple[dict[str, Taken], dict[str, int]]:
    """Run crossroads-uk once on files made ready; return what it took and the rows it gave."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        command = [python, str(_script()), "build", str(folder / "cache"), f"{made}/year.duckdb"]
        said = json.loads(_run(command, environment))
    return {_THEIRS: Taken(said["wall_s"], said["processor_s"], said["peak_mb"])}, said["rows"]


def run_ours(path: Path, folder: Path) -> tuple[dict[str, Taken], dict[str, Any]]:
    """Run ours once; return what it took with and without the network, and what it said."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        command = [
            sys.executable,
            "-m",
            "benchmarks.national_year",
            str(path),
            "--once",
            f"{made}/year.duckdb",
        ]
        said = json.loads(_run(command))
    wall, processor = (
        {part: sum(took[n] for took in stages.values()) for part, stages in said["stages"].items()}
        for n in (0, 1)
    )
    both = Taken(sum(wall.values()), sum(processor.values()), said["peak_mb"])
    return {_LOADED: Taken(wall["year"], processor["year"], said["peak_mb"]), _BOTH: both}, said


def show(taken: dict[str, list[Taken]]) -> None:
    """Print the table of medians, with ratios to crossroads-uk where that ran."""
    theirs = statistics.median(one.wall_s for one in taken[_THEIRS]) if _THEIRS in taken else None
    print(
        "| | wall s | (least to most) | processor s | peak MB | ratio of wall time |\n|---|---:|---:|---:|---:|---:|"
    )
    for name, runs in taken.items():
        wall = [one.wall_s for one in runs]
        ratio = f"{statistics.median(wall) / theirs:.2f}" if theirs else ""
        print(
            f"| {name} | {statistics.median(wall):.1f} | {min(wall):.1f} to {max(wall):.1f} "
            f"| {statistics.median(one.processor_s for one in runs):.1f} "
            f"| {statistics.median(one.peak_mb for one in runs):.0f} | {ratio} |"
        )


def show_stages(runs: list[dict[str, Any]]) -> None:
    """Print the median seconds of each of our stages."""
    print("\n| our stage | wall s | processor s |\n|---|---:|---:|")
    for part, stages in runs[0]["stages"].items():
        for name in stages:
            wall, processor = (
                statistics.median(run["stages"][part][name][n] for run in runs) for n in (0, 1)
            )
            print(f"| {part}: {name} | {wall:.2f} | {processor:.2f} |")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="A national year side by side with crossroads-uk")
    parser.add_argument("region", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--python", default=sys.executable, help="Python that has crossroads-uk")
    parser.add_argument("--only", choices=("ours", "theirs"))
    parser.add_argument("--once", metavar="DATABASE", help="run ours once in this process and print JSON")
    given = parser.parse_args()
    region, data = region_of_year(given.region), given.region.parent
    if given.once:
        print(json.dumps(ours(region, data, given.once)))
        return
    print(machine())
    taken: dict[str, list[Taken]] = {}
    said: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="year-") as made:
        folder = Path(made)
        turns: list[Callable[[], tuple[dict[str, Taken], dict[str, Any]]]] = []
        if given.only != "ours":
            environment = make_ready(region, data, given.python, folder)
            turns.append(lambda: run_theirs(given.python, environment, folder))
        if given.only != "theirs":
            turns.append(lambda: run_ours(given.region, folder))
        for n in range(given.runs):
            for turn in turns:
                took, gave = turn()
                for name, one in took.items():
                    taken.setdefault(name, []).append(one)
                    print(f"{name}: {one.wall_s:.1f} s", file=sys.stderr, flush=True)
                if n == 0:
                    print(f"{', '.join(took)}: {gave.get('rows', gave)}")
                if "stages" in gave:
                    said.append(gave)
    show(taken)
    if said:
        show_stages(said)
    print(machine())


if __name__ == "__main__":
    main()
