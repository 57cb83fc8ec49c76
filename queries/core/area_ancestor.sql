-- One row per area and each area that holds it, itself included.
-- key: area_level, area_code, ancestor_level, ancestor_code
with recursive line as (
    select area_level, area_code, area_level as ancestor_level, area_code as ancestor_code
    from staging.area
    union all
    select line.area_level, line.area_code, parent.parent_level, parent.parent_code
    from line
    inner join core.area_parent as parent
        on line.ancestor_level = parent.area_level and line.ancestor_code = parent.area_code
)

select
    -- Area level, as named in the region file. Never null.
    line.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    line.area_code,
    -- Level of an area that holds it, or its own. Never null.
    line.ancestor_level,
    -- Code of an area that holds it, or its own. Never null.
    line.ancestor_code
from line
