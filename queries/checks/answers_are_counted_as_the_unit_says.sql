-- Answers give the share of people satisfied where the outcome is in percent, and a mean score where it is not.
-- severity: fail
select
    indicator.source,
    indicator.indicator,
    indicator.outcome,
    definition.unit,
    source.satisfied_from
from raw.indicator as indicator
inner join raw.source as source
    on indicator.source = source.source and source.kind = 'satisfaction_responses'
inner join run.outcome_definition as definition on indicator.outcome = definition.outcome
where starts_with(definition.unit, '%') <> (source.satisfied_from is not null)
