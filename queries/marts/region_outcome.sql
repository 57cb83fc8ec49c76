-- One row per outcome, region, area level and period: the areas of one level put together, as far as they have a value.
-- key: outcome, region, area_level, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    whole.outcome,
    -- Region file. Never null.
    whole.region,
    -- Level of the areas put together, as in marts.area_level. Never null.
    whole.area_level,
    -- First day of the period. Never null.
    whole.period_start,
    -- Last day of the period. Never null.
    whole.period_end,
    -- Value of all, in the outcome's unit; null if no area has one.
    whole.value,
    -- Lower 95 % limit, same unit; null where the uncertainty is unknown or there is no value.
    whole.lower,
    -- Upper 95 % limit, same unit; null where the uncertainty is unknown or there is no value.
    whole.upper,
    -- Events counted, or people asked, in all; null where one area's are not known.
    whole.observations,
    -- What the events arose in, over the whole period, in exposure_unit; null for scores and shares.
    whole.exposure,
    -- Unit of exposure; null for scores and shares.
    whole.exposure_unit,
    -- Areas that have a row in marts.outcome. Never null.
    whole.area_count,
    -- Areas with a value, which the figure is of. Never null.
    whole.valued_area_count,
    -- Areas left out because they are suppressed. Never null.
    whole.suppressed_area_count,
    -- exposure, observations, residents, or alike; null if no area has a value.
    whole.weighed_by,
    -- How the interval was made, or why there is none. Never null.
    whole.uncertainty_kind,
    -- Which way of measuring, as in marts.outcome; null where there was but one.
    whole.series
from core.region_outcome as whole
