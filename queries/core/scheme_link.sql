-- One row per scheme and carriageway link it is on, and how much of the link.
-- A scheme in an area alone is on the roads that the area answers for: motorways and trunk roads are not.
-- key: source, scheme_id, link_source, link_id
with scheme as (
    select scheme.*, area.area_level
    from staging.scheme as scheme
    -- A code may be an area at two levels, a unitary district at both: any of them will do.
    left join (
        select area_code, arg_min(area_level, area_level) as area_level from core.area group by all
    ) as area on scheme.area_code = area.area_code
),

circle as (
    select source, scheme_id, st_buffer(geom, radius_m) as geom from scheme where placed_by = 'point'
),

near as (
    select
        circle.source, circle.scheme_id, link.source as link_source, link.link_id, link.is_carriageway,
        st_length(st_intersection(link.geom, circle.geom)) as length_m
    from staging.link as link
    inner join circle on st_intersects(link.geom, circle.geom)
),

named as (
    select scheme.source, scheme.scheme_id, link.source as link_source, link.link_id, link.length_m
    from scheme
    inner join staging.link as link on list_contains(scheme.link_ids, link.link_id)
    where scheme.placed_by = 'links' and link.is_carriageway
    union all
    select scheme.source, scheme.scheme_id, piece.source as link_source, piece.link_id, sum(piece.length_m)
    from scheme
    inner join core.corridor_piece as piece
        on scheme.corridor = piece.corridor and (scheme.section is null or scheme.section = piece.section)
    where scheme.placed_by = 'corridor'
    group by all
    union all
    select scheme.source, scheme.scheme_id, link.source as link_source, link.link_id, link.length_m
    from scheme
    inner join staging.link as link on scheme.road_number = link.road_number
    where scheme.placed_by = 'road' and scheme.area_code is null and link.is_carriageway
    union all
    select scheme.source, scheme.scheme_id, link.source as link_source, link.link_id, sum(piece.length_m)
    from scheme
    inner join core.link_piece as piece on scheme.area_level = piece.area_level and scheme.area_code = piece.area_code
    inner join staging.link as link on piece.source = link.source and piece.link_id = link.link_id
    where
        scheme.placed_by = 'road' and scheme.road_number = link.road_number
        or scheme.placed_by = 'area' and not coalesce(link.is_trunk, link.road_class = 'motorway')
    group by all
    union all
    select source, scheme_id, link_source, link_id, length_m from near where is_carriageway
)

select
    -- Source id of the scheme. Never null.
    named.source,
    -- Publisher's reference of the scheme. Never null.
    named.scheme_id,
    -- Source id of the link. Never null.
    named.link_source,
    -- Publisher's reference of the link. Never null.
    named.link_id,
    -- How much of the link is of the scheme, metres. Never null.
    named.length_m
from named
where named.length_m > 0
