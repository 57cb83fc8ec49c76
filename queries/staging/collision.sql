-- One row per injury collision.
-- key: source, collision_id
select
    -- Source id; joins to raw.source. Never null.
    collision.source,
    -- Publisher's reference of the collision, unique within its source. Never null.
    collision.collision_id,
    -- Local date of the collision. Never null.
    collision.occurred_on,
    -- Local time of the collision; null if not recorded.
    collision.occurred_time,
    -- Worst injury: fatal, serious or slight. Never null.
    collision.severity,
    -- True where someone was killed or seriously injured. Never null.
    collision.severity in ('fatal', 'serious') as is_ksi,
    -- Authority the source says it was in, as written (code or name); null if not said.
    collision.recorded_authority,
    -- Class of the road as recorded: motorway, a, b, c or unclassified; null if not recorded.
    collision.road_class,
    -- Number of the road as recorded (61 of the A61); null where unnumbered or not recorded.
    collision.road_number,
    -- Class of the other road at a junction, as recorded; null where there is none or it is not recorded.
    collision.second_road_class,
    -- Number of the other road at a junction, as recorded; null where unnumbered or not recorded.
    collision.second_road_number,
    -- True where it was recorded as at a junction or within 20 metres of one; null if that was not recorded.
    lower(collision.junction_detail) not in ('0', 'not at junction or within 20 metres') as is_at_junction,
    -- Speed limit, miles an hour; null if not recorded.
    collision.speed_limit_mph,
    -- Vehicles involved, as recorded; null if not.
    collision.vehicle_count,
    -- People hurt, as recorded; null if not.
    collision.casualty_count,
    -- The point, working CRS, metres; null where the file gave no usable coordinates.
    collision.geom
from raw.collision as collision
