-- One row per kind of event and area level at which no single years are given, but the pooled period alone.
-- That is where the average area has fewer events a year than its outcomes need for a verdict (minimum_observations of
-- the register): so few tell chance from nothing, and thousands of small areas over decades are millions of such rows.
-- key: event, area_level
with slot as (
    select
        period.event, period.is_adjusted, area.area_level, area.area_code, period.period_start, period.period_end,
        period.years, 'collision' as incident_kind
    from core.event_period as period
    inner join core.area as area on period.region = area.region and not area.is_context
    where period.is_pooled
    union all
    select
        'reports', false, area.area_level, area.area_code, period.period_start, period.period_end, period.years,
        period.incident_kind
    from core.period as period
    inner join core.area as area on period.region = area.region and not area.is_context
    where period.incident_kind = 'report' and period.is_pooled
),

covered as (
    select slot.*
    from slot
    inner join core.coverage as coverage
        on slot.area_level = coverage.area_level
            and slot.area_code = coverage.area_code
            and slot.incident_kind || 's' = coverage.kind
            and coverage.is_covered
),

dated as (
    select
        'collision' as incident_kind, source, collision_id as incident_id, occurred_on, is_ksi::int as ksi, ksi_chance
    from staging.collision
    where occurred_on >= (select min(period_start) from slot)
    union all
    select 'report', source, report_id, reported_at::date, null, null from staging.report
),

happened as (
    select
        covered.event, covered.area_level,
        sum(case when covered.event <> 'ksi' then 1 when covered.is_adjusted then dated.ksi_chance else dated.ksi end)
            as n
    from dated
    inner join core.incident_place as place
        on dated.incident_kind = place.incident_kind
            and dated.source = place.source
            and dated.incident_id = place.incident_id
    inner join covered
        on dated.incident_kind = covered.incident_kind
            and place.area_level = covered.area_level
            and place.area_code = covered.area_code
            and dated.occurred_on between covered.period_start and covered.period_end
    group by all
),

every as (
    select event, area_level, sum(years) as area_years from covered group by all
),

needed as (
    select regexp_extract(outcome, '^(collisions|ksi|reports)_per_', 1) as event, min(minimum_observations) as least
    from run.outcome_definition
    group by all
)

select
    -- collisions, ksi or reports. Never null.
    every.event,
    -- Area level, as named in the region file. Never null.
    every.area_level,
    -- Events a year in the average area of the level, over the pooled period. Never null.
    round(coalesce(happened.n, 0) / every.area_years, 6)::double as events_a_year
from every
inner join needed on every.event = needed.event
left join happened on every.event = happened.event and every.area_level = happened.area_level
where coalesce(happened.n, 0) / every.area_years < needed.least
