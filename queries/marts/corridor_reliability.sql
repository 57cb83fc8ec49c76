-- One row per numbered road (corridor) with travel times, period and time of day: how far they can be relied on.
-- The time of a moment is the sum of that of the observed links of the reference carriageway, as if all were driven in
-- that moment; of the rest of the road it says nothing.
-- Rows of different series are never compared or drawn as one line.
-- key: source, corridor, period_start, time_of_day
select
    -- Source id of the travel times; it is in meta.source. Never null.
    reliability.source,
    -- Corridor: road number and part (A61/1). Never null.
    reliability.corridor,
    -- Number of the road with its letter (A61). Never null.
    corridor.road,
    -- Length of the corridor, kilometres. Never null.
    corridor.length_m / 1000 as length_km,
    -- Length of the links observed, kilometres. Never null.
    reliability.observed_m / 1000 as observed_km,
    -- Part of its length that is observed, 0 to 1. Never null.
    least(reliability.observed_m / corridor.length_m, 1) as observed_share,
    -- Links observed. Never null.
    reliability.link_count,
    -- First day observed in the year and series. Never null.
    reliability.period_start,
    -- Last day observed in the year and series. Never null.
    reliability.period_end,
    -- Series it belongs to; null where its source has no breaks.
    reliability.series,
    -- all, weekday_morning (6 to 10), weekday_midday (10 to 16), weekday_evening (16 to 20) or weekend (6 to 20), by
    -- the clock of London. Never null.
    reliability.time_of_day,
    -- 95th percentile of its times over free flow; null without free flow.
    reliability.planning_time_index,
    -- Its lower 95 % limit; null with fewer than ten days, or without free flow.
    reliability.planning_time_index_lower,
    -- Its upper 95 % limit; null likewise.
    reliability.planning_time_index_upper,
    -- What the 95th percentile adds to the mean, as a part of the mean. Never null.
    reliability.buffer_index,
    -- Its lower 95 % limit; null with fewer than ten days.
    reliability.buffer_index_lower,
    -- Its upper 95 % limit; null with fewer than ten days.
    reliability.buffer_index_upper,
    -- Level of travel time reliability: 80th percentile over the median. Never null.
    reliability.lottr,
    -- Its lower 95 % limit; null with fewer than ten days.
    reliability.lottr_lower,
    -- Its upper 95 % limit; null with fewer than ten days.
    reliability.lottr_upper,
    -- Median travel time, seconds. Never null.
    reliability.p50_s,
    -- 95th percentile, seconds. Never null.
    reliability.p95_s,
    -- Time in free flow, seconds: that of its links together; null where one has none.
    reliability.free_flow_s,
    -- How the limits were made, or why there are none. Of 95 % limits about 91 % hold the truth at 30 days. Never null.
    reliability.uncertainty_kind,
    -- Moments that it rests on. Never null.
    reliability.observations,
    -- Days that they are of. Never null.
    reliability.days
from core.corridor_reliability as reliability
inner join core.corridor as corridor on reliability.corridor = corridor.corridor
