"""Spoil a sample that is written already: its tables, its shapes, its names."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.sample import files, region, stains
from geo.sample.dirt import Dirt
from geo.sample.records import Record, listed, read_csv, soil_records, write_csv
from geo.sample.sketch import Sketch

_OFF_THE_COAST_M = 1_000.0
# In the sea, north-west of the land.
_NEIGHBOUR_KM = np.array([4.0, 80.0])
_NEIGHBOUR_HALF_M = 1_500.0
_GAP_M = 20.0


def spoil(rng: np.random.Generator, out: Path, little: list[Dirt], sketch: Sketch) -> list[Dirt]:
    """Plant every kind of dirt in the files of a sample, and return it with the little it had.

    Args:
        rng: random stream.
        out: folder of the sample, as written with little dirt.
        little: the dirt it has.
        sketch: what it was drawn from.
    """
    dirt = []
    tables = {
        region.COLLISIONS: stains.collisions(_off_the_coast(out), sketch.at_sea),
        region.CASUALTIES: stains.CASUALTIES,
        region.VEHICLES: stains.VEHICLES,
        region.FIXMYSTREET: stains.FIXMYSTREET,
        region.SCORES: stains.SCORES,
        region.SURVEY: stains.SURVEY,
    }
    for name, soil in tables.items():
        header, records = read_csv(out / name)
        for piece in (d for d in little if d.file == name and d.row):
            records[(piece.row or 0) - 2].pieces.append(piece.in_pipeline_words())
        header, records = soil_records(rng, header, records, soil, name)
        write_csv(header, records, out / name, encoding=soil.encoding)
        dirt += listed(records, first_row=2) + _of_whole_file(name, soil.encoding)
    dirt += _spoil_requests(rng, out) + _spoil_names(rng, out) + _spoil_roads(rng, out)
    return dirt + _neighbours(out, sketch)


def _of_whole_file(name: str, encoding: str) -> list[Dirt]:
    if encoding == "cp1252":
        return [Dirt(name, None, "", "", stains.NOT_UTF8, "note")]
    if encoding == "utf-8-sig":
        return [Dirt(name, None, "", "", "begins with a byte-order mark: skipped", "harmless")]
    return []


def _off_the_coast(out: Path) -> np.ndarray:
    authorities = gpd.read_file(out / region.AUTHORITIES)
    xy = shapely.get_coordinates(authorities.geometry.to_numpy())
    west: np.ndarray = xy[xy[:, 0].argmin()] - [_OFF_THE_COAST_M, 0]
    return west


def _spoil_requests(rng: np.random.Generator, out: Path) -> list[Dirt]:
    requests = json.loads((out / region.OPEN311).read_text("utf-8"))
    header = list(requests[0])
    records = [Record(request) for request in requests]
    _, records = soil_records(rng, header, records, stains.OPEN311, region.OPEN311)
    files.write_json([record.cells for record in records], out / region.OPEN311)
    return listed(records, first_row=1)


def _spoil_names(rng: np.random.Generator, out: Path) -> list[Dirt]:
    """Give two wards and two small areas names that attack, in their boundaries and in the area facts."""
    wards, small = gpd.read_file(out / region.WARDS), gpd.read_file(out / region.SMALL_AREAS)
    header, facts = read_csv(out / region.AREA_FACTS)
    dirt = []
    for frame, file, code, column, names in (
        (wards, region.WARDS, "WD24CD", "WD24NM", (stains.HOSTILE[0], stains.FORMULAE[0])),
        (small, region.SMALL_AREAS, "LSOA21CD", "LSOA21NM", (stains.HOSTILE[1], stains.FORMULAE[1])),
    ):
        for row, name in zip(rng.choice(len(frame), len(names), replace=False), names, strict=True):
            frame.loc[row, column] = name
            dirt.append(Dirt(file, int(row) + 1, column, name, stains.KEPT, "harmless"))
            fact = next(f for f in facts if f.cells["area_code"] == frame.loc[row, code])
            fact.cells["area_name"] = name
            fact.pieces.append(Dirt(region.AREA_FACTS, 0, "area_name", name, stains.KEPT, "harmless"))
    files.write_features(wards, out / region.WARDS)
    files.write_features(small, out / region.SMALL_AREAS)
    write_csv(header, facts, out / region.AREA_FACTS, encoding="utf-8")
    return dirt + listed(facts, first_row=2)


def _spoil_roads(rng: np.random.Generator, out: Path) -> list[Dirt]:
    """Give three roads names that attack, and repeat a link."""
    path = out / region.ROADS
    roads = pyogrio.read_dataframe(path)
    names = (*stains.HOSTILE[1:], stains.FORMULAE[2])
    named = np.flatnonzero(roads["name_1"].notna())
    dirt = []
    for row, name in zip(rng.choice(named, len(names), replace=False), names, strict=True):
        roads.loc[row, "name_1"] = name
        dirt.append(Dirt(region.ROADS, int(row) + 1, "name_1", name, stains.KEPT, "harmless"))
    again = roads.iloc[[rng.integers(len(roads))]]
    dirt.append(
        Dirt(region.ROADS, len(roads) + 1, "link_id", again["id"].item(), stains.REPEATED, "rejected")
    )
    files.write_features(pd.concat([roads, again], ignore_index=True), path)
    return dirt


def _neighbours(out: Path, sketch: Sketch) -> list[Dirt]:
    """Write areas beyond the region: a bow tie, a line, one without a code, an overlap of the first, and a gap."""
    x, y = sketch.metres(*_NEIGHBOUR_KM * sketch.scale)
    half = _NEIGHBOUR_HALF_M
    bow_tie = shapely.Polygon(
        [(x - half, y - half), (x + half, y + half), (x + half, y - half), (x - half, y + half)]
    )
    line = shapely.MultiLineString([[(x, y + 2 * half), (x, y + 3 * half)]])
    uncoded = shapely.box(x - half, y + 4 * half, x + half, y + 5 * half)
    overlapping = shapely.box(x - 2 * half, y - half, x, y + half)
    north = shapely.box(x - 2 * half, y + half, x, y + 2 * half)
    beyond_gap = north.difference(shapely.box(x - 1.8 * half, y + half, x - 1.2 * half, y + half + _GAP_M))
    codes = ["D06000101", "D06000102", None, "D06000103", "D06000104"]
    names = ["Bow Tie Bank", "Thread Spit", "Nameless", "Overlap Sands", "Gap Ness"]
    frame = gpd.GeoDataFrame(
        {"LAD24CD": codes, "LAD24NM": names},
        geometry=[bow_tie, line, uncoded, overlapping, beyond_gap],
        crs="EPSG:27700",
    )
    name = region.NEIGHBOURS
    files.write_features(frame, out / name)
    rule = f"invalid polygon repaired: {shapely.is_valid_reason(bow_tie)}"
    # The western triangle of the bow tie: the circle in a right-angled triangle is as wide as its short sides
    # together are longer than the long one.
    shared = f"D06000101: {half * half:.0f} m², {2 * half * (np.sqrt(2) - 1):.1f} m wide"
    between = f"D06000103: {0.6 * half * _GAP_M:.0f} m², {_GAP_M:.1f} m wide"
    return [
        Dirt(name, 1, "", "D06000101", rule, "repaired"),
        Dirt(name, 2, "", "MultiLineString", "not a polygon", "rejected"),
        Dirt(name, 3, "LAD24CD", "", "missing", "rejected"),
        Dirt(name, 4, "", shared, stains.OVERLAPS.format("highway_authority"), "note"),
        Dirt(name, 5, "", between, stains.LEAVES_GAP.format("highway_authority"), "note"),
    ]
