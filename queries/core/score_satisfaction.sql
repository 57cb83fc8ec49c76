-- One row per satisfaction outcome, area and period: a published score, or else one made from survey answers.
-- Answers are averaged with their weights, and the standard error allows for weights and clusters by
-- linearisation (Lohr 2021, Sampling: Design and Analysis, section 9.1).
-- key: outcome, area_level, area_code, period_start, period_end
with line as (
    -- By code alone, as respondents name their area: one code may be an area of two levels (a unitary authority).
    select distinct area_code, ancestor_level as area_level, ancestor_code from core.area_ancestor
),

living as (
    select response.*, line.area_level as in_level, line.ancestor_code as in_code
    from staging.satisfaction_response as response
    inner join line on response.area_code = line.area_code
    union all
    select response.*, place.area_level, place.area_code
    from staging.satisfaction_response as response
    inner join core.incident_place as place
        on place.incident_kind = 'response'
            and response.source = place.source
            and concat_ws('/', response.respondent_id, response.surveyed_on, response.outcome) = place.incident_id
    where response.area_code is null and place.area_code is not null
),

answer as (
    select
        outcome, in_level as area_level, in_code as area_code,
        make_date(year(surveyed_on), 1, 1) as period_start, make_date(year(surveyed_on), 12, 31) as period_end,
        source, cluster, weight, score
    from living
    where score is not null and weight > 0
),

residual as (
    select
        *,
        sum(weight * score) over of_area / sum(weight) over of_area as mean,
        weight * (score - sum(weight * score) over of_area / sum(weight) over of_area)
        / sum(weight) over of_area as part
    from answer
    window of_area as (partition by outcome, area_level, area_code, period_start)
),

clustered as (
    select
        outcome, area_level, area_code, period_start, period_end, source, cluster,
        any_value(mean) as mean, sum(part) as part, count(*) as base
    from residual
    group by all
),

surveyed as (
    select
        outcome, area_level, area_code, period_start, period_end,
        any_value(mean) as score, sum(base)::bigint as base, count(*) as clusters,
        -- One cluster says nothing of how clusters vary: no standard error, rather than zero.
        case when count(*) > 1 then sqrt(count(*) / (count(*) - 1) * sum(part ** 2)) end as standard_error,
        string_agg(distinct source, ',' order by source) as source
    from clustered
    group by all
),

published as (
    select
        score.outcome, area.area_level, area.area_code, score.period_start, score.period_end,
        score.score, score.base, score.source
    from staging.satisfaction_score as score
    inner join core.area as area on score.area_code = area.area_code and not area.is_context
    where score.period_start is not null
),

figure as (
    select
        outcome, area_level, area_code, period_start, period_end, score, base,
        null::double as standard_error, null::bigint as degrees_of_freedom, source, 1 as choice
    from published
    union all
    select
        surveyed.outcome, surveyed.area_level, surveyed.area_code, surveyed.period_start, surveyed.period_end,
        surveyed.score, surveyed.base, surveyed.standard_error, surveyed.clusters - 1, surveyed.source, 2
    from surveyed
    inner join core.area as area
        on surveyed.area_level = area.area_level and surveyed.area_code = area.area_code and not area.is_context
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
    -- Design-based standard error, points; null for published scores.
    figure.standard_error,
    -- Clusters less one; null for published scores.
    figure.degrees_of_freedom,
    -- Source ids, comma-separated. Never null.
    figure.source
from figure
qualify row_number() over (
        partition by figure.outcome, figure.area_level, figure.area_code, figure.period_start, figure.period_end
        order by figure.choice, figure.source
    ) = 1
