-- One row per area and area of the same level that it touches, so each pair both ways.
-- key: area_level, area_code, neighbour_code
with crossed as (
    -- A numbered road crosses once however many carriageways it has and however often it comes back.
    select
        area_level, low_code, high_code,
        count(distinct coalesce(road_number, place)) filter (where road_class = 'motorway') as motorway_count,
        count(distinct coalesce(road_number, place)) filter (where road_class = 'a') as a_road_count,
        count(distinct coalesce(road_number, place)) filter (where road_class = 'b') as b_road_count,
        count(distinct coalesce(road_number, place)) filter (where road_class not in ('motorway', 'a', 'b'))
            as minor_road_count,
        count(*) as crossing_count
    from core.border_crossing
    group by all
),

shared as (
    select
        area_level,
        least(area_code, other_code) as low_code,
        greatest(area_code, other_code) as high_code,
        sum(length_m) as shared_road_m
    from core.border_road
    group by all
)

select
    -- Area level, as named in the region file. Never null.
    border.area_level,
    -- Code of the area whose neighbours are told (GSS in Britain). Never null.
    border.area_code,
    -- Code of an area that it touches. Never null.
    border.neighbour_code,
    -- Length of the border that both have, metres; zero where they touch in points only. Never null.
    border.border_m,
    -- Motorways that cross from the one to the other. Never null.
    coalesce(crossed.motorway_count, 0) as motorway_count,
    -- A roads that do. Never null.
    coalesce(crossed.a_road_count, 0) as a_road_count,
    -- B roads that do. Never null.
    coalesce(crossed.b_road_count, 0) as b_road_count,
    -- Other roads that do. Never null.
    coalesce(crossed.minor_road_count, 0) as minor_road_count,
    -- Places where a carriageway of any class crosses. Never null.
    coalesce(crossed.crossing_count, 0) as crossing_count,
    -- Length of road along the border, shared by both, metres. Never null.
    coalesce(shared.shared_road_m, 0) as shared_road_m
from core.area_border as border
left join crossed
    on border.area_level = crossed.area_level
        and least(border.area_code, border.neighbour_code) = crossed.low_code
        and greatest(border.area_code, border.neighbour_code) = crossed.high_code
left join shared
    on border.area_level = shared.area_level
        and least(border.area_code, border.neighbour_code) = shared.low_code
        and greatest(border.area_code, border.neighbour_code) = shared.high_code
