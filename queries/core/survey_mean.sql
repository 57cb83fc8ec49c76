-- One row per satisfaction outcome, area and calendar year: the weighted mean of survey answers, with its design.
-- The standard error allows for weights, strata and clusters by linearisation, an area being a part of its survey
-- (Lohr 2021, Sampling: Design and Analysis, section 9.1; Korn and Graubard 1999, Analysis of Health Surveys,
-- section 5.2, for degrees of freedom; Kish 1965, Survey Sampling, sections 8.2 and 11.7, for the effective base).
-- A stratum of one cluster is held against the mean of the area. Sources are strata of their own.
-- key: outcome, area_level, area_code, period_start
with deviation as (
    -- What each cluster adds to the area's mean, as if it were linear in the answers.
    select
        *,
        (weighted_score - weight * sum(weighted_score) over of_area / sum(weight) over of_area)
        / sum(weight) over of_area as part
    from core.survey_cluster
    window of_area as (partition by outcome, area_level, area_code, period_start)
),

strata as (
    select
        outcome, area_level, area_code, period_start, source, stratum,
        any_value(clusters_in_stratum) as n, count(*) as clusters, sum(base)::bigint as base,
        sum(weight) as weight, sum(squared_weight) as squared_weight, sum(weighted_score) as weighted_score,
        sum(weighted_square) as weighted_square,
        case
            when any_value(clusters_in_stratum) = 1 then sum(part ** 2)
            else greatest(sum(part ** 2) - sum(part) ** 2 / n, 0) * n / (n - 1)
        end as variance
    from deviation
    group by all
),

area as (
    select
        outcome, area_level, area_code, period_start,
        sum(weighted_score) / sum(weight) as score,
        sum(weighted_square) / sum(weight) - (sum(weighted_score) / sum(weight)) ** 2 as spread,
        sum(base)::bigint as base, sum(weight) ** 2 / sum(squared_weight) as kish_base,
        sum(clusters)::bigint as clusters, count(*) as strata, count_if(n = 1)::bigint as single_strata,
        case when sum(clusters) > count(*) then sum(variance) end as variance,
        string_agg(distinct source, ',' order by source) as source
    from strata
    group by all
),

-- What rounding leaves of answers that are all alike is no spread.
judged as (
    select
        *,
        case when spread > 1e-9 and base > 1 then variance / (spread / (base - 1)) end as design_effect
    from area
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    judged.outcome,
    -- Area level, as named in the region file. Never null.
    judged.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    judged.area_code,
    -- First day of the year. Never null.
    judged.period_start,
    -- Last day of the year. Never null.
    make_date(year(judged.period_start), 12, 31) as period_end,
    -- Score from 0 (worst) to 100 (best). Never null.
    judged.score,
    -- People who answered. Never null.
    judged.base,
    -- Design-based standard error, points; null where no stratum shows how clusters vary.
    case when judged.spread > 1e-9 then sqrt(judged.variance) else judged.variance * 0 end as standard_error,
    -- Clusters less strata. Never null.
    judged.clusters - judged.strata as degrees_of_freedom,
    -- Variance over that of as many people drawn singly; null where either is not known or answers are all alike.
    judged.design_effect,
    -- People drawn singly who would tell as much; by weights alone where the design effect is not known. Never null.
    case when judged.design_effect > 0 then judged.base / judged.design_effect else judged.kish_base end
        as effective_base,
    -- Clusters that anybody of the area answered in. Never null.
    judged.clusters,
    -- Strata of these. Never null.
    judged.strata,
    -- Strata of one cluster in the whole survey. Never null.
    judged.single_strata,
    -- Source ids, comma-separated. Never null.
    judged.source
from judged
