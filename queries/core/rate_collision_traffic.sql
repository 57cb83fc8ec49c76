-- One row per safety outcome by traffic, area and period: collisions where traffic is known, and vehicle-km there.
-- Only areas where traffic is known on half of the length of motorways and A roads at least, and where ten events at
-- least would be usual at the rate of all such areas of their level: one collision on a short stretch ranks nowhere.
-- key: outcome, area_level, area_code, period_start, period_end
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('collisions', 'roads', 'traffic_counts')
),

known as (
    select
        event, area_level, area_code, period_start, period_end, is_adjusted,
        sum(observed::decimal(18, 6)) filter (basis = 'traffic') as n,
        sum(variance::decimal(18, 6)) filter (basis = 'traffic') as variance,
        sum(exposure::decimal(18, 3)) filter (basis = 'traffic')::double as vehicle_km,
        sum(km) filter (basis = 'traffic' and road_class in ('motorway', 'a')) as known_km,
        sum(km) filter (road_class in ('motorway', 'a')) as main_km
    from core.road_cell
    group by all
    having vehicle_km > 0 and known_km >= 0.5 * main_km
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    known.event || '_per_100m_vehicle_km' as outcome,
    -- Area level, as named in the region file. Never null.
    known.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    known.area_code,
    -- First day of the period. Never null.
    known.period_start,
    -- Last day of the period. Never null.
    known.period_end,
    -- Collisions where traffic is known in their year; of adjusted severity to the nearest whole. Never null.
    round(known.n)::bigint as observations,
    -- Not worked out for these: always null.
    null::bigint as low_observations,
    -- Not worked out for these: always null.
    null::bigint as high_observations,
    -- Motor vehicle kilometres over the period where traffic is known. Never null.
    known.vehicle_km as exposure,
    -- What exposure is counted in, in words. Never null.
    'vehicle-km where traffic is known' as exposure_unit,
    -- The rate is given per so many units of exposure.
    1e8::double as per,
    -- Sum of the chances that each was such an event; null where each event is one.
    case when known.variance is not null then known.n::double end as chances,
    -- Sum of the squared chances; null likewise.
    known.variance::double as variance,
    -- Weight of one event more: the largest chance an event can have.
    1::double as next_weight,
    -- For fatal and serious collisions: adjusted severity, or severity as recorded, which are two series; null else.
    case
        when known.event = 'ksi' and known.is_adjusted then 'adjusted severity'
        when known.event = 'ksi' then 'severity as recorded'
    end as method,
    -- Series: adjusted severity or severity as recorded, which are never compared; null for all collisions.
    case
        when known.event = 'ksi' and known.is_adjusted then 'adjusted severity'
        when known.event = 'ksi' then 'severity as recorded'
    end as series,
    -- Source ids, comma-separated. Never null.
    source.source
from known
cross join source
window of_level as (partition by known.event, known.area_level, known.period_start, known.period_end)
qualify known.vehicle_km * sum(known.n) over of_level / sum(known.vehicle_km) over of_level >= 10
