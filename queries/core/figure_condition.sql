-- One row per area, period and class of road whose condition is published.
-- The part of road in poor condition has no interval: neighbouring stretches are alike, so the length surveyed does not
-- say how many independent looks it is worth.
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    'condition_' || replace(condition.road_class, '_and_', '_') || '_roads' as outcome,
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area.area_code,
    -- First day of the period. Never null.
    condition.period_start,
    -- Last day of the period. Never null.
    condition.period_end,
    -- Part that should be considered for maintenance, percent; null where not given or withheld.
    condition.poor_percent as value,
    -- Not known: null.
    null::double as lower,
    -- Not known: null.
    null::double as upper,
    -- Not known: null.
    null::double as standard_error,
    -- Lengths are not observations: null.
    null::bigint as observations,
    -- A length is not what events arose in: null.
    null::double as exposure,
    -- Likewise null.
    null::varchar as exposure_unit,
    -- Figure as published, percent; null where not given or withheld.
    condition.poor_percent as raw_value,
    -- Why there is no interval. Never null.
    case when condition.poor_percent is null then 'none: figure is missing' else 'unknown' end as uncertainty_kind,
    -- How the figure was made. Never null.
    concat_ws(', ', 'published figure', condition.survey_method) as method,
    -- Source id. Never null.
    condition.source,
    -- How areas are compared. Never null.
    'score' as scale,
    -- Series it belongs to; null where there are no breaks.
    condition.series,
    -- True where the publisher withholds the figure. Never null.
    condition.is_suppressed
from staging.road_condition as condition
inner join core.area as area on condition.area_code = area.area_code and not area.is_context
-- Of sources that say the same, the first by name that gives a figure.
qualify row_number() over (
        partition by
            condition.road_class, area.area_level, area.area_code, condition.period_start, condition.period_end
        order by condition.poor_percent is null, condition.source
    ) = 1
