-- One row per satisfaction outcome, area and period: a score published for it, or else one made from survey answers,
-- or else one put together from scores published for other areas.
-- key: outcome, area_level, area_code, period_start, period_end
with figure as (
    select
        outcome, area_level, area_code, period_start, period_end, score, base,
        null::double as standard_error, null::bigint as degrees_of_freedom, null::double as effective_base,
        source,
        'published score, under the code ' || given_code || ' (' || change || ')' as method,
        null::varchar as uncertainty_kind, 1 as choice
    from core.carried_part
    where is_of_it
    union all
    select
        survey.outcome, survey.area_level, survey.area_code, survey.period_start, survey.period_end, survey.score,
        survey.base, survey.standard_error, survey.degrees_of_freedom, survey.effective_base, survey.source, null,
        null, 2
    from core.survey_mean as survey
    inner join core.area as area
        on survey.area_level = area.area_level and survey.area_code = area.area_code and not area.is_context
    union all
    select
        outcome, area_level, area_code, period_start, period_end, score, base, standard_error, null, null, source,
        method, uncertainty_kind, 3
    from core.carried_score
    where not_computable is null
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    figure.outcome,
    -- Area level, as named in the region file. Never null.
    figure.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    figure.area_code,
    -- First day of the period. Never null.
    figure.period_start,
    -- Last day of the period. Never null.
    figure.period_end,
    -- Score from 0 (worst) to 100 (best); null where the publisher gave none.
    figure.score,
    -- People who answered; null where the publisher did not say.
    figure.base,
    -- Standard error, points: design-based for answers, combined for scores of other areas; null for published scores.
    figure.standard_error,
    -- Clusters less strata; null but for answers.
    figure.degrees_of_freedom,
    -- People drawn singly who would tell as much; null but for answers.
    figure.effective_base,
    -- Source ids, comma-separated. Never null.
    figure.source,
    -- How the score was made, with what is taken for granted; null where published for the area, or of answers.
    figure.method,
    -- What the standard error holds; null likewise.
    figure.uncertainty_kind
from figure
-- Where a small area's estimate borrows from others, that is its value: see core.figure_satisfaction.
anti join core.figure_satisfaction as modelled
    on figure.outcome = modelled.outcome
        and figure.area_level = modelled.area_level
        and figure.area_code = modelled.area_code
        and figure.period_start = modelled.period_start
        and figure.period_end = modelled.period_end
        and figure.choice > 1
qualify row_number() over (
        partition by figure.outcome, figure.area_level, figure.area_code, figure.period_start, figure.period_end
        order by figure.choice, figure.source, figure.method
    ) = 1
