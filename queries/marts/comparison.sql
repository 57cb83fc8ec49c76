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
    -- all_areas: all areas of the level; parent: those of the same parent; family: those the region file puts in one
    -- family; statistical_neighbours: those in marts.statistical_neighbour; usual: what is
    -- usual for such roads. Never null.
    comparison.comparator,
    -- Value of the whole comparator group (of the neighbours without the area itself, for statistical_neighbours), in
    -- the outcome's unit; null if none of it has one.
    comparison.comparator_value,
    -- Lower end of what is usual, same unit: 95 % of areas of this one's size that are like the others lie between,
    -- by chance and by what makes areas differ anyway; null where not testable.
    comparison.usual_low,
    -- Upper end of it, same unit; null where not testable.
    comparison.usual_high,
    -- Two-sided p-value of the area against the others of the group, if areas differed by chance alone; null where not
    -- testable.
    comparison.p_chance,
    -- Two-sided p-value of the same, with the differences usual between areas of the level (over-dispersion) allowed
    -- for; null where not testable.
    comparison.p,
    -- False-discovery-rate q-value over the group's areas; null where not testable.
    comparison.q,
    -- better or worse (q below 0.05), similar, too few data, uncertainty unknown, or not judged where neither
    -- direction is better. Never null.
    comparison.verdict
from core.comparison as comparison
