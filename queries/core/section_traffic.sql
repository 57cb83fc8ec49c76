-- One row per kind of collision and section of a numbered road whose traffic is known in the longest period: how much
-- of it, and the flow.
-- key: event, corridor, section
with section_year as (
    select
        period.event, section.corridor, section.section, exposure.known_share, exposure.aadf,
        period.period_end - period.period_start + 1 as period_days,
        least(period.period_end, make_date(exposure.year, 12, 31))
        - greatest(period.period_start, make_date(exposure.year, 1, 1)) + 1 as days
    from core.corridor_section as section
    inner join core.area as area
        on area.area_level = getvariable('authority_level') and section.area_code = area.area_code
    inner join core.event_period as period on area.region = period.region and period.is_pooled
    inner join core.section_exposure as exposure
        on section.corridor = exposure.corridor and section.section = exposure.section
),

summed as (
    -- Decimals, because their sum is the same in any order.
    select
        event, corridor, section, any_value(period_days) as period_days,
        sum((known_share * days)::decimal(18, 6))::double as known_days,
        sum((aadf * known_share * days)::decimal(18, 3))::double as flow_days
    from section_year
    where days > 0
    group by all
)

select
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    summed.event,
    -- Corridor: road number and part (A61/1). Never null.
    summed.corridor,
    -- Number of the section within the corridor. Never null.
    summed.section,
    -- Share of length and time whose traffic is known, 0 to 1. Never null.
    summed.known_days / summed.period_days as known_share,
    -- Motor vehicles on an average day, both directions, the mean of what is known; null where none is.
    summed.flow_days / nullif(summed.known_days, 0) as flow
from summed
