-- One row per area that belongs to a coarser one: as its file says, or else where most plainly it lies.
-- A code that no area of the region has (another vintage) is not followed; the area's own inside point is.
-- key: area_level, area_code
with stated as (
    select
        area.area_level,
        area.area_code,
        parent.area_level as parent_level,
        parent.area_code as parent_code,
        level.position - parent_level.position as steps
    from staging.area as area
    left join staging.area_fact as fact on area.area_code = fact.area_code
    inner join raw.level as level on area.area_level = level.area_level
    inner join staging.area as parent on parent.area_code in (area.parent_code, fact.parent_code)
    inner join raw.level as parent_level on parent.area_level = parent_level.area_level
    where parent_level.position < level.position
),

inside as (
    select area.area_level, area.area_code, level.position, st_pointonsurface(area.geom) as point
    from staging.area as area
    inner join raw.level as level on area.area_level = level.area_level
    anti join stated on area.area_level = stated.area_level and area.area_code = stated.area_code
),

found as (
    select
        inside.area_level,
        inside.area_code,
        cover.area_level as parent_level,
        cover.area_code as parent_code,
        inside.position - parent_level.position as steps
    from inside
    inner join core.area_cover as cover
        on cell_of(st_x(inside.point)) = cover.cell_x and cell_of(st_y(inside.point)) = cover.cell_y
    inner join raw.level as parent_level
        on cover.area_level = parent_level.area_level and parent_level.position < inside.position
    where cover.piece is null or st_intersects(cover.piece, inside.point)
),

candidate as (
    from stated
    union all
    from found
)

select
    -- Area level, as named in the region file. Never null.
    candidate.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    candidate.area_code,
    -- Level of the area it belongs to, the next coarser one that holds it. Never null.
    candidate.parent_level,
    -- Code of the area it belongs to. Never null.
    candidate.parent_code
from candidate
qualify row_number() over (
        partition by candidate.area_level, candidate.area_code order by candidate.steps, candidate.parent_code
    ) = 1
