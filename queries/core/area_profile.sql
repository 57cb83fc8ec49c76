-- One row per area of the region and level: what it is like, to find areas that are alike.
-- key: area_level, area_code
select
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area.area_code,
    -- Deprivation score, higher is more deprived; null where not given.
    area.deprivation,
    -- Logarithm of residents per square kilometre; null where residents are not known or none.
    case when area.population > 0 then ln(area.population / area.area_km2) end as population_density,
    -- Logarithm of kilometres of road per square kilometre; null where the length is not known or zero.
    case when exposure.road_km > 0 then ln(exposure.road_km / area.area_km2) end as road_density,
    -- Logarithm of residents per kilometre of road; null where either is not known or zero.
    case
        when area.population > 0 and exposure.road_km > 0 then ln(area.population / exposure.road_km)
    end as people_per_road
from core.area as area
left join core.exposure as exposure
    on area.area_level = exposure.area_level and area.area_code = exposure.area_code
where not area.is_context
