-- One row per satisfaction outcome, area, calendar year, source, stratum and cluster that somebody answered in: sums of
-- answers. An answer under a code that has changed counts where all that followed it lies.
-- key: outcome, area_level, area_code, period_start, source, stratum, cluster
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

-- Clusters where nobody of an area answered tell of it too: all of a stratum's are counted, answers or not.
design as (
    select source, outcome, year(surveyed_on) as year, stratum, count(distinct cluster) as cluster_count
    from staging.satisfaction_response
    group by all
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    living.outcome,
    -- Area level, as named in the region file. Never null.
    living.in_level as area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    living.in_code as area_code,
    -- First day of the year. Never null.
    make_date(year(living.surveyed_on), 1, 1) as period_start,
    -- Source id of the survey. Never null.
    living.source,
    -- Stratum of the survey; empty where it has none. Never null.
    coalesce(living.stratum, '') as stratum,
    -- Primary sampling unit. Never null.
    living.cluster,
    -- Clusters of the stratum that year, also those without an answer of this area. Never null.
    any_value(design.cluster_count) as clusters_in_stratum,
    -- People who answered. Never null.
    count(*) as base,
    -- Sum of their weights, above zero. Never null.
    sum(living.weight) as weight,
    -- Sum of their squared weights. Never null.
    sum(living.weight ** 2) as squared_weight,
    -- Sum of weight times score, scores from 0 to 100. Never null.
    sum(living.weight * living.score) as weighted_score,
    -- Sum of weight times squared score. Never null.
    sum(living.weight * living.score ** 2) as weighted_square
from living
inner join design
    on living.source = design.source
        and living.outcome = design.outcome
        and year(living.surveyed_on) = design.year
        and living.stratum is not distinct from design.stratum
where living.score is not null and living.weight > 0
group by
    living.outcome, living.in_level, living.in_code, year(living.surveyed_on), living.source, living.stratum,
    living.cluster
