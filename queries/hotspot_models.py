"""Models of hotspots: in squares of one km and along numbered roads, over the whole region and by authority alone."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from geo.across.along import neighbours_along, stretches_of
from geo.across.grid import neighbours_in_grid, runs_in_cells
from geo.across.hotspot_views import clusters_of_views, sites_of_views, usual_of_parts
from geo.arrays import Ints, Objects, rank_among
from geo.cover import CELL_M
from geo.estimates.usual import DAYS_A_YEAR
from geo.tables import Column, Table
from queries.frames import Tables
from queries.python_models import Frames, PythonModel
from queries.safety_models import LEAST_KNOWN_SHARE

STRETCH_M = 500.0
LINKS_AT_A_TIME = 200_000
GRID, STRETCH = "grid", "stretch"
# A cursor has no variables, so the macro that says what cell a coordinate falls in would say null.
_LEAVES_ITS_CELL = (
    "is_carriageway AND ("
    + " OR ".join(
        f"floor(st_{axis}min(geom) / {CELL_M}) <> floor(st_{axis}max(geom) / {CELL_M})" for axis in "xy"
    )
    + ")"
)


def link_run(tables: Tables) -> Iterator[pd.DataFrame]:
    """Cut the links that leave their cell at the lines of the grid, some near each other at a time."""
    columns = ("source", "link_id", "geom")
    for links in tables.near_together("staging.link", columns, _LEAVES_ITS_CELL, LINKS_AT_A_TIME):
        runs = runs_in_cells(shapely.from_wkb(links["geom"].to_numpy()), CELL_M)
        at = runs.pop("line").to_numpy(dtype=np.int64)
        runs.insert(0, "source", links["source"].array.take(at))
        runs.insert(1, "link_id", links["link_id"].array.take(at))
        runs.insert(2, "run", rank_among(at) + 1)
        yield runs


def stretch(frames: Frames) -> pd.DataFrame:
    """Cut every section of a numbered road into stretches of about half a kilometre."""
    sections = frames["core.corridor_section"]
    sections = sections[sections["to_m"] > sections["from_m"]].reset_index(drop=True)
    cut = stretches_of(sections.assign(line=_line(sections)), STRETCH_M)
    at = cut["section"].to_numpy(dtype=np.int64)
    return pd.DataFrame(
        {
            "corridor": sections["corridor"].array.take(at),
            "section": sections["section"].array.take(at),
            "stretch": rank_among(at) + 1,
            "line": cut["line"],
            "from_m": cut["from_m"],
            "to_m": cut["to_m"],
        }
    )


def usual_part(frames: Frames) -> pd.DataFrame:
    """Say how many collisions are usual in every part of a site: cells by authority and class, and stretches."""
    made = []
    for layer, parts in ((GRID, _cell_parts(frames)), (STRETCH, _stretch_parts(frames))):
        for _, of_event in parts.groupby("event", sort=True):
            expected = usual_of_parts(of_event, chances=bool(of_event["is_adjusted"].iloc[0]))
            made.append(of_event.assign(layer=layer, expected=expected))
    columns = [c.name for c in USUAL_PART.table.columns]
    return pd.concat(made, ignore_index=True)[columns] if made else pd.DataFrame(columns=columns)


def hotspot_site(frames: Frames) -> pd.DataFrame:
    """Test every site with its neighbours, over the region and by each authority alone."""
    made = []
    for (event, layer), parts in frames["core.usual_part"].groupby(["event", "layer"], sort=True):
        names, given, pairs = _numbered(parts, frames)
        chances = bool(parts["is_adjusted"].iloc[0])
        found = sites_of_views(given, pairs, len(names), chances=chances)
        cluster = found["cluster"].to_numpy(dtype=np.int64)
        found["hotspot"] = pd.Series(names[cluster], index=found.index, dtype=object).where(
            cluster >= 0, None
        )
        found["site"] = names[found["site"].to_numpy(dtype=np.int64)]
        made.append(found.assign(event=str(event), layer=str(layer)))
    return _gathered(made, HOTSPOT_SITE)


def hotspot(frames: Frames) -> pd.DataFrame:
    """Join the hot sites of every view to clusters."""
    made = []
    every = frames["core.hotspot_site"]
    for (event, layer), parts in frames["core.usual_part"].groupby(["event", "layer"], sort=True):
        names, given, pairs = _numbered(parts, frames)
        of = every[(every["event"] == event) & (every["layer"] == layer)]
        place = pd.Index(names)
        found = of.rename(columns={"observed": "count"}).assign(
            site=place.get_indexer(pd.Index(of["site"])),
            cluster=place.get_indexer(pd.Index(of["hotspot"])),
        )
        rows = clusters_of_views(found, given, pairs, len(names))
        rows["hotspot"] = names[rows["cluster"].to_numpy(dtype=np.int64)]
        made.append(rows.assign(event=str(event), layer=str(layer)))
    return _gathered(made, HOTSPOT)


def _cell_parts(frames: Frames) -> pd.DataFrame:
    cells = frames["core.cell_count"]
    x, y = (cells[c].astype("int64").astype("str") for c in ("cell_x", "cell_y"))
    return cells.assign(
        site=f"{CELL_M:g}m/" + x + "/" + y,
        label=cells["road_class"] + " by " + cells["basis"],
        density_around=cells["around_km_per_km2"],
        density_here=cells["here_km_per_km2"],
    )


def _stretch_parts(frames: Frames) -> pd.DataFrame:
    counts = frames["core.stretch_count"]
    is_known = (counts["known_share"] >= LEAST_KNOWN_SHARE) & (counts["flow"] > 0)
    km_years = counts["length_km"] * counts["years"]
    basis = np.where(is_known, "traffic", "length")
    return counts.assign(
        site=_stretch_code(counts),
        label=counts["road_class"] + " by " + basis,
        exposure=np.where(is_known, counts["flow"] * km_years * DAYS_A_YEAR, km_years),
        flow=counts["flow"].where(is_known),
        density_around=counts["around_km_per_km2"],
        density_here=counts["here_km_per_km2"],
    )


def _stretch_code(rows: pd.DataFrame) -> pd.Series:
    section, nth = (rows[c].astype("int64").astype("str") for c in ("section", "stretch"))
    return rows["corridor"].astype("str") + "/" + section + "/" + nth


def _line(sections: pd.DataFrame) -> pd.Series:
    return sections["corridor"].astype("str") + "#" + sections["strand"].astype("int64").astype("str")


def _numbered(parts: pd.DataFrame, frames: Frames) -> tuple[Objects, pd.DataFrame, Ints]:
    """Return the codes of sites in order, the parts with their positions, and the pairs of neighbours."""
    names = np.sort(parts["site"].unique().astype(object))
    given = parts.assign(
        site=pd.Index(names).get_indexer(pd.Index(parts["site"])), authority_code=parts["area_code"]
    )
    pairs = _pairs_of_cells(names) if parts["layer"].iloc[0] == GRID else _pairs_of_stretches(names, frames)
    return names, given, pairs


def _pairs_of_cells(names: Objects) -> Ints:
    places = pd.Series(names, dtype="str").str.split("/", expand=True)
    x, y = (places[n].to_numpy().astype(np.int64) for n in (1, 2))
    return neighbours_in_grid(x, y)


def _pairs_of_stretches(names: Objects, frames: Frames) -> Ints:
    every = frames["core.stretch"]
    every = every.assign(site=_stretch_code(every))
    every = every.set_index("site").loc[names].reset_index()
    meetings = frames["core.stretch_meeting"]
    section = pd.Index(names).get_indexer(pd.Index(_stretch_code(meetings)))
    place = pd.MultiIndex.from_frame(meetings[["x", "y"]]).factorize()[0]
    met = pd.DataFrame({"section": section, "place": place})[section >= 0]
    return neighbours_along(every, met)


def _gathered(made: list[pd.DataFrame], model: PythonModel) -> pd.DataFrame:
    columns = [c.name for c in model.table.columns]
    if not made:
        return pd.DataFrame(columns=columns)
    whole = pd.concat(made, ignore_index=True)
    return whole.rename(columns={"count": "observed", "sites": "site_count"})[columns]


_EVENT = Column(
    "event",
    "VARCHAR",
    "collisions, or ksi: those in which someone was killed or seriously injured. Never null.",
)
_LAYER = Column("layer", "VARCHAR", "grid (squares of one km) or stretch (of a numbered road). Never null.")
_SITE = Column("site", "VARCHAR", "Code of the cell (1000m/x/y) or stretch (A61/1/12/3). Never null.")
_VIEW = Column("view", "VARCHAR", "region, or the code of the authority that looks alone. Never null.")
_CORRIDOR = (
    Column("corridor", "VARCHAR", "Corridor: road number and part (A61/1). Never null."),
    Column("section", "BIGINT", "Number of the section within the corridor. Never null."),
)
_TEST = (
    Column("gi_star", "DOUBLE", "Standard deviations of the window above the usual. Never null."),
    Column(
        "p", "DOUBLE", "Chance of as many collisions or more in the window, if it were as usual. Never null."
    ),
    Column(
        "q",
        "DOUBLE",
        "False-discovery-rate q-value over both windows of all sites that the view tests. Never null.",
    ),
)

LINK_RUN = PythonModel(
    Table(
        "core.link_run",
        "One row per carriageway link that leaves its cell of the grid, and run of it within one cell.",
        (
            Column("source", "VARCHAR", "Source id of the link. Never null."),
            Column("link_id", "VARCHAR", "Publisher's reference of the link. Never null."),
            Column("run", "BIGINT", "Number of the run within the link, from 1, in its order. Never null."),
            Column("cell_x", "INTEGER", "Column of the cell: floor(easting / cell side). Never null."),
            Column("cell_y", "INTEGER", "Row of the cell: floor(northing / cell side). Never null."),
            Column("from_m", "DOUBLE", "Where the link enters the cell, metres along it. Never null."),
            Column("to_m", "DOUBLE", "Where it leaves it, metres along it. Never null."),
        ),
        key=("source", "link_id", "run"),
    ),
    link_run,
    inputs=("staging.link",),
)

STRETCHES = PythonModel(
    Table(
        "core.stretch",
        "One row per stretch of a numbered road: its sections, cut where the authority changes, in parts of about 500 m.",
        (
            *_CORRIDOR,
            Column("stretch", "BIGINT", "Number of the stretch within the section, from 1. Never null."),
            Column(
                "line", "VARCHAR", "Corridor and strand, along which stretches follow each other. Never null."
            ),
            Column("from_m", "DOUBLE", "Where it begins, metres along the corridor. Never null."),
            Column("to_m", "DOUBLE", "Where it ends, metres along the corridor. Never null."),
        ),
        key=("corridor", "section", "stretch"),
    ),
    stretch,
    inputs=("core.corridor_section",),
)

USUAL_PART = PythonModel(
    Table(
        "core.usual_part",
        "One row per kind of collision, and part of a cell (authority, class of road, what is known of its traffic) or"
        " stretch: collisions, and how many are usual on such roads.",
        (
            _EVENT,
            _LAYER,
            _SITE,
            Column("area_code", "VARCHAR", "Code of the authority. Never null."),
            Column("label", "VARCHAR", "Class of road, and by traffic or by length. Never null."),
            Column("is_context", "BOOLEAN", "True where the authority is not the region's own. Never null."),
            Column("period_start", "DATE", "First day of the period. Never null."),
            Column("period_end", "DATE", "Last day of the period. Never null."),
            Column("years", "DOUBLE", "Length of the period in years. Never null."),
            Column("is_adjusted", "BOOLEAN", "True where severity is adjusted. Never null."),
            Column("observed", "DOUBLE", "Collisions over the period, or chances summed. Never null."),
            Column(
                "expected",
                "DOUBLE",
                "Collisions usual on such roads, by class, traffic and how dense roads are around; null where"
                " exposure is not known or nothing could be fitted: its collisions take no part.",
            ),
        ),
        key=("event", "layer", "site", "area_code", "label"),
    ),
    usual_part,
    inputs=("core.cell_count", "core.stretch_count"),
)

HOTSPOT_SITE = PythonModel(
    Table(
        "core.hotspot_site",
        "One row per kind of collision, layer, view and site: of the region every site tested, of an authority alone"
        " those of clusters.",
        (
            _EVENT,
            _LAYER,
            _VIEW,
            _SITE,
            Column("observed", "DOUBLE", "Collisions that the view sees there. Never null."),
            Column("expected", "DOUBLE", "Collisions usual there, at the mean of the view. Never null."),
            Column("estimate", "DOUBLE", "Collisions in the long run, empirical Bayes. Never null."),
            Column("standard_error", "DOUBLE", "Standard error of the estimate. Never null."),
            Column(
                "reach",
                "BIGINT",
                "What window is told of: 0 the site by itself, 1 with its neighbours. The wider that is hot, else the one"
                " that stands out more. Never null.",
            ),
            Column("window_count", "DOUBLE", "Collisions in the window. Never null."),
            Column("window_expected", "DOUBLE", "Collisions usual in the window. Never null."),
            *_TEST,
            Column(
                "is_hot",
                "BOOLEAN",
                "True where q is below 0.05: the window has more than usual. Never null.",
            ),
            Column("hotspot", "VARCHAR", "Cluster: code of its first member; null where it is in none."),
            Column(
                "is_member",
                "BOOLEAN",
                "True where it has more than usual itself; false where only its neighbours do, or none. Never null.",
            ),
        ),
        key=("event", "layer", "view", "site"),
    ),
    hotspot_site,
    inputs=("core.usual_part", "core.stretch", "core.stretch_meeting"),
)

HOTSPOT = PythonModel(
    Table(
        "core.hotspot",
        "One row per kind of collision, layer, view and cluster of hot sites that are neighbours.",
        (
            _EVENT,
            _LAYER,
            _VIEW,
            Column("hotspot", "VARCHAR", "Cluster: code of its first member. Never null."),
            Column("site_count", "BIGINT", "Cells or stretches. Never null."),
            Column("observed", "DOUBLE", "Collisions that the view sees there. Never null."),
            Column("expected", "DOUBLE", "Collisions usual there, at the mean of the view. Never null."),
            Column("estimate", "DOUBLE", "Collisions in the long run, empirical Bayes. Never null."),
            Column("lower", "DOUBLE", "Lower 95 % limit of it; null where nothing tells sites apart."),
            Column("upper", "DOUBLE", "Upper 95 % limit of it; null likewise."),
            *_TEST,
            Column("authorities", "VARCHAR", "Authorities with a part in it, comma-separated. Never null."),
            Column(
                "acting",
                "VARCHAR",
                "Authorities party to it: with a tenth of the surplus, comma-separated. Never null.",
            ),
            Column("seeing", "VARCHAR", "Parties that find part of it alone, comma-separated. Never null."),
            Column("is_across_borders", "BOOLEAN", "True where more than one is party. Never null."),
            Column("is_only_borderless", "BOOLEAN", "True where no party finds it alone. Never null."),
            Column("is_found_by_region", "BOOLEAN", "False where only the authority claims it. Never null."),
        ),
        key=("event", "layer", "view", "hotspot"),
    ),
    hotspot,
    inputs=("core.usual_part", "core.hotspot_site", "core.stretch", "core.stretch_meeting"),
)

HOTSPOT_MODELS: tuple[PythonModel, ...] = (LINK_RUN, STRETCHES, USUAL_PART, HOTSPOT_SITE, HOTSPOT)
