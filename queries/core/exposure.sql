-- One row per area: the road length and population that outcomes are set against.
-- key: area_level, area_code
with road as (
    select area_level, area_code, sum(length_m) / 1000 as road_km
    from core.link_piece
    where area_code is not null
    group by all
)

select
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area.area_code,
    -- Centre-line length of carriageways, kilometres; null where no road source is complete for the area.
    case when coverage.is_covered then coalesce(road.road_km, 0) end as road_km,
    -- Residents; null where not known.
    area.population
from core.area as area
left join road on area.area_level = road.area_level and area.area_code = road.area_code
left join core.coverage as coverage
    on coverage.kind = 'roads' and area.area_level = coverage.area_level and area.area_code = coverage.area_code
