-- One row per answer to a question that the region file maps to an outcome.
-- key: source, respondent_id, surveyed_on, outcome
select
    -- Source id; joins to raw.source. Never null.
    response.source,
    -- Reference of the respondent within the survey. Never null.
    response.respondent_id,
    -- Date of the answer. Never null.
    response.surveyed_on,
    -- Outcome the question measures. Never null.
    indicator.outcome,
    -- Code of the area the respondent lives in; null where coordinates are given instead.
    response.area_code,
    -- Answer from 0 (worst) to 100 (best), or 100 from satisfied and 0 below it where the source says what satisfied
    -- is; null where not answered or off the scale.
    case
        when response.rating between source.lowest and source.highest
            then 100 * coalesce(
                    (response.rating >= source.satisfied_from)::double,
                    (response.rating - source.lowest) / (source.highest - source.lowest)
                )
    end as score,
    -- Survey weight; 1 where the survey has none. Never null.
    coalesce(response.weight, 1) as weight,
    -- Primary sampling unit; the respondent alone where drawn singly. Never null.
    coalesce(response.cluster, response.respondent_id) as cluster,
    -- Stratum the respondent was drawn in; null where there are none.
    response.stratum,
    -- Where the respondent lives, working CRS, metres; null where a code is given instead.
    response.geom
from raw.satisfaction_response as response
inner join raw.source as source on response.source = source.source
inner join raw.indicator as indicator
    on response.source = indicator.source and response.indicator = indicator.indicator
