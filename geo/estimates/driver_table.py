"""Key drivers from rows in long form: years pooled, each against its own mean, areas drawn anew."""

from typing import Any

import numpy as np
import pandas as pd

from geo.estimates.drivers import DRIVER, MOST_DRIVERS, KeyDrivers, key_drivers

DRIVER_TABLE = [*DRIVER, "r2", "r2_lower", "r2_upper", "rows_used", "rows_missing", "areas_used", "reason"]
NOTHING_KNOWN = "(none)"
# Share of rows that a driver must be known for; the rows without it would be lost to all drivers.
_LEAST_KNOWN = 0.8


def driver_table(rows: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Divide what satisfaction goes with among its drivers, for one outcome and level.

    Years are pooled, satisfaction and drivers as they differ from the mean of their year, so that a change
    over time is no driver; what is known of an area is drawn anew whole, all years of it. Performance runs from
    0 (the worst of all rows) to 100 (the best), and is null for what nobody does better or worse at.

    Args:
        rows: ``area_code``, ``period_start``, ``driver`` (NOTHING_KNOWN for none), ``direction`` (lower or
            higher is better; null for neither), ``value``, ``satisfaction`` and ``weight``: a row for each area,
            period and driver.
        level: of confidence.

    Returns:
        DRIVER_TABLE, a row per driver in the order of names. ``reason`` says why nothing is said of it, and is
        null otherwise.
    """
    answers = rows.drop_duplicates(["area_code", "period_start"]).set_index(["area_code", "period_start"])
    wide = rows.set_index(["area_code", "period_start", "driver"])["value"].unstack("driver")  # noqa: PD010 - as is
    wide = wide.reindex(answers.index)
    names = sorted(wide.columns.drop(NOTHING_KNOWN, errors="ignore"))
    known = [name for name in names if wide[name].notna().mean() >= _LEAST_KNOWN]
    chosen = known[:MOST_DRIVERS]
    reasons = {
        name: f"known for {wide[name].notna().sum()} of {len(wide)} rows"
        if name not in known
        else f"more than {MOST_DRIVERS} drivers cannot be told apart"
        for name in names
        if name not in chosen
    }
    if not names:
        reasons = {NOTHING_KNOWN: "nothing is known of the areas that satisfaction could go with"}
    parts = [_without(reasons)]
    if chosen:
        parts.append(_told(answers, wide[chosen], rows, level))
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return table.sort_values("driver", ignore_index=True)[DRIVER_TABLE]


def _without(reasons: dict[str, str]) -> pd.DataFrame:
    table = pd.DataFrame({"driver": [*reasons], "reason": [*reasons.values()]}, dtype=object)
    return table.reindex(columns=DRIVER_TABLE).astype(
        dict.fromkeys(set(DRIVER_TABLE) - {"driver", "reading", "reason"}, float)
    )


def _told(answers: pd.DataFrame, values: pd.DataFrame, rows: pd.DataFrame, level: float) -> pd.DataFrame:
    given = values.assign(outcome=answers["satisfaction"], weight=answers["weight"])
    whole = given.notna().all(axis=1)
    found = key_drivers(
        _against_year(given, whole)
        .assign(cluster=given.index.get_level_values("area_code"))
        .reset_index(drop=True),
        values.columns.tolist(),
        _scales(_against_year(given, whole)[whole], rows),
        level=level,
    )
    return found.table.assign(**_sums(found)).reindex(columns=DRIVER_TABLE)


def _against_year(given: pd.DataFrame, whole: pd.Series) -> pd.DataFrame:
    """Return numbers less the mean of their year, plus that of all years, among whole rows."""
    numbers = given.drop(columns="weight").astype(float)
    year = given.index.get_level_values("period_start")
    means = numbers[whole].groupby(year[whole]).mean().reindex(year).set_axis(given.index)
    return (numbers - means + numbers[whole].mean()).assign(weight=given["weight"])


def _scales(numbers: pd.DataFrame, rows: pd.DataFrame) -> dict[str, tuple[float, float]]:
    directions = rows.dropna(subset="direction").drop_duplicates("driver").set_index("driver")["direction"]
    scales = {}
    for name, direction in directions.items():
        if name not in numbers:
            continue
        low, high = float(numbers[name].min()), float(numbers[name].max())
        if low < high:
            scales[str(name)] = (high, low) if direction == "lower" else (low, high)
    return scales


def _sums(found: KeyDrivers) -> dict[str, Any]:
    return {
        "r2": found.r2,
        "r2_lower": found.r2_lower,
        "r2_upper": found.r2_upper,
        "rows_used": float(found.rows),
        "rows_missing": float(found.rows_missing),
        "areas_used": float(found.units) if found.rows else np.nan,
        "reason": found.problem,
    }
