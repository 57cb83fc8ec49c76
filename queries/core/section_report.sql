-- One row per section of a corridor in an authority that a source of reports speaks for, over the longest period.
-- key: corridor, section
with counted as (
    select place.corridor, place.section, count(*) as report_count
    from core.incident_section as place
    inner join staging.report as report on place.source = report.source and place.incident_id = report.report_id
    inner join raw.source as source on report.source = source.source
    inner join core.event_years as period
        on source.region = period.region
            and period.outcome = 'reports'
            and report.reported_at::date between period.period_start and period.period_end
    where place.incident_kind = 'report'
    group by all
)

select
    -- Corridor: road number and part (A61/1). Never null.
    section.corridor,
    -- Number of the section within the corridor. Never null.
    section.section,
    -- First day of the period. Never null.
    period.period_start,
    -- Last day of the period. Never null.
    period.period_end,
    -- Reports on its links, over the period. Never null.
    coalesce(counted.report_count, 0) as report_count,
    -- Length of road x years. Never null.
    section.length_m / 1000 * period.years as km_years
from core.corridor_section as section
inner join core.area as area
    on area.area_level = getvariable('authority_level') and section.area_code = area.area_code and not area.is_context
inner join core.event_years as period on area.region = period.region and period.outcome = 'reports'
inner join core.coverage as coverage
    on coverage.kind = 'reports'
        and area.area_level = coverage.area_level
        and area.area_code = coverage.area_code
        and coverage.is_covered
left join counted on section.corridor = counted.corridor and section.section = counted.section
