"""Read what a spatial file says of its features, without their shapes, as rows of text."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo.errors import SourceError
from geo.warehouse import quote

FEATURES = {".gpkg", ".geojson", ".shp"}


def read_attributes(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    source: str,
    file: str,
    table: str,
    layer: str | None = None,
) -> tuple[list[str], int, int]:
    """Load the attributes of features into a temporary table of text; ``row`` is the feature's position from 1.

    Returns:
        The column names, the number of features (counted apart from the reader), and zero (none is torn).

    Raises:
        SourceError: not a spatial file, no such layer, or several layers and none chosen.
    """
    try:
        layers = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
        if layer is None and len(layers) > 1:
            raise SourceError(
                f"Source '{source}': '{file}' has several layers ({', '.join(layers)}). Choose one: layer = \"...\"."
            )
        frame = pyogrio.read_dataframe(path, layer=layer, read_geometry=False, encoding="utf-8")
        count = pyogrio.read_info(path, layer=layer, force_feature_count=True)["features"]
    except (DataSourceError, DataLayerError, ValueError, OSError) as error:
        raise SourceError(
            f"Source '{source}': '{file}' cannot be read as a spatial file: {error}."
        ) from error
    names = [str(name) for name in frame.columns]
    cells = {
        f"{n} {name}": pa.array(
            [None if c is None else str(c) for c in frame[name].astype("object")], pa.string()
        )
        for n, name in enumerate(names)
    }
    rows = pa.table({"row": pa.array(range(1, len(frame) + 1), pa.int64())} | cells)
    con.register("attributes", rows)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {quote(table)} AS SELECT * FROM attributes")
    con.unregister("attributes")
    return names, int(count), 0
