-- One row per satisfaction outcome, area finer than an authority, and year, in which enough people answered to tell
-- something of their area and too few to tell it alone: the estimate that borrows from like areas. An area where
-- nobody, or too few, answered has no row: what could be said of it is a prediction (marts.small_area_score).
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    score.outcome,
    -- Area level, as named in the region file. Never null.
    score.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    score.area_code,
    -- First day of the year. Never null.
    score.period_start,
    -- Last day of the year. Never null.
    score.period_end,
    -- Score from 0 (worst) to 100 (best). Never null.
    score.value,
    -- Lower 95 % limit. Never null.
    score.lower,
    -- Upper 95 % limit. Never null.
    score.upper,
    -- Square root of the mean squared error, points. Never null.
    score.standard_error,
    -- People who answered in the area itself. Never null.
    score.base as observations,
    -- Always null: a score has no exposure.
    null::double as exposure,
    -- Always null.
    null::varchar as exposure_unit,
    -- Weighted mean of the area's own answers. Never null.
    score.direct as raw_value,
    -- True: it borrows, so that few answers hide the raw value only. Never null.
    true as is_borrowing,
    -- How the interval was made. Never null.
    'Fay-Herriot (mean squared error, normal)' as uncertainty_kind,
    -- How the value was made. Never null.
    'own answers, drawn towards what ' || score.covariates || ' suggest (Fay-Herriot EBLUP); own answers weigh '
    || round(100 * score.direct_weight)::integer || ' %' as method,
    -- Source ids, comma-separated. Never null.
    score.source,
    -- Areas differ by so much. Never null.
    'score' as scale
from core.small_area_score as score
where score.kind = 'eblup'
