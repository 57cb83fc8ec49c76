-- One row per group of reports: those made in an area in a period, and of an authority also those of each category.
-- Areas that the sources speak for have one without reports too; a category has none where nobody named it.
-- Single years only at levels whose average area has enough a year, see core.pooled_level.
-- key: group_number
with made_in as (
    select
        area.area_level, area.area_code, area.region, period.period_start, period.period_end
    from core.area as area
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = 'reports'
            and coverage.is_covered
    inner join core.period as period on area.region = period.region and period.incident_kind = 'report'
    left join core.pooled_level as pooled on pooled.event = 'reports' and area.area_level = pooled.area_level
    where not area.is_context and (period.is_pooled or pooled.event is null)
),

report as (
    select place.area_level, place.area_code, made.*
    from core.report_time as made
    inner join core.incident_place as place
        on place.incident_kind = 'report' and made.source = place.source and made.report_id = place.incident_id
    where place.area_code is not null
),

counted as (
    select
        made_in.area_level, made_in.area_code, made_in.region, made_in.period_start, made_in.period_end,
        coalesce(report.category, 'not said') as category,
        grouping(coalesce(report.category, 'not said')) = 1 as is_whole,
        count(report.report_id) as report_count,
        count(report.unusable_reason) as unusable_count,
        count(*) filter (report.followed_days >= 28) as followed_count,
        count(*) filter (report.followed_days >= 28 and report.is_fixed and report.wait_days <= 28) as in_time_count,
        median(report.wait_days) filter (report.is_fixed) as fixed_median_days
    from made_in
    left join report
        on made_in.area_level = report.area_level
            and made_in.area_code = report.area_code
            and report.reported_at::date between made_in.period_start and made_in.period_end
    group by grouping sets (
        (made_in.area_level, made_in.area_code, made_in.region, made_in.period_start, made_in.period_end),
        (
            made_in.area_level, made_in.area_code, made_in.region, made_in.period_start, made_in.period_end,
            coalesce(report.category, 'not said')
        )
    )
),

source as (
    select region, string_agg(source, ',' order by source) as source
    from raw.source
    where kind = 'reports'
    group by region
)

select
    -- Number of the group within this build. Never null.
    row_number() over (
        order by
            counted.area_level, counted.area_code, counted.period_start, counted.period_end, counted.category
            nulls first
    ) as group_number,
    -- Area level, as named in the region file. Never null.
    counted.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    counted.area_code,
    -- First day of the period. Never null.
    counted.period_start,
    -- Last day of the period. Never null.
    counted.period_end,
    -- What the reports are about, in the publisher's words, or 'not said'; null for all reports of the area.
    case when not counted.is_whole then counted.category end as category,
    -- Reports made in the period. Never null.
    counted.report_count,
    -- Of these, reports whose time to fix cannot be told (core.report_time says why). Never null.
    counted.unusable_count,
    -- Of the others, those made at least 28 days before the end of what their source speaks for. Never null.
    counted.followed_count,
    -- Of those followed, reports fixed within 28 days. Never null.
    counted.in_time_count as fixed_in_time_count,
    -- Middle of the days to fix of those fixed, whatever is still open; null where none is.
    counted.fixed_median_days,
    -- Source ids, comma-separated. Never null.
    source.source
from counted
inner join source on counted.region = source.region
where
    counted.is_whole
    or (counted.area_level = getvariable('authority_level') and counted.report_count > 0)
