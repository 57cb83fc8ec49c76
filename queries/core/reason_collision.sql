-- One row per outcome made from collisions and area level where something stands in its way: what.
-- key: outcome, area_level
with known as (
    select
        exposure.area_level,
        count(exposure.road_km) as road_count,
        count(exposure.population) as people_count,
        count(*) as area_count
    from core.exposure as exposure
    inner join core.area as area
        on exposure.area_level = area.area_level and exposure.area_code = area.area_code
    where not area.is_context
    group by exposure.area_level
),

given as (
    select
        (select count(*) from raw.source where kind = 'collisions') as source_count,
        (select count(*) from core.period where incident_kind = 'collision') as period_count
),

outcome as (
    select unnest(['collisions', 'ksi']) || '_per_km' as outcome, true as needs_roads
    union all
    select unnest(['collisions', 'ksi']) || '_per_100k', false
    union all
    select unnest(['collisions', 'ksi']) || '_against_usual', null
),

judged as (
    select
        outcome.outcome, known.area_level,
        case
            when given.source_count = 0 then 'no source of collisions'
            when given.period_count = 0 then 'the sources of collisions share no period'
            -- As many as geo.estimates.usual asks for.
            when outcome.needs_roads is null and known.area_count < 8
                then 'fewer than 8 areas of this level, which is too few to tell what is usual'
            when outcome.needs_roads and known.road_count = 0
                then 'no source of roads is complete for an area of this level'
            when not outcome.needs_roads and known.people_count = 0 then 'no population is known at this level'
        end as reason
    from outcome
    cross join known
    cross join given
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    judged.outcome,
    -- Area level, as named in the region file. Never null.
    judged.area_level,
    -- What stands in its way. Never null.
    judged.reason
from judged
where judged.reason is not null
