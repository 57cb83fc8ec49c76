"""Models that put estimates together: over time, and over a whole region."""

import pandas as pd

from geo.estimates.changes import changes
from geo.estimates.whole_region import region_outcomes
from geo.tables import Column, Table
from queries.columns import CODE, LEVEL, OUTCOME, PERIOD
from queries.python_models import Frames, PythonModel, published


def trend(frames: Frames) -> pd.DataFrame:
    """Fit a trend to every outcome of every area."""
    return changes(published(frames["core.estimate"]), frames["run.outcome_definition"])


def region_outcome(frames: Frames) -> pd.DataFrame:
    """Put the region's own areas together, level by level."""
    areas = frames["core.area"]
    return region_outcomes(frames["core.estimate"], areas[~areas["is_context"].astype(bool)])


TREND = PythonModel(
    Table(
        "core.trend",
        "One row per outcome, area and unbroken series of yearly estimates: whether it is getting better.",
        (
            OUTCOME,
            LEVEL,
            CODE,
            Column("series", "VARCHAR", "Which way of measuring; whole where there was but one. Never null."),
            Column("points", "BIGINT", "Years with an estimate that takes part. Never null."),
            Column("first_on", "DATE", "First day of the first year. Never null."),
            Column("last_on", "DATE", "Last day of the last year. Never null."),
            Column(
                "change_per_year", "DOUBLE", "Change a year, in change_unit; null where there is no trend."
            ),
            Column("lower", "DOUBLE", "Lower 95 % limit of it, same unit; null likewise."),
            Column("upper", "DOUBLE", "Upper 95 % limit of it, same unit; null likewise."),
            Column(
                "change_unit",
                "VARCHAR",
                "share of the value a year (-0.03 is three in a hundred fewer), or unit of the outcome a year. "
                "Never null.",
            ),
            Column("p", "DOUBLE", "Two-sided p-value that there is no change; null where there is no trend."),
            Column(
                "q",
                "DOUBLE",
                "False-discovery-rate q-value over all series of the outcome and level; null likewise.",
            ),
            Column(
                "verdict",
                "VARCHAR",
                "improving, worsening, no clear change, not judged or too few data. Never null.",
            ),
            Column(
                "dispersion",
                "DOUBLE",
                "Scatter about the trend, as times what chance explains (variance where no error is known); the "
                "same for all areas of an outcome and level; null where there is no trend.",
            ),
            Column(
                "degrees_of_freedom",
                "BIGINT",
                "Of that scatter; null where there is no trend.",
            ),
            Column("reason", "VARCHAR", "Why there is no trend; null where there is one."),
        ),
        key=("outcome", "area_level", "area_code", "series"),
    ),
    trend,
    inputs=("core.estimate", "run.outcome_definition"),
)

REGION_OUTCOME = PythonModel(
    Table(
        "core.region_outcome",
        "One row per outcome, region, area level and period: the areas of the level put together.",
        (
            OUTCOME,
            Column("series", "VARCHAR", "Which way of measuring; null where there was but one."),
            Column("region", "VARCHAR", "Region file. Never null."),
            Column("area_level", "VARCHAR", "Level of the areas put together. Never null."),
            *PERIOD,
            Column("value", "DOUBLE", "Value of all, in the outcome's unit; null if no area has one."),
            Column("lower", "DOUBLE", "Lower 95 % limit; null where the uncertainty is unknown."),
            Column("upper", "DOUBLE", "Upper 95 % limit; null where the uncertainty is unknown."),
            Column("observations", "BIGINT", "Events or people of all; null where one area's are not known."),
            Column("exposure", "DOUBLE", "What the events arose in; null for scores and shares."),
            Column("exposure_unit", "VARCHAR", "Unit of exposure; null likewise."),
            Column("area_count", "BIGINT", "Areas that have a row. Never null."),
            Column("valued_area_count", "BIGINT", "Areas with a value, which the figure is of. Never null."),
            Column("suppressed_area_count", "BIGINT", "Areas left out because suppressed. Never null."),
            Column("weighed_by", "VARCHAR", "exposure, observations, residents or alike; null if no value."),
            Column(
                "uncertainty_kind", "VARCHAR", "How the interval was made, or why there is none. Never null."
            ),
        ),
        key=("outcome", "region", "area_level", "period_start", "period_end"),
    ),
    region_outcome,
    inputs=("core.estimate", "core.area"),
)

TREND_MODELS = (TREND, REGION_OUTCOME)
