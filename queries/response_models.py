"""Models of how reports are answered: how long they wait, how readily they are made, and what of them is shown."""

import numpy as np
import pandas as pd

from geo.estimates.disclosure import suppress_small_counts
from geo.estimates.intervals import wilson_interval
from geo.estimates.kaplan_meier import time_to_fix
from geo.estimates.report_adjustment import adjust_reports
from geo.estimates.reporting import REPORTING
from geo.tables import Column, Table
from queries.columns import CODE, LEVEL, PERIOD
from queries.python_models import Frames, PythonModel, closed_sources, small_count_threshold

_SHOWN_WITH_COUNT = (
    "report_count", "unusable_count", "followed_count", "fixed_share", "fixed_share_lower", "fixed_share_upper",
    "median_days", "median_days_lower", "median_days_upper",
)  # fmt: skip
_SHOWN_WITH_BASE = ("followed_count", "fixed_share", "fixed_share_lower", "fixed_share_upper")


def report_median(frames: Frames) -> pd.DataFrame:
    """Estimate the median days to fix of every group of reports that has a usable one."""
    waits = frames["core.report_wait"].rename(columns={"wait_days": "days"})
    found = time_to_fix(waits, ["group_number"])
    # A median whose upper limit is not reached is not known well enough to be told.
    is_open = found["median_days"].notna() & found["median_upper"].isna()
    kind = found["median_kind"].replace(
        {
            "none: not reached": "none: the median is not reached, as too many are still open",
            "Kaplan-Meier": "Kaplan-Meier, log-log",
        }
    )
    known = found["median_days"].notna() & ~is_open
    return pd.DataFrame(
        {
            "group_number": found["group_number"],
            "median_days": found["median_days"].where(known),
            "median_lower": found["median_lower"].where(known),
            "median_upper": found["median_upper"].where(known),
            "median_kind": kind.mask(is_open, "none: the median's upper limit is not reached"),
        }
    )


def report_adjustment(frames: Frames) -> pd.DataFrame:
    """Adjust the rates of reports of every level and period for how readily people report."""
    return adjust_reports(frames["core.report_base"])[[c.name for c in REPORT_ADJUSTMENT.table.columns]]


def report_category(frames: Frames) -> pd.DataFrame:
    """Give reports by category with intervals, and without the small counts that may not be shown."""
    rows = frames["core.report_category"]
    followed = rows["followed_count"].to_numpy(dtype=float)
    share = rows["fixed_in_time_count"].to_numpy(dtype=float) / np.where(followed > 0, followed, np.nan)
    lower, upper = wilson_interval(share, followed)
    made = rows.assign(
        authority_code=rows["area_code"],
        fixed_share=share,
        fixed_share_lower=lower,
        fixed_share_upper=upper,
        median_days_lower=rows["median_lower"],
        median_days_upper=rows["median_upper"],
        is_suppressed=False,
    )
    return _protected(made, frames)[[c.name for c in REPORT_CATEGORY.table.columns]]


