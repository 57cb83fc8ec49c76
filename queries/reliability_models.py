"""Models of journey times and the condition of roads."""

import pandas as pd

from geo.estimates.area_times import AREA, LEAST_LINKS, LEAST_SHARE, area_reliability
from geo.estimates.corridor_times import corridor_times
from geo.estimates.observed_times import LINK, SPAN, by_time_of_day, observed_times, without_empty_series
from geo.estimates.travel_time import RELIABILITY, travel_time_reliability
from geo.tables import Column, Table
from queries.columns import CODE, LEVEL, OUTCOME
from queries.python_models import Frames, PythonModel

_DRAWS = 100
_FIGURE = (
    "outcome", *AREA, "period_start", "period_end", "value", "lower", "upper", "standard_error", "observations",
    "exposure", "exposure_unit", "raw_value", "uncertainty_kind", "method", "source", "scale", "series",
)  # fmt: skip


def link_reliability(frames: Frames) -> pd.DataFrame:
    """Tell how far the travel times of every link can be relied on, over the day and in each part of it."""
    times = by_time_of_day(observed_times(frames["staging.travel_time"]))
    found = travel_time_reliability(times, [*LINK, *SPAN, "time_of_day"], draws=_DRAWS)
    return without_empty_series(found) if len(found) else found


def corridor_reliability(frames: Frames) -> pd.DataFrame:
    """Tell the same of the observed links of each corridor together, driven in one moment."""
    times = observed_times(frames["staging.travel_time"])
    links = frames["core.travel_link"]
    links = links[(links["role"] == "reference") & links["length_m"].notna()]
    by = ["source", "corridor", *SPAN, "time_of_day"]
    parts = [_along(of, links) for _, of in times.groupby(["source", *SPAN])]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=[*by, *RELIABILITY, "link_count", "observed_m"])
    driven = pd.concat(parts, ignore_index=True)
    found = travel_time_reliability(by_time_of_day(driven), by, draws=_DRAWS)
    lengths = driven.groupby(by[:-1])[["link_count", "observed_m"]].first().reset_index()
    return without_empty_series(found.merge(lengths, on=by[:-1]))


