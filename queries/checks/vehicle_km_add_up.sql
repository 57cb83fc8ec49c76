-- The vehicle-kilometres of areas with what lies outside them, and those of sections, add up to those of their links.
-- severity: fail
with area as (
    select area_level as parts, year, sum(vehicle_km) as vehicle_km
    from core.traffic_exposure
    group by all
),

outside as (
    select
        piece.area_level as parts, traffic.year,
        sum(
            traffic.vehicle_km / traffic.length_m
            * (least(piece.to_m, traffic.to_m) - greatest(piece.from_m, traffic.from_m))
        ) as vehicle_km
    from core.link_traffic as traffic
    inner join core.link_piece as piece
        on traffic.source = piece.source
            and traffic.link_id = piece.link_id
            and traffic.from_m < piece.to_m
            and traffic.to_m > piece.from_m
    where piece.area_code is null
    group by all
),

section as (
    select 'sections' as parts, year, sum(vehicle_km) as vehicle_km
    from core.section_exposure
    group by all
),

part as (
    from area
    union all
    from outside
    union all
    from section
),

added as (
    select parts, year, sum(coalesce(vehicle_km, 0)) as vehicle_km
    from part
    group by all
),

whole as (
    select
        year, sum(vehicle_km) as vehicle_km,
        coalesce(sum(vehicle_km) filter (corridor is not null), 0) as numbered_vehicle_km
    from core.link_traffic
    group by all
)

select
    added.parts,
    added.year,
    added.vehicle_km as parts_vehicle_km,
    case when added.parts = 'sections' then whole.numbered_vehicle_km else whole.vehicle_km end as links_vehicle_km
from added
inner join whole on added.year = whole.year
-- Pieces of links add up to the millimetre, not beyond.
where
    abs(
        added.vehicle_km
        - case when added.parts = 'sections' then whole.numbered_vehicle_km else whole.vehicle_km end
    ) > 1e-6 * whole.vehicle_km
