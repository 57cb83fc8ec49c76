-- One row per carriageway link of the region that is of a class some scheme is on: what schemes are held against.
-- key: source, link_id
with classed as (
    select
        source, link_id, length_m,
        road_class || case when coalesce(is_trunk, false) then ' trunk' else '' end as class
    from staging.link
    where is_carriageway
),

own as (
    select distinct piece.source, piece.link_id
    from core.link_piece as piece
    inner join core.area as area on piece.area_level = area.area_level and piece.area_code = area.area_code
    where piece.area_level = getvariable('authority_level') and not area.is_context
),

wanted as (
    select distinct classed.class
    from core.scheme_link as on_scheme
    inner join classed on on_scheme.link_source = classed.source and on_scheme.link_id = classed.link_id
)

select
    -- Source id. Never null.
    classed.source,
    -- Publisher's reference of the link. Never null.
    classed.link_id,
    -- motorway, a, b, c or unclassified, and 'trunk' where the strategic operator maintains it. Never null.
    classed.class,
    -- Length, metres. Never null.
    classed.length_m
from classed
inner join wanted on classed.class = wanted.class
semi join own on classed.source = own.source and classed.link_id = own.link_id
