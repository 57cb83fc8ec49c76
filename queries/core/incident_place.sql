-- One row per incident and area level: the area it lies in, or why it has none.
-- A point on a shared border goes to the lowest code, so that areas sum to the total, and is marked.
-- key: incident_kind, source, incident_id, area_level
-- publish: rows
with point as (
    select
        incident_kind, source, incident_id, geom,
        cell_of(st_x(geom)) as cell_x, cell_of(st_y(geom)) as cell_y
    from core.incident
),

settled as (
    select point.incident_kind, point.source, point.incident_id, point.geom, level.area_level, cell.area_code
    from point
    cross join raw.level as level
    left join core.whole_cell as cell
        on level.area_level = cell.area_level and point.cell_x = cell.cell_x and point.cell_y = cell.cell_y
),

cut_cell as (
    select
        cover.area_level, cover.area_code, cover.cell_x, cover.cell_y, cover.piece,
        st_xmin(cover.piece) as x_min, st_xmax(cover.piece) as x_max,
        st_ymin(cover.piece) as y_min, st_ymax(cover.piece) as y_max
    from core.area_cover as cover
    anti join core.whole_cell as cell
        on cover.area_level = cell.area_level and cover.cell_x = cell.cell_x and cover.cell_y = cell.cell_y
),

hit as (
    -- To the micrometre: cutting an area at cell edges rounds its border, and a point on it must not fall between.
    select point.incident_kind, point.source, point.incident_id, cut_cell.area_level, cut_cell.area_code
    from point
    inner join cut_cell on point.cell_x = cut_cell.cell_x and point.cell_y = cut_cell.cell_y
    where
        cut_cell.piece is null
        or (
            st_x(point.geom) between cut_cell.x_min - 1e-6 and cut_cell.x_max + 1e-6
            and st_y(point.geom) between cut_cell.y_min - 1e-6 and cut_cell.y_max + 1e-6
            and st_dwithin(cut_cell.piece, point.geom, 1e-6)
        )
),

tested as (
    select incident_kind, source, incident_id, area_level, min(area_code) as area_code, count(*) > 1 as is_tied
    from hit
    group by all
),

placed as (
    select incident_kind, source, incident_id, area_level, area_code, false as is_tied
    from settled
    where area_code is not null
    union all
    from tested
),

unplaced as (
    select settled.incident_kind, settled.source, settled.incident_id, settled.area_level, settled.geom
    from settled
    anti join tested
        on settled.incident_kind = tested.incident_kind
            and settled.source = tested.source
            and settled.incident_id = tested.incident_id
            and settled.area_level = tested.area_level
    where settled.area_code is null
),

level_of_region as (
    select distinct region, area_level from core.area
),

near as (
    select distinct unplaced.incident_kind, unplaced.source, unplaced.incident_id, cover.area_level
    from unplaced
    inner join core.area_cover as cover on st_dwithin(unplaced.geom, cover.piece, getvariable('buffer_m'))
),

reason as (
    select
        unplaced.incident_kind, unplaced.source, unplaced.incident_id, unplaced.area_level,
        case
            when unplaced.geom is null then 'no usable coordinates'
            when level_of_region.area_level is null then 'its region has no areas of this level'
            when near.source is null then 'outside every area, beyond the buffer'
            else 'outside every area, within the buffer'
        end as unplaced_reason
    from unplaced
    inner join raw.source as source on unplaced.source = source.source
    left join level_of_region
        on source.region = level_of_region.region and unplaced.area_level = level_of_region.area_level
    left join near
        on unplaced.incident_kind = near.incident_kind
            and unplaced.source = near.source
            and unplaced.incident_id = near.incident_id
            and unplaced.area_level = near.area_level
),

result as (
    select incident_kind, source, incident_id, area_level, area_code, is_tied, null::varchar as unplaced_reason
    from placed
    union all
    select incident_kind, source, incident_id, area_level, null, false, unplaced_reason from reason
)

select
    -- collision, report or response. Never null.
    result.incident_kind,
    -- Source id; joins to meta.source. Never null.
    result.source,
    -- Publisher's reference. Never null.
    result.incident_id,
    -- Area level, as named in the region file. Never null.
    result.area_level,
    -- Code of the area it lies in; null where unplaced_reason says why.
    result.area_code,
    -- True where the point lies on a border shared by two areas or more. Never null.
    result.is_tied,
    -- Why it lies in no area of the level; null where it lies in one.
    result.unplaced_reason
from result
