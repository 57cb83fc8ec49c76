"""Read area boundaries of one level, whatever the vintage of their column names."""

import re
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import shapely

from geo.errors import SourceError
from geo.readers.features import as_temp_table, columns_of, keep_where, read_features
from geo.readers.ledger import Issue, add_issues
from geo.sources import Areas, AreaVintages, Boundaries
from geo.tables import Column, Table

_CODE = re.compile(r"^([a-z]+\d{2}cd|[a-z]+\d{0,2}_code|code|gss_code|geo_code)$", re.IGNORECASE)
_NAME = re.compile(r"^([a-z]+\d{2}nm|[a-z]+\d{0,2}_name|name)$", re.IGNORECASE)
_POLYGONAL = (3, 6)


_PROVENANCE = (
    Column("source", "VARCHAR", "Source id in the region file. Never null."),
    Column("file", "VARCHAR", "Path of the file below the data root. Never null."),
    Column("row", "BIGINT", "Position of the feature in the file, from 1 (the first, if dissolved)."),
    Column("area_level", "VARCHAR", "Level, as named in the region file. Never null."),
    Column("area_code", "VARCHAR", "Code as published (GSS in Britain). Never null."),
    Column("area_name", "VARCHAR", "Name as published; null where the file has none."),
    Column("parent_code", "VARCHAR", "Code of the area it belongs to; null where the file does not say."),
)


def area_table(crs: str) -> Table:
    """Describe raw.area."""
    return Table(
        "raw.area",
        "One row per area and level, as accepted from a boundary file.",
        (
            *_PROVENANCE,
            Column("is_context", "BOOLEAN", "True for areas beyond the region, never published as outcomes."),
            Column("geom", f"GEOMETRY('{crs}')", f"Boundary in {crs}, metres, valid. Never null."),
        ),
        key=("area_level", "area_code"),
    )


def area_vintage_table(crs: str) -> Table:
    """Describe raw.area_vintage."""
    return Table(
        "raw.area_vintage",
        "One row per area as it was or is to be, as accepted from a boundary file.",
        (
            *_PROVENANCE,
            Column("valid_from", "DATE", "First day on which it is in force; null for ever before."),
            Column("valid_to", "DATE", "Last day; null for ever after."),
            Column("geom", f"GEOMETRY('{crs}')", f"Boundary in {crs}, metres, valid. Never null."),
        ),
    )


def read_areas(
    con: duckdb.DuckDBPyConnection, path: Path, source: Boundaries, *, file: str, working_crs: str
) -> tuple[int, int, int, int]:
    """Append the areas of one file to raw.area, or to raw.area_vintage.

    Returns:
        Features read (counted apart from the reader), accepted, quarantined, and left out by `where`.

    Raises:
        SourceError: no polygons, no code column or several, or a code given twice without `dissolve`.
    """
    frame, count, crs = read_features(path, source=source.id, file=file, layer=source.layer, crs=source.crs)
    frame = frame.assign(row=np.arange(1, len(frame) + 1))
    wanted = keep_where(frame, source.where, file=file)
    code = _column(wanted, source.code, _CODE, "code", source.id, file)
    name = _column(wanted, source.name, _NAME, "name", source.id, file, required=False)
    if source.parent and source.parent not in wanted.columns:
        raise SourceError(
            f"Source '{source.id}': '{file}' has no column '{source.parent}' (parent). {columns_of(wanted)}"
        )
    codes = wanted[code].astype("string").str.strip()
    polygonal = np.isin(shapely.get_type_id(wanted.geometry.values), _POLYGONAL) & ~shapely.is_empty(
        wanted.geometry.values
    )
    if not polygonal.any():
        kinds = ", ".join(sorted(set(wanted.geom_type.dropna()))) or "nothing"
        raise SourceError(
            f"Source '{source.id}': '{file}' holds no polygons (it holds {kinds}). Is it the boundary file?"
        )
    coded = (codes.notna() & (codes != "")).to_numpy()
    good = polygonal & coded
    _log_rejected(con, wanted, source.id, file, code, polygonal, coded)
    kept = wanted[good].assign(
        area_code=codes[good],
        area_name=wanted.loc[good, name].astype("string").str.strip() if name else None,
        parent_code=wanted.loc[good, source.parent].astype("string") if source.parent else None,
    )
    kept = _repair(con, kept, source.id, file)
    kept = _one_per_code(kept, source, file)
    as_temp_table(
        con,
        {c: kept[c] for c in ("row", "area_code", "area_name", "parent_code")},
        kept.geometry.values,
        crs=crs,
        working_crs=working_crs,
        table="areas",
    )
    _insert(con, source, file)
    con.execute("DROP TABLE areas")
    return count, int(good.sum()), int((~good).sum()), len(frame) - len(wanted)


