-- Every level has at least one area of the region's own.
-- severity: fail
select level.area_level
from raw.level as level
anti join (select * from core.area where not is_context) as area on level.area_level = area.area_level
