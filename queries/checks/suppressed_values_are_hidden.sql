-- A suppressed figure shows neither value, interval, plain figure nor border range.
-- severity: fail
select
    outcome.outcome,
    outcome.area_level,
    outcome.area_code,
    outcome.period_start
from marts.outcome as outcome
where
    outcome.is_suppressed
    and coalesce(outcome.value, outcome.raw_value, outcome.lower, outcome.upper, outcome.low, outcome.high) is not null
