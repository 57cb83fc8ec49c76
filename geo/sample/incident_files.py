"""Collisions and citizen reports, drawn and written to their files, with the truth of where they come from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints
from geo.sample import dirt, exposure, files, region, reports, truth_tables
from geo.sample.casualties import draw_people
from geo.sample.collision_table import Roads, collision_table, numbered_roads
from geo.sample.collisions import Drawn, draw_year
from geo.sample.merger import area_changes
from geo.sample.planted import truth_document
from geo.sample.recorded_places import RecordedPlaces, small_areas_of
from geo.sample.road_table import link_ids
from geo.sample.schemes import is_prevented, scheme_tables, treated_links, worst_links
from geo.sample.stats19_old import Kind, old_names
from geo.sample.world import Streams, World

# Collisions of the hotspot are numbered from here: far beyond the others of a year.
_HOTSPOT_FROM = 900_001

KINDS: tuple[Kind, ...] = ("collisions", "casualties", "vehicles")


@dataclass(frozen=True)
class Year:
    """One year of collisions: their table, those of casualties and vehicles, and the true severities.

    `link` is the link of each collision, by its position.
    """

    collisions: pd.DataFrame
    casualties: pd.DataFrame
    vehicles: pd.DataFrame
    severity: pd.DataFrame
    link: Ints

    @property
    def tables(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
        """Tables in the order of KINDS."""
        return self.collisions, self.casualties, self.vehicles


def yearly(
    random: Streams, world: World, *, near_borders: bool = True, treated: Bools | None = None
) -> Iterator[Year]:
    """Draw collisions year by year, so that no more than a year is held at a time.

    Those of the hotspot are drawn apart, at the strength that is planted there; all others are as without it.

    Args:
        random: random streams.
        world: the region.
        near_borders: look up the small area of each point, and record some under a neighbour; otherwise the
            small area is that of the middle of its piece of road, which is many times faster.
        treated: links on which a scheme prevents some collisions; see `is_prevented`.
    """
    areas = world.geography.small_areas
    owner = world.geography.authority_of_small_area
    tree = shapely.STRtree(areas.polygons)
    districts = np.array(world.geography.districts.codes, dtype=object)
    codes = np.array(world.codes, dtype=object)
    places = RecordedPlaces(
        np.array(areas.codes),
        owner,
        districts[world.geography.district_of_small_area],
        world.earlier,
        codes,
        world.forces,
        small_areas_of(world.pieces, tree, owner),
        tree if near_borders else None,
    )
    roads = numbered_roads(world.numbers, world.is_trunk_route)
    hotspot = world.planted.is_hotspot
    there = np.where(hotspot, world.expected.with_factor, 0.0)
    apart = dict.fromkeys(("collisions", "casualties", "schemes"), random["hotspot"])
    for year in world.truth.year_rate_ratio:
        drawn = _year(random, world, places, roads, year, expected=world.expected.unscaled)
        made = _kept(*drawn, ~hotspot[drawn[1].piece] & _happens(random, world, *drawn, treated))
        if hotspot.any():
            drawn = _year(apart, world, places, roads, year, expected=there, first=_HOTSPOT_FROM)
            made = _joined(made, _kept(*drawn, _happens(apart, world, *drawn, treated)))
        yield made


def _happens(random: Streams, world: World, year: Year, drawn: Drawn, treated: Bools | None) -> Bools:
    """Tell the collisions that no scheme prevented."""
    if treated is None:
        return np.ones(len(year.link), dtype=bool)
    return ~is_prevented(random["schemes"], year.link, drawn.at, treated, world.truth)


def _kept(year: Year, drawn: Drawn, kept: Bools) -> Year:
    """Take out some collisions, all else as it was drawn."""
    if kept.all():
        return year
    collisions = year.collisions[kept].reset_index(drop=True)
    casualties, vehicles = (
        of[of["collision_index"].isin(collisions["collision_index"])].reset_index(drop=True)
        for of in (year.casualties, year.vehicles)
    )
    severity = truth_tables.severity_truth(replace(drawn, severity=drawn.severity[kept]), collisions)
    return Year(collisions, casualties, vehicles, severity, year.link[kept])


def _joined(one: Year, other: Year) -> Year:
    """Put the collisions of `other` after those of `one`."""
    collisions, casualties, vehicles = (
        pd.concat(both, ignore_index=True) for both in zip(one.tables, other.tables, strict=True)
    )
    severity = pd.concat([one.severity, other.severity])
    counts = severity.columns.str.endswith("_count")
    keys = list(severity.columns[~counts])
    whole = severity.groupby(keys, as_index=False).sum()
    return Year(collisions, casualties, vehicles, whole, np.concatenate([one.link, other.link]))


def _year(
    random: Streams,
    world: World,
    places: RecordedPlaces,
    roads: Roads,
    year: int,
    *,
    expected: Floats,
    first: int = 1,
) -> tuple[Year, Drawn]:
    rng = random["collisions"]
    drawn = draw_year(rng, world.pieces, expected, year, world.truth)
    table = collision_table(
        rng, drawn, world.links, world.pieces, roads=roads, places=places, truth=world.truth, first=first
    )
    people = draw_people(random["casualties"], table, drawn.severity)
    table["number_of_vehicles"] = people.vehicle_counts
    table["number_of_casualties"] = people.casualty_counts
    severity = truth_tables.severity_truth(drawn, table)
    link = world.pieces.link[drawn.piece]
    return Year(table, people.casualties, people.vehicles, severity, link), drawn


def write_collisions(random: Streams, world: World, out: Path) -> list[dirt.Dirt]:
    """Write collisions, casualties and vehicles, the first year under the column names of old.

    Returns:
        The dirt.
    """
    treated = treated_links(world.links)
    first, *others = yearly(random, world, treated=treated)
    _write_schemes(world, [first, *others], treated, out)
    for kind, name, table in zip(KINDS, region.OLD_FILES, first.tables, strict=True):
        # Files of that time begin with a byte-order mark.
        files.write_table(old_names(table, kind), out / name, encoding="utf-8-sig")
    tables = [pd.concat(parts, ignore_index=True) for parts in zip(*(y.tables for y in others), strict=True)]
    tables[0], spoiled = dirt.soil_collisions(random["dirt"], tables[0], region.COLLISIONS)
    for name, table in zip(region.COLLISION_FILES, tables, strict=True):
        files.write_table(table, out / name)
    files.write_table(pd.concat(y.severity for y in (first, *others)), out / "truth_severity.csv")
    return spoiled


def _write_schemes(world: World, years: list[Year], treated: Bools, out: Path) -> None:
    opened = world.truth.scheme_opened_on.year
    link = np.concatenate([y.link for y in years if int(y.collisions["collision_year"].iloc[0]) < opened])
    before = np.bincount(link, minlength=len(world.links))
    worst = worst_links(world.links, np.asarray(world.is_trunk), before, treated)
    ids = np.array(link_ids(world.links), dtype=object)
    table, true = scheme_tables(ids, treated, worst, world.codes, world.truth)
    files.write_table(table, out / region.SCHEMES)
    files.write_table(true, out / "truth_schemes.csv")


def write_truth(world: World, out: Path, *, seed: int) -> pd.DataFrame:
    """Write what was planted: by link, section, authority and small area, and as one document.

    Returns:
        True collisions by link and authority.
    """
    areas, names = world.geography.small_areas, dict(zip(world.codes, world.names, strict=True))
    by_piece = truth_tables.piece_truth(world.pieces, world.planted, world.expected)
    ids = np.array(link_ids(world.links))
    by_link = truth_tables.link_truth(by_piece, ids, world.links, world.codes, world.numbers)
    files.write_table(by_link.round(6), out / "truth_links.csv")
    files.write_table(truth_tables.section_truth(by_link).round(6), out / "truth_sections.csv")
    by_area = truth_tables.small_area_truth(world.pieces, world.expected, areas.polygons, areas.codes)
    files.write_table(by_area.round(6), out / "truth_small_areas.csv")
    files.write_table(area_changes(world.truth, names), out / region.AREA_CHANGES)
    flow = exposure.typical_flow(world.links, world.flows.on_link)
    document = truth_document(world.truth, by_link, world.planted, codes=world.codes, flow_by_class=flow)
    files.write_json({"seed": seed, **document}, out / "truth.json")
    return by_link


def write_reports(random: Streams, world: World, out: Path) -> list[dirt.Dirt]:
    """Write citizen reports, one authority's as Open311, and how readily people report where.

    Returns:
        The dirt.
    """
    rng, geography, truth = random["reports"], world.geography, world.truth
    rate = reports.propensity(rng, geography, truth)
    made = reports.draw_reports(rng, geography, world.links, rate, truth)
    councils = reports.council_names(rng, made, geography.authorities, world.earlier, truth)
    is_open311 = made.authority == geography.authorities.codes.index(reports.OPEN311_AUTHORITY)
    requests = reports.open311_requests(rng, made.of(is_open311), councils[is_open311])
    files.write_json(requests, out / region.OPEN311)
    table = reports.fixmystreet_table(rng, made.of(~is_open311), councils[~is_open311])
    table, spoiled = dirt.soil_reports(random["dirt"], table, region.FIXMYSTREET, world.sketch)
    files.write_table(table, out / region.FIXMYSTREET)
    by_area = pd.DataFrame(
        {"area_code": geography.small_areas.codes, "reports_per_1000_people_year": rate.round(6)}
    )
    files.write_table(by_area, out / "truth_reporting.csv")
    return spoiled
