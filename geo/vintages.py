"""Compare two boundary files of the same country: which areas are the same, and what became of the others."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.arrays import Bools, Floats, Ints, Shapes

# Ribbons thinner than this between two vintages are drawing, not land that changed hands.
NOISE_M = 50.0
# Nor is less than this share of either area.
NOISE_SHARE = 0.01

COLUMNS = ("from_code", "from_name", "to_code", "to_name", "kind", "share_of_from", "share_of_to", "area_km2")
KINDS = ("unchanged", "renamed", "recoded", "merged", "split", "boundary moved", "ended", "new")


def compare_areas(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    *,
    noise_m: float = NOISE_M,
    noise_share: float = NOISE_SHARE,
) -> pd.DataFrame:
    """Say what became of each area between two vintages of boundaries.

    Land that an old and a new area share counts where it is wider, on average, than `noise_m` and is at
    least `noise_share` of one of the two; the rest is edges drawn in another way. An old area that goes whole
    into a new one with others has merged; one that whole new areas were made of was split; where neither
    holds, a boundary moved. An area with one counterpart is unchanged, renamed (another name), recoded
    (another code), or has a moved boundary where more than `noise_share` of either lies outside the other
    in parts wider than `noise_m` (land gained from or lost to no other area).

    Args:
        old: ``area_code``, ``area_name`` and valid polygons in a projected system, metres; no two overlap.
        new: likewise, in the same system.
        noise_m: mean width, metres.
        noise_share: share of an area, 0 to 1.

    Returns:
        One row per old and new area that share land, ordered by code: `COLUMNS`. ``kind`` is one of `KINDS`;
        ``share_of_from`` and ``share_of_to`` are the shared part of the old and of the new area, 0 to 1, and
        ``area_km2`` its size. An old area without land in any new one has ended, and its to_code is null; a
        new one without land in any old one is new, and its from_code is null.

    Raises:
        ValueError: the two are not in one projected system, or a code is given twice.
    """
    _check(old, new)
    before, after = _sorted(old), _sorted(new)
    i, j, size = _shared_land(before.geometry.to_numpy(), after.geometry.to_numpy(), noise_m, noise_share)
    from_m2, to_m2 = before.area.to_numpy(), after.area.to_numpy()
    codes, names = ((before[c].to_numpy()[i], after[c].to_numpy()[j]) for c in ("area_code", "area_name"))
    moved = _outlines_differ(
        before.geometry.to_numpy()[i], after.geometry.to_numpy()[j], noise_m, noise_share
    )
    kinds = _kinds(i, j, moved, codes[0] != codes[1], _differ(*names))
    shared = pd.DataFrame(
        {
            "from_code": codes[0],
            "from_name": names[0],
            "to_code": codes[1],
            "to_name": names[1],
            "kind": kinds,
            "share_of_from": size / from_m2[i],
            "share_of_to": size / to_m2[j],
            "area_km2": size / 1e6,
        }
    )
    ended = _alone(before, i, from_m2, "from", "ended")
    begun = _alone(after, j, to_m2, "to", "new")
    rows = [frame for frame in (shared, ended, begun) if len(frame)]
    table = pd.concat(rows, ignore_index=True).reindex(columns=list(COLUMNS))
    return table.sort_values(["from_code", "to_code"], ignore_index=True, na_position="last")


def as_changes(compared: pd.DataFrame, changed_on: str) -> pd.DataFrame:
    """Return the changes among compared areas in the columns of a source of kind ``area_changes``.

    Args:
        compared: of `compare_areas`.
        changed_on: first day of the newer areas, ISO 8601: the files themselves do not say.

    Returns:
        One row per old and new area that share land, without those unchanged; where an old area has several,
        the shares are of its area and add up to 1, edges left out.
    """
    changed = compared[~compared["kind"].isin(["unchanged", "ended", "new"])]
    # An area that one part of a change touches is told of whole, or its shares would not add up.
    told = compared[compared["from_code"].isin(changed["from_code"]) & compared["to_code"].notna()]
    total = told.groupby("from_code")["share_of_from"].transform("sum")
    several = told.groupby("from_code")["to_code"].transform("size") > 1
    return told[["from_code", "from_name", "to_code", "to_name", "kind"]].assign(
        changed_on=changed_on,
        share=(told["share_of_from"] / total).where(several),
        share_of=pd.Series("area", index=told.index).where(several),
        share_by=pd.Series("the boundaries compared", index=told.index).where(several),
    )


def _check(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> None:
    if old.crs is None or old.crs != new.crs or not old.crs.is_projected:
        raise ValueError("both files must be in one projected coordinate system")
    for frame in (old, new):
        twice = frame["area_code"][frame["area_code"].duplicated()]
        if len(twice):
            raise ValueError(f"code '{twice.iloc[0]}' is given to more than one area")


def _sorted(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.sort_values("area_code", ignore_index=True)


def _shared_land(old: Shapes, new: Shapes, noise_m: float, noise_share: float) -> tuple[Ints, Ints, Floats]:
    """Return positions of old and new areas that share land, and how much, square metres."""
    i, j = (side.astype(np.int64) for side in shapely.STRtree(new).query(old, predicate="intersects"))
    # What is drawn as it was, vertex by vertex, shares land with nothing else: most of a country, most years.
    same = np.asarray(shapely.equals_exact(old[i], new[j], 0.0))
    settled = np.isin(i, i[same]) | np.isin(j, j[same])
    i, j, same = i[same | ~settled], j[same | ~settled], same[same | ~settled]
    size = np.where(same, shapely.area(old[i]), 0.0)
    size[~same] = wide_area(shapely.intersection(old[i[~same]], new[j[~same]]), noise_m)
    least = np.minimum(shapely.area(old[i]), shapely.area(new[j]))
    kept = same | (size >= noise_share * least) & (size > 0)
    order = np.lexsort((j[kept], i[kept]))
    return i[kept][order], j[kept][order], size[kept][order]


def wide_area(shapes: Shapes, noise_m: float) -> Floats:
    """Return the area of each shape, square metres, leaving out its parts that are thinner than `noise_m`."""
    parts, whole = shapely.get_parts(shapes, return_index=True)
    area, outline = shapely.area(parts), shapely.length(parts)
    # A long thin shape is twice its area wide for each metre of its outline.
    wide = 2 * area > noise_m * outline
    found: Floats = np.bincount(whole[wide], area[wide], len(shapes)).astype(np.float64)
    return found


def _outlines_differ(old: Shapes, new: Shapes, noise_m: float, noise_share: float) -> Bools:
    """Tell which pairs differ by more than noise: by land that lies in one and not in the other."""
    differ = ~np.asarray(shapely.equals_exact(old, new, 0.0))
    rest = np.zeros(len(old))
    for one, other in ((old[differ], new[differ]), (new[differ], old[differ])):
        lost = wide_area(shapely.difference(one, other), noise_m) / shapely.area(one)
        rest[differ] = np.maximum(rest[differ], lost)
    found: Bools = rest > noise_share
    return found


def _kinds(i: Ints, j: Ints, moved: Bools, recoded: Bools, renamed: Bools) -> NDArray[np.object_]:
    heirs, origins = np.bincount(i)[i], np.bincount(j)[j]
    whole_origins = np.bincount(j, heirs == 1)[j]
    whole_heirs = np.bincount(i, origins == 1)[i]
    one_to_one = (heirs == 1) & (origins == 1)
    kinds = [
        one_to_one & moved,
        one_to_one & recoded,
        one_to_one & renamed,
        one_to_one,
        # Two that go in whole make a merger, whatever a third gives to it; one alone has only grown.
        (heirs == 1) & (whole_origins > 1),
        (origins == 1) & (whole_heirs > 1),
    ]
    names = ["boundary moved", "recoded", "renamed", "unchanged", "merged", "split"]
    found: NDArray[np.object_] = np.select(kinds, names, "boundary moved").astype(object)
    return found


def _differ(one: NDArray[Any], other: NDArray[Any]) -> Bools:
    both = ~(pd.isna(one) | pd.isna(other))
    return np.asarray(both & (one != other), dtype=np.bool_)


def _alone(frame: gpd.GeoDataFrame, met: Ints, area_m2: Floats, side: str, kind: str) -> pd.DataFrame:
    left = np.setdiff1d(np.arange(len(frame)), met)
    return pd.DataFrame(
        {
            f"{side}_code": frame["area_code"].to_numpy()[left],
            f"{side}_name": frame["area_name"].to_numpy()[left],
            "kind": kind,
            f"share_of_{side}": 0.0,
            "area_km2": area_m2[left] / 1e6,
        }
    )
