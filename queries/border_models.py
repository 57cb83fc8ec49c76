"""Models of borders: how far roads lie from them, what is usual there, and the contrast between two sides."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import shapely

from geo.across.borders import BANDS_M, checked, contrasts
from geo.across.near_border import near_neighbours
from geo.across.road_sides import CLASSES, by_class_too, sides_of, usual_on_roads
from geo.across.unlike import inflation_of, unlike_elsewhere
from geo.across.whole_corridor import whole_corridors
from geo.tables import Column, Table
from queries.python_models import Frames, PythonModel

OUTCOMES = ("collisions", "ksi", "reports")
ALL = "all"
_GROUP = ["line", "road_class"]
_CHECKS = ("traffic", "urban_share", "road_density", "speed_limit", "road_classes")


def border_distance(frames: Frames) -> Iterator[pd.DataFrame]:
    """Measure how far each part of a road lies from the authorities beside its own; one neighbour at a time."""
    areas = frames["core.area"]
    level = frames["raw.region"]["authority_level"].iloc[0]
    areas = areas[areas["area_level"] == level].sort_values("area_code").reset_index(drop=True)
    places, lines = frames["core.part_place"], frames["core.border_line"]
    codes = pd.Index(areas["area_code"])
    lines = lines[["area_code", "neighbour_code"]].drop_duplicates()
    one, other = (codes.get_indexer(pd.Index(lines[c])) for c in lines)
    pairs = np.concatenate([np.column_stack([one, other]), np.column_stack([other, one])]).astype(np.int64)
    polygons = shapely.from_wkb(areas["geom"].to_numpy())
    xy, area = places[["x", "y"]].to_numpy(), places["position"].to_numpy(dtype=np.int64)
    for neighbour in np.unique(pairs[:, 1]):
        found = near_neighbours(xy, area, polygons, pairs[pairs[:, 1] == neighbour], max(BANDS_M))
        yield pd.DataFrame(
            {
                "part_number": places["part_number"].to_numpy()[found["place"].to_numpy()],
                "neighbour_code": pd.Categorical.from_codes(found["neighbour"], codes),
                "distance_m": found["distance_m"],
            }
        )


def usual_road(frames: Frames) -> pd.DataFrame:
    """Fit what is usual on a kilometre of every site."""
    sites, years = frames["core.road_site"], frames["core.event_years"]
    events = frames["core.site_event"]
    parts = []
    for outcome, of in events.groupby("outcome", sort=True):
        table = sites.merge(of, on="site")
        chances = bool(years.loc[years["outcome"] == outcome, "is_adjusted"].any())
        parts.append(pd.concat([table[["site", "outcome"]], usual_on_roads(table, chances=chances)], axis=1))
    columns = [c.name for c in USUAL_ROAD.table.columns]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def border_sum(frames: Frames) -> pd.DataFrame:
    """Add up both sides of every border and corridor in each band."""
    parts, sites, groups = _grouped(frames)
    usual, events = _usual(frames, sites), frames["core.site_event"]
    for outcome, rates in usual.items():
        of = events[events["outcome"] == outcome].set_index("site")["event_count"]
        usual[outcome] = rates.assign(event_count=of.reindex(sites["site"]).to_numpy())
    made = [_summed(parts, sites, usual, groups, band_m) for band_m in BANDS_M if usual]
    columns = [c.name for c in BORDER_SUM.table.columns]
    if not made:
        return pd.DataFrame(columns=columns)
    return pd.concat(made, ignore_index=True).rename(columns={"count": "event_count"})[columns]


def _summed(
    parts: pd.DataFrame,
    sites: pd.DataFrame,
    usual: dict[str, pd.DataFrame],
    groups: pd.DataFrame,
    band_m: float,
) -> pd.DataFrame:
    sides = sides_of(parts, sites, usual, len(groups), band_m)
    factor = unlike_elsewhere(parts, sites, usual, len(groups), band_m)
    sides = sides.merge(factor, on=["outcome", "group"], how="left")
    sides["variation"] *= sides["factor"]
    return sides.assign(band_m=band_m).join(groups, on="group")


def contrast(frames: Frames) -> pd.DataFrame:
    """Compare both sides of every border and corridor in each band, and check whether they are alike."""
    parts, sites, groups = _grouped(frames)
    usual = _usual(frames, sites)
    columns = [c.name for c in BORDER_CONTRAST.table.columns]
    if not usual or groups.empty:
        return pd.DataFrame(columns=columns)
    inflation = inflation_of(parts, sites, usual, groups)
    given = frames["core.border_side"].rename(columns={"event_count": "count", "expected_count": "expected"})
    number = groups.assign(group=np.arange(len(groups)))[[*_GROUP, "group"]]
    given = given.merge(number, on=_GROUP).assign(flow_km=lambda t: t["vehicle_km"])
    # What is not published is not counted among the tests either.
    years = given.groupby([*_GROUP, "band_m", "outcome"])["period_start"].transform("nunique")
    given["expected"] = given["expected"].where(given["is_covered"] & (years == 1))
    # No source: nothing was counted, and nothing is expected that could be compared.
    given["count"], given["near_count"] = given["count"].fillna(0), given["near_count"].fillna(0)
    plain = groups.assign(road_class=groups["road_class"].replace(ALL, None))
    made = []
    for band_m in BANDS_M:
        rows = contrasts(given[given["band_m"] == band_m], plain, inflation)
        checks = checked(parts, sites, plain, band_m)
        made.append(rows.join(checks, on="group").assign(band_m=band_m))
    table = pd.concat(made, ignore_index=True)
    table["road_class"] = table["road_class"].fillna(ALL)
    # Endless limits are no numbers to publish.
    table[["ratio", "upper"]] = table[["ratio", "upper"]].replace(np.inf, np.nan)
    return table[columns]


def usual_corridor(frames: Frames) -> pd.DataFrame:
    """Hold every corridor as a whole against what is usual for its sections."""
    sections = frames["core.usual_section"]
    return whole_corridors(sections[sections["event"] == "collisions"])[
        [c.name for c in USUAL_CORRIDOR.table.columns]
    ]


def _grouped(frames: Frames) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return parts with their group, sites in the order of their numbers, and groups by name."""
    sites = frames["core.road_site"].sort_values("site", ignore_index=True)
    parts = frames["core.border_part"]
    parts = parts.assign(site=np.searchsorted(sites["site"].to_numpy(), parts["site"].to_numpy()))
    known = np.array([CLASSES.index(c) for c in sites["road_class"]], dtype=np.int64)
    parts, groups = by_class_too(parts, known)
    return parts, sites, groups.assign(road_class=groups["road_class"].fillna(ALL))


