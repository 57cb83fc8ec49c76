-- One row per stretch of a link that runs along a border, so that two areas of a level share it.
-- key: source, link_id, area_level, piece
select
    -- Source id of the link. Never null.
    piece.source,
    -- Publisher's reference of the link. Never null.
    piece.link_id,
    -- Area level, as named in the region file. Never null.
    piece.area_level,
    -- Number of the piece within link and level, as in core.link_piece. Never null.
    piece.piece,
    -- Code of the area its length is counted for. Never null.
    piece.area_code,
    -- Code of the area on the other side. Never null.
    piece.shared_with as other_code,
    -- motorway, a, b, c or unclassified. Never null.
    link.road_class,
    -- Number with its letter (A61); null where unnumbered.
    link.road_number,
    -- Street name; null where it has none.
    link.road_name,
    -- Length, metres. Never null.
    piece.length_m
from core.link_piece as piece
inner join staging.link as link on piece.source = link.source and piece.link_id = link.link_id
where piece.is_shared
