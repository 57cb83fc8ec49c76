-- One row per satisfaction outcome, area, period and measured outcome: what was measured where and when people were
-- asked. Periods belong together where each lies at least half within the other; the best fit counts.
-- key: outcome, area_level, area_code, period_start, period_end, measure
with measure as (
    select distinct unnest(string_split(measured_by, ',')) as measure from run.outcome_definition
),

asked as (
    select estimate.*
    from core.estimate as estimate
    inner join run.outcome_definition as definition
        on estimate.outcome = definition.outcome and definition.theme = 'satisfaction'
),

beside as (
    select
        asked.outcome, asked.area_level, asked.area_code, asked.period_start, asked.period_end,
        measured.outcome as measure, measured.period_start as measured_start, measured.period_end as measured_end,
        measured.value, measured.standard_error, measured.lower, measured.upper, measured.source,
        1 + least(asked.period_end, measured.period_end) - greatest(asked.period_start, measured.period_start)
            as shared_days,
        1 + asked.period_end - asked.period_start as asked_days,
        1 + measured.period_end - measured.period_start as measured_days
    from asked
    inner join core.estimate as measured
        on asked.area_level = measured.area_level and asked.area_code = measured.area_code
    inner join measure on measured.outcome = measure.measure
    where measured.value is not null
)

select
    -- Satisfaction outcome. Never null.
    beside.outcome,
    -- Area level, as named in the region file. Never null.
    beside.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    beside.area_code,
    -- First day that satisfaction is for. Never null.
    beside.period_start,
    -- Last day that satisfaction is for. Never null.
    beside.period_end,
    -- Measured outcome. Never null.
    beside.measure,
    -- First day that was measured. Never null.
    beside.measured_start,
    -- Last day that was measured. Never null.
    beside.measured_end,
    -- What was measured, in the unit of the measure. Never null.
    beside.value,
    -- Its standard error, from the width of the interval where there is no other; null where none is published.
    coalesce(beside.standard_error, (beside.upper - beside.lower) / 3.92) as standard_error,
    -- Source ids, comma-separated. Never null.
    beside.source
from beside
where beside.shared_days * 2 >= greatest(beside.asked_days, beside.measured_days)
qualify row_number() over (
        partition by
            beside.outcome, beside.area_level, beside.area_code, beside.period_start, beside.period_end,
            beside.measure
        order by
            beside.shared_days / greatest(beside.asked_days, beside.measured_days) desc, beside.measured_start asc,
            beside.measured_end asc
    ) = 1
