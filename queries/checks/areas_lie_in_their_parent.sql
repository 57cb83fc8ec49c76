-- Every area's inside point lies in the area it belongs to.
-- severity: warn
select
    area.area_level,
    area.area_code,
    area.parent_code
from core.area as area
inner join core.area as parent on area.parent_level = parent.area_level and area.parent_code = parent.area_code
where not st_dwithin(parent.geom, st_pointonsurface(area.geom), 100)
