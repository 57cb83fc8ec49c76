"""True collisions a year by place, planted effects included: what estimates are held against."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats, Ints, Objects
from geo.sample.collisions import Drawn
from geo.sample.effects import Planted
from geo.sample.exposure import Expected
from geo.sample.links import Links
from geo.sample.pieces import Pieces
from geo.sample.plan import CLASSES
from geo.sample.stats19 import FATAL, SERIOUS, SLIGHT

_YEARLY = ("length_km", "collisions_per_year", "collisions_per_year_with_link_factor")


def piece_truth(pieces: Pieces, planted: Planted, expected: Expected) -> pd.DataFrame:
    """Return one row per piece: link and authority (positions), km, collisions a year, km in planted places.

    `collisions_per_year` is what is planted, in a year of ratio 1; the other has the link's own factor too.
    """
    km = pieces.km
    return pd.DataFrame(
        {
            "link": pieces.link,
            "authority": pieces.authority,
            "length_km": km,
            "collisions_per_year": expected.planted,
            "collisions_per_year_with_link_factor": expected.with_factor,
            "corridor_km": np.where(planted.is_corridor, km, 0.0),
            "hotspot_km": np.where(planted.is_hotspot, km, 0.0),
            "border_worse_km": np.where(planted.is_worse_side, km, 0.0),
            "border_other_km": np.where(planted.is_other_side, km, 0.0),
        }
    )


def link_truth(
    by_piece: pd.DataFrame, link_ids: Objects, links: Links, codes: list[str], numbers: list[str]
) -> pd.DataFrame:
    """Return one row per link and authority.

    Args:
        by_piece: what `piece_truth` returns.
        link_ids: published identifier of each link.
        links: all links.
        codes: authority codes, in the order of `pieces.authority`.
        numbers: road numbers, in the order of `links.route`.
    """
    table = by_piece.groupby(["link", "authority"], as_index=False).sum()
    link = table["link"].to_numpy()
    names = {
        "link_id": link_ids[link],
        "authority_code": np.array(codes)[table["authority"].to_numpy()],
        "road_class": np.array(CLASSES)[links.road_class[link]],
        "road_number": np.array([*numbers, ""])[links.route[link]],
    }
    return pd.DataFrame(names | dict(table.drop(columns=["link", "authority"]).items()))


def authority_truth(by_link: pd.DataFrame) -> pd.DataFrame:
    """Return one row per authority: km, collisions a year, and collisions per km and year.

    Args:
        by_link: what `link_truth` returns.
    """
    return _with_rate(by_link.groupby("authority_code", as_index=False)[list(_YEARLY)].sum())


def section_truth(by_link: pd.DataFrame) -> pd.DataFrame:
    """Return one row per numbered road and authority: km, collisions a year, per km, km in planted places.

    Args:
        by_link: what `link_truth` returns.
    """
    is_numbered = by_link["road_number"] != ""
    keys = ["road_number", "authority_code"]
    return _with_rate(by_link[is_numbered].groupby(keys, as_index=False).sum(numeric_only=True))


def small_area_truth(
    pieces: Pieces, expected: Expected, polygons: Objects, codes: list[str], *, cut: bool = True
) -> pd.DataFrame:
    """Return one row per small area: km, collisions a year, and collisions per km and year.

    Args:
        pieces: pieces of road.
        expected: collisions a year on each piece, which is spread evenly along it.
        polygons: small areas (EPSG:27700); together they cover all pieces.
        codes: their codes.
        cut: share out pieces that cross from one area to another; otherwise a piece counts where its middle
            is, which is faster and near enough where links are short.
    """
    piece, area, share = (_shares if cut else _middles)(pieces, polygons)
    sums: dict[str, Any] = {"area_code": codes}
    values = (pieces.km, expected.planted, expected.with_factor)
    for name, value in zip(_YEARLY, values, strict=True):
        sums[name] = np.bincount(area, value[piece] * share, minlength=len(codes))
    return _with_rate(pd.DataFrame(sums))


def severity_truth(drawn: Drawn, recorded: pd.DataFrame) -> pd.DataFrame:
    """Return one row per year, authority recorded (as now) and police force: collisions by true severity.

    Args:
        drawn: collisions as they happened.
        recorded: the same collisions in STATS19 columns.
    """
    keys = ["collision_year", "local_authority_highway_current", "police_force"]
    names = {FATAL: "fatal", SERIOUS: "serious", SLIGHT: "slight"}
    counts = {f"{name}_count": (drawn.severity == code) for code, name in names.items()}
    recorded_as = recorded["collision_severity"].to_numpy()
    counts["recorded_serious_count"] = recorded_as == SERIOUS
    return recorded[keys].assign(**counts).groupby(keys, as_index=False).sum()


def _with_rate(table: pd.DataFrame) -> pd.DataFrame:
    length = table["length_km"].to_numpy()
    for name in _YEARLY[1:]:
        rate = np.divide(table[name], length, out=np.full(len(table), np.nan), where=length > 0)
        table[name.replace("_per_year", "_per_km_year")] = rate
    return table


def _middles(pieces: Pieces, polygons: Objects) -> tuple[Ints, Ints, Floats]:
    piece, area = shapely.STRtree(polygons).query(pieces.middles, predicate="intersects")
    piece, first = np.unique(piece, return_index=True)
    return piece, area[first], np.ones(len(piece))


def _shares(pieces: Pieces, polygons: Objects) -> tuple[Ints, Ints, Floats]:
    """Return pairs of piece and small area, with the part of the piece's length that lies in the area."""
    area, piece = shapely.STRtree(pieces.lines).query(polygons, predicate="intersects")
    inside = shapely.length(pieces.lines[piece])
    crossing = np.bincount(piece, minlength=len(pieces.lines))[piece] > 1
    inside[crossing] = shapely.length(
        shapely.intersection(pieces.lines[piece[crossing]], polygons[area[crossing]])
    )
    # A piece along a border of two areas is in both: half each.
    total = np.bincount(piece, inside, minlength=len(pieces.lines))
    return piece, area, inside / np.maximum(total[piece], 1e-9)
