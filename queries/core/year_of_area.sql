-- One row per area of the finest level below the authorities that is held against what is usual, and year: its
-- collisions, and as many as are usual. Columns as in core.year_of_section.
-- key: place, year
with usual as (
    select
        place.place, place.area_level, place.area_code, place.expected, area.region, period.period_start,
        period.period_end
    from core.place_area as place
    inner join core.area as area on place.area_level = area.area_level and place.area_code = area.area_code
    inner join core.event_period as period
        on area.region = period.region and period.event = 'collisions' and period.is_pooled
),

counted as (
    select usual.region, usual.place, year(collision.occurred_on) as year, count(*) as collision_count
    from usual
    inner join core.incident_place as place
        on usual.area_level = place.area_level
            and usual.area_code = place.area_code
            and place.incident_kind = 'collision'
    inner join staging.collision as collision
        on place.source = collision.source
            and place.incident_id = collision.collision_id
            and collision.occurred_on between usual.period_start and usual.period_end
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
    -- Place, as core.place_area names it. Never null.
    usual.place,
    -- Calendar year. Never null.
    share.year,
    -- Collisions of the year. Never null.
    coalesce(counted.collision_count, 0)::double as observed,
    -- Collisions usual in that year. Never null.
    usual.expected * share.year_share as expected
from usual
inner join share on usual.region = share.region
left join counted on usual.place = counted.place and share.year = counted.year
