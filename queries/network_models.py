"""Models of the road network across borders: links cut into pieces, corridors, borders that areas share."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.arrays import rank_among
from geo.contacts import SAME_M
from geo.corridor_parts import part_gaps
from geo.corridor_sections import corridor_pieces
from geo.corridors import MAIN, ROLES, ROUNDABOUT, SLIP, corridors
from geo.cover import CELL_M
from geo.link_pieces import cut_at_levels, whole_pieces
from geo.neighbours import shared_borders
from geo.tables import Column, Table
from geo.whole_cells import WholeCells
from queries.columns import LEVEL
from queries.frames import Tables
from queries.python_models import Frames, PythonModel

# Enough that what is done once for each portion hardly counts, few enough to hold in less than a gigabyte.
LINKS_AT_A_TIME = 100_000


def link_piece(tables: Tables) -> Iterator[pd.DataFrame]:
    """Cut every carriageway link at the borders of every level, some links near each other at a time.

    A link that keeps to cells wholly in one area, at every level, is one piece without a look at its geometry.
    """
    levels = [(name, areas["area_code"], _shapes(areas)) for name, areas in _by_level(tables["staging.area"])]
    whole = [_whole_cells(tables["core.whole_cell"], name, codes) for name, codes, _ in levels]
    columns = ("source", "link_id", "geom")
    for links in tables.near_together("staging.link", columns, "is_carriageway", LINKS_AT_A_TIME):
        shapes = _shapes(links)
        boxes = shapely.bounds(shapes) + np.array([-SAME_M, -SAME_M, SAME_M, SAME_M])
        held = np.array([cells.holding(boxes) for cells in whole]).reshape(len(whole), len(shapes))
        is_settled = (held >= 0).all(axis=0)
        settled, crossing = np.flatnonzero(is_settled), np.flatnonzero(~is_settled)
        cut = cut_at_levels(shapes[crossing], [of_level for *_, of_level in levels])
        for (level, codes, _), area, pieces in zip(levels, held, cut, strict=True):
            pieces["link"] = crossing[pieces["link"].to_numpy()]
            alone = whole_pieces(settled, area[settled], shapely.length(shapes[settled]))
            both = pd.concat([pieces, alone]) if len(pieces) else alone
            yield _named(both.sort_values("link", kind="stable", ignore_index=True), links, level, codes)


def _whole_cells(cells: pd.DataFrame, level: str, codes: pd.Series) -> WholeCells:
    of_level = cells[cells["area_level"] == level]
    area = pd.Index(codes.astype("str")).get_indexer(pd.Index(of_level["area_code"].astype("str")))
    x, y = of_level["cell_x"].to_numpy(), of_level["cell_y"].to_numpy()
    return WholeCells.of(x, y, area.astype(np.int64), CELL_M)


def _named(pieces: pd.DataFrame, links: pd.DataFrame, level: str, codes: pd.Series) -> pd.DataFrame:
    at = pieces["link"].to_numpy()
    every = pd.Index(codes.astype("str"))
    return pd.DataFrame(
        {
            "source": links["source"].astype("category").array.take(at),
            "link_id": links["link_id"].array.take(at),
            "area_level": pd.Categorical.from_codes(np.zeros(len(at), dtype=np.int8), pd.Index([level])),
            "piece": rank_among(at) + 1,
            "area_code": pd.Categorical.from_codes(pieces["area"], every),
            "from_m": pieces["from_m"],
            "to_m": pieces["to_m"],
            "length_m": pieces["length_m"],
            "is_shared": pieces["is_shared"],
            "shared_with": pd.Categorical.from_codes(pieces["other_area"], every),
        }
    )


def corridor_gap(frames: Frames) -> pd.DataFrame:
    """Measure what keeps the parts of a road apart: sea, another road's number, or the edge of what was read."""
    pieces = frames["core.corridor_piece"]
    link = ["source", "link_id"]
    links = pieces.loc[pieces["role"] == "reference", [*link, "corridor", "road"]].drop_duplicates()
    in_parts = links[links.groupby("road")["corridor"].transform("nunique") > 1]
    placed = in_parts.merge(frames["core.numbered_link"][[*link, "geom"]], on=link)
    return part_gaps(placed.assign(geom=_shapes(placed)))


