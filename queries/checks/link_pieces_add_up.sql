-- The pieces of every carriageway link add up to its length, to the millimetre, at every level.
-- severity: fail
with piece as (
    select source, link_id, area_level, sum(length_m) as length_m from core.link_piece group by all
)

select
    link.source,
    link.link_id,
    level.area_level,
    link.length_m,
    piece.length_m as pieces_m
from staging.link as link
cross join (select distinct area_level from staging.area) as level
left join piece on link.source = piece.source and link.link_id = piece.link_id and level.area_level = piece.area_level
where link.is_carriageway and abs(link.length_m - coalesce(piece.length_m, 0)) > 0.001
