"""Turn the x and y of accepted rows into points of the working coordinate system."""

from dataclasses import dataclass

import duckdb
from pyproj import CRS, Transformer

from geo.contract import Contract
from geo.errors import SourceError
from geo.tables import qualified

# Half of a file's points outside the region's own box means another coordinate system, not bad points.
_LEAST_SHARE_INSIDE = 0.5


@dataclass(frozen=True)
class Box:
    """An extent in the working coordinate system, metres."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float

    def grown(self, by: float) -> "Box":
        """Return the box grown by `by` metres on every side."""
        return Box(self.x_min - by, self.y_min - by, self.x_max + by, self.y_max + by)


def area_of_use(crs: str) -> Box:
    """Return the box of coordinates that are plausible in `crs`, in its own units."""
    use = CRS.from_user_input(crs).area_of_use
    if use is None:
        raise SourceError(f"{crs} does not say where it may be used, so coordinates in it cannot be checked.")
    bounds = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform_bounds(
        use.west, use.south, use.east, use.north
    )
    return Box(*bounds)


def add_points(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    *,
    source: str,
    file: str,
    crs: str,
    working_crs: str,
    region: Box,
    header: str,
) -> None:
    """Fill ``geom`` for the accepted rows of one file; rows without usable coordinates keep it null.

    Coordinates that are zero, or outside where `crs` may be used, are logged as blanked; x and y stay as read.

    Raises:
        SourceError: most points fall outside `region`, so `crs` or the file is the wrong one.
    """
    use = area_of_use(crs)
    table = qualified(contract.table)
    named = {
        "source": source,
        "file": file,
        "x0": use.x_min,
        "y0": use.y_min,
        "x1": use.x_max,
        "y1": use.y_max,
    }
    usable = "x BETWEEN $x0 AND $x1 AND y BETWEEN $y0 AND $y1 AND NOT (x = 0 AND y = 0)"
    # The two codes are checked when the region file is read, so they may stand in the statement.
    con.execute(
        f"UPDATE {table} SET geom = st_transform(st_setcrs(st_point(x, y), '{crs}'), '{working_crs}') "
        f"WHERE source = $source AND file = $file AND {usable}",
        named,
    )
    con.execute(
        f"""
        INSERT INTO raw.issue
        SELECT source, file, row, $header, concat_ws(', ', x::VARCHAR, y::VARCHAR),
            'coordinates outside where ' || $crs || ' may be used', 'blanked', 'publisher'
        FROM {table} WHERE source = $source AND file = $file AND x IS NOT NULL AND y IS NOT NULL AND geom IS NULL
        ORDER BY row
        """,
        {"source": source, "file": file, "header": header, "crs": crs},
    )
    _refuse_if_elsewhere(con, table, source, file, crs, region)


def _refuse_if_elsewhere(
    con: duckdb.DuckDBPyConnection, table: str, source: str, file: str, crs: str, region: Box
) -> None:
    given, inside, x, y = con.execute(
        f"""
        SELECT count(*),
            count(*) FILTER (st_x(geom) BETWEEN $x0 AND $x1 AND st_y(geom) BETWEEN $y0 AND $y1),
            median(x), median(y)
        FROM {table} WHERE source = $source AND file = $file AND x IS NOT NULL AND y IS NOT NULL
        """,
        {
            "source": source,
            "file": file,
            "x0": region.x_min,
            "y0": region.y_min,
            "x1": region.x_max,
            "y1": region.y_max,
        },
    ).fetchall()[0]
    if given and inside < given * _LEAST_SHARE_INSIDE:
        raise SourceError(
            f"Source '{source}': only {inside:,} of {given:,} points of '{file}', read as {crs}, fall near the "
            f"region (x {region.x_min:,.0f} to {region.x_max:,.0f}, y {region.y_min:,.0f} to {region.y_max:,.0f} "
            f"in the working system). A typical point is x = {x:g}, y = {y:g}. "
            "The source's crs is probably not the one given, or the file is of another place."
        )
