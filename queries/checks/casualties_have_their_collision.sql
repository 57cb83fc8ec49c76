-- Every casualty and vehicle belongs to a collision of the region's sources.
-- severity: warn
with part as (
    select source, collision_id from staging.casualty
    union all
    select source, collision_id from staging.vehicle
)

select part.source, part.collision_id, count(*) as row_count
from part
anti join staging.collision as collision on part.collision_id = collision.collision_id
group by all
