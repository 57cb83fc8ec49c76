-- One row per person hurt in a collision; two rows may look alike and both be true.
-- key: source, file, row
select
    -- Source id of the file of casualties. Never null.
    casualty.source,
    -- Path of the file below the data root. Never null.
    casualty.file,
    -- Row in the file, header as row 1. Never null.
    casualty.row,
    -- Publisher's reference of the collision. Never null.
    casualty.collision_id,
    -- Injury of this person: fatal, serious or slight. Never null.
    casualty.casualty_severity,
    -- Kind of road user as recorded (code or words); null if not recorded.
    casualty.road_user
from raw.casualty as casualty
