-- One row per satisfaction outcome, area finer than an authority, and year of survey answers: what like areas make of
-- it. A prediction where nobody, or too few, were asked (kind synthetic) is no evidence of the area, and so not in
-- marts.outcome.
-- key: outcome, area_level, area_code, period_start, period_end
select
    -- Outcome; described in marts.outcome_definition. Never null.
    score.outcome,
    -- Area level, as in marts.area_level. Never null.
    score.area_level,
    -- Code of the area, as in marts.area. Never null.
    score.area_code,
    -- First day of the year. Never null.
    score.period_start,
    -- Last day of the year. Never null.
    score.period_end,
    -- eblup: own answers drawn towards the prediction; synthetic: the prediction alone; direct or none: no prediction,
    -- see problem. Never null.
    score.kind,
    -- Score from 0 (worst) to 100 (best); null where there is no prediction.
    case when score.kind in ('eblup', 'synthetic') then score.value end as value,
    -- Lower 95 % limit; null likewise.
    case when score.kind in ('eblup', 'synthetic') then score.lower end as lower,
    -- Upper 95 % limit; null likewise.
    case when score.kind in ('eblup', 'synthetic') then score.upper end as upper,
    -- Square root of the mean squared error, points; null likewise.
    case when score.kind in ('eblup', 'synthetic') then score.standard_error end as standard_error,
    -- Weighted mean of own answers; null where fewer than the outcome needs answered.
    case when score.base >= definition.minimum_observations then score.direct end as direct_value,
    -- Its standard error, variances pooled over areas, points; null likewise.
    case when score.base >= definition.minimum_observations then score.direct_error end as direct_standard_error,
    -- Part of own answers in the value, 0 to 1; null but for eblup.
    score.direct_weight,
    -- People who answered in the area. Never null.
    score.base,
    -- What the prediction is made from, comma-separated; null where there is none.
    score.covariates,
    -- Areas with answers enough to fit it on. Never null.
    score.fitted_areas,
    -- Variance between areas that the covariates do not tell, points squared; null where there is no prediction.
    score.model_variance,
    -- How that was estimated; null likewise.
    score.variance_method,
    -- Why there is no prediction at this level; null where there is one.
    score.problem,
    -- Source ids, comma-separated; each is in meta.source. Never null.
    score.source
from core.small_area_score as score
inner join run.outcome_definition as definition on score.outcome = definition.outcome
