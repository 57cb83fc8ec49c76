-- Every outcome has a definition, and every indicator is mapped to one.
-- severity: fail
with used as (
    select distinct outcome, 'marts.outcome' as used_by from marts.outcome
    union
    select distinct outcome, 'indicators of source ' || source from raw.indicator
)

select used.*
from used
anti join marts.outcome_definition as definition on used.outcome = definition.outcome
