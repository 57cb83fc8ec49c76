"""Find the areas of one level that overlap, which makes a place belong to two of them."""

import duckdb
import numpy as np
import pyarrow as pa
import shapely

from geo.sources import Areas

# Coordinates to five decimals of a degree, the fewest in use, lie on a grid of 1.1 m. Edges that are meant
# to be one but are rounded or drawn apart leave slivers thinner than that, however long.
_LEAST_WIDTH_M = 1.0
_LEAST_AREA_M2 = 1.0


def log_overlaps(con: duckdb.DuckDBPyConnection, source: Areas) -> None:
    """Note each pair of areas of the source's level that overlap, at least one of them the source's.

    Both areas stay as they are. The note goes to the later of the two; its value is the code of the other
    and the size of the overlap. The same code given twice is one area, and no overlap.
    """
    rows = con.execute(
        """
        SELECT source, file, row, area_code, st_aswkb(geom) AS wkb FROM raw.area
        WHERE area_level = ? ORDER BY rowid
        """,
        [source.level],
    ).to_arrow_table()
    shapes = shapely.from_wkb(rows["wkb"].to_numpy(zero_copy_only=False))
    codes = rows["area_code"].to_numpy(zero_copy_only=False)
    is_new = rows["source"].to_numpy(zero_copy_only=False) == source.id
    pairs = _touching(shapes)
    pairs = pairs[is_new[pairs[:, 1]] & (codes[pairs[:, 0]] != codes[pairs[:, 1]])]
    size = _overlap_m2(shapes, pairs)
    (earlier, later), size = pairs[size > 0].T, size[size > 0]
    if not len(size):
        return
    is_own = is_new[earlier]
    notes = rows.select(["source", "file", "row"]).take(pa.array(later)).to_pydict() | {
        "value": [f"{code}: {m2:.0f} m²" for code, m2 in zip(codes[earlier], size, strict=True)],
        # Two publishers' boundaries that do not fit together are the operator's choice.
        "who_can_fix": np.where(is_own, "publisher", "operator"),
    }
    con.register("overlapping", pa.table(notes))
    con.execute(
        """
        INSERT INTO raw.issue
        SELECT source, file, row, NULL, value, 'overlaps another area of level ' || $level, 'note', who_can_fix
        FROM overlapping ORDER BY file, row, value
        """,
        {"level": source.level},
    )
    con.unregister("overlapping")


def _touching(shapes: np.ndarray) -> np.ndarray:
    """Return pairs of positions, lower first, of shapes that meet where their edges do not fit together."""
    # Edges that neighbours share vertex by vertex are passed over here, so that a clean level costs little.
    unfit = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    one, other = shapely.STRtree(shapes).query(shapes[unfit], predicate="intersects")
    pairs = np.sort(np.column_stack([unfit[one], other]), axis=1)
    found: np.ndarray = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    return found


def _overlap_m2(shapes: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the size of each pair's overlap, square metres, without slivers; zero where there is none."""
    # A valid polygon need not stay valid when it is brought to another coordinate system.
    one, other = (shapely.make_valid(shapes[side], method="structure") for side in pairs.T)
    parts, pair = shapely.get_parts(shapely.intersection(one, other), return_index=True)
    area, outline = shapely.area(parts), shapely.length(parts)
    # A long thin shape is twice its area wide for each metre of its outline.
    is_wide = (area > _LEAST_AREA_M2) & (2 * area > _LEAST_WIDTH_M * outline)
    size: np.ndarray = np.bincount(pair[is_wide], area[is_wide], len(pairs))
    return size
