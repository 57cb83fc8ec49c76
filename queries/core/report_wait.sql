-- One row per group of reports and usable report in it: how long it took, or has been open.
-- Numbers alone, as every report is in several groups and all are taken at once.
-- key: group_number, report_row
with report as (
    select
        made.rowid as report_row, place.area_level, place.area_code, made.reported_at::date as reported_on,
        coalesce(made.category, 'not said') as category, made.wait_days, made.is_fixed
    from core.report_time as made
    inner join core.incident_place as place
        on place.incident_kind = 'report' and made.source = place.source and made.report_id = place.incident_id
    where made.unusable_reason is null and place.area_code is not null
)

select
    -- Group of reports; joins to core.report_group. Never null.
    of_group.group_number,
    -- Row id of the report in core.report_time of this build. Never null.
    report.report_row,
    -- Days from report to fix, or to the end of what its source speaks for. Never null.
    report.wait_days,
    -- True where it was fixed by then. Never null.
    report.is_fixed
from core.report_group as of_group
inner join report
    on of_group.area_level = report.area_level
        and of_group.area_code = report.area_code
        and report.reported_on between of_group.period_start and of_group.period_end
where of_group.category is null or of_group.category = report.category
