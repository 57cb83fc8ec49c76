-- One row per satisfaction outcome, area and period: a published score, or else one made from survey answers.
-- Answers are averaged with their weights, and the standard error allows for weights and clusters by
-- linearisation (Lohr 2021, Sampling: Design and Analysis, section 9.1).
-- key: outcome, area_level, area_code, period_start, period_end
with answer as (
    select
        response.outcome, line.ancestor_level as area_level, line.ancestor_code as area_code,
        make_date(year(response.surveyed_on), 1, 1) as period_start,
        make_date(year(response.surveyed_on), 12, 31) as period_end,
        response.source, response.cluster, response.weight, response.score
    from staging.satisfaction_response as response
    left join core.incident_place as place
        on response.area_code is null
            and place.incident_kind = 'response'
            and place.source = response.source
            and place.incident_id = concat_ws('/', response.respondent_id, response.surveyed_on, response.outcome)
    inner join core.area_ancestor as line
        on coalesce(response.area_code, place.area_code) = line.area_code
            and coalesce(place.area_level, line.area_level) = line.area_level
    where response.score is not null
        -- A point is placed at every level; its finest says all.
        and (place.area_level is null or line.area_level = line.ancestor_level)
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
        outcome, area_level, area_code, period_start, period_end, cluster,
        any_value(mean) as mean, sum(part) as part, count(*) as base, any_value(source) as source
    from residual
    group by all
),

surveyed as (
    select
        outcome, area_level, area_code, period_start, period_end,
        any_value(mean) as score, sum(base)::bigint as base, count(*) as clusters,
        -- One cluster says nothing of how clusters vary: no standard error, rather than zero.
        case when count(*) > 1 then sqrt(count(*) / (count(*) - 1) * sum(part ** 2)) end as standard_error,
        any_value(source) as source
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
    -- Area level. Never null.
    figure.area_level,
    -- Code of the area. Never null.
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
    -- Source id. Never null.
    figure.source
from figure
qualify row_number() over (
        partition by figure.outcome, figure.area_level, figure.area_code, figure.period_start, figure.period_end
        order by figure.choice
    ) = 1
