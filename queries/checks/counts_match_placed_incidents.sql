-- Collisions counted by area over the pooled period equal the incidents placed in the region's areas then.
-- severity: fail
with pooled as (
    select region, period_start, period_end from core.event_period where event = 'collisions' and is_pooled
),

placed as (
    select place.area_level, count(*) as placed_count
    from core.incident_place as place
    inner join staging.collision as collision
        on place.source = collision.source and place.incident_id = collision.collision_id
    inner join core.area as area on place.area_level = area.area_level and place.area_code = area.area_code
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = 'collisions'
            and coverage.is_covered
    inner join pooled
        on area.region = pooled.region and collision.occurred_on between pooled.period_start and pooled.period_end
    where place.incident_kind = 'collision' and not area.is_context
    group by all
),

counted as (
    select counts.area_level, sum(counts.collision_count) as counted
    from core.collision_count as counts
    inner join core.area as area on counts.area_level = area.area_level and counts.area_code = area.area_code
    inner join pooled
        on area.region = pooled.region
            and counts.period_start = pooled.period_start
            and counts.period_end = pooled.period_end
    group by all
)

select *
from placed
full join counted using (area_level)
where coalesce(placed.placed_count, 0) <> coalesce(counted.counted, 0)
