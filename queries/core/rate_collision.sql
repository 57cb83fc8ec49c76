-- One row per safety outcome, area and period: events and the exposure they arose in.
-- key: outcome, area_level, area_code, period_start, period_end
with source as (
    select string_agg(source, ',' order by source) as source from raw.source where kind = 'collisions'
),

event as (
    select
        'collisions' as event, area_level, area_code, period_start, period_end, years,
        collision_count as n, collision_count_low as n_low, collision_count_high as n_high,
        null::double as chances, null::double as chances_low, null::double as chances_high, null::double as variance,
        null as method
    from core.collision_count
    where is_of_all
    union all
    select
        'ksi', area_level, area_code, period_start, period_end, years, coalesce(round(ksi_adjusted)::bigint, ksi_count),
        coalesce(round(ksi_adjusted_low)::bigint, ksi_count_low),
        coalesce(round(ksi_adjusted_high)::bigint, ksi_count_high),
        ksi_adjusted, ksi_adjusted_low, ksi_adjusted_high, ksi_adjusted_variance,
        case when ksi_adjusted is null then 'severity as recorded' else 'adjusted severity' end
    from core.collision_count
    where is_of_ksi
),

exposure as (
    select area_level, area_code, 'per_km' as kind, 'km of road x years' as unit, 1::double as per, road_km as amount
    from core.exposure
    union all
    select area_level, area_code, 'per_100k', 'residents x years', 100000, population from core.exposure
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    event.event || '_' || exposure.kind as outcome,
    -- Area level, as named in the region file. Never null.
    event.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    event.area_code,
    -- First day of the period. Never null.
    event.period_start,
    -- Last day of the period. Never null.
    event.period_end,
    -- Events counted in the area; of adjusted severity the sum of chances to the nearest whole. Never null.
    event.n as observations,
    -- Events counted if none near a border were the area's. Never null.
    event.n_low as low_observations,
    -- Events counted if all near its border were the area's. Never null.
    event.n_high as high_observations,
    -- Kilometre-years or person-years; null where length or population is not known.
    exposure.amount * event.years as exposure,
    -- What exposure is counted in, in words. Never null.
    exposure.unit as exposure_unit,
    -- The rate is given per so many units of exposure.
    exposure.per,
    -- Sum of the chances that each was such an event; null where each event is one.
    event.chances,
    -- The same of those not near a border; null likewise.
    event.chances_low as low_chances,
    -- The same if all near its border were the area's; null likewise.
    event.chances_high as high_chances,
    -- Sum of the squared chances; null likewise.
    event.variance,
    -- Weight of one event more: the largest chance an event can have.
    1::double as next_weight,
    -- For fatal and serious collisions: adjusted severity, or severity as recorded, which are two series; null else.
    event.method,
    -- Series: the same words, since figures of the two are never compared; null where there is but one.
    event.method as series,
    -- Source ids, comma-separated. Never null.
    source.source
from event
inner join exposure on event.area_level = exposure.area_level and event.area_code = exposure.area_code
cross join source
-- A region without roads or populations at a level has nothing to say there, rather than rows of nulls.
qualify bool_or(exposure.amount is not null) over (partition by event.area_level, exposure.kind)
