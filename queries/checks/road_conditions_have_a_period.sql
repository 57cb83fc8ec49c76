-- Every row of road condition has a period that is understood, and no other row says the same.
-- severity: warn
select condition.source, condition.file, condition.row, condition.period
from raw.road_condition as condition
qualify surveyed_from(condition.period) is null
    or count(*) over (
        partition by
            condition.source, condition.area_code, condition.road_class, surveyed_from(condition.period),
            surveyed_to(condition.period)
    ) > 1
