-- Every interval holds its value, and every value that could have an interval has one.
-- severity: fail
select
    outcome.outcome,
    outcome.area_level,
    outcome.area_code,
    outcome.period_start,
    outcome.value,
    outcome.lower,
    outcome.upper,
    outcome.uncertainty_kind
from marts.outcome as outcome
where
    not (outcome.value between outcome.lower - 1e-9 and outcome.upper + 1e-9)
    or (outcome.lower is null) <> (outcome.upper is null)
    or (
        outcome.value is not null
        and outcome.lower is null
        and not (starts_with(outcome.uncertainty_kind, 'unknown') or starts_with(outcome.uncertainty_kind, 'none:'))
    )
    or (outcome.value is null and (outcome.lower is not null or outcome.upper is not null))