def area_border(frames: Frames) -> pd.DataFrame:
    """Measure the border that areas of a level share."""
    parts = []
    for level, areas in _by_level(frames["staging.area"]):
        pairs = shared_borders(_shapes(areas))
        parts.append(
            pd.DataFrame(
                {
                    "area_level": level,
                    "area_code": _taken(areas["area_code"], pairs["area"]),
                    "neighbour_code": _taken(areas["area_code"], pairs["neighbour"]),
                    "border_m": pairs["border_m"],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def corridor_piece(frames: Frames) -> pd.DataFrame:
    """Follow every numbered road across all authorities, and cut it into sections."""
    links, pieces = frames["core.numbered_link"], frames["core.numbered_piece"]
    road, names = pd.factorize(links["road_number"], sort=True)
    form = links["form_of_way"].map({"Slip Road": SLIP, "Roundabout": ROUNDABOUT}).fillna(MAIN)
    gap_m = float(frames["raw.region"]["corridor_gap_m"].iloc[0])
    steps = corridors(_shapes(links), road.astype(np.int64), np.asarray(form, dtype=np.int64), gap_m)
    of = pd.MultiIndex.from_frame(links[["source", "link_id"]])
    area, codes = pd.factorize(pieces["area_code"])
    cut = corridor_pieces(
        steps,
        pd.DataFrame(
            {
                "link": of.get_indexer(pd.MultiIndex.from_frame(pieces[["source", "link_id"]])),
                "from_m": pieces["from_m"],
                "to_m": pieces["to_m"],
                "area": area.astype(np.int64),
            }
        ),
    )
    at = cut["link"].to_numpy(dtype=np.int64)
    number = np.asarray(names, dtype=object)[cut["road"].to_numpy(dtype=np.int64)]
    nth = cut["corridor"].astype("int64").astype("str").to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "source": links["source"].array.take(at),
            "link_id": links["link_id"].array.take(at),
            "piece": rank_among(at) + 1,
            "from_m": cut["from_m"],
            "to_m": cut["to_m"],
            "length_m": cut["to_m"] - cut["from_m"],
            "area_code": _taken(pd.Series(codes), cut["area"]),
            "corridor": number + "/" + nth,
            "road": number,
            "section": cut["section"],
            "strand": cut["strand"],
            "role": np.array(ROLES, dtype=object)[cut["role"].to_numpy(dtype=np.int64)],
            "at_from_m": cut["at_from_m"],
            "at_to_m": cut["at_to_m"],
        }
    )


def _by_level(areas: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the areas of each level, in the order of their codes."""
    ordered = areas.sort_values(["area_level", "area_code"])
    return [
        (str(level), of_level.reset_index(drop=True))
        for level, of_level in ordered.groupby("area_level", sort=True)
    ]


def _shapes(frame: pd.DataFrame) -> Any:
    return shapely.from_wkb(frame["geom"].to_numpy())


def _taken(values: pd.Series, at: pd.Series) -> Any:
    """Return the values at the given positions, null for -1."""
    return values.astype("str").array.take(at.to_numpy(dtype=np.int64), allow_fill=True)


_SOURCE = Column("source", "VARCHAR", "Source id of the link. Never null.")
_LINK = Column("link_id", "VARCHAR", "Publisher's reference of the link. Never null.")
_FROM = Column("from_m", "DOUBLE", "Where the piece begins, metres along the link. Never null.")
_TO = Column("to_m", "DOUBLE", "Where it ends, metres along the link. Never null.")
_LENGTH = Column("length_m", "DOUBLE", "Length of the piece, metres. Never null.")

LINK_PIECE = PythonModel(
    Table(
        "core.link_piece",
        "One row per carriageway link, level and stretch of the link that lies in the same area.",
        (
            _SOURCE,
            _LINK,
            LEVEL,
            Column("piece", "BIGINT", "Number of the piece within link and level, from 1. Never null."),
            Column(
                "area_code", "VARCHAR", "Area it lies in; null for the part outside every area of the level."
            ),
            _FROM,
            _TO,
            _LENGTH,
            Column(
                "is_shared",
                "BOOLEAN",
                "True where it runs along a border, so that another area holds it too. Never null.",
            ),
            Column("shared_with", "VARCHAR", "The other area that holds it; null where it is not shared."),
        ),
        key=("source", "link_id", "area_level", "piece"),
    ),
    link_piece,
    inputs=("staging.area", "staging.link", "core.whole_cell"),
)

AREA_BORDER = PythonModel(
    Table(
        "core.area_border",
        "One row per area and area of the same level that it touches, so each pair both ways.",
        (
            LEVEL,
            Column(
                "area_code",
                "VARCHAR",
                "Code of the area whose neighbours are told (GSS in Britain). Never null.",
            ),
            Column("neighbour_code", "VARCHAR", "Code of an area that it touches. Never null."),
            Column(
                "border_m",
                "DOUBLE",
                "Length of the border that both have, metres; zero where they touch in points only. Never null.",
            ),
        ),
        key=("area_level", "area_code", "neighbour_code"),
    ),
    area_border,
    inputs=("staging.area",),
)

CORRIDOR_PIECE = PythonModel(
    Table(
        "core.corridor_piece",
        "One row per stretch of a numbered link in one section of a corridor and one authority.",
        (
            _SOURCE,
            _LINK,
            Column("piece", "BIGINT", "Number of the piece within the link, from 1. Never null."),
            _FROM,
            _TO,
            _LENGTH,
            Column("area_code", "VARCHAR", "Authority whose area it lies in; null outside all."),
            Column("corridor", "VARCHAR", "Corridor: road number and part (A61/1). Never null."),
            Column("road", "VARCHAR", "Road number with its letter (A61). Never null."),
            Column("section", "BIGINT", "Section of the corridor, from 1. Never null."),
            Column(
                "strand",
                "BIGINT",
                "1 for the longest way through the corridor, then its spurs and loops. Never null.",
            ),
            Column(
                "role",
                "VARCHAR",
                "reference (its length counts), beside (the other carriageway), stub, slip road or roundabout. "
                "Never null.",
            ),
            Column("at_from_m", "DOUBLE", "Place of its beginning along the corridor, metres. Never null."),
            Column("at_to_m", "DOUBLE", "Place of its end along the corridor, metres. Never null."),
        ),
        key=("source", "link_id", "piece"),
    ),
    corridor_piece,
    inputs=("core.numbered_link", "core.numbered_piece", "raw.region"),
)

CORRIDOR_GAP = PythonModel(
    Table(
        "core.corridor_gap",
        "One row per corridor whose road has other parts: how far from the nearest of them it lies.",
        (
            Column("corridor", "VARCHAR", "Corridor: road number and part (A61/1). Never null."),
            Column("part_count", "BIGINT", "Corridors that the road is in, two at least. Never null."),
            Column("gap_m", "DOUBLE", "Distance to the nearest other part of the road, metres. Never null."),
        ),
        key=("corridor",),
    ),
    corridor_gap,
    inputs=("core.corridor_piece", "core.numbered_link"),
)

NETWORK_MODELS = (LINK_PIECE, AREA_BORDER, CORRIDOR_PIECE, CORRIDOR_GAP)