def _protected(rows: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """Hide small counts of categories, and others, so that an authority's published total does not tell them."""
    closed, threshold = {*closed_sources(frames)}, small_count_threshold(frames)
    is_closed = rows["source"].map(lambda said: not closed.isdisjoint(said.split(","))).astype(bool)
    if threshold <= 1 or not is_closed.any():
        return rows
    totals = frames["core.estimate"]
    totals = totals[(totals["outcome"] == "reports_per_1000") & totals["is_suppressed"].astype(bool)]
    kept = {*zip(totals["area_code"], totals["period_start"], totals["period_end"], strict=True)}
    hidden = pd.Series(data=False, index=rows.index)
    of_authority = ["authority_code", "period_start", "period_end"]
    for key, of_one in rows[is_closed].groupby(of_authority, sort=True):
        found = suppress_small_counts(
            of_one[["report_count"]], threshold, parent_hidden=[key in kept, key in kept]
        )
        hidden[of_one.index] = found.hidden[:-1, 0]
    few = is_closed & rows["followed_count"].between(1, threshold - 1)
    shown = {c: rows[c].astype(float).mask(hidden) for c in _SHOWN_WITH_COUNT}
    shown |= {c: shown[c].mask(few) for c in _SHOWN_WITH_BASE}
    return rows.assign(
        **shown, median_kind=rows["median_kind"].mask(hidden, "none: suppressed"), is_suppressed=hidden | few
    )


REPORT_MEDIAN = PythonModel(
    Table(
        "core.report_median",
        "One row per group of reports with a usable one: the Kaplan-Meier median of the days to fix.",
        (
            Column("group_number", "BIGINT", "Group of reports; joins to core.report_group. Never null."),
            Column("median_days", "DOUBLE", "Median days to fix; null where median_kind says why."),
            Column("median_lower", "DOUBLE", "Lower 95 % limit, days; null likewise."),
            Column("median_upper", "DOUBLE", "Upper 95 % limit, days; null likewise."),
            Column(
                "median_kind", "VARCHAR", "How the interval was made, or why there is no median. Never null."
            ),
        ),
        key=("group_number",),
    ),
    report_median,
    inputs=("core.report_wait",),
)

_RATE = "reports per 1,000 residents a year"
_COMMENTS = {
    "raw_per_1000": f"Rate as it is, {_RATE}; null where the population is not known.",
    "raw_lower": "Lower 95 % limit, exact Poisson; null likewise.",
    "raw_upper": "Upper 95 % limit, exact Poisson; null likewise.",
    "propensity_ratio": "How readily people there report against the average resident; null without a model.",
    "adjusted_per_1000": f"Rate if they reported like the average resident, {_RATE}; null without a model.",
    "adjusted_lower": "Lower 95 % limit; null without a model.",
    "adjusted_upper": "Upper 95 % limit; null without a model.",
    "kind": "adjusted, or why there is no adjusted rate. Never null.",
}
REPORT_ADJUSTMENT = PythonModel(
    Table(
        "core.report_adjustment",
        "One row per area and period with a rate of reports: how readily people there report, and the rate if average.",
        (
            LEVEL,
            CODE,
            *PERIOD,
            Column("report_count", "BIGINT", "Reports counted in the area. Never null."),
            Column("person_years", "DOUBLE", "Residents times years; null where not known."),
            *(Column(c, "VARCHAR" if c == "kind" else "DOUBLE", _COMMENTS[c]) for c in REPORTING),
            Column("problem", "VARCHAR", "Why the level and period have no model; null where they have."),
            Column("method", "VARCHAR", "What the model rests on, in words. Never null."),
            Column("source", "VARCHAR", "Source ids, comma-separated. Never null."),
        ),
        key=("area_level", "area_code", "period_start", "period_end"),
    ),
    report_adjustment,
    inputs=("core.report_base",),
)

_HIDDEN = "null where suppressed"
REPORT_CATEGORY = PythonModel(
    Table(
        "marts.report_category",
        "One row per authority, category and period with a report: how many there were and how they were answered.",
        (
            Column("authority_code", "VARCHAR", "Code of the authority the reports lie in. Never null."),
            Column(
                "category",
                "VARCHAR",
                "What they are about, in the publisher's words, or 'not said'. Never null.",
            ),
            *PERIOD,
            Column("report_count", "BIGINT", f"Reports made in the period; {_HIDDEN}."),
            Column(
                "unusable_count", "BIGINT", f"Of these, reports whose time to fix cannot be told; {_HIDDEN}."
            ),
            Column(
                "followed_count",
                "BIGINT",
                "Of the others, those made 28 days or more before the end of what their source speaks for; "
                f"{_HIDDEN}.",
            ),
            Column(
                "fixed_share",
                "DOUBLE",
                f"Share of those followed that were fixed within 28 days, 0 to 1; null if none was, {_HIDDEN}.",
            ),
            Column("fixed_share_lower", "DOUBLE", "Lower 95 % limit (Wilson), 0 to 1; null likewise."),
            Column("fixed_share_upper", "DOUBLE", "Upper 95 % limit (Wilson), 0 to 1; null likewise."),
            Column("median_days", "DOUBLE", "Median days to fix; null where median_kind says why."),
            Column("median_days_lower", "DOUBLE", "Lower 95 % limit, days; null likewise."),
            Column("median_days_upper", "DOUBLE", "Upper 95 % limit, days; null likewise."),
            Column(
                "median_kind", "VARCHAR", "How its interval was made, or why there is no median. Never null."
            ),
            Column(
                "is_suppressed",
                "BOOLEAN",
                "True where a count is too small to be shown, or would tell one that is. Never null.",
            ),
            Column("source", "VARCHAR", "Source ids, comma-separated. Never null."),
        ),
        key=("authority_code", "category", "period_start", "period_end"),
    ),
    report_category,
    inputs=("core.report_category", "core.estimate", "raw.region", "raw.source"),
)

RESPONSE_MODELS: tuple[PythonModel, ...] = (REPORT_MEDIAN, REPORT_ADJUSTMENT, REPORT_CATEGORY)
