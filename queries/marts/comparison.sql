-- One row per outcome row and comparator: is the area really different from the others?
-- Missing values have no row; a suppressed one has the verdict "too few data".
-- key: outcome, area_level, area_code, period_start, period_end, comparator
select
    -- Outcome; described in marts.outcome_definition. Never null.
    comparison.outcome,
    -- Area level, as named in the region file. Never null.
    comparison.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    comparison.area_code,
    -- First day of the period. Never null.
    comparison.period_start,
    -- Last day of the period. Never null.
    comparison.period_end,
    -- all_areas: all areas of the level; parent: those of the same parent. Never null.
    comparison.comparator,
    -- Value of the whole comparator group, in the outcome's unit; null if none of it has one.
    comparison.comparator_value,
    -- Two-sided p-value of the area against the others of the group; null where not testable.
    comparison.p,
    -- False-discovery-rate q-value over the group's areas; null where not testable.
    comparison.q,
    -- better or worse (q below 0.05), similar, too few data, or uncertainty unknown. Never null.
    comparison.verdict
from core.comparison as comparison
