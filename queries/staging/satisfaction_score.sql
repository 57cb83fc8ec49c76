-- One row per published score that the region file maps to an outcome, for a period that is understood.
-- key: source, area_code, outcome, period_start, period_end
select
    -- Source id; joins to raw.source. Never null.
    score.source,
    -- Code of the area as published (GSS in Britain). Never null.
    score.area_code,
    -- Outcome the indicator measures. Never null.
    indicator.outcome,
    -- First day of the period, a year or a span of years as published. Never null.
    period_start_of(score.period) as period_start,
    -- Last day of the period as published. Never null.
    period_end_of(score.period) as period_end,
    -- Score from 0 (worst) to 100 (best); null where the publisher gave none, or one off its own scale.
    case
        when score.score between source.lowest and source.highest
            then 100 * (score.score - source.lowest) / (source.highest - source.lowest)
    end as score,
    -- People who answered; null where the publisher did not say.
    score.base
from raw.satisfaction_score as score
inner join raw.source as source on score.source = source.source
inner join raw.indicator as indicator
    on score.source = indicator.source and score.indicator = indicator.indicator
where period_start_of(score.period) is not null
