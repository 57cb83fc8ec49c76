-- One row per area of the region and area of the same level that it touches; neighbours beyond the region included.
-- key: area_level, area_code, neighbour_code
select
    -- Area level, as in marts.area_level. Never null.
    neighbour.area_level,
    -- Code of the area whose neighbours are told (GSS in Britain). Never null.
    neighbour.area_code,
    -- Code of an area that it touches. Never null.
    neighbour.neighbour_code,
    -- Name of that area. Never null.
    other.area_name as neighbour_name,
    -- Length of the border that both have, kilometres; zero where they touch in points only. Never null.
    neighbour.border_m / 1000 as border_km,
    -- Motorways that cross from the one to the other. Never null.
    neighbour.motorway_count,
    -- A roads that do. Never null.
    neighbour.a_road_count,
    -- B roads that do. Never null.
    neighbour.b_road_count,
    -- Other roads that do. Never null.
    neighbour.minor_road_count,
    -- Places where a carriageway of any class crosses. Never null.
    neighbour.crossing_count,
    -- Length of road along the border, shared by both, kilometres. Never null.
    neighbour.shared_road_m / 1000 as shared_road_km
from core.area_neighbour as neighbour
inner join core.area as area
    on neighbour.area_level = area.area_level and neighbour.area_code = area.area_code and not area.is_context
inner join core.area as other
    on neighbour.area_level = other.area_level and neighbour.neighbour_code = other.area_code
