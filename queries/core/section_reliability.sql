-- One row per section of a corridor with links whose travel times are observed, over the latest period: how far times
-- on them can be relied on, weighted by length.
-- key: corridor, section
with latest as (
    select reliability.*, link.corridor, link.section, link.length_m
    from core.link_reliability as reliability
    inner join core.travel_link as link
        on reliability.source = link.source and reliability.link_id = link.link_id
    where
        reliability.time_of_day = 'all' and link.corridor is not null and link.length_m > 0
        and reliability.planning_time_index is not null
    qualify dense_rank() over (
            partition by link.corridor, link.section
            order by reliability.period_start desc, reliability.source asc
        ) = 1
)

select
    -- Corridor: road number and part (A61/1). Never null.
    latest.corridor,
    -- Number of the section within the corridor. Never null.
    latest.section,
    -- Source id of the travel times. Never null.
    any_value(latest.source) as source,
    -- First day observed. Never null.
    min(latest.period_start) as period_start,
    -- Last day observed. Never null.
    max(latest.period_end) as period_end,
    -- Mean of the links' 95th percentile over free flow. Never null.
    sum(latest.planning_time_index * latest.length_m order by latest.link_id) / sum(latest.length_m)
        as planning_time_index,
    -- Mean of the links' lower limits, wider than a limit of the mean; null where a link has none.
    case
        when bool_and(latest.planning_time_index_lower is not null)
            then sum(latest.planning_time_index_lower * latest.length_m order by latest.link_id) / sum(latest.length_m)
    end as planning_time_index_lower,
    -- Mean of their upper limits; null likewise.
    case
        when bool_and(latest.planning_time_index_upper is not null)
            then sum(latest.planning_time_index_upper * latest.length_m order by latest.link_id) / sum(latest.length_m)
    end as planning_time_index_upper,
    -- Links observed. Never null.
    count(*) as link_count,
    -- Travel times that it rests on. Never null.
    sum(latest.observations)::bigint as observations
from latest
group by latest.corridor, latest.section
