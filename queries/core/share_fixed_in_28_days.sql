-- One row per area and period: citizen reports fixed within 28 days, of those followed so long.
-- A report made less than 28 days before the end of what its source speaks for is left out, fixed or not: of those,
-- only the fast ones could be seen to be fixed.
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    'fixed_in_28_days' as outcome,
    -- Area level, as named in the region file. Never null.
    area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area_code,
    -- First day of the period. Never null.
    period_start,
    -- Last day of the period. Never null.
    period_end,
    -- Reports fixed within 28 days. Never null.
    fixed_in_time_count as successes,
    -- Reports made in the period that were followed for 28 days or more. Never null.
    followed_count as observations,
    -- Source ids, comma-separated. Never null.
    source
from core.report_group
where category is null
