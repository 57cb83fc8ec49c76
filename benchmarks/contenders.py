"""Ways to find the area of each point. Everyone gets columns x, y and leaves rows (id, area_code) in a table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely

from geo.arrays import Shapes
from geo.cover import CELL_M
from geo.cover_cache import kept_cover
from geo.warehouse import connect


@dataclass(frozen=True)
class Inputs:
    """Points as columns (``id``, ``x``, ``y``) and areas as shapes with their codes, EPSG:27700."""

    points: pa.Table
    codes: pa.Array
    shapes: Shapes
    folder: Path

    def areas(self) -> pa.Table:
        """Return the areas as a table with WKB."""
        return pa.table({"area_code": self.codes, "wkb": pa.array(shapely.to_wkb(self.shapes))})


Contender = Callable[[Inputs], duckdb.DuckDBPyConnection]

# As core.incident_place does it, less its reasons and its other levels.
_PLACE = """
CREATE TABLE placed AS
WITH point AS (
    SELECT id, x, y, floor(x / $side)::INTEGER AS cell_x, floor(y / $side)::INTEGER AS cell_y FROM point
),
cell AS (
    SELECT cell_x, cell_y, min(area_code) AS area_code FROM cover
    GROUP BY ALL HAVING count(*) = 1 AND bool_and(piece IS NULL)
),
cut_cell AS (
    SELECT
        cover.*, st_xmin(piece) AS x_min, st_xmax(piece) AS x_max, st_ymin(piece) AS y_min, st_ymax(piece) AS y_max
    FROM cover ANTI JOIN cell USING (cell_x, cell_y)
),
hit AS (
    SELECT id, area_code FROM point INNER JOIN cut_cell USING (cell_x, cell_y)
    WHERE
        piece IS NULL
        OR (
            x BETWEEN x_min - 1e-6 AND x_max + 1e-6 AND y BETWEEN y_min - 1e-6 AND y_max + 1e-6
            AND st_dwithin(piece, st_point(x, y), 1e-6)
        )
)
SELECT id, area_code FROM point INNER JOIN cell USING (cell_x, cell_y)
UNION ALL
SELECT id, min(area_code) FROM hit GROUP BY id
"""


def ours(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Build the cover, then place."""
    return _place(inputs, None)


def ours_cached(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Find the cover of an earlier run by the boundaries' hash, then place."""
    return _place(inputs, inputs.folder)


def _place(inputs: Inputs, folder: Path | None) -> duckdb.DuckDBPyConnection:
    cover, _ = kept_cover(inputs.shapes, folder)
    con = connect()
    codes = inputs.codes.take(pa.array(cover["shape"]))
    con.register(
        "given",
        pa.table(
            {
                "area_code": codes,
                "cell_x": pa.array(cover["cell_x"], pa.int32()),
                "cell_y": pa.array(cover["cell_y"], pa.int32()),
                "wkb": pa.array(cover["piece"], pa.binary(), from_pandas=True),
            }
        ),
    )
    con.execute(
        "CREATE TABLE cover AS SELECT area_code, cell_x, cell_y, st_geomfromwkb(wkb) AS piece FROM given"
    )
    con.register("point", inputs.points)
    con.execute(_PLACE.replace("$side", str(CELL_M)))
    return con


def geopandas(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Join with geopandas.sjoin; every tie is a row.

    Areas stand on the left, as then each is prepared once: with points there it takes minutes.
    """
    x, y = inputs.points["x"].to_numpy(), inputs.points["y"].to_numpy()
    points = gpd.GeoDataFrame(
        {"id": inputs.points["id"].to_numpy()}, geometry=gpd.points_from_xy(x, y), crs="EPSG:27700"
    )
    areas = gpd.GeoDataFrame(
        {"area_code": inputs.codes.to_pandas()}, geometry=inputs.shapes, crs="EPSG:27700"
    )
    joined = gpd.sjoin(areas, points, predicate="intersects")
    return _table(pa.table({"id": joined["id"].to_numpy(), "area_code": pa.array(joined["area_code"])}))


def sedona(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Join with SedonaDB; every tie is a row."""
    import sedonadb

    con = sedonadb.connect()
    con.create_data_frame(inputs.points).to_view("point")
    con.create_data_frame(inputs.areas()).to_view("given")
    con.sql("SELECT area_code, ST_GeomFromWKB(wkb) AS geom FROM given").to_memtable().to_view("area")
    joined = con.sql(
        "SELECT point.id, area.area_code FROM point JOIN area ON ST_Intersects(area.geom, ST_Point(point.x, point.y))"
    )
    return _table(pa.table(joined))


def duckdb_spatial(inputs: Inputs) -> duckdb.DuckDBPyConnection:
    """Join with DuckDB's own ST_Contains; points on a border are nobody's."""
    con = connect()
    con.register("given", inputs.areas())
    con.register("given_point", inputs.points)
    con.execute("CREATE TABLE area AS SELECT area_code, st_geomfromwkb(wkb) AS geom FROM given")
    con.execute("CREATE TABLE point AS SELECT id, st_point(x, y) AS geom FROM given_point")
    con.execute(
        "CREATE TABLE placed AS SELECT point.id, area.area_code "
        "FROM point INNER JOIN area ON st_contains(area.geom, point.geom)"
    )
    return con


def _table(rows: pa.Table) -> duckdb.DuckDBPyConnection:
    con = connect()
    con.register("rows", rows)
    con.execute("CREATE TABLE placed AS SELECT id, area_code FROM rows")
    return con


CONTENDERS: dict[str, Contender] = {
    "ours, cover built": ours,
    "ours, cover kept": ours_cached,
    "GeoPandas sjoin": geopandas,
    "SedonaDB": sedona,
    "DuckDB ST_Contains": duckdb_spatial,
}


def answer(con: duckdb.DuckDBPyConnection) -> tuple[np.ndarray, np.ndarray]:
    """Return ids and lowest codes of what was placed, in order of id."""
    found = con.execute(
        "SELECT id, min(area_code) AS area_code FROM placed GROUP BY id ORDER BY id"
    ).fetchnumpy()
    return np.asarray(found["id"]), np.asarray(found["area_code"])
