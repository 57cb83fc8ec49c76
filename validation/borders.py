"""Borders: is a planted contrast found, and is none found where there is none?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from geo.across.borders import contrasts
from geo.across.road_sides import CLASSES, by_class_too, sides_of, usual_on_roads
from geo.across.unlike import inflation_of, unlike_elsewhere
from geo.across.whole_corridor import whole_corridors
from geo.arrays import Floats, Ints
from geo.cover import CELL_M
from geo.estimates.significance import FALSE_DISCOVERY_RATE
from geo.estimates.usual import DAYS_A_YEAR, against_usual, expected_counts, judged
from geo.neighbours import shared_borders
from geo.sample.exposure import link_factors
from geo.sample.links import DUAL, ROUNDABOUT, SLIP
from geo.sample.truth import Truth
from geo.warehouse import connect
from queries.build import build_model, create_macros
from queries.models import load_models
from queries.network_models import corridor_piece
from validation.doggerland import Ground, draws, grounds
from validation.results import FALSE_DISCOVERIES, Found, Result, Study, false_share, mean_over_draws

_THEME = "borders"
_CONTRASTS, _CORRIDORS, _OF_SECTIONS = "borders.contrasts", "whole_corridors", "usual.judged"
_CALLED = "planted corridor has a section called worse"
_MODELS = (
    "corridor_section",
    "border_cut",
    "border_line",
    "part_place",
    "border_distance",
    "road_site",
    "border_part",
)
_CLASS = ["motorway", "a", "b", "c", "unclassified", "unclassified"]
BAND_M = 2_000.0
YEARS = 5.0
# Of the planted contrast: the size of the sample, and larger ones. The bar is on STATED, chosen after seeing that the
# sample's own is hardly ever found: power is told at all of them.
RATIOS = (2.5, 4.0, 5.0, 6.0, 8.0)
STATED = 6.0
# Of the planted corridor: the size of the sample, and larger ones; STATED_CORRIDOR was likewise chosen after seeing.
CORRIDOR_RATIOS = (1.8, 2.0, 2.5, 4.0)
STATED_CORRIDOR = 2.0
POWER = (0.8, 1.0)
NOTHING = Truth(
    corridor_rate_ratio=1.0, hotspot_rate_ratio=1.0, border_rate_ratio=1.0, authority_rate_ratio={}
)


@dataclass(frozen=True)
class Laid:
    """A region's roads beside its borders, as the product's models lay them out; by part: its piece of road.

    `along` and `in_plan` are the groups of the planted contrast: its corridors, and A roads of its two authorities.
    `sections` are those of corridors, and `section` is the one of each piece of road of all (-1: of none).
    """

    ground: Ground
    parts: pd.DataFrame
    groups: pd.DataFrame
    sites: pd.DataFrame
    piece: Ints
    site_of_piece: Ints
    along: Ints
    in_plan: Ints
    sections: pd.DataFrame
    section: Ints

    def by_section(self, values: Floats | Ints) -> Floats:
        """Add up what is known by piece of road."""
        known = self.section >= 0
        return np.bincount(self.section[known], values[known], minlength=len(self.sections)).astype(float)


@dataclass(frozen=True)
class Drawn:
    """What one draw gives: both sides of every border, sections of corridors, and corridors as a whole.

    Sections have ``truth``, the count that their links' own rates give on average.
    """

    sides: pd.DataFrame
    sections: pd.DataFrame
    corridors: pd.DataFrame


def study(
    seeds: int,
    sizes: tuple[str, ...] = ("demo",),
    geographies: int = 3,
    ratios: tuple[float, ...] = RATIOS,
    corridor_ratios: tuple[float, ...] = CORRIDOR_RATIOS,
) -> Study:
    """Draw collisions of five years with planted places at several sizes, and with nothing planted at all."""
    found = Study()
    for size in sizes:
        laid = [lay(g) for g in grounds(size, geographies)]
        found.results += _nothing(laid, size, seeds)
        for ratio in ratios:
            found.results += _planted(laid, size, seeds, ratio)
        for ratio in corridor_ratios:
            found.results += _corridor(laid, size, seeds, ratio)
    return found


def _nothing(laid: list[Laid], size: str, seeds: int) -> list[Result]:
    """Plant nothing, neither places nor differences between authorities; links keep factors of their own."""
    names = ("borders", "crossings", "corridors")
    claims: dict[str, list[Any]] = {name: [] for name in names}
    covers: dict[str, list[Any]] = {name: [] for name in names}
    wrong, called = [], []
    for draw, rng in enumerate(draws(seeds, 31)):
        made = _drawn(laid[draw % len(laid)], rng, NOTHING)
        is_worse = made.sections["verdict"] == "worse"
        wrong.append(false_share(is_worse, made.sections["truth"] <= made.sections["expected"]))
        called.append((is_worse & made.sections["is_planted"]).any())
        is_along = made.sides["is_along"]
        tables = (made.sides[~is_along], made.sides[is_along], made.corridors.assign(road_class="all"))
        for name, rows in zip(names, tables, strict=True):
            claimed = rows["q"].lt(FALSE_DISCOVERY_RATE).groupby(rows["road_class"].fillna("all")).any()
            claims[name].append(claimed.to_numpy(dtype=float))
            told = rows[rows["verdict"].notna() & (rows["verdict"] != "too few data")]
            covers[name].append(((told["lower"] <= 1) & (told["upper"] >= 1)).to_numpy(dtype=float))
    lines = []
    for name in names:
        estimator = _CORRIDORS if name == "corridors" else _CONTRASTS
        where = f"{name}, {size}" + ("" if name == "corridors" else ", 2 km")
        claim = mean_over_draws(claims[name])
        # As often as claims may be made where nothing is, and two standard errors.
        most = round(FALSE_DISCOVERIES[1] + 2 * claim.error, 3)
        lines += [
            _line(estimator, "families with any claim, nothing planted", where, claim, (0.0, most)),
            _line(
                estimator,
                "95 % interval holds 1, nothing planted",
                where,
                mean_over_draws(covers[name]),
                (0.93, 1.0),
            ),
        ]
    where = f"sections, {size}"
    share = mean_over_draws(wrong)
    most = round(FALSE_DISCOVERIES[1] + 2 * share.error, 3)
    return [
        *lines,
        _line(_OF_SECTIONS, "worse than usual but not so, nothing planted", where, share, (0.0, most)),
        _line(_OF_SECTIONS, _CALLED, f"{size}, nothing planted", mean_over_draws(called), None),
    ]


def _planted(laid: list[Laid], size: str, seeds: int, ratio: float) -> list[Result]:
    """Plant the contrast; tell how often it is found, and how many collisions of five years that rests on."""
    names = ("found along the road", "found on all A roads of the two", "found by either")
    found: tuple[list[float], ...] = ([], [], [])
    counts: tuple[list[float], ...] = ([], [])
    truth = Truth(border_rate_ratio=ratio)
    for draw, rng in enumerate(draws(seeds, 32)):
        of = laid[draw % len(laid)]
        rows = _drawn(of, rng, truth).sides.sort_values("group", ignore_index=True)
        is_found = ((rows["q"] < FALSE_DISCOVERY_RATE) & (rows["ratio"] > 1)).to_numpy()
        ways = (is_found[of.along].any(), is_found[of.in_plan].any())
        for one, is_so in zip(found, (*ways, ways[0] or ways[1]), strict=True):
            one.append(float(is_so))
        for side, column in zip(counts, ("count", "other_count"), strict=True):
            side.append(rows[column].to_numpy()[of.along].sum())
    where = f"{size}, 2 km, {ratio:g} times the rate"
    lines = [
        _line(_CONTRASTS, f"planted contrast {name}", where, mean_over_draws(one),
              POWER if ratio == STATED and name == names[-1] else None)
        for name, one in zip(names, found, strict=True)
    ]  # fmt: skip
    sides = ("the worse side of the road", "its other side")
    return lines + [
        _line(_CONTRASTS, f"collisions in five years on {side}", where, mean_over_draws(one), None)
        for side, one in zip(sides, counts, strict=True)
    ]


def _corridor(laid: list[Laid], size: str, seeds: int, ratio: float) -> list[Result]:
    """Plant the bad corridor; tell how often its sections there, or it as a whole, are called worse."""
    found: tuple[list[float], ...] = ([], [], [], [])
    truth = Truth(corridor_rate_ratio=ratio)
    for draw, rng in enumerate(draws(seeds, 33)):
        made = _drawn(laid[draw % len(laid)], rng, truth)
        planted = made.sections[made.sections["is_planted"]]
        whole = made.corridors[made.corridors["corridor"].str.startswith(truth.corridor_route + "/")]
        figures: tuple[Any, ...] = (
            (planted["verdict"] == "worse").any(),
            (planted["verdict"] == "worse").sum(),
            (whole["verdict"] == "worse").any(),
            planted["observed"].sum(),
        )
        for one, figure in zip(found, figures, strict=True):
            one.append(float(figure))
    where = f"{size}, {ratio:g} times the rate"
    bar = POWER if ratio == STATED_CORRIDOR else None
    said = [
        (_OF_SECTIONS, _CALLED, bar),
        (_OF_SECTIONS, "sections of it called worse", None),
        (_CORRIDORS, "planted corridor called worse as a whole", None),
        (_CORRIDORS, "collisions in five years where it is planted", None),
    ]
    return [
        _line(name, measure, where, mean_over_draws(one), least)
        for (name, measure, least), one in zip(said, found, strict=True)
    ]


def _line(estimator: str, measure: str, where: str, found: Found, bar: tuple[float, float] | None) -> Result:
    return Result(_THEME, estimator, measure, where, found, bar)


def _drawn(laid: Laid, rng: np.random.Generator, truth: Truth) -> Drawn:
    """Draw collisions of five years, and compare both sides of every border, and corridors with the usual."""
    world = laid.ground.world
    base = world.expected.planted / world.planted.ratio(world.truth)
    base = base * _of_authority(truth, laid.ground) / _of_authority(world.truth, laid.ground)
    rate = (
        base
        * world.planted.ratio(truth)
        * link_factors(rng, len(world.links.lines), truth)[world.pieces.link]
    )
    mean = rate * sum(truth.year_rate_ratio.values())
    count = rng.poisson(mean)
    known = laid.sections[["corridor", "section"]].assign(
        truth=laid.by_section(mean), is_planted=laid.by_section(world.planted.is_corridor * 1) > 0
    )
    sections = _sections(laid, count).merge(known, on=["corridor", "section"], how="left")
    return Drawn(_sides(laid, count), sections, whole_corridors(sections))


def _sides(laid: Laid, count: Ints) -> pd.DataFrame:
    events = np.bincount(laid.site_of_piece, count, minlength=len(laid.sites))
    sites = laid.sites.assign(years=YEARS, event_count=events)
    usual = {"collisions": usual_on_roads(sites).assign(event_count=events)}
    parts = laid.parts.assign(collisions=count[laid.piece] * laid.parts["own"], collisions_near=0.0)
    inflation = inflation_of(parts, sites, usual, laid.groups)
    sides = sides_of(parts, sites, usual, len(laid.groups), BAND_M)
    factor = unlike_elsewhere(parts, sites, usual, len(laid.groups), BAND_M)
    sides["variation"] *= sides.merge(factor, on=["outcome", "group"], how="left")["factor"]
    return contrasts(sides, laid.groups, inflation)


def _sections(laid: Laid, count: Ints) -> pd.DataFrame:
    """Fit what is usual on sections and judge them, as ``core.usual_section`` does."""
    cells = laid.sections.assign(observed=laid.by_section(count))
    site = ["corridor", "section"]
    usual = against_usual(expected_counts(cells, chances=False), site, chances=False)
    return judged(usual.assign(event="collisions"), ["event"])


def _of_authority(truth: Truth, ground: Ground) -> Floats:
    sizes = np.array([truth.authority_rate_ratio.get(c, 1.0) for c in ground.world.codes])
    return sizes[ground.world.pieces.authority]


# Each piece of road is a link of its own, and belongs to the section that holds most of it.
_SECTION_OF_LINK = """
SELECT link_id, corridor, section FROM core.corridor_piece
QUALIFY row_number() OVER (PARTITION BY link_id ORDER BY length_m DESC, corridor, section) = 1
ORDER BY link_id
"""
_SECTIONS = f"""
SELECT
    section.corridor, section.section, flow.flow, flow.road_class || ' by traffic' AS label,
    flow.flow * section.length_m / 1000 * {YEARS * DAYS_A_YEAR} AS exposure
