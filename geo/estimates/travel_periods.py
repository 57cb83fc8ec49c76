"""When travel times are compared: periods of the day, free flow, and series that must not be joined."""

from collections.abc import Sequence

import pandas as pd

_SATURDAY = 5
# First and last whole hour, whether of the weekend, name.
_PERIODS = (
    (6, 9, False, "weekday_morning"),
    (10, 15, False, "weekday_midday"),
    (16, 19, False, "weekday_evening"),
    (6, 19, True, "weekend"),
)


def reporting_period(local: pd.Series) -> pd.Series:
    """Return the period of the day in which LOTTR is measured, from local times; null outside all four.

    Weekdays 6 to 10, 10 to 16 and 16 to 20, and weekends 6 to 20.

    Source: 23 CFR 490.511.
    """
    hour, is_weekend = local.dt.hour, local.dt.day_of_week >= _SATURDAY
    named = pd.Series(None, index=local.index, dtype=object)
    for first, last, weekend, name in _PERIODS:
        named[hour.between(first, last) & (is_weekend == weekend)] = name
    return named


def is_off_peak(local: pd.Series) -> pd.Series:
    """Tell the local times that free flow is measured in: weekdays 9 to 16 and 19 to 22, weekends 6 to 22.

    Source: FHWA, Urban Congestion Reports, documentation and definitions.
    """
    hour, is_weekend = local.dt.hour, local.dt.day_of_week >= _SATURDAY
    on_weekdays = (hour.between(9, 15) | hour.between(19, 21)) & ~is_weekend
    quiet: pd.Series = on_weekdays | (hour.between(6, 21) & is_weekend)
    return quiet


def free_flow_times(times: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return the free-flow time of each group: the 15th percentile of its off-peak travel times.

    That is the time at the 85th percentile of speeds. Give a design speed's time instead where there is one:
    on a road that is busy all day this is too slow, and every index against it too good.

    Args:
        times: the columns of `by` and ``travel_time_s``, off-peak alone; see `is_off_peak`.
        by: columns that name the group.

    Returns:
        The columns of `by` and ``free_flow_s``, one row per group, ordered.

    Source: FHWA, Urban Congestion Reports, documentation and definitions.
    """
    quiet: pd.Series = times.groupby(list(by))["travel_time_s"].quantile(0.15)
    return quiet.rename("free_flow_s").reset_index()
