"""Models that SQL cannot express: pure functions of geo, with what they read, give and promise."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import shapely

from geo.cover_cache import forget_others, kept_cover
from geo.estimates.comparison import against_benchmarks, compare
from geo.estimates.neighbours_of_levels import neighbours_of_levels
from geo.estimates.outcomes import (
    ESTIMATE,
    estimate_figures,
    estimate_rates,
    estimate_scores,
    estimate_shares,
)
from geo.estimates.rare import is_rare
from geo.estimates.small_counts import hide_small_counts
from geo.tables import Column, Table
from queries.columns import CODE, LEVEL, OUTCOME
from queries.frames import Tables

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class PythonModel:
    """A table made by a function of data frames (geometry as WKB; a GEOMETRY column gets the working CRS).

    A function of many rows yields them frame by frame, and each is written before it makes the next.

    `families` are name prefixes: every model whose name starts so is an input too, so that an outcome
    is added with one SQL file. `keep` is set where parts of the table outlive a run: the same as `build`,
    with a folder for them.
    """

    table: Table
    build: Callable[[Tables], pd.DataFrame | Iterator[pd.DataFrame]]
    inputs: tuple[str, ...]
    families: tuple[str, ...] = ()
    keep: Callable[[Frames, Path], pd.DataFrame] | None = None


def area_cover(frames: Frames, folder: Path | None = None) -> pd.DataFrame:
    """Cover every area of every level with grid cells; a level whose areas are as before comes from the folder."""
    parts, used = [], []
    for level, of_level in frames["staging.area"].groupby("area_level", sort=True):
        ordered = of_level.sort_values("area_code")
        cover, file = kept_cover(shapely.from_wkb(ordered["geom"].to_numpy()), folder)
        used += [file] if file else []
        codes = ordered["area_code"].to_numpy()[cover.pop("shape").to_numpy()]
        cover.insert(0, "area_level", level)
        cover.insert(1, "area_code", codes)
        parts.append(cover)
    if folder is not None:
        forget_others(folder, used)
    columns = [column.name for column in AREA_COVER.table.columns]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


FAMILIES: Mapping[str, Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]] = {
    "core.rate_": estimate_rates,
    "core.share_": estimate_shares,
    "core.score_": estimate_scores,
    "core.figure_": estimate_figures,
}


REASONS = "core.reason_"
TOO_RARE = (
    "too rare here: the average area of this level has fewer events, in all years, than a verdict needs"
)
BENCHMARKS = "core.benchmark_"


def estimate(frames: Frames) -> pd.DataFrame:
    """Estimate every outcome from the models of its family: counts, shares, scores or figures.

    What rests on small counts of sources that are open in aggregates only is hidden here, so that nothing that
    reads estimates can show it.
    """
    definitions = frames["run.outcome_definition"]
    parts = [
        estimate_family(given, definitions)
        for family, estimate_family in FAMILIES.items()
        for name in sorted(frames)
        if name.startswith(family) and len(given := frames[name])
    ]
    if not parts:
        return pd.DataFrame(columns=[*ESTIMATE, "is_rare"])
    levels = frames["raw.level"].sort_values("position")["area_level"].tolist()
    made = pd.concat(parts, ignore_index=True)
    made["is_rare"] = is_rare(made, definitions)
    return hide_small_counts(
        made, frames["core.area"], levels, closed_sources(frames), small_count_threshold(frames)
    )


def published(estimates: pd.DataFrame) -> pd.DataFrame:
    """Leave out the estimates of areas for which the events are too rare."""
    return estimates[~estimates["is_rare"].astype(bool)]


def closed_sources(frames: Frames) -> list[str]:
    """Return the ids of the sources whose small counts may not be shown: open in aggregates only."""
    sources = frames["raw.source"]
    return sorted(sources.loc[sources["publish"] == "aggregates", "source"])


def small_count_threshold(frames: Frames) -> int:
    """Return the count from which on nothing needs to be hidden; 0 where nothing is."""
    return int(frames["raw.region"]["small_count_threshold"].iloc[0])


def comparison(frames: Frames) -> pd.DataFrame:
    """Compare every published estimate of the region's own areas."""
    areas = frames["core.area"]
    own = areas[~areas["is_context"].astype(bool)].merge(frames["raw.family"], on="area_code", how="left")
    estimates, definitions = published(frames["core.estimate"]), frames["run.outcome_definition"]
    benchmarks = pd.concat([frames[name] for name in sorted(frames) if name.startswith(BENCHMARKS)])
    # What is already held against a benchmark would be held twice against the others' mean.
    plain = estimates[~estimates["outcome"].isin(benchmarks["outcome"].unique())]
    asked = frames["raw.comparator"]["comparator"].tolist()
    parts = [
        compare(plain, own, definitions, asked, frames["core.statistical_neighbour"]),
        against_benchmarks(estimates, own, definitions, benchmarks),
    ]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def neighbour(frames: Frames) -> pd.DataFrame:
    """Find each area's statistical neighbours, level by level, where they are asked for."""
    if "statistical_neighbours" not in set(frames["raw.comparator"]["comparator"]):
        return neighbours_of_levels(frames["core.area_profile"].iloc[:0], [], 1)
    covariates = frames["raw.neighbour_covariate"]
    return neighbours_of_levels(
        frames["core.area_profile"],
        covariates["covariate"].tolist(),
        int(covariates["neighbours"].iloc[0]),
    )


