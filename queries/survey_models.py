"""Models of satisfaction: small areas, perception against measurement, key drivers."""

from datetime import date
from typing import Any

import pandas as pd

from geo.estimates.driver_table import driver_table
from geo.estimates.gap import perception_gaps
from geo.estimates.small_areas import small_area_scores
from geo.tables import Column, Table
from queries.columns import CODE, LEVEL, OUTCOME, PERIOD
from queries.equity_models import EQUITY
from queries.python_models import Frames, PythonModel

_CELL = ["outcome", "area_level", "period_start"]


def small_area_score(frames: Frames) -> pd.DataFrame:
    """Estimate satisfaction in areas finer than an authority."""
    columns = [c.name for c in SMALL_AREA_SCORES.table.columns]
    levels, traits = frames["raw.level"], frames["core.area_trait"]
    authority = levels.loc[levels["is_authority"].astype(bool), "position"].min()
    finer = levels.loc[levels["position"] > authority, "area_level"]
    clusters = frames["core.survey_cluster"]
    parts = []
    for key, given in clusters[clusters["area_level"].isin(finer)].groupby(_CELL):
        named: dict[str, Any] = dict(zip(_CELL, key, strict=True))
        known = traits[traits["area_level"] == named["area_level"]]
        areas = _wide(known)
        # Areas beyond the region, and those that nothing is known of, have no traits.
        scores = small_area_scores(given[given["area_code"].isin(areas.index)], areas)
        if scores.empty:
            continue
        used = scores["covariates"].iloc[0].split(", ") if scores["covariates"].notna().any() else []
        sources = [*given["source"], *known.loc[known["trait"].isin(used), "source"]]
        parts.append(
            scores.assign(
                **named,
                period_end=date(named["period_start"].year, 12, 31),
                source=",".join(sorted({s for listed in sources for s in listed.split(",")})),
            )[columns]
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def perception_gap(frames: Frames) -> pd.DataFrame:
    """Hold satisfaction of authorities against what was measured there at the time."""
    pairs = frames["core.perception_pair"]
    columns = [c.name for c in PERCEPTION_GAPS.table.columns]
    if pairs.empty:
        return pd.DataFrame(columns=columns)
    theme = pairs.groupby(["outcome", "measure", "area_level", "period_start", "period_end"]).ngroup()
    gaps = perception_gaps(pairs.assign(theme=theme))
    missing = {
        "satisfaction is suppressed or missing": pairs["satisfaction"].isna(),
        "the uncertainty of satisfaction is unknown": pairs["satisfaction_error"].isna(),
        "nothing was measured there at the time": pairs["service"].isna(),
    }
    for reason, rows in reversed(missing.items()):
        gaps["reason"] = gaps["reason"].mask(rows, reason)
    return pd.concat([pairs, gaps], axis=1)[columns]


def driver(frames: Frames) -> pd.DataFrame:
    """Tell what satisfaction goes with, across authorities and across finer areas."""
    rows = frames["core.driver_value"]
    columns = [c.name for c in DRIVERS.table.columns]
    parts = []
    for key, given in rows.groupby(_CELL[:2]):
        named: dict[str, Any] = dict(zip(_CELL, key, strict=False))
        named |= {"period_start": given["period_start"].min(), "period_end": given["period_end"].max()}
        parts.append(driver_table(given).assign(**named)[columns])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _wide(traits: pd.DataFrame) -> pd.DataFrame:
    """Return a row per area and a column per trait, most wanted first."""
    table = traits.set_index(["area_code", "trait"])["value"].unstack("trait")  # noqa: PD010 - as is
    order = traits.drop_duplicates("trait").sort_values(["position", "trait"])["trait"]
    return table[order.tolist()].rename_axis(index="area_code", columns=None)


_SOURCE = Column("source", "VARCHAR", "Source ids, comma-separated. Never null.")
_SCORE_COLUMNS = (
    CODE,
    Column("value", "DOUBLE", "Score from 0 (worst) to 100 (best); null where kind is none."),
    Column("lower", "DOUBLE", "Lower 95 % limit; null likewise."),
    Column("upper", "DOUBLE", "Upper 95 % limit; null likewise."),
    Column("standard_error", "DOUBLE", "Square root of the mean squared error, points; null likewise."),
    Column(
        "kind",
        "VARCHAR",
        "eblup (own answers drawn towards a prediction), synthetic (the prediction alone), direct (own answers "
        "alone, as a covariate is not known) or none. Never null.",
    ),
    Column("direct", "DOUBLE", "Weighted mean of own answers, however few; null where nobody answered."),
    Column("direct_error", "DOUBLE", "Its standard error, variances pooled over areas; null likewise."),
    Column("direct_weight", "DOUBLE", "Part of own answers in the value, 0 to 1; null but for eblup."),
    Column("base", "BIGINT", "People who answered. Never null."),
    Column(
        "covariates", "VARCHAR", "What it is predicted from, comma-separated; null where there is no model."
    ),
    Column("fitted_areas", "BIGINT", "Areas with enough answers to fit the model on. Never null."),
    Column(
        "model_variance", "DOUBLE", "Variance between areas of one prediction; null where there is no model."
    ),
    Column("variance_method", "VARCHAR", "How that was estimated; null where there is no model."),
    Column("problem", "VARCHAR", "Why there is no model; null where there is one."),
)
_SAID = "null where nothing can be said, see reason."
_GAP_COLUMNS = (
    Column(
        "satisfaction_standardised", "DOUBLE", f"Standard deviations from the mean of authorities; {_SAID}"
    ),
    Column(
        "service_standardised", "DOUBLE", f"The same of the measure, turned so that more is better; {_SAID}"
    ),
    Column(
        "expected_standardised",
        "DOUBLE",
        f"Satisfaction that the line through all other authorities suggests, standard deviations; {_SAID}",
    ),
    Column(
        "gap",
        "DOUBLE",
        f"Satisfaction less what is expected, standard deviations: above 0 happier than expected; {_SAID}",
    ),
    Column("standard_error", "DOUBLE", f"Of the gap: errors of both figures and of the line; {_SAID}"),
    Column("lower", "DOUBLE", f"Lower 95 % limit of the gap; {_SAID}"),
    Column("upper", "DOUBLE", f"Upper 95 % limit of the gap; {_SAID}"),
    Column("gap_points", "DOUBLE", f"The gap in the unit of satisfaction; {_SAID}"),
    Column(
        "usual_spread",
        "DOUBLE",
        f"Standard deviation of the true gaps of the other authorities, in those of satisfaction; {_SAID}",
    ),
    Column("p", "DOUBLE", f"Two-sided p-value against gaps as they usually are; {_SAID}"),
    Column("q", "DOUBLE", f"False-discovery-rate q-value over the authorities; {_SAID}"),
    Column(
        "verdict",
        "VARCHAR",
        "people are happier, or less happy, than the measure suggests; as expected; too few data. Never null.",
    ),
    Column("reason", "VARCHAR", "Why the verdict is too few data; null otherwise."),
)
_INTERVAL = "limit of it, 95 % of bootstrap draws of areas; null likewise."
_DRIVER_COLUMNS = (
    Column(
        "driver",
        "VARCHAR",
        "A measured outcome, or a fact of areas: deprivation, population_density (logarithm), rural_share; (none) "
        "where nothing is known. Never null.",
    ),
    Column(
        "importance",
        "DOUBLE",
        f"Part of the variance of satisfaction that goes with it (LMG), 0 to 1, sampling error being in the variance; {_SAID}",
    ),
    Column("importance_lower", "DOUBLE", f"Lower {_INTERVAL}"),
    Column("importance_upper", "DOUBLE", f"Upper {_INTERVAL}"),
    Column(
        "importance_share",
        "DOUBLE",
        f"The same as a part of what all drivers together go with, 0 to 1; {_SAID}",
    ),
    Column(
        "coefficient",
        "DOUBLE",
        f"Standard deviations of satisfaction for one of the driver, the others held equal; {_SAID}",
    ),
    Column("coefficient_lower", "DOUBLE", f"Lower {_INTERVAL}"),
    Column("coefficient_upper", "DOUBLE", f"Upper {_INTERVAL}"),
    Column(
        "performance",
        "DOUBLE",
        "How well areas do on average, from 0 (as the worst) to 100 (as the best); null for facts of areas, and where "
        "nothing can be said.",
    ),
    Column("performance_lower", "DOUBLE", f"Lower {_INTERVAL}"),
    Column("performance_upper", "DOUBLE", f"Upper {_INTERVAL}"),
    Column(
        "reading",
        "VARCHAR",
        f"more or less important, and does better or worse, than the mean driver, where clear; unclear; {_SAID}",
    ),
    Column("r2", "DOUBLE", f"Part of the variance that goes with all drivers together, 0 to 1; {_SAID}"),
    Column("r2_lower", "DOUBLE", f"Lower {_INTERVAL}"),
    Column("r2_upper", "DOUBLE", f"Upper {_INTERVAL}"),
    Column("rows_used", "BIGINT", "Areas and years with all drivers; null where the driver was not tried."),
    Column("rows_missing", "BIGINT", "Areas and years that lack one; null likewise."),
    Column("areas_used", "BIGINT", "Areas among the rows used; null likewise."),
    Column("reason", "VARCHAR", "Why nothing can be said of it; null otherwise."),
)

SMALL_AREA_SCORES = PythonModel(
    Table(
        "core.small_area_score",
        "One row per satisfaction outcome, area finer than an authority, and year of survey answers.",
        (OUTCOME, LEVEL, *PERIOD, *_SCORE_COLUMNS, _SOURCE),
        key=("outcome", "area_level", "area_code", "period_start"),
    ),
    small_area_score,
    inputs=("core.survey_cluster", "core.area_trait", "raw.level"),
)

PERCEPTION_GAPS = PythonModel(
    Table(
        "marts.perception_gap",
        "One row per satisfaction outcome, measured outcome, authority and period: are people happier, or less happy, "
        "than what is measured suggests? Neither tells why.",
        (
            OUTCOME,
            Column(
                "measure",
                "VARCHAR",
                "Measured outcome, as in marts.outcome where it has figures. Never null.",
            ),
            Column("area_level", "VARCHAR", "Level of the authorities. Never null."),
            Column("area_code", "VARCHAR", "Code of the authority, as in marts.area. Never null."),
            *PERIOD,
            Column("measured_start", "DATE", "First day of what was measured; null where nothing was."),
            Column("measured_end", "DATE", "Last day of what was measured; null where nothing was."),
            Column("satisfaction", "DOUBLE", "Satisfaction, in its unit; null where suppressed or missing."),
            Column(
                "service", "DOUBLE", "Value of the measure, in its unit; null where nothing was measured."
            ),
            Column(
                "is_taken_as_exact",
                "BOOLEAN",
                "True where the measure is published without its uncertainty; null where nothing was measured.",
            ),
            *_GAP_COLUMNS,
            _SOURCE,
        ),
        key=("outcome", "measure", "area_code", "period_start", "period_end"),
    ),
    perception_gap,
    inputs=("core.perception_pair",),
)

DRIVERS = PythonModel(
    Table(
        "marts.driver",
        "One row per satisfaction outcome, area level and driver: what part of the differences in satisfaction goes "
        "with it, beside how well it is done. Importance is not cause. Years are pooled.",
        (
            OUTCOME,
            Column("area_level", "VARCHAR", "Level of the areas compared. Never null."),
            *PERIOD,
            *_DRIVER_COLUMNS,
        ),
        key=("outcome", "area_level", "driver"),
    ),
    driver,
    inputs=("core.driver_value",),
)

SURVEY_MODELS: tuple[PythonModel, ...] = (SMALL_AREA_SCORES, PERCEPTION_GAPS, DRIVERS, EQUITY)
