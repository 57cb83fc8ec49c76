-- One row per kind of collision and section of a numbered road in the region, over the longest period: collisions and
-- the exposure they arose in.
-- key: event, corridor, section
with slot as (
    select
        section.corridor, section.section, section.area_code, corridor.road_class, section.length_m / 1000 as length_km,
        period.event, period.period_start, period.period_end, period.years, period.is_adjusted
    from core.corridor_section as section
    inner join core.corridor as corridor on section.corridor = corridor.corridor
    inner join core.area as area
        on area.area_level = getvariable('authority_level')
            and section.area_code = area.area_code
            and not area.is_context
    inner join core.event_period as period on area.region = period.region and period.is_pooled
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = 'collisions'
            and coverage.is_covered
),

counted as (
    select
        slot.event, slot.corridor, slot.section,
        count(*) as collision_count,
        count(*) filter (collision.is_ksi) as ksi_count,
        sum(collision.ksi_chance::decimal(9, 6))::double as chances
    from core.incident_section as place
    inner join staging.collision as collision
        on place.source = collision.source and place.incident_id = collision.collision_id
    inner join slot
        on place.corridor = slot.corridor
            and place.section = slot.section
            and collision.occurred_on between slot.period_start and slot.period_end
    where place.incident_kind = 'collision'
    group by all
)

select
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    slot.event,
    -- Corridor: road number and part (A61/1). Never null.
    slot.corridor,
    -- Number of the section within the corridor. Never null.
    slot.section,
    -- Code of the authority it lies in. Never null.
    slot.area_code,
    -- Class most of the corridor has: motorway, a, b, c or unclassified. Never null.
    slot.road_class,
    -- First day of the period. Never null.
    slot.period_start,
    -- Last day of the period. Never null.
    slot.period_end,
    -- Length of the period in years. Never null.
    slot.years,
    -- Length, kilometres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    slot.length_km,
    -- Share of length and time whose traffic is known, 0 to 1. Never null.
    coalesce(traffic.known_share, 0) as known_share,
    -- Motor vehicles on an average day, both directions, the mean of what is known; null where none is.
    traffic.flow,
    -- Collisions on its links, slip roads and roundabouts too; of adjusted severity the sum of the chances that each
    -- was fatal or serious. Never null.
    case
        when slot.event = 'collisions' then coalesce(counted.collision_count, 0)::double
        when slot.is_adjusted then coalesce(counted.chances, 0)
        else coalesce(counted.ksi_count, 0)::double
    end as observed,
    -- True where severity is adjusted. Never null.
    slot.is_adjusted
from slot
left join core.section_traffic as traffic
    on slot.event = traffic.event and slot.corridor = traffic.corridor and slot.section = traffic.section
left join counted
    on slot.event = counted.event and slot.corridor = counted.corridor and slot.section = counted.section