def not_computable(frames: Frames) -> pd.DataFrame:
    """Say why an outcome has no row at a level: what a model of reasons says, or that nothing here measures it."""
    levels = frames["raw.level"][["area_level"]]
    every = frames["run.outcome_definition"][["outcome"]].merge(levels, how="cross")
    place, estimates = ["outcome", "area_level"], frames["core.estimate"]
    there = published(estimates)[place].drop_duplicates().assign(has_rows=True)
    rows = every.merge(there, how="left", on=place)
    rare = estimates.loc[estimates["is_rare"].astype(bool), place].assign(reason=TOO_RARE)
    said = [frames[name] for name in sorted(frames) if name.startswith(REASONS)]
    reasons = pd.concat([rare, *said], ignore_index=True).drop_duplicates(place)
    rows = rows[rows["has_rows"].isna()].merge(reasons, how="left", on=place)
    rows["reason"] = rows["reason"].fillna("no source of this region measures it for areas of this level")
    return rows[["outcome", "area_level", "reason"]].sort_values(["outcome", "area_level"], ignore_index=True)


_PERIOD = (
    Column("period_start", "DATE", "First day of the period the estimate is for. Never null."),
    Column("period_end", "DATE", "Last day of the period the estimate is for. Never null."),
)

AREA_COVER = PythonModel(
    Table(
        "core.area_cover",
        "One row per area and grid cell that it touches: what is inside is placed by the cell alone.",
        (
            LEVEL,
            CODE,
            Column("cell_x", "INTEGER", "Column of the cell: floor(easting / cell side). Never null."),
            Column("cell_y", "INTEGER", "Row of the cell: floor(northing / cell side). Never null."),
            Column(
                "piece",
                "GEOMETRY",
                "Part of the area in the cell, working CRS, metres; null where it fills the cell.",
            ),
        ),
        key=("area_level", "area_code", "cell_x", "cell_y"),
    ),
    area_cover,
    inputs=("staging.area",),
    keep=area_cover,
)

ESTIMATES = PythonModel(
    Table(
        "core.estimate",
        "One row per outcome, area and period: the estimate with its interval.",
        (
            OUTCOME,
            LEVEL,
            CODE,
            *_PERIOD,
            Column("value", "DOUBLE", "Estimate in the outcome's unit; null where missing or suppressed."),
            Column(
                "lower",
                "DOUBLE",
                "Lower 95 % limit; null where the uncertainty is unknown or there is no value.",
            ),
            Column(
                "upper",
                "DOUBLE",
                "Upper 95 % limit; null where the uncertainty is unknown or there is no value.",
            ),
            Column(
                "observations",
                "BIGINT",
                "Events counted, or people asked; null where the publisher did not say, or hidden as too small.",
            ),
            Column(
                "exposure",
                "DOUBLE",
                "What the events arose in, over the whole period; null where unknown, for scores, or with a hidden count.",
            ),
            Column("exposure_unit", "VARCHAR", "Unit of exposure; null for scores."),
            Column(
                "low",
                "DOUBLE",
                "Value if no event near a border were the area's; null where it does not apply.",
            ),
            Column(
                "high",
                "DOUBLE",
                "Value if every event near its border were the area's; null where it does not apply.",
            ),
            Column(
                "uncertainty_kind", "VARCHAR", "How the interval was made, or why there is none. Never null."
            ),
            Column(
                "is_suppressed",
                "BOOLEAN",
                "True where a value exists but too few people stand behind it. Never null.",
            ),
            Column("method", "VARCHAR", "How the value was made. Never null."),
            Column("source", "VARCHAR", "Source ids, comma-separated. Never null."),
            Column(
                "standard_error",
                "DOUBLE",
                "Standard error of a score, points; null for rates and unknown ones.",
            ),
            Column(
                "per",
                "DOUBLE",
                "The rate is per so many units of exposure; 100 for shares and scores, 1 for figures. Never null.",
            ),
            Column(
                "raw_value",
                "DOUBLE",
                "Plain figure before any modelling, same unit; null where missing or suppressed.",
            ),
            Column(
                "scale",
                "VARCHAR",
                "How areas are compared: rate, share, score (by so much) or ratio (so many times). Never null.",
            ),
            Column(
                "series",
                "VARCHAR",
                "Which way of measuring; null where there was but one. Rows of two are never compared.",
            ),
            Column(
                "is_rare",
                "BOOLEAN",
                "True of rates at a level whose average area has too few events for a verdict: added up with others, "
                "but not published area by area. Never null.",
            ),
        ),
        key=("outcome", "area_level", "area_code", "period_start", "period_end"),
    ),
    estimate,
    inputs=("run.outcome_definition", "core.area", "raw.level", "raw.region", "raw.source"),
    families=tuple(FAMILIES),
)

