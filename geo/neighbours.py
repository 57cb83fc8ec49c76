"""Which areas touch, and how long the border is that they share."""

import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints, Shapes
from geo.borders import Borders, Owners, borders_of, numbered
from geo.contacts import contacts, lines_along


def shared_borders(areas: Shapes) -> pd.DataFrame:
    """Return the pairs of areas that touch, each pair both ways, with the length of the border they share.

    A border is shared where both outlines have it, whether or not they have the same vertices along it; areas
    that touch in points only share 0 metres (seen where both have a vertex there). Areas that overlap or leave a
    gap share nothing there.

    Args:
        areas: polygons of one level in a projected system, metres.

    Returns:
        ``area`` and ``neighbour`` (positions), ``border_m``; in their order.
    """
    borders = borders_of([areas])
    [owners] = borders.owners
    same, alone = _sides(borders, owners)
    pairs = pd.concat([same, _alongside(borders, owners, alone), _corners(borders, owners)])
    # Empty parts have no type of their own.
    pairs = pairs.astype({"area": "int64", "neighbour": "int64", "border_m": "float64"})
    return pairs.groupby(["area", "neighbour"])[["border_m"]].sum().reset_index()


def _sides(borders: Borders, owners: Owners) -> tuple[pd.DataFrame, Ints]:
    """Return pairs that own the same edges, with their length, and the edges that one area owns alone."""
    length = np.hypot(*(borders.edges[:, 2:] - borders.edges[:, :2]).T)
    pairs = _pairs(owners.edge, owners.area)
    pairs["border_m"] = length[pairs["thing"]]
    count = np.bincount(owners.edge, minlength=len(length))
    return pairs, np.flatnonzero(count == 1)


def _alongside(borders: Borders, owners: Owners, alone: Ints) -> pd.DataFrame:
    """Return pairs whose outlines run together with vertices at different places."""
    edges: Floats = borders.edges[alone]
    met = contacts(lines_along(edges), edges)
    met = met[met["is_along"]]
    area = owners.area[np.searchsorted(owners.edge, alone)]
    pairs = pd.DataFrame(
        {
            "area": area[met["part"].to_numpy()],
            "neighbour": area[met["edge"].to_numpy()],
            "border_m": (met["to_m"] - met["from_m"]).to_numpy(),
        }
    )
    return pairs[pairs["area"] != pairs["neighbour"]]


def _corners(borders: Borders, owners: Owners) -> pd.DataFrame:
    """Return pairs that have a vertex in common where more than two edges meet, as at every corner of three."""
    vertex, _ = numbered(borders.edges.reshape(-1, 2))
    edge = np.repeat(np.arange(len(borders.edges)), 2)
    is_corner = np.bincount(vertex, minlength=1)[vertex] > 2  # noqa: PLR2004
    row, area = owners.of(edge[is_corner])
    held = pd.DataFrame({"vertex": vertex[is_corner][row], "area": area})
    held = held.drop_duplicates().sort_values(["vertex", "area"])
    pairs = _pairs(held["vertex"].to_numpy(), held["area"].to_numpy())
    return pairs.drop_duplicates(["area", "neighbour"]).assign(border_m=0.0)


def _pairs(thing: Ints, area: Ints) -> pd.DataFrame:
    """Return every two areas that have the same thing, both ways; things are given in order."""
    found = []
    step = 1
    # Each thing against the next of the same, then the one after that, until none has so many.
    while (is_same := thing[step:] == thing[:-step]).any():
        one, other = area[:-step][is_same], area[step:][is_same]
        same = thing[step:][is_same]
        found += [(same, one, other), (same, other, one)]
        step += 1
    columns = zip(*found, strict=True) if found else ([np.empty(0, dtype=np.int64)] for _ in range(3))
    pairs = (np.concatenate(column) for column in columns)
    return pd.DataFrame(dict(zip(("thing", "area", "neighbour"), pairs, strict=True)))
