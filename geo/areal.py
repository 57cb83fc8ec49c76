"""Areas that do not fit each other: how much land they share, and how many people live on it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.vintages import NOISE_M, NOISE_SHARE, wide_area

RESIDENTS = "residents"
SMALL_AREAS = "residents of small areas"
LAND = "land"
COLUMNS = (
    "one",
    "other",
    "shared_km2",
    "residents",
    "share_of_one",
    "share_of_other",
    "share_error",
    "method",
)


@dataclass(frozen=True)
class Peopled:
    """Polygons (projected, metres) and the residents of each, NaN where not known."""

    shapes: Shapes
    people: Floats

    def __len__(self) -> int:
        return len(self.shapes)


def share_land(one: Peopled, other: Peopled, small: Peopled) -> pd.DataFrame:
    """Say for each two areas that share land how much of each it is: by people where these are known.

    Ribbons between edges drawn in two ways are no land (see `geo.vintages`). Where one area lies in the other,
    all its people do. Where they cross, small areas tell: one that the crossing cuts gives people by land, and
    as they may all live on either side of the cut, its error is that of one throw for all of them. Without
    people, land stands in for them, by the same rule and with the whole area as its one small area.

    Args:
        one: areas; no two overlap.
        other: areas; likewise.
        small: areas smaller than either that fill them, each with its people; empty where there are none.

    Returns:
        `COLUMNS`, by position: ``one`` and ``other``; ``shared_km2``; ``residents`` (NaN where not known);
        ``share_of_one`` and ``share_of_other`` (0 to 1, of people where both are known, else of land);
        ``share_error``, the standard error of ``share_of_one``; ``method``, one of residents (one holds the
        other), residents of small areas, and land.
    """
    i, j, clip, size = shared_land(one.shapes, other.shapes)
    of_one, of_other = size / shapely.area(one.shapes[i]), size / shapely.area(other.shapes[j])
    whole_one, whole_other = of_one >= 1 - NOISE_SHARE, of_other >= 1 - NOISE_SHARE
    of_one, of_other = np.where(whole_one, 1.0, of_one), np.where(whole_other, 1.0, of_other)
    crosses = ~whole_one & ~whole_other
    people, doubt = np.where(whole_one, one.people[i], other.people[j]), np.zeros(len(i))
    people[crosses], doubt[crosses] = people_on(clip[crosses], small)
    known = np.isfinite(people) & (one.people[i] > 0) & (other.people[j] > 0)
    # By land alone, the people may all be on either side.
    by_land = np.sqrt(of_one * (1 - of_one))
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.DataFrame(
            {
                "one": i,
                "other": j,
                "shared_km2": size / 1e6,
                "residents": np.where(known, people, np.nan),
                "share_of_one": np.where(known, np.minimum(people / one.people[i], 1), of_one),
                "share_of_other": np.where(known, np.minimum(people / other.people[j], 1), of_other),
                "share_error": np.where(known, np.minimum(doubt / one.people[i], 1), by_land),
                "method": np.select([known & crosses, known], [SMALL_AREAS, RESIDENTS], LAND),
            }
        )


def shared_land(one: Shapes, other: Shapes) -> tuple[Ints, Ints, Shapes, Floats]:
    """Return positions of areas that share land, the shared land and its size, square metres.

    No two areas of `other` may overlap. Shared land is left out where it is a ribbon thinner than the noise of
    drawing, or less than that noise's share of both areas.
    """
    i, j, inside, clip = _crossing(one, other, apart=True)
    size = np.where(inside, shapely.area(one[i]), wide_area(clip, NOISE_M))
    least = np.minimum(shapely.area(one[i]), shapely.area(other[j]))
    kept = inside | ((size >= NOISE_SHARE * least) & (size > 0))
    order = np.lexsort((j[kept], i[kept]))
    return i[kept][order], j[kept][order], clip[kept][order], size[kept][order]


def land_between(one: Shapes, other: Shapes) -> tuple[Shapes, Floats]:
    """Return what each area shares with the one at its place in `other`, and its size, square metres; 0 for noise."""
    clip = shapely.intersection(one, other)
    size = wide_area(clip, NOISE_M)
    least = np.minimum(shapely.area(one), shapely.area(other))
    return clip, np.where(size >= NOISE_SHARE * least, size, 0.0)


def people_on(land: Shapes, small: Peopled) -> tuple[Floats, Floats]:
    """Return the people on each stretch of land, and the standard error that cut small areas leave.

    NaN for both where a small area without known people has a part in it, or none has.
    """
    at, on, inside, clip = _crossing(small.shapes, land, apart=False)
    share = np.where(inside, 1.0, wide_area(clip, NOISE_M) / shapely.area(small.shapes[at]))
    share = np.where(share > 1 - NOISE_SHARE, 1.0, np.where(share < NOISE_SHARE, 0.0, share))
    at, on, share = at[share > 0], on[share > 0], share[share > 0]
    people = np.bincount(on, small.people[at] * share, len(land))
    doubt = np.sqrt(np.bincount(on, small.people[at] ** 2 * share * (1 - share), len(land)))
    met = np.bincount(on, minlength=len(land)) > 0
    return np.where(met, people, np.nan), np.where(met, doubt, np.nan)


def _crossing(one: Shapes, other: Shapes, *, apart: bool) -> tuple[Ints, Ints, Bools, Shapes]:
    """Return pairs that meet, whether the first lies in the second, and what they share."""
    shapely.prepare(other)
    i, j = (side.astype(np.int64) for side in shapely.STRtree(other).query(one, predicate="intersects"))
    inside = np.asarray(shapely.covers(other[j], one[i]), dtype=np.bool_)
    if apart:
        # What lies in one area only touches its neighbours: most pairs, so that few are cut.
        met = inside | ~np.isin(i, i[inside])
        i, j, inside = i[met], j[met], inside[met]
    clip = one[i].astype(object)
    clip[~inside] = shapely.intersection(one[i[~inside]], other[j[~inside]])
    return i, j, inside, clip
