-- One row per basis, incident and area level where the area is, or may be, another than on the basis date: as_was in
-- the area that held the point on its day, as_will_be in the one that is to hold it after every change announced.
-- By boundaries of that time where the region has them; else by codes, and then the row says what is not known.
-- key: basis, incident_kind, source, incident_id, area_level
-- publish: rows
with point as (
    select
        incident_kind, source, incident_id, occurred_on, geom,
        cell_of(st_x(geom)) as cell_x, cell_of(st_y(geom)) as cell_y
    from core.incident
),

cover as (
    select
        cover.*, vintage.valid_from, vintage.valid_to,
        coalesce(vintage.valid_from > getvariable('basis_on') and vintage.valid_to is null, false) as is_to_last
    from core.vintage_cover as cover
    inner join staging.area_vintage as vintage using (area_level, area_code, vintage)
),

hit as (
    -- To the micrometre, as core.incident_place: cutting an area at cell edges rounds its border.
    select
        point.incident_kind, point.source, point.incident_id, cover.area_level, cover.area_code, cover.is_to_last,
        point.occurred_on between coalesce(cover.valid_from, point.occurred_on)
        and coalesce(cover.valid_to, point.occurred_on) as is_of_day
    from point
    inner join cover on point.cell_x = cover.cell_x and point.cell_y = cover.cell_y
    where cover.piece is null or st_dwithin(cover.piece, point.geom, 1e-6)
),

by_boundary as (
    select
        basis.basis, hit.incident_kind, hit.source, hit.incident_id, hit.area_level, min(hit.area_code) as area_code
    from hit
    inner join (values ('as_was'), ('as_will_be')) as basis (basis)
        on case when basis.basis = 'as_was' then hit.is_of_day else hit.is_to_last end
    group by all
),

was as (
    select
        'as_was' as basis, place.incident_kind, place.source, place.incident_id, place.area_level,
        coalesce(origin.only_code, place.area_code) as area_code,
        case
            when origin.only_code is not null then 'the code its area had then'
            else 'the area of the basis date, as where those before it lay is not known'
        end as rests_on
    from core.incident_place as place
    inner join core.area_origin as origin on place.area_code = origin.area_code
    inner join core.incident as incident using (incident_kind, source, incident_id)
    where incident.occurred_on between origin.first_on and origin.last_on
),

ahead as (
    select area_code, arg_min(to_code, (-share, to_code)) as to_code, max(share) as share
    from core.area_successor
    group by all
),

will_be as (
    select
        'as_will_be' as basis, place.incident_kind, place.source, place.incident_id, place.area_level,
        ahead.to_code as area_code,
        case
            when ahead.share = 1 then 'the code its area will have'
            else 'the code of the largest part of its area, as where the parts lie is not known'
        end as rests_on
    from core.incident_place as place
    inner join ahead on place.area_code = ahead.area_code
),

by_code as (
    from was
    union all
    from will_be
),

result as (
    select *, 'boundaries of that time' as rests_on from by_boundary
    union all
    select by_code.*
    from by_code
    anti join by_boundary using (basis, incident_kind, source, incident_id, area_level)
)

select
    -- as_was or as_will_be. Never null.
    result.basis,
    -- collision, report or response. Never null.
    result.incident_kind,
    -- Source id; joins to meta.source. Never null.
    result.source,
    -- Publisher's reference. Never null.
    result.incident_id,
    -- Area level, as named in the region file. Never null.
    result.area_level,
    -- Code of the area on that basis. Never null.
    result.area_code,
    -- boundaries of that time, or what the code rests on. Never null.
    result.rests_on,
    -- True where boundaries of that time hold the point. Never null.
    result.rests_on = 'boundaries of that time' as is_by_boundary
from result
