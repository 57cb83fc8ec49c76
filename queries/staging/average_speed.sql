-- One row per area, road and year: average speed and delay on local A roads, as published.
-- key: source, area_code, road_name, year
with speed as (
    select *, make_date(year, 1, 1) as first_on, make_date(year, 12, 31) as last_on from raw.average_speed
)

select
    -- Source id; joins to raw.source. Never null.
    speed.source,
    -- Code of the area as published (GSS in Britain). Never null.
    speed.area_code,
    -- Number of the road (A61), or 'all' for all local A roads of the area together. Never null.
    speed.road_name,
    -- Calendar year. Never null.
    speed.year,
    -- Series it belongs to, as the file says and by the breaks of its source; null where there are none.
    nullif(concat_ws(', ', speed.series, series_of(source.breaks, speed.first_on, speed.last_on)), '') as series,
    -- Average speed, miles an hour; null where not given.
    speed.average_speed_mph,
    -- Average delay against free flow, seconds per vehicle per mile; null where not given.
    speed.average_delay_spvpm
from speed
inner join raw.source as source on speed.source = source.source
