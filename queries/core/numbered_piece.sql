-- One row per stretch of a link with a road number that lies in the same authority.
-- key: source, link_id, piece
select
    -- Source id of the link. Never null.
    piece.source,
    -- Publisher's reference of the link. Never null.
    piece.link_id,
    -- Number of the piece within the link, from 1. Never null.
    piece.piece,
    -- Authority whose area it lies in; null outside all.
    piece.area_code,
    -- Where the piece begins, metres along the link. Never null.
    piece.from_m,
    -- Where it ends, metres along the link. Never null.
    piece.to_m
from core.link_piece as piece
inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
where piece.area_level = getvariable('authority_level')
