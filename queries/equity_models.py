"""Who gets the worse of it: every outcome by the deprivation of areas."""

from typing import Any

import pandas as pd

from geo.estimates.equity import LEAST, MOST, Equity, equity_of_rates, equity_of_scores
from geo.estimates.significance import false_discovery_q
from geo.tables import Column, Table
from queries.columns import OUTCOME, PERIOD
from queries.python_models import Frames, PythonModel

_CELL = ["outcome", "area_level", "period_start", "period_end"]
_FIFTHS = {MOST: -1, LEAST: 0}


def equity(frames: Frames) -> pd.DataFrame:
    """Compare every outcome between the most and the least deprived fifth of residents, level by level."""
    columns = [c.name for c in EQUITY.table.columns]
    parts = []
    for key, areas in frames["core.equity_input"].groupby(_CELL, sort=True):
        is_rate = bool(areas["is_rate"].iloc[0])
        found = equity_of_rates(areas, float(areas["per"].iloc[0])) if is_rate else equity_of_scores(areas)
        named: dict[str, Any] = dict(zip(_CELL, key, strict=True))
        parts.append(_rows(found).assign(**named))
    if not parts:
        return pd.DataFrame(columns=columns)
    table = pd.concat(parts, ignore_index=True)
    # All outcomes of a level and period are tested at once.
    table["q"] = table.groupby([*_CELL[1:], "measure"])["p"].transform(false_discovery_q)
    return table[columns]


def _rows(found: Equity) -> pd.DataFrame:
    in_fifth = [
        found.areas_by_fifth[_FIFTHS[m]] if m in _FIFTHS else found.areas for m in found.table["measure"]
    ]
    return found.table.assign(
        area_count=in_fifth,
        areas_without_deprivation=found.areas_without_deprivation,
        areas_without_value=found.areas_without_value,
        areas_without_people=found.areas_without_people,
        reason=found.problem,
    )


EQUITY = PythonModel(
    Table(
        "marts.equity",
        "One row per outcome, area level with deprivation scores, period and measure of the gap between the most and "
        "the least deprived fifth of residents. A gap does not tell why it is there.",
        (
            OUTCOME,
            Column("area_level", "VARCHAR", "Level of the areas that fifths are made of. Never null."),
            *PERIOD,
            Column(
                "measure",
                "VARCHAR",
                "most deprived fifth, least deprived fifth (values of it); difference, ratio (most to least), slope "
                "index of inequality (most less least deprived, by a line through all areas). Never null.",
            ),
            Column(
                "value",
                "DOUBLE",
                "In the outcome's unit, or a ratio; null where it cannot be said, see reason.",
            ),
            Column("lower", "DOUBLE", "Lower 95 % limit; null likewise."),
            Column("upper", "DOUBLE", "Upper 95 % limit; null likewise."),
            Column(
                "p", "DOUBLE", "Two-sided p-value of no gap; null for the value of a fifth, and likewise."
            ),
            Column(
                "q",
                "DOUBLE",
                "False-discovery-rate q-value over outcomes of the level and period; null likewise.",
            ),
            Column("area_count", "BIGINT", "Areas used: of the fifth, or in all. Never null."),
            Column("areas_without_deprivation", "BIGINT", "Areas with residents in no fifth. Never null."),
            Column(
                "areas_without_value", "BIGINT", "Areas of a known deprivation without a value. Never null."
            ),
            Column(
                "areas_without_people", "BIGINT", "Areas whose residents are not known or none. Never null."
            ),
            Column("reason", "VARCHAR", "Why there is nothing to tell; null otherwise."),
        ),
        key=("outcome", "area_level", "period_start", "period_end", "measure"),
    ),
    equity,
    inputs=("core.equity_input",),
)
