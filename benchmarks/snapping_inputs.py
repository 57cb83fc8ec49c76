"""Points and links of a generated sample as two Parquet files, smaller or larger, which every contender reads."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from geo.warehouse import connect, literal

# Whole tiles are kept or left out, so that links lie as densely in a part as in the whole.
TILE_M = 20_000
# Wider than the country: a copy of it is moved so far to the east.
COPY_M = 700_000

_POINTS = """
COPY (
    WITH given AS (
        SELECT
            collision_index::varchar AS incident_id, local_authority_ons_district::varchar AS recorded_code,
            location_easting_osgr::double AS x, location_northing_osgr::double AS y,
            CASE first_road_class
                WHEN 1 THEN 'motorway' WHEN 2 THEN 'motorway' WHEN 3 THEN 'a' WHEN 4 THEN 'b' WHEN 5 THEN 'c'
                WHEN 6 THEN 'unclassified'
            END AS road_class,
            CASE WHEN first_road_number > 0 THEN first_road_number END AS road_number
        FROM read_parquet($from)
        WHERE location_easting_osgr > 0
    ),
    moved AS (
        SELECT * REPLACE (x + copy * $copy_m AS x, incident_id || '-' || copy AS incident_id)
        FROM given CROSS JOIN (SELECT unnest(range($copies)) AS copy)
        WHERE {kept}
    )
    SELECT row_number() OVER () AS id, * FROM moved
) TO {to} (FORMAT parquet)
"""
_LINKS = """
COPY (
    WITH given AS (
        SELECT
            id::varchar AS link_id, nullif(road_classification_number, '')::varchar AS road_number,
            CASE lower(road_classification)
                WHEN 'motorway' THEN 'motorway' WHEN 'a road' THEN 'a' WHEN 'b road' THEN 'b'
                WHEN 'classified unnumbered' THEN 'c' ELSE 'unclassified'
            END AS road_class,
            geometry::geometry AS geom, st_x(st_startpoint(geom)) AS x, st_y(st_startpoint(geom)) AS y
        FROM read_parquet($from)
    ),
    moved AS (
        SELECT
            link_id || '-' || copy AS link_id, road_class, road_number,
            CASE WHEN copy = 0 THEN geom ELSE st_affine(geom, 1, 0, 0, 1, copy * $copy_m, 0) END AS geom
        FROM given CROSS JOIN (SELECT unnest(range($copies)) AS copy)
        WHERE {kept}
    )
    SELECT row_number() OVER (ORDER BY link_id) AS link, * EXCLUDE (geom), st_aswkb(geom) AS wkb FROM moved
) TO {to} (FORMAT parquet)
"""


@dataclass(frozen=True)
class Inputs:
    """Parquet of points (``id, incident_id, x, y, road_class, road_number``, every one with coordinates).

    And of links (``link``, the place of the reference in order, ``link_id, road_class, road_number, wkb``),
    metres in EPSG:27700; every `take_every`-th point counts. `folder` takes what contenders write.
    """

    points: Path
    links: Path
    folder: Path
    take_every: int = 1
    tolerance_m: float = 50.0
    memory: str = "3GB"

    def count(self, *, of_links: bool = False) -> int:
        """Return how many points, or links, there are."""
        rows = int(pq.read_metadata(self.links if of_links else self.points).num_rows)
        return rows if of_links else -(-rows // self.take_every)


def write_inputs(data: Path, folder: Path, size: float = 1.0) -> Inputs:
    """Write the inputs of a sample at `size` times it: below 1 a part of its tiles, above 1 whole copies of it."""
    folder.mkdir(parents=True, exist_ok=True)
    inputs = Inputs(folder / "points.parquet", folder / "links.parquet", folder)
    # Two irrational steps spread the tiles that are kept evenly over the country.
    kept = "true" if size >= 1 else (
        f"(floor(x / {TILE_M}) * 0.7548776662466927 + floor(y / {TILE_M}) * 0.5698402909980532) % 1 < {size}"
    )  # fmt: skip
    with connect() as con:
        for sql, name, to in (
            (_POINTS, "collisions.parquet", inputs.points),
            (_LINKS, "roads.parquet", inputs.links),
        ):
            given = {"from": str(data / name), "copies": max(round(size), 1), "copy_m": COPY_M}
            con.execute(sql.format(kept=kept, to=literal(str(to))), given)
    return inputs
