"""The region file as tables and variables, so that the SQL models can read it."""

import duckdb

from geo.cover import CELL_M
from geo.region import Region
from geo.sources import RoadCondition, SatisfactionResponses, SatisfactionScores, Source
from geo.tables import Column, Table, create_table, insert_rows

REGION = Table(
    "raw.region",
    "One row: the region of this run and the settings its outcomes were made with.",
    (
        Column("region", "VARCHAR", "Name of the region. Never null."),
        Column("title", "VARCHAR", "Title for people. Never null."),
        Column("crs", "VARCHAR", "Working coordinate system, projected, metres. Never null."),
        Column(
            "basis",
            "VARCHAR",
            "Whose codes figures are given under: as_was, as_now (on basis_on) or as_will_be (after every "
            "change announced). Never null.",
        ),
        Column("basis_on", "DATE", "Date whose areas the outcomes are given for. Never null."),
        Column("authority_level", "VARCHAR", "Level whose areas answer for roads. Never null."),
        Column("buffer_m", "DOUBLE", "How far beyond every area an incident still counts as near, metres."),
        Column(
            "border_tolerance_m", "DOUBLE", "How near a border an incident's authority is in doubt, metres."
        ),
        Column(
            "snap_tolerance_m",
            "DOUBLE",
            "How far from a road link an incident may lie and be put on it, metres.",
        ),
        Column(
            "corridor_gap_m",
            "DOUBLE",
            "How wide a gap between loose ends of a numbered road is bridged, metres.",
        ),
        Column(
            "count_reach_m",
            "DOUBLE",
            "How far along its road a traffic count speaks beyond its own stretch, metres.",
        ),
        Column(
            "small_count_threshold",
            "BIGINT",
            "Counts below it are hidden where a source may be published in aggregates only; 0 hides none.",
        ),
        Column(
            "pooled_years",
            "BIGINT",
            "Latest whole years that are put together where there are more; 0 puts all time together.",
        ),
        Column("cell_m", "DOUBLE", "Side of the placement grid's cells, metres."),
    ),
    key=("region",),
)

LEVEL = Table(
    "raw.level",
    "One row per area level, coarse to fine.",
    (
        Column("area_level", "VARCHAR", "Name of the level. Never null."),
        Column("position", "BIGINT", "Place in the order coarse to fine, from 1. Never null."),
        Column("is_authority", "BOOLEAN", "True for the level whose areas answer for roads. Never null."),
    ),
    key=("area_level",),
)

COMPARATOR = Table(
    "raw.comparator",
    "One row per comparator the region file asks for.",
    (
        Column(
            "comparator",
            "VARCHAR",
            "all_areas, parent, family or statistical_neighbours. Never null.",
        ),
    ),
    key=("comparator",),
)

FAMILY = Table(
    "raw.family",
    "One row per area that the region file puts in a family: areas held to be alike.",
    (
        Column("family", "VARCHAR", "Name of the family. Never null."),
        Column("title", "VARCHAR", "Its title for people. Never null."),
        Column("area_code", "VARCHAR", "Code of the area. Never null."),
    ),
    key=("area_code",),
)

COVARIATE = Table(
    "raw.neighbour_covariate",
    "One row per fact of areas by which the region file says which are alike.",
    (
        Column("covariate", "VARCHAR", "Column of core.area_profile. Never null."),
        Column("neighbours", "BIGINT", "Areas that each is compared with at most. Never null."),
    ),
    key=("covariate",),
)

PRIORITY_WEIGHT = Table(
    "raw.priority_weight",
    "One row per theme that problems are found in: what it counts for, against the others.",
    (
        Column("theme", "VARCHAR", "Theme, as in the register of outcomes. Never null."),
        Column(
            "weight",
            "DOUBLE",
            "What removing all of its loss would be worth, against the other themes; 0 leaves it out. Never null.",
        ),
    ),
    key=("theme",),
)

PRIORITY_SETTING = Table(
    "raw.priority_setting",
    "One row: how authorities that should act together are found.",
    (
        Column("contract_window_years", "BIGINT", "Contracts that end so soon could be let together, years."),
        Column("largest_group", "BIGINT", "Authorities that a group may have."),
    ),
    key=("contract_window_years",),
)

