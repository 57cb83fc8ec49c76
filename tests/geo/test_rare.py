"""Which levels have too few events for their areas."""

import datetime as dt

import pandas as pd

from geo.estimates.rare import is_rare

DEFINITIONS = pd.DataFrame({"outcome": ["ksi_per_km", "satisfied"], "minimum_observations": [10, 30]})
YEAR = (dt.date(2023, 1, 1), dt.date(2023, 12, 31))
FIVE_YEARS = (dt.date(2019, 1, 1), dt.date(2023, 12, 31))


def _rows(
    counts: list[int | None],
    outcome: str = "ksi_per_km",
    level: str = "ward",
    period: tuple[dt.date, dt.date] = FIVE_YEARS,
    scale: str = "rate",
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "outcome": outcome,
            "area_level": level,
            "period_start": period[0],
            "period_end": period[1],
            "scale": scale,
            "observations": pd.array(counts, dtype="Int64"),
        }
    )


def test_the_average_area_decides_and_just_enough_is_enough() -> None:
    assert is_rare(_rows([0, 0, 29]), DEFINITIONS).tolist() == [True] * 3
    assert is_rare(_rows([0, 0, 30]), DEFINITIONS).tolist() == [False] * 3


def test_the_longest_period_speaks_for_its_years_and_each_level_for_itself() -> None:
    years = _rows([3, 3], period=YEAR)
    rows = pd.concat([years, _rows([15, 15]), _rows([9, 9], level="small_area")], ignore_index=True)
    assert is_rare(rows, DEFINITIONS).tolist() == [False] * 4 + [True] * 2


def test_only_rates_are_of_events() -> None:
    assert is_rare(_rows([2, 2], outcome="satisfied", scale="score"), DEFINITIONS).tolist() == [False] * 2


def test_counts_that_are_not_said_do_not_count_as_none() -> None:
    assert is_rare(_rows([None, 12]), DEFINITIONS).tolist() == [False] * 2
    assert is_rare(_rows([None, None]), DEFINITIONS).tolist() == [False] * 2
