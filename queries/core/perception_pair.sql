-- One row per satisfaction outcome, measured outcome that the register sets beside it, authority and period.
-- Authorities only: what is said of finer areas leans on the measure already.
-- key: outcome, measure, area_code, period_start, period_end
with pair as (
    select outcome, unnest(string_split(measured_by, ',')) as measure from run.outcome_definition
)

select
    -- Satisfaction outcome. Never null.
    pair.outcome,
    -- Measured outcome. Never null.
    pair.measure,
    -- Level of the authorities. Never null.
    estimate.area_level,
    -- Code of the authority. Never null.
    estimate.area_code,
    -- First day that satisfaction is for. Never null.
    estimate.period_start,
    -- Last day that satisfaction is for. Never null.
    estimate.period_end,
    -- Satisfaction, in its unit; null where suppressed or missing.
    estimate.value as satisfaction,
    -- Its standard error; null where not known.
    estimate.standard_error as satisfaction_error,
    -- Value of the measure, in its unit; null where there is none of the time.
    beside.value as service,
    -- Its standard error; 0 where none is published; null where there is no value.
    case when beside.value is not null then coalesce(beside.standard_error, 0) end as service_error,
    -- True where the measure is published without an error and taken as exact; null where there is no value.
    case when beside.value is not null then beside.standard_error is null end as is_taken_as_exact,
    -- First day of what was measured; null where nothing was.
    beside.measured_start,
    -- Last day of what was measured; null where nothing was.
    beside.measured_end,
    -- Which direction of the measure is better: lower or higher; lower where it is not in the register. Never null.
    coalesce(definition.direction, 'lower') as direction,
    -- Source ids, comma-separated. Never null.
    concat_ws(',', estimate.source, beside.source) as source
from pair
inner join core.estimate as estimate on pair.outcome = estimate.outcome
inner join raw.level as level on estimate.area_level = level.area_level and level.is_authority
left join run.outcome_definition as definition on pair.measure = definition.outcome
left join core.measure_beside as beside
    on pair.outcome = beside.outcome
        and pair.measure = beside.measure
        and estimate.area_level = beside.area_level
        and estimate.area_code = beside.area_code
        and estimate.period_start = beside.period_start
        and estimate.period_end = beside.period_end
where coalesce(definition.direction, 'lower') <> 'neither'
