-- One row per area level that has areas, coarse to fine.
-- key: area_level
select
    -- Name of the level. Never null.
    level.area_level,
    -- Name for people. Never null.
    upper(level.area_level[1]) || replace(level.area_level[2:], '_', ' ') as label,
    -- Place in the order coarse to fine, from 1. Never null.
    level.position,
    -- True for the level whose areas answer for roads. Never null.
    level.is_authority,
    -- Areas of the region at this level.
    count(*) as area_count
from raw.level as level
inner join core.area as area on level.area_level = area.area_level and not area.is_context
group by all
