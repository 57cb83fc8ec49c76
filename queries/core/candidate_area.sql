-- One row per area of the finest level below the authorities with more collisions in the long run than are usual for
-- roads such as it has: it may be a problem. Columns as in core.candidate_section.
-- key: problem
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('collisions', 'roads', 'traffic_counts')
),

traffic as (
    select
        area_level, area_code, period_start, period_end,
        coalesce(sum(km) filter (basis = 'traffic'), 0) / nullif(sum(km), 0) as known_share
    from core.road_cell
    where event = 'collisions'
    group by all
),

usual as (
    select usual.*, depth.position
    from core.usual_area as usual
    inner join raw.level as depth on usual.area_level = depth.area_level
    where
        usual.event = 'collisions'
        and depth.position > (select own.position from raw.level as own where own.is_authority)
    qualify depth.position = max(depth.position) over ()
)

select
    -- Name of the problem: kind and place. Never null.
    usual.area_level || ' ' || usual.area_code as problem,
    -- area. Never null.
    'area' as kind,
    -- Wider than a section or a hotspot. Never null.
    2 as width,
    -- Theme of the register of outcomes. Never null.
    'safety' as theme,
    -- Outcome of the register. Never null.
    'collisions_against_usual' as outcome,
    -- Name for people. Never null.
    area.area_name as name,
    -- Level of area_code. Never null.
    usual.area_level,
    -- Code of the area as published. Never null.
    usual.area_code,
    -- Code of the authority that holds it; null where none does.
    above.ancestor_code as authority_code,
    -- Null: it is no section.
    null::varchar as corridor,
    -- Null: it is no section.
    null::bigint as section,
    -- First day of the period. Never null.
    usual.period_start,
    -- Last day of the period. Never null.
    usual.period_end,
    -- Years that estimate and expected are of. Never null.
    period.years,
    -- Collisions counted on roads of known exposure. Never null.
    usual.observed,
    -- Collisions usual over the period. Never null.
    usual.expected,
    -- Collisions in the long run over such a period. Never null.
    usual.estimate,
    -- Standard error of the estimate, collisions. Never null.
    usual.standard_error,
    -- Mean value of preventing one, pounds; null where there is no mix of severity.
    price.mean_pounds as worth,
    -- Unit of the loss a year. Never null.
    'pounds' as unit,
    -- Year whose prices pounds are in; null likewise.
    price.price_year,
    -- False-discovery-rate q-value; null where too few data.
    usual.q,
    -- Null: it is no stretch of road; kilometres.
    null::double as length_km,
    -- Null likewise.
    null::double as flow,
    -- Share of length and time of its roads whose traffic is known, 0 to 1; null where no roads were given.
    case when usual.exposed_to = 'roads' then traffic.known_share end as known_share,
    -- What it is like: only places of one kind are compared. Never null.
    usual.area_level || ' by ' || usual.exposed_to as place_kind,
    -- Source ids, comma-separated. Never null.
    source.source
from usual
inner join core.area as area on usual.area_level = area.area_level and usual.area_code = area.area_code
inner join core.event_period as period
    on area.region = period.region
        and usual.event = period.event
        and usual.period_start = period.period_start
        and usual.period_end = period.period_end
        and period.is_pooled
left join traffic
    on usual.area_level = traffic.area_level
        and usual.area_code = traffic.area_code
        and usual.period_start = traffic.period_start
        and usual.period_end = traffic.period_end
left join core.area_ancestor as above
    on usual.area_level = above.area_level
        and usual.area_code = above.area_code
        and above.ancestor_level = getvariable('authority_level')
left join core.collision_price as price on area.region = price.region and usual.event = price.event
cross join source
where usual.excess > 0 and usual.verdict <> 'too few data'
