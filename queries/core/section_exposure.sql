-- One row per corridor section and year of traffic counts: its vehicle-kilometres, and how much of it is counted.
-- key: corridor, section, year
with part as (
    -- Decimals, because their sum is the same in any order.
    select
        corridor, section, year, basis,
        length_m::decimal(18, 6) as length_m,
        (length_m * aadf)::decimal(18, 3) as flow_m,
        vehicle_km::decimal(18, 3) as vehicle_km
    from core.link_traffic
    where role = 'reference'
),

known as (
    select
        corridor, section, year,
        sum(length_m)::double as known_m,
        (sum(length_m) filter (basis = 'counted'))::double as counted_m,
        sum(flow_m)::double as flow_m,
        sum(vehicle_km)::double as vehicle_km
    from part
    group by all
),

year as (
    select distinct year from staging.traffic_count
)

select
    -- Corridor: road number and part (A61/1). Never null.
    section.corridor,
    -- Number of the section within the corridor, from 1. Never null.
    section.section,
    -- Calendar year. Never null.
    year.year,
    -- Length, metres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    section.length_m,
    -- Share of the length within what counts are published for, 0 to 1. Never null.
    least(coalesce(known.counted_m, 0) / section.length_m, 1) as counted_share,
    -- Share of the length whose traffic is known, there or from the nearest count on the road, 0 to 1. Never null.
    least(coalesce(known.known_m, 0) / section.length_m, 1) as known_share,
    -- Motor vehicles on an average day, both directions, the mean over the length that is known; null where none is.
    known.flow_m / known.known_m as aadf,
    -- Motor vehicle kilometres in the year on the length that is known, not scaled up; null where none is.
    known.vehicle_km
from core.corridor_section as section
cross join year
left join known
    on section.corridor = known.corridor and section.section = known.section and year.year = known.year
