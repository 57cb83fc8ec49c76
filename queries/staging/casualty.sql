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
    casualty.road_user,
    -- driver or rider, passenger, or pedestrian; null if not recorded.
    casualty.casualty_class,
    -- pedestrian, cyclist, motorcyclist, car occupant (taxis too) or other; null if not recorded.
    case
        when casualty.casualty_class = 'pedestrian' or lower(casualty.road_user) in ('0', 'pedestrian')
            then 'pedestrian'
        when lower(casualty.road_user) in ('1', 'cyclist', 'pedal cycle') then 'cyclist'
        when
            lower(casualty.road_user) in ('2', '3', '4', '5', '23', '97', '103', '104', '105', '106')
            or regexp_matches(lower(casualty.road_user), 'motorcycle|powered 2 wheeler')
            then 'motorcyclist'
        when
            lower(casualty.road_user) in ('8', '9', '108', '109', 'car', 'car occupant')
            or lower(casualty.road_user) like 'taxi%'
            then 'car occupant'
        when casualty.road_user not in ('99') then 'other'
    end as road_user_group,
    -- Chance, 0 to 1, that this person was killed or seriously injured, had injuries been asked for everywhere: 1 where
    -- killed, else the adjusted severity the file gives. Null where it gives none.
    case when casualty.casualty_severity = 'fatal' then 1 else casualty.casualty_chance_serious end as ksi_chance
from raw.casualty as casualty
