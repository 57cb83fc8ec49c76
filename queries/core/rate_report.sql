-- One row per area and period: citizen reports and the residents who could have made them.
-- Reports with a point and a date are counted where they lie; counts published by area are added up from
-- its parts. Where both exist for an area and period, the points are used. Single years of points only at levels whose
-- average area has enough a year, see core.pooled_level.
-- key: outcome, area_level, area_code, period_start, period_end
with point as (
    select
        area.area_level, area.area_code, area.population, period.period_start, period.period_end, period.years,
        count(report.report_id) as observations,
        1 as choice
    from core.area as area
    inner join core.coverage as coverage
        on area.area_level = coverage.area_level
            and area.area_code = coverage.area_code
            and coverage.kind = 'reports'
            and coverage.is_covered
    inner join core.period as period on area.region = period.region and period.incident_kind = 'report'
    left join core.pooled_level as pooled on pooled.event = 'reports' and area.area_level = pooled.area_level
    left join core.incident_place as place
        on area.area_level = place.area_level and area.area_code = place.area_code and place.incident_kind = 'report'
    left join staging.report as report
        on place.source = report.source
            and place.incident_id = report.report_id
            and report.reported_at::date between period.period_start and period.period_end
    where not area.is_context and (period.is_pooled or pooled.event is null)
    group by all
),

line as (
    -- By code alone, as counts name their areas: one code may be an area of two levels (a unitary authority).
    select distinct area_code, ancestor_level, ancestor_code from core.area_ancestor
),

published as (
    select
        line.ancestor_level as area_level, line.ancestor_code as area_code, area.population,
        make_date(report_count.year, 1, 1) as period_start, make_date(report_count.year, 12, 31) as period_end,
        1 as years, round(sum(report_count.report_total))::bigint as observations, 2 as choice
    from core.report_count as report_count
    inner join line on report_count.area_code = line.area_code
    inner join core.area as area on line.ancestor_level = area.area_level and line.ancestor_code = area.area_code
    where not area.is_context and report_count.basis = getvariable('basis')
    group by all
),

figure as (
    from point
    union all by name
    from published
),

source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('reports', 'report_counts')
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    'reports_per_1000' as outcome,
    -- Area level, as named in the region file. Never null.
    figure.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    figure.area_code,
    -- First day of the period. Never null.
    figure.period_start,
    -- Last day of the period. Never null.
    figure.period_end,
    -- Reports counted in the area. Never null.
    figure.observations,
    -- Not given for reports: null.
    null::bigint as low_observations,
    -- Not given for reports: null.
    null::bigint as high_observations,
    -- Person-years; null where the population is not known.
    figure.population * figure.years as exposure,
    -- What exposure is counted in, in words. Never null.
    'residents x years' as exposure_unit,
    -- The rate is given per so many units of exposure.
    1000::double as per,
    -- Source ids, comma-separated. Never null.
    source.source
from figure
cross join source
qualify row_number() over (
        partition by figure.area_level, figure.area_code, figure.period_start, figure.period_end order by figure.choice
    ) = 1
    and bool_or(figure.population is not null) over (partition by figure.area_level)
