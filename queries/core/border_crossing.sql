-- One row per place where a link or a junction takes a road from one area into another of the same level.
-- A link that runs along the border for a while between them crosses it there.
-- key: area_level, low_code, high_code, place
with own as (
    select piece.source, piece.link_id, piece.area_level, piece.piece, piece.area_code, piece.from_m, piece.to_m
    from core.link_piece as piece
    where not piece.is_shared
),

within_link as (
    select
        own.area_level, own.source, own.link_id, own.piece, own.area_code,
        lag(own.area_code) over (
            partition by own.source, own.link_id, own.area_level order by own.piece
        ) as before_code
    from own
    qualify own.area_code <> before_code
),

line as (
    select source, link_id, road_class, road_number, length_m, geom
    from staging.link
    where is_carriageway and st_geometrytype(geom) = 'LINESTRING'
),

ended as (
    select source, link_id, road_class, road_number, length_m, true as is_start, st_startpoint(geom) as node
    from line
    union all
    select source, link_id, road_class, road_number, length_m, false, st_endpoint(geom) from line
),

met as (
    select
        own.area_level, own.area_code, ended.road_class, ended.road_number,
        st_x(ended.node) as x, st_y(ended.node) as y,
        list_position(['motorway', 'a', 'b', 'c', 'unclassified'], ended.road_class) as rank
    from ended
    inner join own
        on ended.source = own.source
            and ended.link_id = own.link_id
            and case when ended.is_start then own.from_m <= 0 else own.to_m >= ended.length_m - 0.001 end
    where own.area_code is not null
),

at_border as (
    select area_level, x, y from met
    group by all
    having count(distinct area_code) > 1
),

near as (
    select met.* from met inner join at_border using (area_level, x, y)
),

at_node as (
    -- The road that goes on is as good as the lesser of its two sides.
    select
        one.area_level, one.area_code as low_code, other.area_code as high_code, concat_ws(' ', one.x, one.y) as place,
        case when one.road_number = other.road_number then one.road_number end as road_number,
        case when one.rank > other.rank then one.road_class else other.road_class end as road_class
    from near as one
    inner join near as other
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
        link.road_number,
        link.road_class
    from within_link
    inner join staging.link as link on within_link.source = link.source and within_link.link_id = link.link_id
    union all
    select area_level, low_code, high_code, place, road_number, road_class from at_node
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
