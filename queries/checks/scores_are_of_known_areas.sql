-- Every score and answer is of an area the region has, or of one that such an area followed.
-- severity: warn
with scored as (
    select source, area_code, period_start as stated_on from staging.satisfaction_score
    union all
    select source, area_code, surveyed_on from staging.satisfaction_response
    union all
    select source, area_code, null from core.report_count where basis = getvariable('basis')
),

followed as (
    select stated.area_code, stated.stated_on
    from core.stated_area as stated
    inner join core.area as area on stated.to_code = area.area_code
    where stated.basis = getvariable('basis')
)

select scored.source, scored.area_code, count(*) as row_count
from scored
anti join core.area as area on scored.area_code = area.area_code
anti join followed on scored.area_code = followed.area_code and scored.stated_on = followed.stated_on
where scored.area_code is not null
group by all
