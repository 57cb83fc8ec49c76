-- One row per area and period: median days from report to fix, reports still open counted for as long as they were.
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    'median_days_to_fix' as outcome,
    -- Area level, as named in the region file. Never null.
    of_group.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    of_group.area_code,
    -- First day of the period. Never null.
    of_group.period_start,
    -- Last day of the period. Never null.
    of_group.period_end,
    -- Days; null where uncertainty_kind says why.
    median.median_days as value,
    -- Lower 95 % limit, days; null likewise.
    median.median_lower as lower,
    -- Upper 95 % limit, days; null likewise.
    median.median_upper as upper,
    -- Standard error, days, from the interval on the scale of ratios; null without a value or where a limit is zero.
    case
        when median.median_lower > 0
            then median.median_days * ln(median.median_upper / median.median_lower) / (2 * 1.959964)
    end as standard_error,
    -- Reports whose time is known. Never null.
    of_group.report_count - of_group.unusable_count as observations,
    -- Reports arise in nothing here: null.
    null::double as exposure,
    -- Likewise null.
    null::varchar as exposure_unit,
    -- Middle of the days of those fixed, as if none were open; null where there is no value.
    case when median.median_days is not null then of_group.fixed_median_days end as raw_value,
    -- How the interval was made, or why there is no value. Never null.
    coalesce(median.median_kind, 'none: no report whose time is known') as uncertainty_kind,
    -- How the value was made. Never null.
    'Kaplan-Meier median, open reports censored' as method,
    -- Source ids, comma-separated. Never null.
    of_group.source,
    -- Areas differ by so many times. Never null.
    'ratio' as scale
from core.report_group as of_group
left join core.report_median as median on of_group.group_number = median.group_number
where of_group.category is null
