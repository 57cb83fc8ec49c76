-- One row per link that travel times are given for, period and time of day: how far they can be relied on.
-- A link of a source's own (two sensors, say) is under its own id, and on no road; a road link is under the road's.
-- Rows of different series are never compared or drawn as one line.
-- key: source, link_id, period_start, time_of_day
select
    -- Source id of the travel times; it is in meta.source. Never null.
    reliability.source,
    -- Publisher's reference of the link. Never null.
    reliability.link_id,
    -- Name for people; null if not said.
    link.link_name,
    -- Number of its road (A61); null where it is no link of a numbered road.
    link.road_number,
    -- Corridor that it is part of (A61/1); null likewise.
    link.corridor,
    -- Section of the corridor that most of it lies in, as in marts.corridor_section; null likewise.
    link.section,
    -- Authority that most of it lies in; null likewise, or outside all.
    link.area_code,
    -- Length, kilometres; null where not known.
    link.length_m / 1000 as length_km,
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
    -- Mean travel time, seconds. Never null.
    reliability.mean_s,
    -- Median travel time, seconds. Never null.
    reliability.p50_s,
    -- 80th percentile, seconds. Never null.
    reliability.p80_s,
    -- 95th percentile, seconds. Never null.
    reliability.p95_s,
    -- Time in free flow, seconds: 15th percentile of off-peak times; null where there are none.
    reliability.free_flow_s,
    -- How the limits were made, or why there are none. Of 95 % limits about 91 % hold the truth at 30 days. Never null.
    reliability.uncertainty_kind,
    -- Travel times that it rests on. Never null.
    reliability.observations,
    -- Days that they are of. Never null.
    reliability.days
from core.link_reliability as reliability
inner join core.travel_link as link
    on reliability.source = link.source and reliability.link_id = link.link_id
