"""The same roads as OpenStreetMap would have them: ways of several links, tags, and paths beside the streets."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.arrays import Bools, Floats, Ints, Objects
from geo.sample.links import Links

# By road class, as `Links` counts them; in places the lesser classes are streets.
_HIGHWAY = np.array(["motorway", "primary", "secondary", "tertiary", "unclassified", "unclassified"])
_STREET = np.array(["motorway", "primary", "secondary", "tertiary", "residential", "living_street"])
_MOTORWAY, _A_ROAD, _LANE = 0, 1, 3
# Tags that GDAL gives no column of their own.
_OTHER = ("ref", "maxspeed", "oneway", "junction", "bridge", "service")
# Far beyond the ways of the real OpenStreetMap.
_FIRST_ID = 8_000_000_001
# Of the junctions that a road passes without change, the share where its way goes on.
_JOINED_SHARE = 0.75
# Of the ways, the share that is cut between junctions, as where a speed limit begins.
_CUT_SHARE = 0.1
_LEAST_POINTS = 4
# Of the ways of lesser roads, the share that mappers left without a speed limit.
_UNSIGNED_SHARE = 0.4
_PATH_SHARE, _CYCLEWAY_SHARE, _DRIVE_SHARE = 0.3, 0.15, 0.15
_PATH_BESIDE_M = 4.0
_DRIVE_M = (15.0, 60.0)


@dataclass(frozen=True)
class Ways:
    """Ways by line (EPSG:27700), and the link whose facts each has."""

    lines: Objects
    link: Ints


def osm_table(
    rng: np.random.Generator,
    links: Links,
    *,
    numbers: Sequence[str | None],
    names: Sequence[str | None],
    forms: Sequence[str],
    is_trunk: Bools,
) -> gpd.GeoDataFrame:
    """Return the links as ways with a column for each tag (EPSG:27700); null where a way has no such tag.

    Each carriageway is as long as in `links`, but its ways begin and end elsewhere; footways, cycleways and
    service roads come after them, and are no carriageway.

    Args:
        rng: random stream.
        links: the roads.
        numbers: road number of each link (A61), null where unnumbered.
        names: street name of each link, null where it has none.
        forms: form of way of each link, in the words of OS Open Roads.
        is_trunk: whether the strategic operator maintains the link.
    """
    facts = pd.DataFrame(
        {
            "name": pd.array(names, dtype="string"),
            "highway": _highways(links, np.asarray(forms), is_trunk),
            "ref": pd.array(numbers, dtype="string"),
            "oneway": _tagged(np.isin(forms, ["Dual Carriageway", "Slip Road"]), "yes"),
            "junction": _tagged(links.is_roundabout, "roundabout"),
            "bridge": _tagged(links.is_bridge, "yes"),
        }
    )  # fmt: skip
    facts["maxspeed"] = _speed_limits(links, np.asarray(forms), facts["highway"])
    ways = _cut(rng, links, _joined(rng, links, facts))
    roads = facts.iloc[ways.link].reset_index(drop=True)
    is_unsigned = (links.road_class[ways.link] > _LANE) & (rng.uniform(size=len(roads)) < _UNSIGNED_SHARE)
    roads["maxspeed"] = roads["maxspeed"].mask(is_unsigned)
    beside = _beside(rng, links)
    table = pd.concat([roads, beside.drop(columns="line")], ignore_index=True)
    numbered = pd.Series(np.arange(len(table)) + _FIRST_ID).astype("string")
    lines = np.concatenate([ways.lines, beside["line"].to_numpy()])
    ordered = ["osm_id", "name", "highway", *_OTHER]
    return gpd.GeoDataFrame(table.assign(osm_id=numbered)[ordered], geometry=lines, crs="EPSG:27700")


def with_other_tags(ways: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ways as GDAL reads them from OpenStreetMap: most tags in one column (``"ref"=>"A61"``)."""
    tags = pd.Series("", ways.index, dtype="string")
    for tag in _OTHER:
        value = ways[tag].str.replace("\\", "\\\\").str.replace('"', '\\"')
        told = (f'"{tag}"=>"' + value + '"').fillna("")
        tags = tags + np.where((tags != "") & (told != ""), ",", "") + told
    return (
        ways[["osm_id", "name", "highway"]]
        .assign(other_tags=tags.mask(tags == ""))
        .set_geometry(ways.geometry)
    )


def _highways(links: Links, forms: Objects, is_trunk: Bools) -> Objects:
    kind = np.where(links.in_place >= 0, _STREET[links.road_class], _HIGHWAY[links.road_class]).astype(object)
    kind[is_trunk & (links.road_class == _A_ROAD)] = "trunk"
    is_slip = (forms == "Slip Road") & (links.road_class <= _LANE)
    kind[is_slip] += "_link"
    return kind


def _speed_limits(links: Links, forms: Objects, highway: pd.Series) -> pd.Series:
    is_dual = np.char.endswith(forms.astype(str), "Dual Carriageway") | (links.road_class == _MOTORWAY)
    open_road = np.where(is_dual, "70 mph", "60 mph")
    in_town = np.where(highway == "living_street", "20 mph", "30 mph")
    limit = np.where((links.in_place >= 0) & (links.road_class > _MOTORWAY), in_town, open_road)
    return pd.Series(limit, dtype="string")


