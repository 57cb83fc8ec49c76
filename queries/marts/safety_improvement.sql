-- One row per outcome, area and period: collisions a year more or fewer than usual for such roads, and what they cost.
-- Fatal and serious collisions are among all collisions: the pounds of the two outcomes must not be added up.
-- key: outcome, area_level, area_code, period_start, period_end
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('collisions', 'roads', 'traffic_counts')
),

yearly as (
    select usual.*, period.years, price.mean_pounds, price.price_year, price.source as price_source
    from core.usual_area as usual
    inner join core.area as area on usual.area_level = area.area_level and usual.area_code = area.area_code
    inner join core.event_period as period
        on area.region = period.region
            and usual.event = period.event
            and usual.period_start = period.period_start
            and usual.period_end = period.period_end
    left join core.collision_price as price on area.region = price.region and usual.event = price.event
)

select
    -- Outcome: collisions_against_usual or ksi_against_usual. Never null.
    yearly.event || '_against_usual' as outcome,
    -- Area level, as named in the region file. Never null.
    yearly.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    yearly.area_code,
    -- First day of the period. Never null.
    yearly.period_start,
    -- Last day of the period. Never null.
    yearly.period_end,
    -- Collisions counted over the period on roads of known exposure; of adjusted severity a sum of chances. Never null.
    yearly.observed as observed_count,
    -- Collisions usual over the period. Never null.
    yearly.expected as expected_count,
    -- What they are usual for: roads (vehicle-km where counted, else length, by class) or residents. Never null.
    yearly.exposed_to,
    -- Collisions in the long run over such a period, empirical Bayes. Never null.
    yearly.estimate as estimated_count,
    -- Potential for improvement: estimated less usual, collisions a year; below 0 where fewer than usual. Never null.
    yearly.excess / yearly.years as excess_per_year,
    -- Lower 95 % limit of it; null where nothing tells areas apart.
    (yearly.lower - yearly.expected) / yearly.years as excess_per_year_lower,
    -- Upper 95 % limit of it; null where nothing tells areas apart.
    (yearly.upper - yearly.expected) / yearly.years as excess_per_year_upper,
    -- The same in pounds a year: collisions x the mean value of preventing one at the region's mix of severity; null
    -- where there is no mix.
    yearly.excess / yearly.years * yearly.mean_pounds as excess_pounds_per_year,
    -- Lower 95 % limit of it, the value taken as known; null likewise.
    (yearly.lower - yearly.expected) / yearly.years * yearly.mean_pounds as excess_pounds_per_year_lower,
    -- Upper 95 % limit of it, the value taken as known; null likewise.
    (yearly.upper - yearly.expected) / yearly.years * yearly.mean_pounds as excess_pounds_per_year_upper,
    -- Year whose prices the pounds are in; null likewise.
    yearly.price_year,
    -- Where the values by severity were published; null likewise.
    yearly.price_source,
    -- Twice the probability that the area lies on the other side of usual. Never null.
    yearly.p,
    -- False-discovery-rate q-value over the areas of the level and period; null where too few data.
    yearly.q,
    -- better, similar, worse (than usual for such roads) or too few data. Never null.
    yearly.verdict,
    -- How it was made, and of fatal and serious collisions the series of severity. Never null.
    'empirical Bayes less expected' || case
        when yearly.event <> 'ksi' then '' when yearly.is_adjusted then ', adjusted severity'
        else ', severity as recorded'
    end as method,
    -- Source ids, comma-separated. Never null.
    source.source
from yearly
cross join source