def _usual(frames: Frames, sites: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return what is usual by outcome, in the order of sites."""
    every = frames["core.usual_road"]
    return {
        str(outcome): of.set_index("site").reindex(sites["site"]).reset_index()
        for outcome, of in every.groupby("outcome", sort=True)
    }


_OUTCOME = Column("outcome", "VARCHAR", "collisions, ksi or reports. Never null.")
_LINE = (
    Column("line", "BIGINT", "Number of the border or corridor, as in core.border_line. Never null."),
    Column("road_class", "VARCHAR", "motorway, a, b, c, unclassified, or all. Never null."),
    Column("band_m", "DOUBLE", "How far the band reaches from the border, metres. Never null."),
    _OUTCOME,
)
_SEEN = "null where the check could not be made."

BORDER_DISTANCE = PythonModel(
    Table(
        "core.border_distance",
        "One row per part of a link and authority beside its own within five kilometres of it.",
        (
            Column("part_number", "BIGINT", "Number of the part, as in core.road_part. Never null."),
            Column("neighbour_code", "VARCHAR", "Code of the authority beside its own. Never null."),
            Column(
                "distance_m",
                "DOUBLE",
                "From the middle of the part to its border, in plan, metres. Never null.",
            ),
        ),
        key=("part_number", "neighbour_code"),
    ),
    border_distance,
    inputs=("core.area", "raw.region", "core.part_place", "core.border_line"),
)

USUAL_ROAD = PythonModel(
    Table(
        "core.usual_road",
        "One row per site and outcome: events usual on a kilometre of such roads.",
        (
            Column("site", "BIGINT", "Number of the site, as in core.road_site. Never null."),
            _OUTCOME,
            Column(
                "per_km",
                "DOUBLE",
                "Events usual over the period for each of its kilometres; null where too few, or without road.",
            ),
            Column(
                "dispersion",
                "DOUBLE",
                "How much such sites differ, k: variance = mean + k x mean squared; null likewise.",
            ),
        ),
        key=("site", "outcome"),
    ),
    usual_road,
    inputs=("core.road_site", "core.site_event", "core.event_years"),
)

BORDER_SUM = PythonModel(
    Table(
        "core.border_sum",
        "One row per border or corridor, road class, band, outcome and side: sums over its roads.",
        (
            *_LINE,
            Column("is_first", "BOOLEAN", "True on the side of the lower code. Never null."),
            Column("event_count", "DOUBLE", "Events, to the nearest whole. Never null."),
            Column("near_count", "DOUBLE", "Of them, near a border. Never null."),
            Column("road_km", "DOUBLE", "Length of road, kilometres. Never null."),
            Column("known_share", "DOUBLE", "Share of it with traffic known; null without road."),
            Column("flow_km", "DOUBLE", "Vehicles a day x kilometres, where known. Never null."),
            Column("expected", "DOUBLE", "Events usual over the period; null where it cannot be said."),
            Column("variation", "DOUBLE", "Squared coefficient of variation of its rate; null likewise."),
        ),
        key=("line", "road_class", "band_m", "outcome", "is_first"),
    ),
    border_sum,
    inputs=("core.border_part", "core.road_site", "core.usual_road", "core.site_event"),
)

BORDER_CONTRAST = PythonModel(
    Table(
        "core.border_contrast",
        "One row per border or corridor, road class, band and outcome: one side against the other.",
        (
            *_LINE,
            Column("variation", "DOUBLE", "Of both sides together, inflated; null where not computable."),
            Column(
                "inflation",
                "DOUBLE",
                "How many times more strips that no border parts differ than unlike sites would make them. Never null.",
            ),
            Column("pairs", "BIGINT", "Pairs of strips that it rests on. Never null."),
            Column(
                "ratio",
                "DOUBLE",
                "Observed / expected of the first side over that of the second; null where not computable, or the "
                "second had none.",
            ),
            Column("lower", "DOUBLE", "Lower 95 % limit; null where not computable."),
            Column("upper", "DOUBLE", "Upper 95 % limit; null likewise, and where there is none."),
            Column("p", "DOUBLE", "Two-sided p that both are alike; null where not computable."),
            Column(
                "q", "DOUBLE", "False-discovery-rate q-value of its family; null likewise, and if too few."
            ),
            Column("verdict", "VARCHAR", "higher, lower, no difference told, too few data; null likewise."),
            Column("reason", "VARCHAR", "Why it is not computable; null where it is."),
            Column("density_p", "DOUBLE", f"p that road gets no denser right at the border; {_SEEN}"),
            *(Column(name, "DOUBLE", f"Standardised difference of the sides; {_SEEN}") for name in _CHECKS),
            Column("wording", "VARCHAR", "contrast, or effect not excluded. Never null."),
            Column("wording_reason", "VARCHAR", "Checks that failed; null where all passed."),
        ),
        key=("line", "road_class", "band_m", "outcome"),
    ),
    contrast,
    inputs=("core.border_part", "core.road_site", "core.usual_road", "core.border_side"),
)

USUAL_CORRIDOR = PythonModel(
    Table(
        "core.usual_corridor",
        "One row per corridor with sections that have a usual count: collisions on those together against it.",
        (
            Column("corridor", "VARCHAR", "Corridor: road number and part (A61/1). Never null."),
            Column("observed", "DOUBLE", "Collisions of the period on those sections. Never null."),
            Column("expected", "DOUBLE", "Collisions usual on them. Never null."),
            Column("sections", "BIGINT", "Sections that have a usual count. Never null."),
            Column(
                "alike", "DOUBLE", "Correlation of neighbouring sections, of all other corridors. Never null."
            ),
            Column("ratio", "DOUBLE", "Observed / expected. Never null."),
            Column("lower", "DOUBLE", "Lower 95 % limit of it. Never null."),
            Column("upper", "DOUBLE", "Upper 95 % limit of it. Never null."),
            Column("p", "DOUBLE", "Two-sided p that its sections are like others; null where too few data."),
            Column("q", "DOUBLE", "False-discovery-rate q-value over corridors; null likewise."),
            Column("verdict", "VARCHAR", "worse, better, similar or too few data. Never null."),
        ),
        key=("corridor",),
    ),
    usual_corridor,
    inputs=("core.usual_section",),
)

BORDER_MODELS: tuple[PythonModel, ...] = (
    BORDER_DISTANCE,
    USUAL_ROAD,
    BORDER_SUM,
    BORDER_CONTRAST,
    USUAL_CORRIDOR,
)
