"""Time and memory of the network across borders: links cut into pieces, corridors, neighbours, what crosses.

    python -m benchmarks.network FOLDER [--runs 5] [--only core.link_piece] [--work FOLDER]

FOLDER is the sample of national size. Links and areas are put into a build file once, not measured; then each
model is built in a process of its own, as the nightly run builds it, so that its peak is its own.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.measure import machine, peak_gb, said_alone, timed
from flows.steps import prepare
from geo.readers.settings import set_variables
from geo.region import Region, read_region
from geo.sources import Areas, Roads
from geo.warehouse import connect, literal, quote
from queries.build import build_model, create_macros
from queries.models import load_models

MODELS = (
    "core.area_cover",
    "core.whole_cell",
    "core.link_piece",
    "core.area_border",
    "core.numbered_link",
    "core.numbered_piece",
    "core.corridor_piece",
    "core.corridor_section",
    "core.border_road",
    "core.border_junction",
    "core.border_crossing",
    "core.area_neighbour",
)


class Taken(NamedTuple):
    """What building one model took: wall and processor seconds, peak GB; and its rows."""

    wall: float
    processor: float
    peak: float
    rows: float

    @staticmethod
    def of_all(run: list["Taken"]) -> "Taken":
        """Return the sum of one run of every model; its peak is the highest."""
        wall, processor, peak, rows = zip(*run, strict=True)
        return Taken(sum(wall), sum(processor), max(peak), sum(rows))


_LINKS = """
INSERT INTO raw.link BY NAME
SELECT
    $source AS source, filename AS file, row_number() OVER () AS row, id AS link_id,
    CASE road_classification
        WHEN 'Motorway' THEN 'motorway' WHEN 'A Road' THEN 'a' WHEN 'B Road' THEN 'b'
        WHEN 'Classified Unnumbered' THEN 'c' ELSE 'unclassified'
    END AS road_class,
    road_classification_number AS road_number, name_1 AS road_name, form_of_way, trunk_road AS is_trunk,
    road_classification AS published_class, geometry AS geom
FROM read_parquet($path, filename = true)
"""


def load(data: Path, file: Path) -> None:
    """Put links and areas into a build file, and stage them."""
    [described] = data.glob("*.toml")
    region = read_region(described)
    with connect(file) as con:
        prepare(con, region)
        read_network(con, region, data)
        models = load_models()
        for name in ("staging.area", "staging.link"):
            print(f"{name}: {build_model(con, models[name]):,} rows", flush=True)


def read_network(con: duckdb.DuckDBPyConnection, region: Region, data: Path) -> None:
    """Read boundaries and links of the sample into the raw tables, by SQL: quicker than by the door, and not judged."""
    for source in region.source:
        given = {"source": source.id, "path": [str(data / path) for path in source.path]}
        if isinstance(source, Roads):
            con.execute(_LINKS, given)
        elif isinstance(source, Areas):
            con.execute(_areas(source), given)


def _areas(source: Areas) -> str:
    parent = quote(source.parent) if source.parent else "NULL"
    return f"""
    INSERT INTO raw.area BY NAME
    SELECT
        $source AS source, filename AS file, row_number() OVER () AS row, {literal(source.level)} AS area_level,
        {quote(str(source.code))} AS area_code, {quote(str(source.name))} AS area_name,
        {parent} AS parent_code, false AS is_context, geometry AS geom
    FROM read_parquet($path, filename = true)
    """


def build_alone(file: Path, name: str) -> None:
    """Build one model and print wall seconds, processor seconds, peak GB and rows."""
    with connect(file) as con:
        create_macros(con)
        set_variables(con)
        rows: list[int] = []
        wall, processor = timed(lambda: rows.append(build_model(con, load_models()[name])))
        con.execute("CHECKPOINT")
    print(wall, processor, peak_gb(), rows[0])


def report(file: Path, names: list[str], runs: int) -> None:
    """Build every model `runs` times, in turn, and print a table."""
    taken: dict[str, list[Taken]] = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            taken[name].append(Taken(*said_alone("benchmarks.network", [str(file), "--alone", name])))
            print(f"{name}: {taken[name][-1].wall:.1f} s", file=sys.stderr, flush=True)
    print("| | rows | wall s | (least to most) | processor s | peak GB |\n|---|---:|---:|---:|---:|---:|")
    for name, figures in taken.items():
        print(_row(name, f"{figures[0].rows:,.0f}", figures))
    whole = [[figures[n] for figures in taken.values()] for n in range(runs)]
    print(_row("all", "", [Taken.of_all(run) for run in whole]))


def _row(name: str, rows: str, figures: list[Taken]) -> str:
    wall = [one.wall for one in figures]
    processor = statistics.median(one.processor for one in figures)
    return (
        f"| {name} | {rows} | {statistics.median(wall):.1f} | {min(wall):.1f} to {max(wall):.1f} "
        f"| {processor:.1f} | {max(one.peak for one in figures):.2f} |"
    )


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="The network across borders")
    parser.add_argument("data", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", action="append", choices=MODELS)
    parser.add_argument("--work", type=Path, help="where the build file is kept; used again if it is there")
    parser.add_argument("--alone", choices=MODELS, help="build one model of the build file given as data")
    given = parser.parse_args()
    if given.alone:
        build_alone(given.data, given.alone)
        return
    with tempfile.TemporaryDirectory(prefix="network-") as folder:
        file = (given.work or Path(folder)) / "network.duckdb"
        if not file.is_file():
            load(given.data, file)
        print(machine("duckdb", "shapely", "numpy", "scipy", "pandas"))
        report(file, given.only or list(MODELS), given.runs)
        print(machine("duckdb", "shapely", "numpy", "scipy", "pandas"))


if __name__ == "__main__":
    main()