FROM core.corridor_section AS section
JOIN (
    SELECT
        piece.corridor, piece.section, mode(part.road_class) AS road_class,
        sum(part.aadf * piece.length_m) / sum(piece.length_m) AS flow
    FROM core.corridor_piece AS piece
    JOIN core.road_part AS part ON piece.source = part.source AND piece.link_id = part.link_id
    WHERE piece.role = 'reference'
    GROUP BY ALL
) AS flow ON section.corridor = flow.corridor AND section.section = flow.section
ORDER BY section.corridor, section.section
"""


def lay(ground: Ground) -> Laid:
    """Lay out a region's roads beside its borders by the product's own models."""
    models = load_models()
    with connect() as con:
        create_macros(con)
        con.execute(
            "CREATE SCHEMA core; CREATE SCHEMA raw; CREATE SCHEMA staging; SET VARIABLE authority_level = 'authority'"
        )
        con.execute(f"SET VARIABLE cell_m = {CELL_M}; SET VARIABLE corridor_gap_m = 250")
        for name, frame in _tables(ground).items():
            con.from_arrow(pa.Table.from_pandas(frame, preserve_index=False)).create(name)
        con.execute(
            "CREATE TABLE staging.collision (source VARCHAR, collision_id VARCHAR, speed_limit_mph DOUBLE)"
        )
        con.execute(
            "CREATE TABLE core.incident_link (incident_kind VARCHAR, source VARCHAR, incident_id VARCHAR, "
            "link_source VARCHAR, link_id VARCHAR, chainage_m DOUBLE)"
        )
        con.execute(
            "CREATE TABLE core.part_event (part_number BIGINT, area_code VARCHAR, outcome VARCHAR, event_count DOUBLE, "
            "near_count DOUBLE)"
        )
        con.execute(
            "CREATE TABLE core.area AS SELECT * REPLACE (st_geomfromwkb(geom) AS geom) FROM core.area_wkb"
        )
        for name in _MODELS:
            build_model(con, models[f"core.{name}"])
        parts = con.sql("FROM core.border_part ORDER BY line, is_first, part_number").df()
        sites = con.sql("FROM core.road_site ORDER BY site").df()
        lines = con.sql("FROM core.border_line ORDER BY line").df()
        sections = con.sql(_SECTIONS).df()
        section = con.sql(_SECTION_OF_LINK).df()
    made = _laid(ground, parts, sites, lines)
    number = sections.reset_index().set_index(["corridor", "section"])["index"]
    of = np.full(len(ground.world.pieces.link), -1)
    keys = pd.MultiIndex.from_frame(section[["corridor", "section"]])
    of[section["link_id"].astype(int)] = number.loc[keys].to_numpy()
    return replace(made, sections=sections, section=of)


def _laid(ground: Ground, parts: pd.DataFrame, sites: pd.DataFrame, lines: pd.DataFrame) -> Laid:
    """Bring tables into positions: sites, pieces of road, and the groups of the planted contrast."""
    world = ground.world
    parts["site"] = np.searchsorted(sites["site"].to_numpy(), parts["site"].to_numpy())
    piece = parts["part_number"].to_numpy(dtype=np.int64)
    # A road along a border belongs to both sides, but what happens on it here lies on its own.
    code = np.array(world.codes)[world.pieces.authority[piece]]
    first = lines.set_index("line")["area_code"].loc[parts["line"]].to_numpy()
    parts["own"] = ((code == first) == parts["is_first"].to_numpy()).astype(float)
    made, groups = by_class_too(
        parts, np.array([CLASSES.index(c) for c in sites["road_class"]], dtype=np.int64)
    )
    named = groups.join(lines.set_index("line"), on="line")
    codes = sorted(world.truth.border_authorities)
    of_pair = (named["area_code"] == codes[0]) & (named["neighbour_code"] == codes[1])
    on_road = (
        named["corridor"].str.startswith(world.truth.border_route + "/").fillna(value=False).astype(bool)
    )
    along = np.flatnonzero(of_pair & on_road)
    in_plan = np.flatnonzero(of_pair & named["corridor"].isna() & (named["road_class"] == "a"))
    cells = _cells(ground)
    keys = ["cell_x", "cell_y", "area_code", "road_class"]
    of_piece = cells.merge(sites[[*keys]].assign(nth=np.arange(len(sites))), on=keys, how="left")["nth"]
    return Laid(ground, made, groups, sites, made["part_number"].to_numpy(dtype=np.int64),
                of_piece.to_numpy(dtype=np.int64), along, in_plan, pd.DataFrame(), np.empty(0, np.int64))  # fmt: skip


def _cells(ground: Ground) -> pd.DataFrame:
    world = ground.world
    xy = shapely.get_coordinates(world.pieces.middles)
    cell = np.floor(xy / CELL_M).astype(np.int64)
    return pd.DataFrame(
        {
            "area_code": np.array(world.codes)[world.pieces.authority],
            "road_class": np.array(_CLASS)[world.links.road_class[world.pieces.link]],
            "x": xy[:, 0], "y": xy[:, 1], "cell_x": cell[:, 0], "cell_y": cell[:, 1],
        }
    )  # fmt: skip


def _tables(ground: Ground) -> Mapping[str, pd.DataFrame]:
    """Return the tables that the product's models start from; each piece of road is a link of its own."""
    world, link = ground.world, ground.world.pieces.link
    codes = np.array(world.codes)
    number = np.arange(len(link))
    metres = world.pieces.km * 1000
    is_numbered = world.links.route[link] >= 0
    numbered = np.flatnonzero(is_numbered)
    form = np.select(
        [world.links.form[link] == SLIP, world.links.form[link] == ROUNDABOUT],
        ["Slip Road", "Roundabout"],
        "",
    )
    corridor = corridor_piece(
        {
            "core.numbered_link": pd.DataFrame(
                {
                    "source": "roads", "link_id": numbered.astype(str), "form_of_way": form[numbered],
                    "road_number": np.array(world.numbers)[world.links.route[link[numbered]]],
                    "geom": shapely.to_wkb(world.pieces.lines[numbered]),
                }
            ),
            "core.numbered_piece": pd.DataFrame(
                {
                    "source": "roads", "link_id": numbered.astype(str), "from_m": 0.0, "to_m": metres[numbered],
                    "area_code": codes[world.pieces.authority[numbered]],
                }
            ),
            "raw.region": pd.DataFrame({"corridor_gap_m": [250.0]}),
        }
    )  # fmt: skip
    longest = corridor.sort_values("length_m").drop_duplicates("link_id", keep="last")
    at = longest.set_index(longest["link_id"].astype(int)).reindex(number)
    once = np.where(world.links.form[link] == DUAL, 0.5, 1.0) * ~np.isin(
        world.links.form[link], [SLIP, ROUNDABOUT]
    )
    part = _cells(ground).assign(
        part_number=number, source="roads", link_id=number.astype(str), piece=1, nth=1, shared_with=None,
        from_m=0.0, length_m=metres, road_km=world.pieces.km * once, corridor=at["corridor"].to_numpy(),
        strand=at["strand"].to_numpy(), at_m=((at["at_from_m"] + at["at_to_m"]) / 2).to_numpy(),
        # Traffic is counted on numbered roads.
        aadf=np.where(is_numbered, world.flows.on_link[link], np.nan), urban_share=world.pieces.is_town.astype(float),
    )  # fmt: skip
    part["shared_with"] = part["shared_with"].astype("str").where(part["road_km"] < 0)
    polygons = world.geography.authorities.polygons
    beside = shared_borders(polygons)
    return {
        "core.road_part": part,
        "core.corridor_piece": corridor,
        "core.area_wkb": pd.DataFrame(
            {"area_level": "authority", "area_code": codes, "is_context": False, "geom": shapely.to_wkb(polygons)}
        ),
        "core.area_neighbour": pd.DataFrame(
            {
                "area_level": "authority", "area_code": codes[beside["area"]],
                "neighbour_code": codes[beside["neighbour"]], "border_m": beside["border_m"],
            }
        ),
        "raw.region": pd.DataFrame({"crs": ["EPSG:27700"], "authority_level": ["authority"]}),
    }  # fmt: skip