COMPARISONS = PythonModel(
    Table(
        "core.comparison",
        "One row per estimate and comparator: is the area really different?",
        (
            OUTCOME,
            LEVEL,
            CODE,
            *_PERIOD,
            Column(
                "comparator",
                "VARCHAR",
                "all_areas (of the level), parent, family, statistical_neighbours or usual. Never null.",
            ),
            Column(
                "comparator_value",
                "DOUBLE",
                "Value of the whole group, in the outcome's unit; null if none has one.",
            ),
            Column(
                "usual_low",
                "DOUBLE",
                "Lower end of what holds 95 % of areas of this size that are like the others; null if not testable.",
            ),
            Column("usual_high", "DOUBLE", "Upper end of it; null if not testable."),
            Column(
                "p_chance",
                "DOUBLE",
                "Two-sided p-value if areas differed by chance alone; null where not testable.",
            ),
            Column(
                "p",
                "DOUBLE",
                "Two-sided p-value with the differences usual between areas; null where not testable.",
            ),
            Column("q", "DOUBLE", "False-discovery-rate q-value over the group; null where not testable."),
            Column(
                "verdict",
                "VARCHAR",
                "better, similar, worse, too few data, uncertainty unknown or not judged. Never null.",
            ),
        ),
        key=("outcome", "area_level", "area_code", "period_start", "period_end", "comparator"),
    ),
    comparison,
    inputs=(
        "core.estimate",
        "core.area",
        "core.statistical_neighbour",
        "run.outcome_definition",
        "raw.comparator",
        "raw.family",
    ),
    families=(BENCHMARKS,),
)

NEIGHBOURS = PythonModel(
    Table(
        "core.statistical_neighbour",
        "One row per area and area most like it; or one row per area that has none, which says why. Empty where the "
        "region file does not ask for statistical neighbours.",
        (
            LEVEL,
            CODE,
            Column("rank", "BIGINT", "1 is the most alike; 0 where there is none. Never null."),
            Column("neighbour_code", "VARCHAR", "Code of the area most like it; null where there is none."),
            Column(
                "distance",
                "DOUBLE",
                "How far apart they are in all covariates, standard deviations; null where there is none.",
            ),
            Column("covariates", "VARCHAR", "What is alike, comma-separated. Never null."),
            Column("reason", "VARCHAR", "Why there is none; null where there is one."),
        ),
        key=("area_level", "area_code", "rank"),
    ),
    neighbour,
    inputs=("core.area_profile", "raw.comparator", "raw.neighbour_covariate"),
)


NOT_COMPUTABLE = PythonModel(
    Table(
        "marts.not_computable",
        "One row per outcome of the register and area level at which it has no row: why.",
        (
            OUTCOME,
            LEVEL,
            Column("reason", "VARCHAR", "What stands in its way, in words. Never null."),
        ),
        key=("outcome", "area_level"),
    ),
    not_computable,
    inputs=("core.estimate", "raw.level", "run.outcome_definition"),
    families=(REASONS,),
)

PYTHON_MODELS = (AREA_COVER, ESTIMATES, NEIGHBOURS, COMPARISONS, NOT_COMPUTABLE)
