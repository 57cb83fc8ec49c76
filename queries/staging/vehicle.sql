-- One row per vehicle in a collision.
-- key: source, collision_id, vehicle_ref
select
    -- Source id of the file of vehicles. Never null.
    vehicle.source,
    -- Publisher's reference of the collision. Never null.
    vehicle.collision_id,
    -- Publisher's reference of the vehicle within the collision. Never null.
    vehicle.vehicle_ref,
    -- Kind of vehicle as recorded (code or words); null if not recorded.
    vehicle.vehicle_type
from raw.vehicle as vehicle
