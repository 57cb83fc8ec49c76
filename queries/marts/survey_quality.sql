-- One row per satisfaction outcome, area and year of survey answers: how much the answers can bear.
-- key: outcome, area_level, area_code, period_start, period_end
with judged as (
    select
        survey.*, survey.base < definition.minimum_observations as is_suppressed,
        -- What marts.outcome does not tell is not told here.
        coalesce(estimate.is_suppressed and estimate.observations is null, false)
        or (
            survey.base < getvariable('small_count_threshold')
            and exists (
                select 1
                from raw.source as given
                where given.publish = 'aggregates' and list_contains(string_split(survey.source, ','), given.source)
            )
        ) as is_hidden
    from core.survey_mean as survey
    left join core.estimate as estimate
        on survey.outcome = estimate.outcome
            and survey.area_level = estimate.area_level
            and survey.area_code = estimate.area_code
            and survey.period_start = estimate.period_start
            and survey.period_end = estimate.period_end
    inner join run.outcome_definition as definition on survey.outcome = definition.outcome
    inner join core.area as area
        on survey.area_level = area.area_level and survey.area_code = area.area_code and not area.is_context
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    judged.outcome,
    -- Area level, as in marts.area_level. Never null.
    judged.area_level,
    -- Code of the area, as in marts.area. Never null.
    judged.area_code,
    -- First day of the year. Never null.
    judged.period_start,
    -- Last day of the year. Never null.
    judged.period_end,
    -- People who answered; null where so few did that their number is withheld.
    case when not judged.is_hidden then judged.base end as base,
    -- People drawn singly who would tell as much; null where suppressed.
    case when not judged.is_suppressed then judged.effective_base end as effective_base,
    -- Variance over that of as many people drawn singly; null where suppressed, where clusters do not show how they
    -- vary, or where all answers are alike.
    case when not judged.is_suppressed then judged.design_effect end as design_effect,
    -- Design-based standard error, points; null where suppressed or where clusters do not show how they vary.
    case when not judged.is_suppressed then judged.standard_error end as standard_error,
    -- Clusters less strata; with few, the standard error is itself a guess; null likewise.
    case when not judged.is_hidden then judged.degrees_of_freedom end as degrees_of_freedom,
    -- Clusters that anybody of the area answered in; null likewise.
    case when not judged.is_hidden then judged.clusters end as clusters,
    -- Strata of these; null likewise.
    case when not judged.is_hidden then judged.strata end as strata,
    -- Strata of one cluster in the whole survey, which cannot show how clusters vary. Never null.
    judged.single_strata,
    -- True where fewer people answered than the outcome needs. Never null.
    judged.is_suppressed,
    -- Source ids of the surveys, comma-separated; each is in meta.source. Never null.
    judged.source
from judged
