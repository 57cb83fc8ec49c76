-- One row per outcome against what is usual, area and period: how likely it is if the area were as is usual.
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    usual.event || '_against_usual' as outcome,
    -- Area level, as named in the region file. Never null.
    usual.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    usual.area_code,
    -- First day of the period. Never null.
    usual.period_start,
    -- Last day of the period. Never null.
    usual.period_end,
    -- Comparator that it is. Never null.
    'usual' as comparator,
    -- As many as usual. Never null.
    1::double as comparator_value,
    -- Twice the posterior probability that the long-run number lies on the other side of what is usual. Never null.
    usual.p
from core.usual_area as usual
