"""Note where the areas of a level do not fit together, which makes a place belong to two of them or to none."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.fit import gaps, overlaps
from geo.region import Region
from geo.sources import Areas
from geo.tables import Column, Table

_RULES = {"overlap": "overlaps another area of level {}", "gap": "leaves a gap to another area of level {}"}


def misfit_table(crs: str) -> Table:
    """Describe raw.misfit."""
    return Table(
        "raw.misfit",
        "One row per pair of areas of a level that overlap, or that leave a gap between them.",
        (
            Column("area_level", "VARCHAR", "Level, as named in the region file. Never null."),
            Column("misfit", "VARCHAR", "overlap or gap. Never null."),
            Column("area_code", "VARCHAR", "Code of the area that was read first. Never null."),
            Column("other_code", "VARCHAR", "Code of the other. Never null."),
            Column("part_count", "BIGINT", "Places where they do. Never null."),
            Column("size_m2", "DOUBLE", "Size of all of them, square metres. Never null."),
            Column(
                "width_m", "DOUBLE", "Greatest width of any, metres: the widest circle in it. Never null."
            ),
            Column("geom", f"GEOMETRY('{crs}')", f"Centre of that circle, {crs}, metres. Never null."),
        ),
        key=("area_level", "misfit", "area_code", "other_code"),
    )


def is_last_of_level(source: Areas, region: Region) -> bool:
    """Tell whether all areas of the source's level have been read when it has."""
    same = [s.id for s in region.source if isinstance(s, Areas) and s.level == source.level]
    return not same or source.id == same[-1] or source.id not in same


def log_misfits(con: duckdb.DuckDBPyConnection, level: str, crs: str) -> None:
    """Measure where areas of a level overlap or leave gaps, into raw.misfit, and note each pair in raw.issue.

    The areas stay as they are. The note goes to the one read later; its value is the code of the other, the size
    and the greatest width. Of a code given twice, the one that stands is looked at: a region's own area before the
    same as context, then the one read first.
    """
    rows = con.execute(
        """
        SELECT source, file, row, area_code, st_aswkb(geom) AS wkb FROM raw.area WHERE area_level = ?
        QUALIFY row_number() OVER (PARTITION BY area_code ORDER BY is_context, rowid) = 1 ORDER BY rowid
        """,
        [level],
    ).to_arrow_table()
    areas = rows.drop_columns(["wkb"]).to_pandas()
    shapes = shapely.from_wkb(rows["wkb"].to_numpy(zero_copy_only=False))
    for kind, found in (("overlap", overlaps(shapes)), ("gap", gaps(shapes))):
        if len(found):
            _insert(
                con, level, crs, _described(found, areas).assign(misfit=kind, rule=_RULES[kind].format(level))
            )


def _described(found: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    first, later = (areas.iloc[found[side]].reset_index(drop=True) for side in ("area", "other"))
    codes = first["area_code"]
    values = zip(codes, found["size_m2"], found["width_m"], strict=True)
    return found.assign(
        area_code=codes,
        other_code=later["area_code"],
        source=later["source"],
        file=later["file"],
        row=later["row"],
        value=[f"{code}: {m2:.0f} m², {wide:.1f} m wide" for code, m2, wide in values],
        # Two publishers' boundaries that do not fit together are the operator's choice.
        who_can_fix=np.where(first["source"] == later["source"], "publisher", "operator"),
    )


def _insert(con: duckdb.DuckDBPyConnection, level: str, crs: str, found: pd.DataFrame) -> None:
    con.register("found", pa.Table.from_pandas(found, preserve_index=False))
    con.execute(
        f"""
        INSERT INTO raw.misfit
        SELECT $level, misfit, area_code, other_code, part_count, size_m2, width_m,
            st_setcrs(st_point(x, y), '{crs}')
        FROM found ORDER BY area_code, other_code
        """,
        {"level": level},
    )
    con.execute(
        """
        INSERT INTO raw.issue
        SELECT source, file, row, NULL, value, rule, 'note', who_can_fix FROM found ORDER BY source, file, row, value
        """
    )
    con.unregister("found")
