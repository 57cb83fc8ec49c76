"""Time and memory of what is worked out at national size: all outcomes, or what no single authority can see.

    python -m benchmarks.outcomes FOLDER [--part outcomes|across] [--runs 3] [--work FOLDER] [--memory 4GB]

FOLDER is the sample of national size. Everything that the part stands on (for outcomes: areas, incidents placed and on
their links, pieces, corridors, traffic; across borders: neighbours, crossings and all outcomes too) is put into a build
file once, not measured. Then every other model that it needs is built, one after another in a process of its own, as the
nightly run builds them. What the sample does not have is drawn: a casualty or
two for each collision, and counts of traffic on one numbered link in fifteen, since 2000.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.measure import forget_peak, machine, peak_gb, timed
from benchmarks.network import read_network
from flows.steps import prepare
from geo.readers.load import load_source
from geo.readers.settings import set_variables
from geo.region import Region, read_region
from geo.warehouse import connect
from queries.build import build_model, create_macros
from queries.models import Model, build_order, load_models

# What outcomes stand on; they and all that they need are built before any clock starts.
GIVEN = (
    "core.area_ancestor", "core.area_neighbour", "core.corridor_section", "core.count_stretch", "core.coverage",
    "core.exposure", "core.incident_authority", "core.incident_link", "core.incident_near_area", "core.incident_place",
    "core.incident_road", "core.incident_section", "core.link_traffic", "core.recorded_authority",
    "core.section_exposure", "core.travel_link", "staging.casualty", "staging.vehicle",
)  # fmt: skip
# What stands beside it, for what is told across borders.
BORDERS = (
    "core.area_border", "core.border_crossing", "core.border_junction", "core.border_road", "core.buyer",
    "core.contract", "core.link_reliability", "core.supplier",
)  # fmt: skip
# What is published; all that it needs and that is not given is measured.
OUTCOMES = (
    "marts.circumstance", "marts.comparison", "marts.driver", "marts.equity", "marts.not_computable", "marts.outcome",
    "marts.perception_gap", "marts.region_outcome", "marts.safety_improvement", "marts.scheme_effect",
    "marts.section_outcome", "marts.statistical_neighbour", "marts.trend", "marts.value_frontier", "marts.verdict_count",
)  # fmt: skip
ACROSS = (
    "marts.action_group", "marts.action_group_member", "marts.border_contrast", "marts.corridor_profile",
    "marts.corridor_summary", "marts.exemplar", "marts.exemplar_difference", "marts.hotspot", "marts.hotspot_cell",
    "marts.hotspot_count", "marts.priority_accounting", "marts.priority_sensitivity", "marts.problem",
    "marts.problem_party",
)  # fmt: skip
# Of each part: what is given and what is wanted.
PARTS = {"outcomes": (GIVEN, OUTCOMES), "across": (GIVEN + BORDERS + OUTCOMES, ACROSS)}

_CASUALTIES = """
INSERT INTO raw.casualty BY NAME
SELECT
    'casualties' AS source, 'drawn' AS file, row_number() OVER () AS row, collision.collision_id,
    CASE WHEN hash(collision.collision_id, n) % 100 < 12 THEN 'serious' ELSE 'slight' END AS casualty_severity,
    ['0', '1', '3', '9', '19'][1 + (hash(collision.collision_id, n, 1) % 5)::INT] AS road_user,
    CASE WHEN hash(collision.collision_id, n, 1) % 5 = 0 THEN 'pedestrian' ELSE 'driver' END AS casualty_class
FROM raw.collision AS collision
CROSS JOIN range(2) AS nth (n)
WHERE n = 0 OR hash(collision.collision_id) % 10 < 3
"""
_COUNTS = """
INSERT INTO raw.traffic_count BY NAME
SELECT
    'counts' AS source, 'drawn' AS file, row_number() OVER () AS row, link.link_id AS count_point_id, year.year,
    link.road_number AS road_name, 'Counted' AS estimation_method, st_length(link.geom) / 1000 AS link_length_km,
    round(CASE link.road_class WHEN 'motorway' THEN 60000 WHEN 'a' THEN 14000 ELSE 5000 END
        * (0.5 + hash(link.link_id) % 1000 / 1000)) AS all_motor_vehicles,
    st_lineinterpolatepoint(link.geom, 0.5) AS geom
