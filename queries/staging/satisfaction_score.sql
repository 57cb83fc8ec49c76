-- One row per published score that the region file maps to an outcome, for a period that is understood.
-- Corrections are applied; staging.correction keeps what the source says itself.
-- key: source, area_code, outcome, period_start, period_end
with correction as (
    select
        about_source as source, about_id as record_id,
        string_agg(correction_id, ', ' order by correction_id) as corrected_by,
        max(corrected_value) filter (field = 'score')::double as score,
        max(corrected_value) filter (field = 'base')::bigint as base
    from staging.correction
    where is_applied and about_kind = 'satisfaction_scores'
    group by all
),

score as (
    select
        raw.* replace (
            coalesce(correction.score, raw.score) as score,
            coalesce(correction.base, raw.base) as base
        ),
        correction.corrected_by
    from raw.satisfaction_score as raw
    left join correction
        on raw.source = correction.source
            and concat_ws('/', raw.area_code, raw.period, raw.indicator) = correction.record_id
)

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
    score.base,
    -- Corrections applied to it, comma-separated; null where it is as its source says.
    score.corrected_by
from score
inner join raw.source as source on score.source = source.source
inner join raw.indicator as indicator
    on score.source = indicator.source and score.indicator = indicator.indicator
where period_start_of(score.period) is not null
