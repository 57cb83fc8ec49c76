-- One row per outcome, area and period: the published estimate with its interval and all that it rests on.
-- Null is not zero: a null value is suppressed where is_suppressed is true, and otherwise missing. Rates at a level
-- whose average area has too few events for a verdict are left out, and marts.not_computable says so.
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    estimate.outcome,
    -- Area level, as in marts.area_level. Never null.
    estimate.area_level,
    -- Code of the area, as in marts.area. Never null.
    estimate.area_code,
    -- Whose areas: as-now means the areas of the basis date in meta.build, whatever they were at the time;
    -- as-was and as-will-be, where the region file asks for them, hold for figures given by code.
    replace(getvariable('basis'), '_', '-') as basis,
    -- First day of the period. Never null.
    estimate.period_start,
    -- Last day of the period. Never null.
    estimate.period_end,
    -- Best estimate, in the outcome's unit; null where suppressed (is_suppressed) or missing.
    estimate.value,
    -- Lower limit of the interval, same unit; null where the uncertainty is unknown or there is no value.
    estimate.lower,
    -- Upper limit of the interval, same unit; null where the uncertainty is unknown or there is no value.
    estimate.upper,
    -- Level of confidence of the interval, 0 to 1. Never null.
    0.95::double as level_of_confidence,
    -- Events counted, or people who answered; null where the publisher did not say, and where the count is hidden (with
    -- is_suppressed) because it is small, or would tell one that is.
    estimate.observations,
    -- What the events arose in, over the whole period, in exposure_unit; null where unknown, for scores, and where the
    -- count is hidden.
    estimate.exposure,
    -- Unit of exposure; null for scores.
    estimate.exposure_unit,
    -- Plain figure before any modelling, same unit; null where suppressed or missing.
    estimate.raw_value,
    -- Value if no event near a border were the area's, same unit; null where it does not apply.
    estimate.low,
    -- Value if every event near its border were the area's, same unit; null where it does not apply.
    estimate.high,
    -- How the interval was made, or why there is none ("unknown": published without a base). Never null.
    estimate.uncertainty_kind,
    -- True where a value exists but too few people stand behind it to show it, or showing it would tell a count that is
    -- too small to be shown. Never null.
    estimate.is_suppressed,
    -- How the value was made. Never null.
    estimate.method,
    -- Source ids, comma-separated; each is in meta.source. Never null.
    estimate.source,
    -- Which way of measuring, where it changed in between; null where there was but one. Rows of different series
    -- are never compared, and no line joins them.
    estimate.series
from core.estimate as estimate
where not estimate.is_rare
