"""Where polygons of one level do not fit together: they overlap, or leave a gap that none of them holds."""

from itertools import pairwise

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints, Shapes
from geo.borders import borders_of

COLUMNS = ("area", "other", "part_count", "size_m2", "width_m", "x", "y")
# Coordinates to five decimals of a degree, the fewest in use, lie on a grid of 1.1 m. Edges that are meant
# to be one but are rounded or drawn apart leave slivers thinner than that, however long.
LEAST_WIDTH_M = 1.0
LEAST_AREA_M2 = 1.0
# What is wider anywhere is water, or an area that was not given.
GAP_WIDTH_M = 50.0
# What is narrower than this is looked at. In a wedge of 20 degrees the part beyond a circle of this width holds one of
# 0.7 of it: so the head of an estuary is wider than a gap may be, or else blunter, and then its mouth is too wide.
_SEARCH_M = 75.0
# What opens wider to the outside than this part of its outline is a bay.
_MOUTH_SHARE = 0.1
# Each of the two areas that a gap lies between has at least this part of its outline.
_SIDE_SHARE = 0.1
_TOUCH_M = 0.01


def overlaps(shapes: Shapes) -> pd.DataFrame:
    """Measure where polygons overlap, without slivers thinner than a metre on average.

    Args:
        shapes: polygons of one level in a projected system, metres.

    Returns:
        One row per pair that overlaps, the lower position first: ``area``, ``other``; ``part_count``;
        ``size_m2`` of all parts; ``width_m``, the diameter of the largest circle in any, and ``x``, ``y``, the
        centre of that circle.
    """
    pairs = _touching(shapes)
    # A valid polygon need not stay valid when it is brought to another coordinate system.
    one, other = (shapely.make_valid(shapes[side], method="structure") for side in pairs.T)
    parts, pair = shapely.get_parts(shapely.intersection(one, other), return_index=True)
    is_wide = _is_wide(parts)
    return _measured(parts[is_wide], pairs[pair[is_wide]])


def gaps(shapes: Shapes) -> pd.DataFrame:
    """Measure the gaps between polygons: what none holds, at least a metre wide on average and nowhere over 50.

    At least nine tenths of a gap's outline is border, and at least a tenth each of two areas. So a hole in one
    area is none, nor is the sea where two coasts meet in a corner, nor an estuary, which widens beyond 50 m
    somewhere. A creek between two areas that is narrower than that throughout looks the same as a gap.

    Args:
        shapes: polygons of one level in a projected system, metres.

    Returns:
        The same as `overlaps`; a gap among several areas lies between the two that border most of it.
    """
    zones = _zones(shapes)
    zone, area = shapely.STRtree(shapes).query(zones, predicate="intersects")
    pieces = shapely.intersection(shapely.make_valid(shapes[area], method="structure"), zones[zone])
    held = _together(pieces, zone, len(zones))
    parts, of = _filled(held, zones)
    is_enclosed = _touched_share(parts, held[of]) >= 1 - _MOUTH_SHARE
    parts, of = parts[is_enclosed], of[is_enclosed]
    part, between = _between(parts, of, pieces, zone, area)
    return _measured(parts[part], between, most_m=GAP_WIDTH_M)


def _between(parts: Shapes, of: Ints, pieces: Shapes, zone: Ints, area: Ints) -> tuple[Ints, Ints]:
    """Return the parts that lie between two areas, and the two that border most of each."""
    row, piece = _within(of, zone)
    share = _touched_share(parts[row], pieces[piece])
    sides = pd.DataFrame({"part": row, "area": area[piece], "share": share})
    sides = sides.groupby(["part", "area"])["share"].sum().reset_index()
    sides = sides.sort_values(["part", "share", "area"], ascending=[True, False, True], ignore_index=True)
    first = sides[sides.groupby("part").cumcount() == 0].set_index("part")
    second = sides[sides.groupby("part").cumcount() == 1].set_index("part")
    chosen = second[second["share"] >= _SIDE_SHARE]
    pairs = np.column_stack([first.loc[chosen.index, "area"], chosen["area"]]).astype(np.int64)
    return chosen.index.to_numpy(dtype=np.int64), np.sort(pairs, axis=1)


def _touching(shapes: Shapes) -> Ints:
    """Return pairs of positions, lower first, of shapes that meet where their edges do not fit together."""
    # Edges that neighbours share vertex by vertex are passed over here, so that a clean level costs little.
    unfit = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    one, other = shapely.STRtree(shapes).query(shapes[unfit], predicate="intersects")
    pairs = np.sort(np.column_stack([unfit[one], other]), axis=1)
    found: Ints = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    return found


def _is_wide(parts: Shapes) -> Bools:
    area, outline = shapely.area(parts), shapely.length(parts)
    # A long thin shape is twice its area wide for each metre of its outline.
    is_wide: Bools = (area > LEAST_AREA_M2) & (2 * area > LEAST_WIDTH_M * outline)
    return is_wide


