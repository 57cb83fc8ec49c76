-- One row per end of a link at a junction on a border: links of other areas of the level end there too.
-- A link that runs along the border there counts for neither side, and one of several lines has no ends of its own.
-- key: area_level, source, link_id, is_start
with held as (
    -- The areas of all levels that hold an end, as one number: at most junctions all links have the same.
    select
        piece.source,
        piece.link_id,
        any_value(link.length_m) as length_m,
        any_value(st_x(st_startpoint(link.geom))) as first_x,
        any_value(st_y(st_startpoint(link.geom))) as first_y,
        any_value(st_x(st_endpoint(link.geom))) as last_x,
        any_value(st_y(st_endpoint(link.geom))) as last_y,
        bit_xor(hash(piece.area_level, piece.area_code)) filter (where piece.from_m <= 0) as areas_at_start,
        bit_xor(hash(piece.area_level, piece.area_code)) filter (where piece.to_m >= link.length_m - 0.001)
            as areas_at_end
    from core.link_piece as piece
    inner join staging.link as link on piece.source = link.source and piece.link_id = link.link_id
    where not piece.is_shared and piece.area_code is not null and st_geometrytype(link.geom) = 'LINESTRING'
    group by all
),

ended as (
    select source, link_id, length_m, true as is_start, first_x as x, first_y as y, areas_at_start as areas
    from held
    union all
    select source, link_id, length_m, false, last_x, last_y, areas_at_end from held
),

junction as (
    select x, y from ended
    group by all
    having min(areas) <> max(areas)
),

tip as (
    -- The last piece of a link may be shorter than the millimetre that is left for rounding.
    select
        piece.area_level, piece.source, piece.link_id, ended.is_start, piece.area_code, ended.x, ended.y,
        piece.is_shared
    from ended
    inner join junction on ended.x = junction.x and ended.y = junction.y
    inner join core.link_piece as piece
        on ended.source = piece.source
            and ended.link_id = piece.link_id
            and case when ended.is_start then piece.from_m <= 0 else piece.to_m >= ended.length_m - 0.001 end
    qualify row_number() over (
            partition by piece.area_level, piece.source, piece.link_id, ended.is_start order by piece.piece desc
        ) = 1
)

select
    -- Area level, as named in the region file. Never null.
    tip.area_level,
    -- Source id of the link. Never null.
    tip.source,
    -- Publisher's reference of the link. Never null.
    tip.link_id,
    -- True where the link begins at the junction, false where it ends there. Never null.
    tip.is_start,
    -- Area that holds this end of the link. Never null.
    tip.area_code,
    -- Easting of the junction, working CRS, metres. Never null.
    tip.x,
    -- Northing of the junction, working CRS, metres. Never null.
    tip.y
from tip
where not tip.is_shared and tip.area_code is not null
window here as (partition by tip.area_level, tip.x, tip.y)
qualify min(tip.area_code) over here <> max(tip.area_code) over here