def _along(times: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return the times along corridors of one source in one period, with the lengths observed."""
    seen = links.merge(times[LINK].drop_duplicates(), on=LINK)
    if seen.empty:
        return pd.DataFrame()
    driven = corridor_times(times, seen[["corridor", "link_id", "length_m"]])
    free = times.groupby("link_id")["free_flow_s"].first()
    whole = seen.assign(free_flow_s=seen["link_id"].map(free)).groupby("corridor")
    sums = pd.DataFrame(
        {
            "free_flow_s": whole["free_flow_s"].agg(lambda of: of.sum(skipna=False)),
            "link_count": whole["link_id"].size(),
            "observed_m": whole["length_m"].sum(),
        }
    )
    moments = times[["observed_at", "local_at", "day"]].drop_duplicates("observed_at")
    return (
        driven.drop(columns="free_flow_s")
        .merge(moments, on="observed_at")
        .merge(sums, on="corridor")
        .merge(times[["source", *SPAN]].head(1), how="cross")
    )


def figure_reliability(frames: Frames) -> pd.DataFrame:
    """Estimate planning-time index and LOTTR of every area whose numbered roads are observed enough."""
    pieces = frames["core.observed_piece"]
    parts = []
    if len(pieces):
        times = observed_times(frames["staging.travel_time"])
        times = times.merge(pieces[LINK].drop_duplicates(), on=LINK)
        source = ",".join(sorted({*times["source"], *frames["core.travel_link"]["link_source"].dropna()}))
        for _, of in times.groupby(SPAN):
            made = area_reliability(by_time_of_day(of), pieces, draws=_DRAWS)
            parts.append(made.merge(of[SPAN].head(1), how="cross").assign(source=source))
    if not parts:
        return pd.DataFrame(columns=list(_FIGURE))
    table = without_empty_series(pd.concat(parts, ignore_index=True))
    return table.assign(
        exposure=table["observed_km"],
        exposure_unit="km of numbered road observed",
        raw_value=table["value"],
        method="mean over observed links, weighted by length",
        scale="ratio",
    )[list(_FIGURE)]


_SOURCE = Column("source", "VARCHAR", "Source id of the travel times. Never null.")
_SERIES = Column("series", "VARCHAR", "Series it belongs to; null where its source has no breaks.")
_SPAN = (
    _SERIES,
    Column("period_start", "DATE", "First day observed in the year and series. Never null."),
    Column("period_end", "DATE", "Last day observed in the year and series. Never null."),
)
_TIME_OF_DAY = Column(
    "time_of_day",
    "VARCHAR",
    "all, weekday_morning (6 to 10), weekday_midday (10 to 16), weekday_evening (16 to 20) or weekend (6 to 20). "
    "Never null.",
)
_INDEX_COMMENT = {
    "planning_time_index": "95th percentile of its times over free flow",
    "buffer_index": "What the 95th percentile adds to the mean, as a part of the mean",
    "lottr": "Level of travel time reliability: 80th percentile over the median",
}


def _indices() -> tuple[Column, ...]:
    columns = [
        Column("mean_s", "DOUBLE", "Mean travel time, seconds. Never null."),
        Column("p50_s", "DOUBLE", "Median travel time, seconds. Never null."),
        Column("p80_s", "DOUBLE", "80th percentile, seconds. Never null."),
        Column("p95_s", "DOUBLE", "95th percentile, seconds. Never null."),
        Column(
            "free_flow_s",
            "DOUBLE",
            "Time in free flow, seconds: 15th percentile of off-peak times; null where there are none.",
        ),
    ]
    for name, said in _INDEX_COMMENT.items():
        unknown = "; null without free flow" if name == "planning_time_index" else ". Never null"
        columns += [
            Column(name, "DOUBLE", f"{said}{unknown}."),
            Column(f"{name}_lower", "DOUBLE", "Its lower 95 % limit; null with fewer than ten days."),
            Column(f"{name}_upper", "DOUBLE", "Its upper 95 % limit; null with fewer than ten days."),
        ]
    return (
        *columns,
        Column(
            "uncertainty_kind",
            "VARCHAR",
            "How the limits were made, or why there are none. Of 95 % limits about 91 % hold the truth at 30 days. "
            "Never null.",
        ),
        Column("observations", "BIGINT", "Travel times that it rests on. Never null."),
        Column("days", "BIGINT", "Days that they are of. Never null."),
    )


LINK_RELIABILITY = PythonModel(
    Table(
        "core.link_reliability",
        "One row per link, period and time of day: how far its travel times can be relied on.",
        (
            _SOURCE,
            Column("link_id", "VARCHAR", "Publisher's reference of the link. Never null."),
            *_SPAN,
            _TIME_OF_DAY,
            *_indices(),
        ),
        key=("source", "link_id", "period_start", "time_of_day"),
    ),
    link_reliability,
    inputs=("staging.travel_time",),
)

CORRIDOR_RELIABILITY = PythonModel(
    Table(
        "core.corridor_reliability",
        "One row per corridor, period and time of day: the same of its observed links, driven in one moment.",
        (
            _SOURCE,
            Column("corridor", "VARCHAR", "Corridor: road number and part (A61/1). Never null."),
            *_SPAN,
            _TIME_OF_DAY,
            *_indices(),
            Column("link_count", "BIGINT", "Links observed. Never null."),
            Column("observed_m", "DOUBLE", "Length of those, metres. Never null."),
        ),
        key=("source", "corridor", "period_start", "time_of_day"),
    ),
    corridor_reliability,
    inputs=("staging.travel_time", "core.travel_link"),
)

FIGURE_RELIABILITY = PythonModel(
    Table(
        "core.figure_reliability",
        "One row per area and period in which its numbered roads are observed enough, and outcome of their times.",
        (
            OUTCOME,
            LEVEL,
            CODE,
            *_SPAN[1:],
            Column("value", "DOUBLE", "Mean over the observed links, by length. Never null."),
            Column("lower", "DOUBLE", f"Lower 95 % limit; null with fewer than {LEAST_LINKS} links."),
            Column("upper", "DOUBLE", f"Upper 95 % limit; null with fewer than {LEAST_LINKS} links."),
            Column("standard_error", "DOUBLE", "Standard error; null likewise."),
            Column("observations", "BIGINT", "Travel times that it rests on. Never null."),
            Column(
                "exposure",
                "DOUBLE",
                f"Length observed, kilometres; at least {LEAST_SHARE:.0%} of that of the numbered roads. Never null.",
            ),
            Column(
                "exposure_unit",
                "VARCHAR",
                "What the exposure counts, in words: km of numbered road observed. Never null.",
            ),
            Column("raw_value", "DOUBLE", "The same as the value. Never null."),
            Column("uncertainty_kind", "VARCHAR", "How the limits were made, or unknown. Never null."),
            Column("method", "VARCHAR", "How the value was made. Never null."),
            Column("source", "VARCHAR", "Source ids, comma-separated. Never null."),
            Column("scale", "VARCHAR", "How areas are compared: ratio. Never null."),
            _SERIES,
        ),
        key=("outcome", "area_level", "area_code", "period_start", "period_end"),
    ),
    figure_reliability,
    inputs=("staging.travel_time", "core.travel_link", "core.observed_piece"),
)

RELIABILITY_MODELS: tuple[PythonModel, ...] = (LINK_RELIABILITY, CORRIDOR_RELIABILITY, FIGURE_RELIABILITY)
