"""Models of areas that do not fit each other: areas of figures against areas of outcomes."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.areal import Peopled, land_between, people_on, share_land
from geo.cover_cache import forget_others, kept_cover
from geo.tables import Column, Table
from queries.columns import CODE, LEVEL
from queries.python_models import Frames, PythonModel

# An area that another is to get figures of may not be smaller than this part of it: its own part would be less.
_LEAST_SIZE = 0.5


def area_overlap(frames: Frames) -> pd.DataFrame:
    """Measure what the areas that published scores are of share with areas of other levels."""
    areas = frames["core.area"]
    stated = frames["core.stated_area"]
    codes = {*frames["staging.satisfaction_score"]["area_code"], *stated["to_code"]}
    levels = [(str(level), _in_order(of_level)) for level, of_level in areas.groupby("area_level", sort=True)]
    small = small_areas(levels)
    parts = []
    for level, of_level in levels:
        scored = _in_order(of_level[of_level["area_code"].isin(codes)])
        for to_level, targets in levels if len(scored) else []:
            if to_level != level:
                parts.append(_shared(level, scored, to_level, targets, small))
    columns = [c.name for c in AREA_OVERLAP.table.columns]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def change_overlap(frames: Frames) -> pd.DataFrame:
    """Measure what an area before a change and one after it have in common."""
    pairs, areas = frames["core.change_pair"], frames["core.area"]
    small = small_areas([(str(level), of_level) for level, of_level in areas.groupby("area_level")])
    before, after = _polygons(pairs["from_geom"]), _polygons(pairs["to_geom"])
    shared, size = land_between(before, after)
    people, doubt = people_on(shared, small)
    people[size == 0], doubt[size == 0] = 0, 0
    return pairs[["from_code", "changed_on", "to_code"]].assign(
        shared_km2=size / 1e6,
        from_km2=shapely.area(before) / 1e6,
        residents=people,
        residents_error=doubt,
        from_residents=people_on(before, small)[0],
    )


def vintage_cover(frames: Frames, folder: Path | None = None) -> pd.DataFrame:
    """Cover every area as it was or is to be with grid cells; from the folder where boundaries are as before."""
    vintages = frames["staging.area_vintage"]
    if vintages.empty:
        return pd.DataFrame(columns=[c.name for c in VINTAGE_COVER.table.columns])
    ordered = vintages.sort_values(["area_level", "area_code", "vintage"]).reset_index(drop=True)
    # A folder of their own: the covers of areas in force forget all others in theirs.
    kept_in = folder / "vintages" if folder else None
    cover, file = kept_cover(shapely.from_wkb(ordered["geom"].to_numpy()), kept_in)
    if kept_in and file:
        forget_others(kept_in, [file])
    of = ordered.loc[cover.pop("shape").to_numpy(), ["area_level", "area_code", "vintage"]]
    return pd.concat([of.reset_index(drop=True), cover], axis=1)


def small_areas(levels: list[tuple[str, pd.DataFrame]]) -> Peopled:
    """Return the areas of the level with the most areas among those whose people are all known; maybe none."""
    known = [areas for _, areas in levels if (areas["population"] >= 0).all()]
    return _peopled(max(known, key=len)) if known else Peopled(np.array([], dtype=object), np.array([]))


def _shared(
    level: str, scored: pd.DataFrame, to_level: str, targets: pd.DataFrame, small: Peopled
) -> pd.DataFrame:
    # Only what may be large enough is cut: a score of an authority is never one of its small areas.
    large = targets[targets["area_km2"] >= _LEAST_SIZE * scored["area_km2"].min()].reset_index(drop=True)
    found = share_land(_peopled(scored), _peopled(large), small)
    size = scored["area_km2"].to_numpy()[found["one"]]
    kept: pd.DataFrame = found.loc[large["area_km2"].to_numpy()[found["other"]] >= _LEAST_SIZE * size]
    return kept.rename(columns={"share_of_one": "share", "share_of_other": "share_of_to"}).assign(
        area_level=level,
        area_code=scored["area_code"].array.take(kept["one"].to_numpy()),
        to_level=to_level,
        to_code=large["area_code"].array.take(kept["other"].to_numpy()),
    )


def _in_order(areas: pd.DataFrame) -> pd.DataFrame:
    return areas.sort_values("area_code").reset_index(drop=True)


def _peopled(areas: pd.DataFrame) -> Peopled:
    people = areas["population"].to_numpy(dtype=np.float64, na_value=np.nan)
    return Peopled(_polygons(areas["geom"]), people)


def _polygons(wkb: pd.Series) -> Any:
    shapes: Any = shapely.from_wkb(wkb.to_numpy())
    # A valid polygon need not stay valid when it is brought to another coordinate system.
    invalid = ~shapely.is_valid(shapes)
    shapes[invalid] = shapely.make_valid(shapes[invalid], method="structure")
    return shapes


AREA_OVERLAP = PythonModel(
    Table(
        "core.area_overlap",
        "One row per area that a published score is of and area of another level that shares land with it and is "
        "not less than half as large: how much of each lies in the other.",
        (
            Column("area_level", "VARCHAR", "Level of the area that a score is of. Never null."),
            Column("area_code", "VARCHAR", "Its code, on the region's basis. Never null."),
            Column("to_level", "VARCHAR", "Another level. Never null."),
            Column("to_code", "VARCHAR", "Code of an area of that level. Never null."),
            Column("shared_km2", "DOUBLE", "Land that both have, square kilometres. Never null."),
            Column("residents", "DOUBLE", "People who live on it; null where not known."),
            Column(
                "share",
                "DOUBLE",
                "Part of the first area that lies in the other, 0 to 1: of its people, or of its land where they "
                "are not known. Never null.",
            ),
            Column(
                "share_of_to",
                "DOUBLE",
                "Part of the other area that lies in the first, likewise. Never null.",
            ),
            Column(
                "share_error",
                "DOUBLE",
                "Standard error of share, from small areas that the border cuts, whose people may all live on "
                "either side; zero where none is cut. Never null.",
            ),
            Column(
                "method",
                "VARCHAR",
                "residents (one lies in the other), residents of small areas, or land. Never null.",
            ),
        ),
        key=("area_level", "area_code", "to_level", "to_code"),
    ),
    area_overlap,
    inputs=("core.area", "core.stated_area", "staging.satisfaction_score"),
)

VINTAGE_COVER = PythonModel(
    Table(
        "core.vintage_cover",
        "One row per area as it was or is to be, and grid cell that it touches.",
        (
            LEVEL,
            CODE,
            Column("vintage", "BIGINT", "Number of the boundary, as in staging.area_vintage. Never null."),
            Column("cell_x", "INTEGER", "Column of the cell: floor(easting / cell side). Never null."),
            Column("cell_y", "INTEGER", "Row of the cell: floor(northing / cell side). Never null."),
            Column(
                "piece",
                "GEOMETRY",
                "Part of the area in the cell, working CRS, metres; null where it fills the cell.",
            ),
        ),
        key=("area_level", "area_code", "vintage", "cell_x", "cell_y"),
    ),
    vintage_cover,
    inputs=("staging.area_vintage",),
    keep=vintage_cover,
)

CHANGE_OVERLAP = PythonModel(
    Table(
        "core.change_overlap",
        "One row per change of an area whose boundaries before and after are both known: what the two share.",
        (
            Column("from_code", "VARCHAR", "Code of the area before the change. Never null."),
            Column("changed_on", "DATE", "First day on which the code after is in force. Never null."),
            Column("to_code", "VARCHAR", "Code of the area after the change. Never null."),
            Column(
                "shared_km2",
                "DOUBLE",
                "Land that both have, square kilometres, ribbons between edges drawn in two ways left out. Never null.",
            ),
            Column("from_km2", "DOUBLE", "Land of the area before, square kilometres. Never null."),
            Column(
                "residents", "DOUBLE", "People of today on the land that both have; null where not known."
            ),
            Column(
                "residents_error",
                "DOUBLE",
                "Standard error of residents, from small areas that a border cuts; null where not known.",
            ),
            Column(
                "from_residents",
                "DOUBLE",
                "People of today on the land of the area before; null where not known.",
            ),
        ),
        key=("from_code", "changed_on", "to_code"),
    ),
    change_overlap,
    inputs=("core.area", "core.change_pair"),
)

AREAL_MODELS = (VINTAGE_COVER, CHANGE_OVERLAP, AREA_OVERLAP)
