-- One row per place where a link or a junction takes a road from one area into another of the same level.
-- A link that runs along the border for a while between them crosses it there.
-- key: area_level, low_code, high_code, place
with cut as (
    select source, link_id, area_level from core.link_piece
    where piece = 2
),

within_link as (
    select
        piece.area_level, piece.source, piece.link_id, piece.piece, piece.area_code,
        lag(piece.area_code) over (
            partition by piece.source, piece.link_id, piece.area_level order by piece.piece
        ) as before_code
    from core.link_piece as piece
    inner join cut
        on piece.source = cut.source and piece.link_id = cut.link_id and piece.area_level = cut.area_level
    where not piece.is_shared
    qualify piece.area_code <> before_code
),

ended as (
    select
        junction.area_level, junction.area_code, junction.x, junction.y, link.road_class, link.road_number,
        list_position(['motorway', 'a', 'b', 'c', 'unclassified'], link.road_class) as rank
    from core.border_junction as junction
    inner join staging.link as link on junction.source = link.source and junction.link_id = link.link_id
),

at_node as (
    -- The road that goes on is as good as the lesser of its two sides.
    select
        one.area_level, one.area_code as low_code, other.area_code as high_code, concat_ws(' ', one.x, one.y) as place,
        case when one.rank > other.rank then one.road_class else other.road_class end as road_class,
        case when one.road_number = other.road_number then one.road_number end as road_number
    from ended as one
    inner join ended as other
        on one.area_level = other.area_level and one.x = other.x and one.y = other.y and one.area_code < other.area_code
    qualify row_number() over (
            partition by one.area_level, one.area_code, other.area_code, one.x, one.y
            order by
                greatest(one.rank, other.rank) asc,
                one.road_number = other.road_number desc nulls last,
                one.road_number asc,
                one.rank asc
        ) = 1
),

crossing as (
    select
        within_link.area_level,
        least(within_link.before_code, within_link.area_code) as low_code,
        greatest(within_link.before_code, within_link.area_code) as high_code,
        concat_ws('/', within_link.source, within_link.link_id, within_link.piece) as place,
        link.road_class,
        link.road_number
    from within_link
    inner join staging.link as link on within_link.source = link.source and within_link.link_id = link.link_id
    union all
    select area_level, low_code, high_code, place, road_class, road_number from at_node
)

select
    -- Area level, as named in the region file. Never null.
    crossing.area_level,
    -- The lower of the two areas' codes. Never null.
    crossing.low_code,
    -- The higher of the two. Never null.
    crossing.high_code,
    -- Where: source, link and piece, or the coordinates of a junction on the border. Never null.
    crossing.place,
    -- motorway, a, b, c or unclassified. Never null.
    crossing.road_class,
    -- Number of the road on both sides; null where there is none.
    crossing.road_number
from crossing
