-- No area is given two different boundaries by the region's sources.
-- severity: fail
select
    area.area_level,
    area.area_code,
    count(*) as boundary_count
from raw.area as area
group by all
having count(distinct st_aswkb(area.geom)) > 1
