-- One row per region and outcome that is set against roads: the longest period it is counted over.
-- key: region, outcome
with every as (
    select region, event as outcome, period_start, period_end, years, is_adjusted from core.event_period
    where is_pooled
    union all
    (
        select region, 'reports', period_start, period_end, years, false from core.period
        where incident_kind = 'report'
        qualify row_number() over (partition by region order by years desc, period_start asc) = 1
    )
)

select
    -- Region file. Never null.
    every.region,
    -- collisions, ksi (those in which someone was killed or seriously injured) or reports. Never null.
    every.outcome,
    -- First day. Never null.
    every.period_start,
    -- Last day. Never null.
    every.period_end,
    -- Length in years. Never null.
    every.years,
    -- True where severity is adjusted, for every collision of the period. Never null.
    every.is_adjusted
from every
