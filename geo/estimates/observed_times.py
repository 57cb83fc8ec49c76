"""Travel times made ready for indices: by year and series, with free flow, and once more for each time of day."""

import pandas as pd

from geo.estimates.travel_periods import free_flow_times, is_off_peak, reporting_period

ALL_DAY = "all"
LINK = ["source", "link_id"]
SPAN = ["series", "period_start", "period_end"]
_YEAR = ["series", "year"]


def observed_times(times: pd.DataFrame) -> pd.DataFrame:
    """Return the times with what their indices need.

    A period is the part of a calendar year that a series covers, from the first day observed to the last. Free
    flow is that of the link in the period: the 15th percentile of its off-peak times.

    Args:
        times: ``source``, ``link_id``, ``observed_at`` (UTC), ``local_at``, ``series`` (null where there are no
            breaks), ``travel_time_s``.

    Returns:
        Those columns (``series`` empty instead of null) with ``day``, ``period_start``, ``period_end`` (dates) and
        ``free_flow_s`` (null for a link without off-peak times).
    """
    made = times.assign(
        series=times["series"].fillna("").astype("object"),
        day=times["local_at"].dt.normalize(),
        year=times["local_at"].dt.year,
    )
    days = made.groupby(_YEAR)["day"]
    made = made.assign(period_start=days.transform("min"), period_end=days.transform("max"))
    free = free_flow_times(made[is_off_peak(made["local_at"])], [*LINK, *_YEAR])
    return made.merge(free, on=[*LINK, *_YEAR], how="left").drop(columns="year")


def by_time_of_day(times: pd.DataFrame) -> pd.DataFrame:
    """Return every time once as of ``all`` times of day and once as of its own (``time_of_day``), if it has one."""
    own = times.assign(time_of_day=reporting_period(times["local_at"]))
    every = times.assign(time_of_day=ALL_DAY)
    return pd.concat([every, own[own["time_of_day"].notna()]], ignore_index=True)


def without_empty_series(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with null instead of an empty series, and periods as dates."""
    return frame.assign(
        series=frame["series"].astype("object").where(frame["series"] != "", None),
        period_start=frame["period_start"].dt.date,
        period_end=frame["period_end"].dt.date,
    )
