"""Ways to find the link of each point. Everyone reads two Parquet files and leaves rows in a table ``snapped``.

Its columns are ``id``, ``link`` and ``distance_m``: the nearest link within the tolerance, of equals the lowest.
"""

from collections.abc import Callable

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from benchmarks.snapping_inputs import Inputs
from geo.warehouse import connect, literal
from queries.build import create_macros
from queries.models import load_models

Contender = Callable[[Inputs], duckdb.DuckDBPyConnection]
MODELS = ("core.incident_rank", "core.incident_link")

# What the models read, as staging and core.incident make it.
_TABLES = """
CREATE SCHEMA staging;
CREATE SCHEMA core;
CREATE TABLE staging.link AS
SELECT
    'roads' AS source, link_id, road_class, road_number, true AS is_carriageway, st_length(geom) AS length_m, geom
FROM (SELECT *, st_setcrs(st_geomfromwkb(wkb), 'EPSG:27700') AS geom FROM read_parquet({links}));
CREATE TABLE core.incident AS
SELECT
    'collision' AS incident_kind, 'collisions' AS source, incident_id, road_class AS recorded_road_class,
    road_number AS recorded_road_number, st_setcrs(st_point(x, y), 'EPSG:27700') AS geom
FROM read_parquet({points})
WHERE id % {take_every} = 0;
"""
_VIEW = """
CREATE VIEW snapped AS
SELECT point.id, link.link, found.nearest_distance_m AS distance_m
FROM core.incident_link AS found
INNER JOIN read_parquet({points}) AS point ON found.incident_id = point.incident_id
INNER JOIN read_parquet({links}) AS link ON found.nearest_link_id = link.link_id
"""
# The search of core.incident_rank, less what was recorded of the road and all but the nearest.
_NEAREST = """
CREATE TABLE snapped AS
WITH point AS (
    SELECT id, st_point(x, y) AS geom FROM read_parquet({points})
    WHERE id % {take_every} = 0
    ORDER BY cell_of(x), cell_of(y)
),
link AS (SELECT link, st_geomfromwkb(wkb) AS geom FROM read_parquet({links})),
best AS (
    SELECT point.id, min(snap_rank(0, st_distance(point.geom, link.geom), link.link)) AS rank
    FROM point INNER JOIN link ON st_dwithin(point.geom, link.geom, {tolerance_m})
    GROUP BY point.id
)
SELECT id, rank_order(rank) AS link, rank_distance_m(rank) AS distance_m FROM best
"""
_NEAR = (
    "SELECT point.id, link.link, ST_Distance(point.geom, link.geom) AS distance_m FROM point JOIN link ON "
)
_SEDONA = {
    "knn": _NEAR + "ST_KNN(point.geom, link.geom, 1, FALSE)",
    "within": "SELECT id, first_value(link ORDER BY distance_m, link) AS link, min(distance_m) AS distance_m "
    f"FROM ({_NEAR} ST_DWithin(point.geom, link.geom, {{tolerance_m}})) GROUP BY id",
}


def _filled(sql: str, inputs: Inputs) -> str:
    return sql.format(
        points=literal(str(inputs.points)),
        links=literal(str(inputs.links)),
        take_every=inputs.take_every,
        tolerance_m=inputs.tolerance_m,
    )


def _ours(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    file = inputs.folder / "ours.duckdb"
    for old in (file, file.with_name("ours.duckdb.wal")):
        old.unlink(missing_ok=True)
    con = connect(file)
    con.execute(f"SET memory_limit = {literal(inputs.memory)}")
    con.execute(f"SET VARIABLE snap_tolerance_m = {inputs.tolerance_m}")
    con.execute("SET VARIABLE cell_m = 1000")
    create_macros(con)
    return con


def ours_nearest(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Find the nearest link alone, as everyone else does."""
    con = _ours(inputs)
    con.execute(_filled(_NEAREST, inputs))
    return con


def ours_whole(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Build core.incident_rank and core.incident_link by their own SQL, from tables made of the files."""
    con, models = _ours(inputs), load_models()
    con.execute(_filled(_TABLES, inputs))
    for name in MODELS:
        con.execute(f"CREATE TABLE {name} AS {models[name].sql}")
    con.execute(_filled(_VIEW, inputs))
    return con


def shapely_tree(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Ask shapely's STRtree for the nearest of all points at once; of equals the lowest."""
    points, links = pq.read_table(inputs.points, columns=["id", "x", "y"]), pq.read_table(inputs.links)
    points = points.filter(pa.array(points["id"].to_numpy() % inputs.take_every == 0))
    tree = shapely.STRtree(shapely.from_wkb(links["wkb"].to_numpy()))
    places = shapely.points(points["x"].to_numpy(), points["y"].to_numpy())
    (point, link), distance = tree.query_nearest(
        places, max_distance=inputs.tolerance_m, return_distance=True, all_matches=True
    )
    chosen = links["link"].to_numpy()[link]
    first = np.flatnonzero(np.diff(point, prepend=-1))
    lowest = np.minimum.reduceat(chosen, first) if len(first) else chosen
    return _table(
        pa.table(
            {"id": points["id"].to_numpy()[point[first]], "link": lowest, "distance_m": distance[first]}
        ),
        inputs,
    )


def sedona_within(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Join with SedonaDB's ST_DWithin and take the first of each point."""
    return _sedona(inputs, "within")


def sedona_knn(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Join with SedonaDB's ST_KNN, one neighbour; which of equals is its own affair."""
    return _sedona(inputs, "knn")


def _sedona(inputs: Inputs, which: str) -> duckdb.DuckDBPyConnection:
    import sedonadb

    con = sedonadb.connect()
    con.read_parquet(str(inputs.points)).to_view("given_point")
    con.read_parquet(str(inputs.links)).to_view("given_link")
    point = f"SELECT id, ST_Point(x, y) AS geom FROM given_point WHERE id % {inputs.take_every} = 0"
    con.sql(point).to_memtable().to_view("point")
    con.sql("SELECT link, ST_GeomFromWKB(wkb) AS geom FROM given_link").to_memtable().to_view("link")
    return _table(pa.table(con.sql(_SEDONA[which].format(tolerance_m=inputs.tolerance_m))), inputs)


def _table(rows: pa.Table, inputs: Inputs) -> duckdb.DuckDBPyConnection:
    con = connect()
    con.register("rows", rows)
    con.execute(f"CREATE TABLE snapped AS SELECT * FROM rows WHERE distance_m <= {inputs.tolerance_m}")
    return con


CONTENDERS: dict[str, Contender] = {
    "ours, nearest only": ours_nearest,
    "ours, whole": ours_whole,
    "SedonaDB ST_DWithin": sedona_within,
    "SedonaDB ST_KNN": sedona_knn,
    "shapely query_nearest": shapely_tree,
}


def answer(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return ``id``, ``link`` and ``distance_m`` (to the micrometre) of what was snapped, in order of id."""
    rows: pa.Table = con.execute(
        "SELECT id, link, round(distance_m, 6) AS distance_m FROM snapped ORDER BY id"
    ).to_arrow_table()
    return rows