def _joined(rng: np.random.Generator, links: Links, facts: pd.DataFrame) -> Ways:
    """Join links into ways where exactly two with the same facts meet; roundabouts become whole rings."""
    count = len(links.lines)
    alike = facts.groupby(list(facts.columns), dropna=False, sort=False).ngroup().to_numpy()
    end = np.concatenate([links.nodes[:, 0], links.nodes[:, 1]])
    link = np.tile(np.arange(count), 2)
    meeting = np.tile(alike, 2) * (int(end.max()) + 1) + end
    order = np.argsort(meeting, kind="stable")
    _, first, size = np.unique(meeting[order], return_index=True, return_counts=True)
    one, other = link[order][first[size == 2]], link[order][first[size == 2] + 1]  # noqa: PLR2004
    goes_on = (rng.uniform(size=len(one)) < _JOINED_SHARE) | links.is_roundabout[one]
    one, other = one[goes_on], other[goes_on]
    together = coo_array((np.ones(len(one)), (one, other)), shape=(count, count)).tocsr()
    _, way = connected_components(together, directed=False)
    order = np.argsort(way, kind="stable")
    _, first = np.unique(way[order], return_index=True)
    merged = shapely.line_merge(shapely.multilinestrings(links.lines[order], indices=way[order]))
    lines, whole = shapely.get_parts(merged, return_index=True)
    ways = Ways(lines, order[first][whole])
    # On the left, traffic goes round clockwise.
    is_wrong = links.is_roundabout[ways.link] & shapely.is_ccw(lines)
    lines[is_wrong] = shapely.reverse(lines[is_wrong])
    return ways


def _cut(rng: np.random.Generator, links: Links, ways: Ways) -> Ways:
    """Cut some ways at the point halfway along their points."""
    xy, way = shapely.get_coordinates(ways.lines, return_index=True)
    points = np.bincount(way)
    is_cut = (rng.uniform(size=len(points)) < _CUT_SHARE) & ~links.is_roundabout[ways.link]
    is_cut &= points >= _LEAST_POINTS
    nth = np.arange(len(xy)) - np.repeat(np.cumsum(points) - points, points)
    # The point of the cut ends one part and begins the other.
    is_end = is_cut[way] & (nth == points[way] // 2)
    times = 1 + is_end.astype(np.int64)
    begins = np.repeat(nth == 0, times)
    begins[(np.cumsum(times) - 1)[is_end]] = True
    lines = shapely.linestrings(np.repeat(xy, times, axis=0), indices=np.cumsum(begins) - 1)
    return Ways(lines, ways.link[np.repeat(way, times)[begins]])


def _beside(rng: np.random.Generator, links: Links) -> pd.DataFrame:
    """Return footways and cycleways along streets, and drives off them: ways without motor traffic of note."""
    is_street = (links.in_place >= 0) & (links.road_class >= _LANE) & ~links.is_roundabout & ~links.is_bridge
    streets = links.lines[is_street]
    has_path, has_drive, chance = rng.uniform(size=(3, len(streets)))
    on_left = np.where(rng.uniform(size=len(streets)) < 0.5, 1.0, -1.0)  # noqa: PLR2004
    at, long = rng.uniform(0.2, 0.8, len(streets)), rng.uniform(*_DRIVE_M, len(streets))
    with_path, with_drive = has_path < _PATH_SHARE, has_drive < _DRIVE_SHARE
    paths = shapely.offset_curve(streets[with_path], _PATH_BESIDE_M * on_left[with_path])
    # A path beside a hairpin falls apart; there is none then.
    is_whole = (shapely.get_type_id(paths) == 1) & ~shapely.is_empty(paths)
    kind = np.where(chance[with_path] < _CYCLEWAY_SHARE, "cycleway", "footway")[is_whole]
    drives = _drives(streets[with_drive], at[with_drive], (long * on_left)[with_drive])
    lines = np.concatenate([_rounded(paths[is_whole]), drives])
    table = pd.DataFrame({"highway": np.concatenate([kind, np.full(len(drives), "service")]), "line": lines})
    return table.assign(service=_tagged((table["highway"] == "service").to_numpy(), "driveway"))


def _drives(streets: Objects, at: Floats, long: Floats) -> Objects:
    """Return straight lines `long` metres to the left of each street, from the share `at` of its length."""
    foot, ahead = (shapely.line_interpolate_point(streets, at + step, normalized=True) for step in (0, 0.05))
    start = shapely.get_coordinates(foot)
    along = shapely.get_coordinates(ahead) - start
    across = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    drives: Objects = shapely.linestrings(
        np.round(np.stack([start, start + long[:, None] * across], axis=1), 2)
    )
    return drives


def _tagged(is_so: Bools, value: str) -> pd.Series:
    """Return `value` where it is so, and null elsewhere."""
    return pd.Series(value, range(len(is_so)), dtype="string").where(is_so)


def _rounded(lines: Objects) -> Objects:
    rounded: Objects = shapely.transform(lines, lambda xy: np.round(xy, 2))
    return rounded
