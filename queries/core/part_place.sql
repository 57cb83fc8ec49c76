-- One row per part of a link whose authority has a neighbour: where its middle lies.
-- key: part_number
with beside as (
    select area_code from core.border_line
    union
    select neighbour_code from core.border_line
)

select
    -- Number of the part, as in core.road_part. Never null.
    part.part_number,
    -- Position of its authority among the codes of all authorities, in order, from 0. Never null.
    area.position,
    -- Easting of its middle, metres. Never null.
    part.x,
    -- Northing of its middle, metres. Never null.
    part.y
from core.road_part as part
inner join (
    select area_code, row_number() over (order by area_code) - 1 as position
    from core.area
    where area_level = getvariable('authority_level')
) as area on part.area_code = area.area_code
inner join beside on part.area_code = beside.area_code
