-- One row per area of the region and level; context beyond the region is not published.
-- key: area_level, area_code
select
    -- Area level, as in marts.area_level. Never null.
    area.area_level,
    -- Code of the area as published. Never null.
    area.area_code,
    -- Name; the code where no file has a name. Never null.
    area.area_name,
    -- Level of the area it belongs to; null at the top.
    area.parent_level,
    -- Code of the area it belongs to; null at the top.
    area.parent_code,
    -- Residents, as given or added up from its parts; null where not known.
    area.population,
    -- Area, square kilometres.
    area.area_km2,
    -- Centre-line length of carriageways, kilometres; null where no road source is complete for the area.
    exposure.road_km,
    -- Longitude of a point inside the area, degrees.
    st_x(st_transform(st_pointonsurface(area.geom), 'EPSG:4326')) as centre_lon,
    -- Latitude of the same point, degrees.
    st_y(st_transform(st_pointonsurface(area.geom), 'EPSG:4326')) as centre_lat,
    -- Source id of the boundary. Never null.
    area.source,
    -- Boundary at full resolution, longitude and latitude (EPSG:4326, x first). Never null.
    st_transform(area.geom, 'EPSG:4326') as geom
from core.area as area
left join core.exposure as exposure
    on area.area_level = exposure.area_level and area.area_code = exposure.area_code
where not area.is_context
