-- One row per area and numbered road link in it whose travel times are observed: the length of it that lies there.
-- key: area_level, area_code, source, link_id
with numbered as (
    select piece.area_level, piece.area_code, sum(piece.length_m) as numbered_m
    from core.link_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    where piece.area_code is not null
    group by all
)

select
    -- Area level, as named in the region file. Never null.
    piece.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    piece.area_code,
    -- Source id of the travel times. Never null.
    link.source,
    -- Publisher's reference of the link. Never null.
    link.link_id,
    -- Length of the link in the area, metres. Never null.
    sum(piece.length_m) as length_m,
    -- Length of all numbered roads in the area, metres. Never null.
    any_value(numbered.numbered_m) as numbered_m
from core.travel_link as link
inner join core.link_piece as piece on link.link_source = piece.source and link.link_id = piece.link_id
inner join core.area as area
    on piece.area_level = area.area_level and piece.area_code = area.area_code and not area.is_context
inner join numbered on piece.area_level = numbered.area_level and piece.area_code = numbered.area_code
where link.road_number is not null
group by piece.area_level, piece.area_code, link.source, link.link_id
