-- One row per section of a numbered road that is held against what is usual, and year: its collisions, and as many as
-- are usual in such a year (those of the period, shared out as all collisions on sections are over its years).
-- All models named core.year_of_ have these columns, and marts.exemplar picks them up.
-- key: place, year
with usual as (
    select usual.*, area.region
    from core.usual_section as usual
    inner join core.area as area
        on area.area_level = getvariable('authority_level') and usual.area_code = area.area_code
    where usual.event = 'collisions' and usual.expected is not null
),

counted as (
    select usual.region, place.corridor, place.section, year(collision.occurred_on) as year, count(*) as collision_count
    from core.incident_section as place
    inner join usual on place.corridor = usual.corridor and place.section = usual.section
    inner join staging.collision as collision
        on place.source = collision.source
            and place.incident_id = collision.collision_id
            and collision.occurred_on between usual.period_start and usual.period_end
    where place.incident_kind = 'collision'
    group by all
),

share as (
    select
        region, year,
        sum(collision_count)::double / sum(sum(collision_count)) over (partition by region) as year_share
    from counted
    group by region, year
)

select
    -- Place, as core.place_section names it. Never null.
    'section ' || usual.corridor || ' ' || usual.section as place,
    -- Calendar year. Never null.
    share.year,
    -- Collisions of the year. Never null.
    coalesce(counted.collision_count, 0)::double as observed,
    -- Collisions usual in that year. Never null.
    usual.expected * share.year_share as expected
from usual
inner join share on usual.region = share.region
left join counted
    on usual.corridor = counted.corridor and usual.section = counted.section and share.year = counted.year
