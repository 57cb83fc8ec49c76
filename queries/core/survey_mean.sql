-- One row per satisfaction outcome, area and calendar year: the weighted mean of survey answers.
-- The standard error allows for weights and clusters by linearisation (Lohr 2021, Sampling: Design and Analysis,
-- section 9.1). An answer under a code that has changed counts where all that followed it lies.
-- key: outcome, area_level, area_code, period_start
with line as (
    -- By code alone, as respondents name their area: one code may be an area of two levels (a unitary authority).
    select distinct area_code, ancestor_level as area_level, ancestor_code from core.area_ancestor
),

changed_line as (
    select stated.area_code, stated.stated_on, line.area_level, line.ancestor_code
    from core.stated_area as stated
    inner join line on stated.to_code = line.area_code
    where stated.basis = getvariable('basis')
    group by all
    having sum(stated.share) > 1 - 1e-9
),

living as (
    select response.*, line.area_level as in_level, line.ancestor_code as in_code
    from staging.satisfaction_response as response
    inner join line on response.area_code = line.area_code
    anti join core.stated_area as stated
        on response.area_code = stated.area_code
            and response.surveyed_on = stated.stated_on
            and stated.basis = getvariable('basis')
    union all
    select response.*, changed_line.area_level, changed_line.ancestor_code
    from staging.satisfaction_response as response
    inner join changed_line
        on response.area_code = changed_line.area_code and response.surveyed_on = changed_line.stated_on
    union all
    select response.*, place.area_level, place.area_code
    from staging.satisfaction_response as response
    inner join core.incident_place as place
        on place.incident_kind = 'response'
            and response.source = place.source
            and concat_ws('/', response.respondent_id, response.surveyed_on, response.outcome) = place.incident_id
    where response.area_code is null and place.area_code is not null
),

residual as (
    select
        outcome, in_level as area_level, in_code as area_code, make_date(year(surveyed_on), 1, 1) as period_start,
        source, cluster,
        sum(weight * score) over of_area / sum(weight) over of_area as mean,
        weight * (score - sum(weight * score) over of_area / sum(weight) over of_area)
        / sum(weight) over of_area as part
    from living
    where score is not null and weight > 0
    window of_area as (partition by outcome, in_level, in_code, year(surveyed_on))
),

clustered as (
    select
        outcome, area_level, area_code, period_start, source, cluster,
        any_value(mean) as mean, sum(part) as part, count(*) as base
    from residual
    group by all
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    clustered.outcome,
    -- Area level, as named in the region file. Never null.
    clustered.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    clustered.area_code,
    -- First day of the year. Never null.
    clustered.period_start,
    -- Last day of the year. Never null.
    make_date(year(clustered.period_start), 12, 31) as period_end,
    -- Score from 0 (worst) to 100 (best). Never null.
    any_value(clustered.mean) as score,
    -- People who answered. Never null.
    sum(clustered.base)::bigint as base,
    -- Design-based standard error, points; null for one cluster, which says nothing of how clusters vary.
    case when count(*) > 1 then sqrt(count(*) / (count(*) - 1) * sum(clustered.part ** 2)) end as standard_error,
    -- Clusters less one. Never null.
    count(*) - 1 as degrees_of_freedom,
    -- Source ids, comma-separated. Never null.
    string_agg(distinct clustered.source, ',' order by clustered.source) as source
from clustered
group by clustered.outcome, clustered.area_level, clustered.area_code, clustered.period_start