FROM raw.link AS link
CROSS JOIN range(2000, 2024) AS year (year)
WHERE link.road_number IS NOT NULL AND hash(link.link_id) % 15 = 0
"""
_DRAWN = {"casualties": (_CASUALTIES, "1979-01-01"), "counts": (_COUNTS, "2000-01-01")}


def parts(models: dict[str, Model], part: str = "outcomes") -> tuple[list[Model], list[Model]]:
    """Return the models that are given, and those that are measured, each in the order they are built."""
    stands_on, wanted = PARTS[part]
    needed = _needed(models, wanted)
    given = _needed(models, tuple(name for name in stands_on if name in needed or part == "across"))
    measured = needed - given
    staged = {name for name in measured if name.startswith("staging.")}
    order = build_order(models)
    return [m for m in order if m.name in given | staged], [m for m in order if m.name in measured - staged]


def _needed(models: dict[str, Model], wanted: tuple[str, ...]) -> set[str]:
    needed: set[str] = set()
    open_names = list(wanted)
    while open_names:
        name = open_names.pop()
        if name in models and name not in needed:
            needed.add(name)
            open_names += models[name].inputs
    return needed


def with_drawn(region: Region) -> Region:
    """Return the region with sources of what is drawn for it, and with every comparator."""
    drawn: list[dict[str, Any]] = [
        {"id": "casualties", "kind": "casualties", "of": "collisions"},
        {"id": "counts", "kind": "traffic_counts"},
    ]
    rest = {"title": "Drawn", "path": "drawn.csv", "publish": "rows", "licence": "CC0 1.0"}
    kept = [s.model_dump(exclude_unset=True) for s in region.source]
    return Region.model_validate(
        region.model_dump(exclude={"source"})
        | {"source": [*kept, *(one | rest for one in drawn)]}
        | {"comparators": ["all_areas", "parent", "statistical_neighbours"]}
    )


def load(data: Path, file: Path, part: str) -> None:
    """Put all that outcomes stand on into a build file; what an earlier run left there is gone on from."""
    [described] = data.glob("*.toml")
    region = with_drawn(read_region(described))
    with connect(file) as con:
        con.execute("SET enable_progress_bar = false")
        if not _tables(con):
            prepare(con, region)
            _read(con, region, data)
        create_macros(con)
        set_variables(con)
        there = _tables(con)
        for model in parts(load_models(), part)[0]:
            if model.name not in there:
                print(f"{model.name}: {build_model(con, model):,} rows", flush=True)


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    found = con.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()
    return {str(name) for (name,) in found}


def _read(con: duckdb.DuckDBPyConnection, region: Region, data: Path) -> None:
    con.begin()
    read_network(con, region, data)
    con.commit()
    for source in region.source:
        if source.kind in {"area_facts", "collisions"}:
            load_source(con, source, region, data)
    for source_id, (sql, start) in _DRAWN.items():
        con.execute(sql)
        con.execute(
            "INSERT INTO raw.source_file BY NAME SELECT $id AS source, 'drawn' AS file, $start::DATE AS period_start, "
            "DATE '2023-12-31' AS period_end",
            {"id": source_id, "start": start},
        )


def measure(file: Path, part: str, memory: str | None, only: list[str]) -> None:
    """Build the measured models in turn; print for each, as JSON, wall and processor seconds, peak GB and rows."""
    with connect(file) as con:
        if memory:
            con.execute(f"SET memory_limit = '{memory}'")
        create_macros(con)
        set_variables(con)
        for model in parts(load_models(), part)[1]:
            if only and model.name not in only:
                continue
            forget_peak()
            rows: list[int] = []
            wall, processor = timed(lambda model=model, rows=rows: rows.append(build_model(con, model)))  # type: ignore[misc]
            print(json.dumps([model.name, wall, processor, peak_gb(), rows[0]]), flush=True)


def report(runs: list[list[list[Any]]]) -> None:
    """Print a table, most processor time first, and last the whole."""
    print("| | rows | wall s | processor s | peak GB |\n|---|---:|---:|---:|---:|")
    table = []
    for of_model in zip(*runs, strict=True):
        wall, processor = (statistics.median(one[n] for one in of_model) for n in (1, 2))
        table.append((processor, wall, max(one[3] for one in of_model), of_model[0][0], of_model[0][4]))
    for processor, wall, peak, name, rows in sorted(table, reverse=True):
        print(f"| {name} | {rows:,} | {wall:.1f} | {processor:.1f} | {peak:.2f} |")
    wall, processor, peak = (pick(row[n] for row in table) for n, pick in ((1, sum), (0, sum), (2, max)))
    print(f"| all {len(table)} | | {wall:.1f} | {processor:.1f} | {peak:.2f} |")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description="What is worked out at national size")
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=PARTS, default="outcomes")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--work", type=Path, help="where the build file is kept, and gone on from if it is there"
    )
    parser.add_argument("--memory", help="what DuckDB may use, such as 4GB; by default as much as it wants")
    parser.add_argument("--only", action="append", default=[], help="measure this model only")
    parser.add_argument("--alone", action="store_true", help="measure once, on the build file given as data")
    given = parser.parse_args()
    if given.alone:
        measure(given.data, given.part, given.memory, given.only)
        return
    print(machine("duckdb", "pandas", "numpy", "scipy"))
    with tempfile.TemporaryDirectory(prefix="outcomes-") as made:
        file = (given.work or Path(made)) / "outcomes.duckdb"
        load(given.data, file, given.part)
        report([_alone(file, given.part, given.memory, given.only) for _ in range(given.runs)])


def _alone(file: Path, part: str, memory: str | None, only: list[str]) -> list[list[Any]]:
    command = [sys.executable, "-m", "benchmarks.outcomes", str(file), "--alone", "--part", part]
    command += ["--memory", memory] if memory else []
    command += [word for name in only for word in ("--only", name)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
