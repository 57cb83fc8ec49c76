-- One row per area as it was or is to be, and span of time, from the first source that gives it.
-- key: area_level, area_code, vintage
with vintage as (
    select *
    from raw.area_vintage
    qualify row_number() over (
            partition by area_level, area_code, valid_from, valid_to order by source, file, row
        ) = 1
)

select
    -- Source id; joins to raw.source. Never null.
    vintage.source,
    -- Area level, as named in the region file. Never null.
    vintage.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    vintage.area_code,
    -- Number of the boundary among those that the area has had, from 1. Never null.
    row_number() over (
        partition by vintage.area_level, vintage.area_code
        order by vintage.valid_from nulls first, vintage.valid_to nulls last
    ) as vintage,
    -- Name as published; null where the boundary file has none.
    vintage.area_name,
    -- First day on which it is in force; null for ever before.
    vintage.valid_from,
    -- Last day; null for ever after.
    vintage.valid_to,
    -- Boundary at full resolution, working CRS, metres. Never null.
    vintage.geom
from vintage
