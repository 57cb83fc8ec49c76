-- One row per outcome made from citizen reports and area level where something stands in its way: what.
-- Reasons are read only where an outcome has no rows. Other outcomes have a model core.reason_<name> of their own.
-- key: outcome, area_level
with source as (
    select
        count(*) filter (kind = 'reports') as report_sources,
        count(*) filter (kind = 'report_counts') as count_sources
    from raw.source
),

covered as (
    select
        area.area_level,
        count(*) filter (coverage.is_covered and period.region is not null) as dated_count,
        count(*) filter (coverage.is_covered) as covered_count,
        count(area.population) as peopled_count
    from core.area as area
    left join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = 'reports'
    left join (select distinct region from core.period where incident_kind = 'report') as period
        on area.region = period.region
    where not area.is_context
    group by area.area_level
),

problem as (
    select area_level, max(problem) as problem from core.report_adjustment group by area_level
),

outcome as (
    select 'reports_per_1000' as outcome, false as needs_points, true as needs_people
    union all
    select 'reports_per_1000_adjusted', false, true
    union all
    select 'fixed_in_28_days', true, false
    union all
    select 'median_days_to_fix', true, false
),

judged as (
    select
        outcome.outcome, covered.area_level,
        case
            when source.report_sources + source.count_sources = 0 then 'no source of citizen reports'
            when outcome.needs_points and source.report_sources = 0
                then 'reports are only counted by their publisher, without dates of fixing'
            when covered.covered_count = 0 and (outcome.needs_points or source.count_sources = 0)
                then 'no source of reports is complete for an area of this level'
            when covered.dated_count = 0 and (outcome.needs_points or source.count_sources = 0)
                then 'the reports, or the period they speak for, have no dates'
            when outcome.needs_people and covered.peopled_count = 0 then 'no population is known at this level'
            when outcome.outcome = 'reports_per_1000_adjusted' then problem.problem
        end as reason
    from outcome
    cross join covered
    cross join source
    left join problem on covered.area_level = problem.area_level
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    judged.outcome,
    -- Area level, as named in the region file. Never null.
    judged.area_level,
    -- What stands in its way. Never null.
    judged.reason
from judged
where judged.reason is not null
