-- One row per outcome, area and period: collisions in the long run, as so many times what is usual for such roads.
-- key: outcome, area_level, area_code, period_start, period_end
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('collisions', 'roads', 'traffic_counts')
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    usual.event || '_against_usual' as outcome,
    -- Area level, as named in the region file. Never null.
    usual.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    usual.area_code,
    -- First day of the period. Never null.
    usual.period_start,
    -- Last day of the period. Never null.
    usual.period_end,
    -- Empirical Bayes estimate / expected: 1 is usual. Never null.
    usual.estimate / usual.expected as value,
    -- Lower 95 % limit; null where nothing tells areas apart.
    usual.lower / usual.expected as lower,
    -- Upper 95 % limit; null where nothing tells areas apart.
    usual.upper / usual.expected as upper,
    -- Standard error of the ratio; null where nothing tells areas apart.
    case when usual.lower is not null then usual.standard_error / usual.expected end as standard_error,
    -- Collisions on roads of known exposure; of adjusted severity to the nearest whole. Never null.
    round(usual.observed)::bigint as observations,
    -- Collisions that are usual. Never null.
    usual.expected as exposure,
    -- What they are usual for, in words. Never null.
    'collisions usual for such ' || usual.exposed_to as exposure_unit,
    -- Observed / expected. Never null.
    usual.observed / usual.expected as raw_value,
    -- How the interval was made, or why there is none. Never null.
    case when usual.lower is null then 'unknown' else 'empirical Bayes (gamma)' end as uncertainty_kind,
    -- How the value was made, and of fatal and serious collisions the series of severity. Never null.
    'empirical Bayes / expected' || case
        when usual.event <> 'ksi' then '' when usual.is_adjusted then ', adjusted severity'
        else ', severity as recorded'
    end as method,
    -- For fatal and serious collisions: adjusted severity, or severity as recorded, which are two series; null else.
    case
        when usual.event <> 'ksi' then null when usual.is_adjusted then 'adjusted severity'
        else 'severity as recorded'
    end as series,
    -- Source ids, comma-separated. Never null.
    source.source,
    -- Areas differ by so many times. Never null.
    'ratio' as scale
from core.usual_area as usual
cross join source
