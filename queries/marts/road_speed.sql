-- One row per local A road, area and year: average speed and delay, as published.
-- Null is not zero: what is not given is missing. Rows of different series are never compared or drawn as one line.
-- key: area_level, area_code, road, period_start
select
    -- Area level, as in marts.area_level. Never null.
    area.area_level,
    -- Code of the area, as in marts.area. Never null.
    area.area_code,
    -- Number of the road with its letter (A61). Never null.
    speed.road_name as road,
    -- First day of the year. Never null.
    make_date(speed.year, 1, 1) as period_start,
    -- Last day of the year. Never null.
    make_date(speed.year, 12, 31) as period_end,
    -- Average speed, miles an hour; null where not given. Its uncertainty is not published.
    speed.average_speed_mph,
    -- Average delay against free flow, seconds per vehicle per mile; null where not given. Likewise.
    speed.average_delay_spvpm,
    -- Series it belongs to; null where there are no breaks.
    speed.series,
    -- Source id; it is in meta.source. Never null.
    speed.source
from staging.average_speed as speed
inner join core.area as area on speed.area_code = area.area_code and not area.is_context
where speed.road_name <> 'all'
qualify row_number() over (
        partition by area.area_level, area.area_code, speed.road_name, speed.year
        order by speed.source
    ) = 1