def _measured(parts: Shapes, pairs: Ints, most_m: float = np.inf) -> pd.DataFrame:
    """Add up the parts of each pair that are no wider than `most_m` anywhere."""
    # Within a hundredth of the mean width; finer, and a long sliver would take long to search.
    tolerance = 0.01 * shapely.area(parts) / np.maximum(shapely.length(parts), 1e-9)
    radii = shapely.maximum_inscribed_circle(parts, tolerance=tolerance)
    centre = shapely.get_coordinates(shapely.get_point(radii, 0))
    table = pd.DataFrame(
        {
            "area": pairs[:, 0],
            "other": pairs[:, 1],
            "size_m2": shapely.area(parts),
            "width_m": 2 * shapely.length(radii),
            "x": centre[:, 0],
            "y": centre[:, 1],
        }
    )
    table = table[table["width_m"] <= most_m]
    widest = table.sort_values(["width_m", "x", "y"], ascending=False).drop_duplicates(["area", "other"])
    total = table.groupby(["area", "other"])["size_m2"].agg(part_count="size", size_m2="sum").reset_index()
    return total.merge(widest.drop(columns="size_m2"), on=["area", "other"])[list(COLUMNS)]


def _zones(shapes: Shapes) -> Shapes:
    """Return where edges that one area has alone lie near such edges of another: nearer than `_SEARCH_M`."""
    borders = borders_of([shapes])
    [owners] = borders.owners
    count = np.bincount(owners.edge, minlength=len(borders.edges))
    is_alone = count[owners.edge] == 1
    xy, area = _points_along(borders.edges[owners.edge[is_alone]], owners.area[is_alone])
    side = 2 * _SEARCH_M
    # Points of edges within the search are in the same cell or in neighbouring ones.
    cells = pd.DataFrame(np.floor(xy / side).astype(np.int64), columns=["x", "y"]).assign(area=area)
    cells = cells.groupby(["x", "y"])["area"].agg(["min", "max"]).reset_index()
    around = pd.concat(
        [cells.assign(x=cells["x"] + dx, y=cells["y"] + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    )
    around = around.groupby(["x", "y"]).agg({"min": "min", "max": "max"}).reset_index()
    mixed = around.loc[around["min"] < around["max"], ["x", "y"]].to_numpy() * side
    boxes = shapely.box(mixed[:, 0] - side, mixed[:, 1] - side, *(mixed + 2 * side).T)
    found: Shapes = shapely.get_parts(shapely.union_all(boxes))
    return found


def _points_along(edges: Floats, area: Ints) -> tuple[Floats, Ints]:
    """Return points along edges, both ends among them, no farther apart than the search."""
    lines = shapely.linestrings(edges.reshape(-1, 2, 2))
    xy, row = shapely.get_coordinates(shapely.segmentize(lines, _SEARCH_M), return_index=True)
    return xy, area[row]


def _together(pieces: Shapes, zone: Ints, count: int) -> Shapes:
    """Return what the pieces of each zone hold; pieces may overlap, and count once."""
    order = np.argsort(zone, kind="stable")
    first = np.searchsorted(zone[order], np.arange(count + 1))
    return np.array([shapely.union_all(pieces[order[a:b]]) for a, b in pairwise(first)], dtype=object)


def _touched_share(parts: Shapes, by: Shapes) -> Floats:
    """Return the share of each part's outline that runs along the shape beside it."""
    outline = shapely.boundary(parts)
    along = shapely.intersection(outline, shapely.buffer(by, _TOUCH_M, quad_segs=2))
    share: Floats = shapely.length(along) / shapely.length(outline)
    return share


def _filled(held: Shapes, zones: Shapes) -> tuple[Shapes, Ints]:
    """Return what is too narrow for a circle as wide as the search to pass between what is held in a zone."""
    grown = shapely.buffer(held, _SEARCH_M / 2)
    # A little more is taken off than was put on: rounding would leave hairs along every coast.
    closed = shapely.intersection(shapely.buffer(grown, -_SEARCH_M / 2 - _TOUCH_M), zones)
    parts, of = shapely.get_parts(shapely.difference(closed, held), return_index=True)
    is_wide = _is_wide(parts)
    return parts[is_wide], np.asarray(of[is_wide], dtype=np.int64)


def _within(of: Ints, zone: Ints) -> tuple[Ints, Ints]:
    """Return each part with each piece of its zone: positions of both."""
    parts = pd.DataFrame({"zone": of, "part": np.arange(len(of))})
    pieces = pd.DataFrame({"zone": zone, "piece": np.arange(len(zone))})
    both = parts.merge(pieces, on="zone")
    return both["part"].to_numpy(), both["piece"].to_numpy()
