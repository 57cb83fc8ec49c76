-- One row per area and period: reports per 1,000 residents a year if all reported as readily as the average resident.
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    'reports_per_1000_adjusted' as outcome,
    -- Area level, as named in the region file. Never null.
    area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area_code,
    -- First day of the period. Never null.
    period_start,
    -- Last day of the period. Never null.
    period_end,
    -- Reports per 1,000 residents a year, adjusted; null where uncertainty_kind says why.
    adjusted_per_1000 as value,
    -- Lower 95 % limit, same unit; null likewise.
    adjusted_lower as lower,
    -- Upper 95 % limit, same unit; null likewise.
    adjusted_upper as upper,
    -- Standard error, same unit, from the interval on the scale of ratios; null likewise, and where there is no report.
    case
        when adjusted_lower > 0 then adjusted_per_1000 * ln(adjusted_upper / adjusted_lower) / (2 * 1.959964)
    end as standard_error,
    -- Reports counted in the area. Never null.
    report_count as observations,
    -- Person-years; null where the population is not known.
    person_years as exposure,
    -- What exposure is counted in, in words. Never null.
    'residents x years' as exposure_unit,
    -- Reports per 1,000 residents a year as they are; null where the population is not known.
    raw_per_1000 as raw_value,
    -- How the interval was made, or why there is no value. Never null.
    case when adjusted_per_1000 is null then kind else 'exact Poisson joined to the error of the model' end
        as uncertainty_kind,
    -- How the value was made: what propensity and need were told by. Never null.
    method,
    -- Source ids, comma-separated. Never null.
    source,
    -- Areas differ by so many times. Never null.
    'ratio' as scale
from core.report_adjustment
where problem is null
