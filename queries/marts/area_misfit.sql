-- One row per pair of areas of a level that overlap, or that leave a gap between them: places that belong to two of
-- them, or to none.
-- A gap is at least a metre wide on average and nowhere wider than 50 metres, and at least nine tenths of its outline
-- is border: so estuaries, the sea and holes in one area are none.
-- key: area_level, misfit, area_code, other_code
select
    -- Area level, as in marts.area_level. Never null.
    misfit.area_level,
    -- What does not fit: overlap or gap. Never null.
    misfit.misfit,
    -- Code of the area that was read first. Never null.
    misfit.area_code,
    -- Name of that area. Never null.
    one.area_name,
    -- Code of the area that it overlaps, or that lies across the gap. Never null.
    misfit.other_code,
    -- Name of the latter. Never null.
    other.area_name as other_name,
    -- Places where they do. Never null.
    misfit.part_count,
    -- Size of all of them, square metres. Never null.
    misfit.size_m2,
    -- Greatest width of any, metres: the diameter of the largest circle in it. Never null.
    misfit.width_m,
    -- Longitude of the centre of that circle, degrees.
    st_x(st_transform(misfit.geom, 'EPSG:4326')) as centre_lon,
    -- Latitude of the same point, degrees.
    st_y(st_transform(misfit.geom, 'EPSG:4326')) as centre_lat
from raw.misfit as misfit
inner join core.area as one on misfit.area_level = one.area_level and misfit.area_code = one.area_code
inner join core.area as other on misfit.area_level = other.area_level and misfit.other_code = other.area_code
