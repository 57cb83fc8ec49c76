-- Every outcome says how it was made, of which source, and how sure it is; a value of a rate says of how many.
-- severity: fail
select
    outcome.outcome,
    outcome.area_level,
    outcome.area_code,
    outcome.period_start
from marts.outcome as outcome
where
    coalesce(outcome.method, '') = ''
    or coalesce(outcome.source, '') = ''
    or coalesce(outcome.uncertainty_kind, '') = ''
    or (outcome.exposure_unit is not null and outcome.value is not null and outcome.observations is null)
    or outcome.period_end < outcome.period_start
