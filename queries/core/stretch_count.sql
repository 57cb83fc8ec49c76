-- One row per kind of collision and stretch of a numbered road, over the longest period: collisions and the exposure
-- they arose in. Stretches of the context are there too: they inform their neighbours.
-- key: event, corridor, section, stretch
with slot as (
    select
        stretch.corridor, stretch.section, stretch.stretch, stretch.area_code, area.is_context, corridor.road_class,
        stretch.length_m / 1000 as length_km, stretch.around_km_per_km2,
        stretch.here_km_per_km2,
        period.event, period.period_start, period.period_end, period.years, period.is_adjusted
    from core.stretch_place as stretch
    inner join core.corridor as corridor on stretch.corridor = corridor.corridor
    inner join core.area as area
        on area.area_level = getvariable('authority_level') and stretch.area_code = area.area_code
    inner join core.event_period as period on area.region = period.region and period.is_pooled
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = 'collisions'
            and coverage.is_covered
    where stretch.length_m > 0
),

placed as (
    -- What lies beyond either end of its section, as at a roundabout, is at that end.
    select
        place.source, place.incident_id, place.corridor, place.section,
        greatest(place.at_m, section.from_m) as at_m
    from core.incident_section as place
    inner join core.corridor_section as section
        on place.corridor = section.corridor and place.section = section.section
    where place.incident_kind = 'collision'
),

located as (
    select placed.source, placed.incident_id, stretch.corridor, stretch.section, stretch.stretch
    from placed
    asof inner join core.stretch as stretch
        on placed.corridor = stretch.corridor and placed.section = stretch.section and placed.at_m >= stretch.from_m
),

counted as (
    select
        slot.event, located.corridor, located.section, located.stretch,
        count(*) as collision_count,
        count(*) filter (collision.is_ksi) as ksi_count,
        sum(collision.ksi_chance::decimal(9, 6))::double as chances
    from located
    inner join staging.collision as collision
        on located.source = collision.source and located.incident_id = collision.collision_id
    inner join slot
        on located.corridor = slot.corridor
            and located.section = slot.section
            and located.stretch = slot.stretch
            and collision.occurred_on between slot.period_start and slot.period_end
    group by all
)

select
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    slot.event,
    -- Corridor: road number and part (A61/1). Never null.
    slot.corridor,
    -- Number of the section within the corridor. Never null.
    slot.section,
    -- Number of the stretch within the section. Never null.
    slot.stretch,
    -- Code of the authority. Never null.
    slot.area_code,
    -- True where the authority is context, not one of the region's own. Never null.
    slot.is_context,
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
    -- Share of its section's length and time whose traffic is known, 0 to 1. Never null.
    coalesce(traffic.known_share, 0) as known_share,
    -- Motor vehicles on an average day, both directions, the mean of what is known of its section; null where none is.
    traffic.flow,
    -- Carriageways around, kilometres over square kilometres, as in core.cell_density; null where unknown.
    slot.around_km_per_km2,
    -- The same in the square of its middle alone, kilometres over square kilometres; null likewise.
    slot.here_km_per_km2,
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
    on slot.event = counted.event
        and slot.corridor = counted.corridor
        and slot.section = counted.section
        and slot.stretch = counted.stretch
