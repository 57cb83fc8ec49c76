-- One row per kind of collision, area without complete roads and period: collisions, and the residents they are set
-- against for want of roads.
-- key: event, area_level, area_code, period_start, period_end
select
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    period.event,
    -- Area level, as named in the region file. Never null.
    counted.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    counted.area_code,
    -- First day of the period. Never null.
    counted.period_start,
    -- Last day of the period. Never null.
    counted.period_end,
    -- Residents x years. Never null.
    exposure.population * counted.years as exposure,
    -- Collisions; of adjusted severity the sum of the chances that each was fatal or serious. Never null.
    case
        when period.event = 'collisions' then counted.collision_count::double
        else coalesce(counted.ksi_adjusted, counted.ksi_count::double)
    end as observed,
    -- True where severity is adjusted. Never null.
    period.is_adjusted
from core.collision_count as counted
inner join core.area as area on counted.area_level = area.area_level and counted.area_code = area.area_code
inner join core.exposure as exposure
    on counted.area_level = exposure.area_level and counted.area_code = exposure.area_code
inner join core.event_period as period
    on area.region = period.region
        and counted.period_start = period.period_start
        and counted.period_end = period.period_end
inner join raw.level as level on counted.area_level = level.area_level
inner join raw.level as authority on authority.is_authority
where
    exposure.road_km is null and exposure.population > 0
    and (period.is_pooled or level.position <= authority.position)
