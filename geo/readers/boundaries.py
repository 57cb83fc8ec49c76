"""Read one boundary file on its own, outside any region, with the care a region's own gets."""

from pathlib import Path

import geopandas as gpd
import shapely

from geo.errors import SourceError
from geo.readers.areas import area_table, read_areas
from geo.readers.ledger import create_ledger
from geo.sources import Areas
from geo.tables import create_table
from geo.warehouse import connect


def read_boundaries(
    path: Path, *, layer: str | None = None, code: str | None = None, name: str | None = None, crs: str
) -> gpd.GeoDataFrame:
    """Read the areas of a file, repaired where invalid, in a working coordinate system.

    Args:
        path: of a spatial file.
        layer: of a file with several.
        code: column of the codes; recognised where not given (LAD24CD, area_code ...).
        name: column of the names; likewise.
        crs: working coordinate system, projected, metres (``EPSG:n``).

    Returns:
        ``area_code``, ``area_name`` (null where the file has none) and ``geometry`` in `crs`.

    Raises:
        SourceError: missing, no polygons, no code column or several, or a code given twice.
    """
    if not path.is_file():
        raise SourceError(f"There is no file '{path}'.")
    said = {
        "title": path.name,
        "path": path.name,
        "level": "area",
        "layer": layer,
        "code": code,
        "name": name,
    }
    source = Areas.model_validate({"kind": "areas", "id": "it", **said})
    with connect() as con:
        create_ledger(con)
        create_table(con, area_table(crs))
        read_areas(con, path, source, file=path.name, working_crs=crs)
        found = con.execute(
            "SELECT area_code, area_name, st_aswkb(geom) AS wkb FROM raw.area ORDER BY area_code"
        )
        frame = found.to_arrow_table().to_pandas()
    shapes = shapely.make_valid(shapely.from_wkb(frame.pop("wkb").to_numpy()), method="structure")
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs)