SOURCE = Table(
    "raw.source",
    "One row per source of the region file, as declared there.",
    (
        Column("source", "VARCHAR", "Source id. Never null."),
        Column("region", "VARCHAR", "Region file it comes from. Never null."),
        Column("kind", "VARCHAR", "Kind of source: areas, roads, collisions ... Never null."),
        Column("title", "VARCHAR", "What it is, for people. Never null."),
        Column("publisher", "VARCHAR", "Who publishes it; null if not stated."),
        Column("url", "VARCHAR", "Where it comes from; null if not stated."),
        Column("licence", "VARCHAR", "Licence, or 'not stated'. Never null."),
        Column("attribution", "VARCHAR", "Attribution the licence asks for; null if none."),
        Column("publish", "VARCHAR", "What may be published of it: rows, aggregates or nothing. Never null."),
        Column("fetched_on", "DATE", "When the file was fetched; null if not stated."),
        Column("recorded_level", "VARCHAR", "Level of the authority the source records; null if none."),
        Column("lowest", "DOUBLE", "Worst value of its scale; null for sources without one."),
        Column("highest", "DOUBLE", "Best value of its scale; null for sources without one."),
        Column(
            "satisfied_from",
            "DOUBLE",
            "Answer from which a respondent counts as satisfied; null where answers are averaged.",
        ),
        Column(
            "complete_for",
            "VARCHAR[]",
            "Codes of the areas it is complete for; null means all of its region.",
        ),
        Column(
            "breaks",
            "DATE[]",
            "Days from which it is measured in another way, so that a new series begins; null for sources "
            "without series.",
        ),
        Column("pounds", "DOUBLE", "Pounds that one of its unit of money is; null for sources without one."),
        Column("prices", "VARCHAR", "nominal, real or not stated; null for sources without money."),
        Column("of_source", "VARCHAR", "Source of the collisions that its rows belong to; null for others."),
    ),
    key=("source",),
)

INDICATOR = Table(
    "raw.indicator",
    "One row per indicator that the region file maps to an outcome.",
    (
        Column("source", "VARCHAR", "Source id. Never null."),
        Column("indicator", "VARCHAR", "Indicator as the source calls it. Never null."),
        Column("outcome", "VARCHAR", "Outcome it measures. Never null."),
    ),
    key=("source", "indicator"),
)


def write_settings(con: duckdb.DuckDBPyConnection, region: Region) -> None:
    """Write the region file's settings as tables, and those that models compute with as variables.

    Variables, because a spatial join's distance must be known before the join is planned.
    """
    priority = (PRIORITY_WEIGHT, PRIORITY_SETTING)
    for table in (REGION, LEVEL, COMPARATOR, FAMILY, COVARIATE, SOURCE, INDICATOR, *priority):
        create_table(con, table)
    asked = region.priorities
    insert_rows(con, PRIORITY_WEIGHT, sorted(asked.weights.model_dump().items()))
    insert_rows(con, PRIORITY_SETTING, [(asked.contract_window_years, asked.largest_group)])
    numbers = (
        region.buffer_m,
        region.border_tolerance_m,
        region.snap_tolerance_m,
        region.corridor_gap_m,
        region.count_reach_m,
        region.small_count_threshold,
        region.pooled_years,
        CELL_M,
    )
    insert_rows(
        con,
        REGION,
        [(*_identity(region), *numbers)],
    )
    insert_rows(con, LEVEL, [(n, i, n == region.authority_level) for i, n in enumerate(region.levels, 1)])
    insert_rows(con, COMPARATOR, [(c,) for c in region.comparators])
    insert_rows(con, FAMILY, [(f.name, f.title, code) for f in region.family for code in f.areas])
    insert_rows(con, COVARIATE, [(c, region.neighbours) for c in region.neighbour_covariates])
    insert_rows(con, SOURCE, [_source_row(s, region) for s in region.source])
    insert_rows(
        con,
        INDICATOR,
        [
            (s.id, indicator, outcome)
            for s in region.source
            if isinstance(s, SatisfactionScores | SatisfactionResponses)
            for indicator, outcome in s.indicators.items()
        ],
    )
    set_variables(con)


def set_variables(con: duckdb.DuckDBPyConnection) -> None:
    """Set one DuckDB variable for each column of raw.region."""
    for column in REGION.columns:
        con.execute(f"SET VARIABLE {column.name} = (SELECT {column.name} FROM raw.region)")


def _identity(region: Region) -> tuple[object, ...]:
    return (region.name, region.title, region.crs, region.basis, region.basis_on, region.authority_level)


def _source_row(source: Source, region: Region) -> tuple[object, ...]:
    lowest, highest = _scale(source)
    return (
        source.id,
        region.region_of(source.id),
        source.kind,
        source.title,
        source.publisher,
        source.url,
        source.licence,
        source.attribution,
        source.publish,
        source.fetched_on,
        getattr(source, "recorded_level", None),
        lowest,
        highest,
        getattr(source, "satisfied_from", None),
        getattr(source, "complete_for", None),
        getattr(source, "breaks", None),
        getattr(source, "pounds", None),
        getattr(source, "prices", None),
        getattr(source, "of", None),
    )


def _scale(source: Source) -> tuple[float | None, float | None]:
    if isinstance(source, SatisfactionResponses):
        return source.lowest, source.highest
    if isinstance(source, SatisfactionScores):
        return 0.0, 100.0 if source.scale == "percent" else 1.0
    if isinstance(source, RoadCondition):
        return 100.0 if source.scale == "percent" else 1.0, 0.0
    return None, None
