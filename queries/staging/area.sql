-- One row per area and level, from the first source that gives it.
-- A region's own area goes before the same area given as context by a neighbouring region's file.
-- key: area_level, area_code
select
    -- Source id; joins to raw.source. Never null.
    area.source,
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area.area_code,
    -- Name as published; null where the boundary file has none.
    area.area_name,
    -- Code of the area it belongs to, as the file says; null where it does not.
    area.parent_code,
    -- True for areas beyond the region, never published as outcomes.
    area.is_context,
    -- Boundary at full resolution, working CRS, metres. Never null.
    area.geom
from raw.area as area
qualify row_number() over (
        partition by area.area_level, area.area_code order by area.is_context, area.source, area.file, area.row
    ) = 1
