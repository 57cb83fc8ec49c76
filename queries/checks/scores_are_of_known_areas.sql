-- Every score and answer is of an area the region has.
-- severity: warn
with scored as (
    select source, area_code from staging.satisfaction_score
    union all
    select source, area_code from staging.satisfaction_response
    union all
    select source, area_code from core.report_count where basis = getvariable('basis')
)

select scored.source, scored.area_code, count(*) as row_count
from scored
anti join core.area as area on scored.area_code = area.area_code
where scored.area_code is not null
group by all
