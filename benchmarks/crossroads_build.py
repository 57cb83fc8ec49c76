"""Run crossroads-uk on files made ready for it; a script of its own, for the environment that has it.

    python crossroads_build.py names
    python crossroads_build.py build CACHE DATABASE

`names` prints which files and columns its newest boundaries have. `build` prints seconds, processor seconds, peak
memory and how many collisions got a code at each level, as JSON. It imports nothing of ours.
"""

import json
import os
import resource
import sys
import time
import warnings
from importlib.resources import files
from pathlib import Path

import crossroads
import duckdb
from crossroads.transformers.spatial import CTYUABoundaryTransformer, LADBoundaryTransformer

YEAR = 2023
# It asks DuckDB to install these; from their wheels it needs no network.
_EXTENSIONS = ("spatial", "icu")


def names() -> dict[str, dict[str, str]]:
    """Return, for districts and authorities, the file and the columns of the newest boundaries."""
    newest = {
        "districts": LADBoundaryTransformer.vintages[-1],
        "authorities": CTYUABoundaryTransformer.vintages[-1],
    }
    return {of: {"file": v.source_file, "code": v.code_col, "name": v.name_col} for of, v in newest.items()}


def lend_extensions(home: Path) -> None:
    """Put the extensions where DuckDB looks for those it has installed before."""
    version = f"v{duckdb.__version__}"
    [(platform,)] = duckdb.sql("PRAGMA platform").fetchall()
    place = home / ".duckdb" / "extensions" / version / platform
    place.mkdir(parents=True, exist_ok=True)
    for name in _EXTENSIONS:
        wheel = files(f"duckdb_extension_{name}").joinpath("extensions", version, f"{name}.duckdb_extension")
        (place / f"{name}.duckdb_extension").write_bytes(wheel.read_bytes())


def build(cache: str, database: str) -> dict[str, object]:
    """Build STATS19 and boundaries from the files in `cache` and return what it took and gave."""
    warnings.simplefilter("ignore")
    lend_extensions(Path(os.environ["HOME"]))
    wall, processor = time.perf_counter(), time.process_time()
    client = crossroads.init_engine(database_path=database, cache_dir=cache)
    client.build(datasets=["stats19"], years=[YEAR], boundary_mode="snapshot")
    took = {"wall_s": time.perf_counter() - wall, "processor_s": time.process_time() - processor}
    counts = client.con.execute(
        "SELECT count(*), count(lad_code), count(ctyua_code), "
        "(SELECT count(*) FROM vehicles), (SELECT count(*) FROM casualties) FROM collisions"
    ).fetchone()
    said = ("collisions", "districts", "authorities", "vehicles", "casualties")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return took | {"peak_mb": peak, "rows": dict(zip(said, counts, strict=True))}


if __name__ == "__main__":
    print(json.dumps(names() if sys.argv[1] == "names" else build(*sys.argv[2:4])))
