"""Rates of reports of every level and period, adjusted for how readily people report where enough areas tell."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.estimates.reporting import REPORTING, adjust_for_reporting

# What each covariate is, in words.
PROPENSITY: Mapping[str, str] = {"deprivation": "deprivation", "log_density": "population density"}
NEED: Mapping[str, str] = {"log_road_per_resident": "road length for each resident"}
# A covariate that fewer areas have is left out, rather than the areas without it.
_KNOWN_SHARE = 0.8
_BY = ["area_level", "period_start", "period_end"]
ADJUSTED = [
    "area_level",
    "area_code",
    "period_start",
    "period_end",
    "report_count",
    "person_years",
    *REPORTING,
]


def adjust_reports(areas: pd.DataFrame) -> pd.DataFrame:
    """Adjust the rates of each level and period by a model of its own; see ``adjust_for_reporting``.

    Args:
        areas: ``area_level``, ``area_code``, ``period_start``, ``period_end``, ``report_count``,
            ``person_years`` (null where not known), the covariates of PROPENSITY and NEED (null where not
            known), ``source``.

    Returns:
        ADJUSTED columns and ``problem`` (why the level and period have no model; null where they have one),
        ``method`` (what the model rests on, in words) and ``source``, in the order of `areas`. Without a model
        the adjusted columns are null.
    """
    parts = [_of_level(rows) for _, rows in areas.groupby(_BY, sort=True)]
    columns = [*ADJUSTED, "problem", "method", "source"]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts).loc[areas.index, columns]


def _of_level(rows: pd.DataFrame) -> pd.DataFrame:
    has_people = rows["person_years"].astype(float) > 0
    known = [c for c in (*PROPENSITY, *NEED) if _is_told(rows.loc[has_people, c].astype(float))]
    propensity, need = ([c for c in known if c in kind] for kind in (PROPENSITY, NEED))
    counted = rows.rename(columns={"report_count": "reports", "person_years": "people"})
    found = adjust_for_reporting(counted, propensity, need)
    problem = found.problem
    if problem is None and not propensity:
        problem = "nothing is known that tells how readily people report"
    if problem is not None:
        found.estimates.loc[:, [c for c in REPORTING if not c.startswith("raw")][:-1]] = np.nan
    return rows.join(found.estimates).assign(problem=problem, method=_method(propensity, need))


def _is_told(values: pd.Series) -> bool:
    return len(values) > 0 and bool(values.notna().mean() >= _KNOWN_SHARE and values.min() < values.max())


def _method(propensity: list[str], need: list[str]) -> str:
    said = " and ".join(PROPENSITY[c] for c in propensity) or "nothing"
    given = f"; given {' and '.join(NEED[c] for c in need)}" if need else ""
    return f"log-linear model: propensity told by {said}{given}"
