-- A suppressed figure shows neither value, interval nor plain figure.
-- severity: fail
select
    outcome.outcome,
    outcome.area_level,
    outcome.area_code,
    outcome.period_start
from marts.outcome as outcome
where outcome.is_suppressed and coalesce(outcome.value, outcome.raw_value, outcome.lower, outcome.upper) is not null
