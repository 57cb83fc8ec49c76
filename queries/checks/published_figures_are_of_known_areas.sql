-- Every published speed, delay and road condition is of an area the region has.
-- severity: warn
with figure as (
    select source, area_code from staging.average_speed
    union all
    select source, area_code from staging.road_condition
)

select figure.source, figure.area_code, count(*) as row_count
from figure
anti join core.area as area on figure.area_code = area.area_code
group by all
