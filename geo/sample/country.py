"""A country of its own: the load for benchmarks. Areas, roads and 45 years of collisions, in Parquet."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geo.sample import files, incident_files, region, writing
from geo.sample.national import national_sketch
from geo.sample.road_table import link_ids, road_table
from geo.sample.streams import streams
from geo.sample.truth import Truth
from geo.sample.world import World, make_world

_FIRST_YEAR, _LAST_YEAR = 1979, 2023
_COLLISIONS = 8_600_000
# Collisions a year fell to about half over the years; authorities differ by this much (sd of the log).
_LAST_TO_FIRST = 0.5
_AUTHORITY_LOG_SD = 0.2


def generate_country(out: Path, seed: int, truth: Truth) -> Path:
    """Write a country the size of Britain; see `generate`.

    Returns:
        The region file, ``national.toml``. Beside its sources are ``collisions_2023.csv`` with casualties and
        vehicles (the newest year as published), ``truth_links.parquet`` and ``truth.json``.
    """
    random = streams(seed)
    sketch = national_sketch(random["sketch"])
    ratios = random["sketch"].lognormal(0, _AUTHORITY_LOG_SD, len(sketch.authorities)).round(4)
    by_code = dict(zip((a.code for a in sketch.authorities), ratios.tolist(), strict=True))
    world = make_world(random, sketch, replace(truth, authority_rate_ratio=by_code))
    yearly = float(world.expected.with_factor.sum())
    world = replace(world, truth=replace(world.truth, year_rate_ratio=_year_ratios(yearly)))
    writing.write_areas(world, out, region.COUNTRY_AREA_FILES)
    roads = road_table(random["roads"], world.links, sketch, world.places)
    files.write_features(roads, out / region.COUNTRY_ROADS)
    del roads
    _write_truth(world, out, seed)
    _write_years(world, random, out)
    head, sources = region.country(sketch.name, sketch.title, (_FIRST_YEAR, _LAST_YEAR))
    files.write_toml(head, sources, out / "national.toml")
    return out / "national.toml"


def _year_ratios(yearly: float) -> Mapping[int, float]:
    """Return each year's ratio, such that all years together bring the collisions wanted."""
    years = range(_FIRST_YEAR, _LAST_YEAR + 1)
    ratio = np.linspace(1, _LAST_TO_FIRST, len(years))
    ratio *= _COLLISIONS / (yearly * ratio.sum())
    return dict(zip(years, ratio.round(6).tolist(), strict=True))


def _write_years(world: World, random: Mapping[str, np.random.Generator], out: Path) -> None:
    """Write all years to one file as they are drawn, and the newest to files of its own."""
    path = out / region.COUNTRY_COLLISIONS
    schema: pa.Schema | None = None
    writer: pq.ParquetWriter | None = None
    year: incident_files.Year | None = None
    try:
        for year in incident_files.yearly(random, world, near_borders=False):
            table = pa.Table.from_pandas(year.collisions, schema=schema, preserve_index=False)
            schema = table.schema
            writer = writer or pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(table)
    finally:
        if writer:
            writer.close()
    if year:
        for kind, rows in zip(incident_files.KINDS, year.tables, strict=True):
            files.write_table(rows, out / f"{kind}_{_LAST_YEAR}.csv")


def _write_truth(world: World, out: Path, seed: int) -> None:
    """Write the true rate of every piece of road, and what was planted."""
    pieces = world.pieces
    by_piece = pd.DataFrame(
        {
            "link_id": link_ids(world.links)[pieces.link],
            "authority_code": np.array(world.codes, dtype=object)[pieces.authority],
            "length_km": pieces.km.round(6),
            "collisions_per_year": world.expected.planted.round(6),
            "collisions_per_year_with_link_factor": world.expected.with_factor.round(6),
            "vehicles_per_day": world.flows.on_link[pieces.link].round(1),
        }
    )
    files.write_table(by_piece, out / "truth_links.parquet")
    planted = {
        "authority_rate_ratio": world.truth.authority_rate_ratio,
        "year_rate_ratio": {str(y): r for y, r in world.truth.year_rate_ratio.items()},
        "collisions_per_km_year": world.truth.collisions_per_km_year,
        "link_gamma_shape": world.truth.link_gamma_shape,
    }
    files.write_json({"seed": seed, "planted": planted}, out / "truth.json")