def _insert(con: duckdb.DuckDBPyConnection, source: Boundaries, file: str) -> None:
    said = {"source": source.id, "file": file, "level": source.level}
    if isinstance(source, AreaVintages):
        con.execute(
            """
            INSERT INTO raw.area_vintage BY NAME
            SELECT $source AS source, $file AS file, $level AS area_level, $valid_from AS valid_from,
                $valid_to AS valid_to, * FROM areas
            """,
            said | {"valid_from": source.valid_from, "valid_to": source.valid_to},
        )
        return
    con.execute(
        """
        INSERT INTO raw.area BY NAME
        SELECT $source AS source, $file AS file, $level AS area_level, $context AS is_context, * FROM areas
        """,
        said | {"context": isinstance(source, Areas) and source.context},
    )


def _column(
    frame: gpd.GeoDataFrame,
    stated: str | None,
    pattern: re.Pattern[str],
    what: str,
    source: str,
    file: str,
    *,
    required: bool = True,
) -> str | None:
    if stated:
        if stated not in frame.columns:
            raise SourceError(
                f"Source '{source}': '{file}' has no column '{stated}' ({what}). {columns_of(frame)}"
            )
        return stated
    found = [str(c) for c in frame.columns if pattern.match(str(c))]
    if len(found) == 1:
        return found[0]
    if not found and not required:
        return None
    seen = (
        f"several columns that look like one ({', '.join(found)})"
        if found
        else "no column that looks like one"
    )
    raise SourceError(
        f"Source '{source}': which column of '{file}' is the {what}? It has {seen}. {columns_of(frame)} "
        f'Say which: {what} = "...".'
    )


def _log_rejected(
    con: duckdb.DuckDBPyConnection,
    frame: gpd.GeoDataFrame,
    source: str,
    file: str,
    code: str | None,
    polygonal: np.ndarray,
    coded: np.ndarray,
) -> None:
    issues = [
        Issue(
            source, file, int(row), None, kind if isinstance(kind, str) else None, "not a polygon", "rejected"
        )
        for row, kind in zip(frame["row"][~polygonal], frame.geom_type[~polygonal], strict=True)
    ] + [
        Issue(source, file, int(row), code, None, "missing", "rejected")
        for row in frame["row"][polygonal & ~coded]
    ]
    add_issues(con, issues)


def _repair(
    con: duckdb.DuckDBPyConnection, frame: gpd.GeoDataFrame, source: str, file: str
) -> gpd.GeoDataFrame:
    shapes = frame.geometry.values
    invalid = ~shapely.is_valid(shapes)
    if not invalid.any():
        return frame
    reasons = shapely.is_valid_reason(shapes[invalid])
    add_issues(
        con,
        [
            Issue(source, file, int(row), None, str(code), f"invalid polygon repaired: {reason}", "repaired")
            for row, code, reason in zip(
                frame["row"][invalid], frame["area_code"][invalid], reasons, strict=True
            )
        ],
    )
    mended = np.array(shapes, dtype=object)
    # 'structure' keeps the area a ring encloses; the older 'linework' can turn it inside out.
    mended[invalid] = shapely.make_valid(mended[invalid], method="structure", keep_collapsed=False)
    if (nothing := shapely.is_empty(mended)).any():
        code = frame["area_code"][nothing].iloc[0]
        raise SourceError(
            f"Source '{source}': the polygon of '{code}' in '{file}' encloses no area. Fetch the file again."
        )
    return frame.set_geometry(gpd.GeoSeries(mended, index=frame.index, crs=frame.crs))


def _one_per_code(frame: gpd.GeoDataFrame, source: Boundaries, file: str) -> gpd.GeoDataFrame:
    repeated = frame["area_code"][frame["area_code"].duplicated()]
    if repeated.empty:
        return frame
    if not source.dissolve:
        raise SourceError(
            f"Source '{source.id}': '{file}' gives code '{repeated.iloc[0]}' to more than one polygon. "
            "If they are parts of one area, say dissolve = true."
        )
    return frame.dissolve("area_code", aggfunc="first", as_index=False)
