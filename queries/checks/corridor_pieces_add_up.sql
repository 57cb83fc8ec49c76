-- The pieces of every link on a corridor add up to its length, to the millimetre.
-- severity: fail
with piece as (
    select source, link_id, sum(length_m) as length_m from core.corridor_piece group by all
)

select
    link.source,
    link.link_id,
    link.length_m,
    piece.length_m as pieces_m
from piece
inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
where abs(link.length_m - piece.length_m) > 0.001
