-- One row per area and year of traffic counts: vehicle-kilometres where the traffic is known, and how much that is.
-- Nothing is scaled up to the roads whose traffic is not known.
-- key: area_level, area_code, year
with numbered as (
    select piece.area_level, piece.area_code, sum(piece.length_m) / 1000 as numbered_km
    from core.link_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    where piece.area_code is not null
    group by all
),

part as (
    -- Decimals, because their sum is the same in any order.
    select
        piece.area_level, piece.area_code, traffic.year, traffic.basis, traffic.corridor is not null as is_numbered,
        (least(piece.to_m, traffic.to_m) - greatest(piece.from_m, traffic.from_m))::decimal(18, 6) as known_m,
        (traffic.vehicle_km * known_m / traffic.length_m)::decimal(18, 3) as vehicle_km
    from core.link_traffic as traffic
    inner join core.link_piece as piece
        on traffic.source = piece.source
            and traffic.link_id = piece.link_id
            and traffic.from_m < piece.to_m
            and traffic.to_m > piece.from_m
    where piece.area_code is not null
),

known as (
    select
        area_level, area_code, year,
        sum(known_m) filter (basis = 'counted') / 1000 as counted_km,
        sum(known_m) filter (basis = 'nearest count') / 1000 as nearest_km,
        sum(known_m) filter (is_numbered) / 1000 as numbered_known_km,
        sum(vehicle_km)::double as vehicle_km,
        (sum(vehicle_km) filter (basis = 'counted'))::double as counted_vehicle_km
    from part
    group by all
),

year as (
    select distinct year from staging.traffic_count
)

select
    -- Area level, as named in the region file. Never null.
    exposure.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    exposure.area_code,
    -- Calendar year. Never null.
    year.year,
    -- Centre-line length of carriageways, kilometres; null where no road source is complete for the area.
    exposure.road_km,
    -- Of it, length of roads with a number, kilometres; null where no road source is complete for the area.
    case when exposure.road_km is not null then coalesce(numbered.numbered_km, 0) end as numbered_km,
    -- Length of carriageways within what counts are published for, kilometres. Never null.
    coalesce(known.counted_km, 0) as counted_km,
    -- Length of carriageways beyond that with the flow of the nearest count on their road, kilometres. Never null.
    coalesce(known.nearest_km, 0) as nearest_km,
    -- Share of the length within what counts are published for, 0 to 1; null where the length is not known or zero.
    case when exposure.road_km > 0 then least(coalesce(known.counted_km, 0) / exposure.road_km, 1) end as counted_share,
    -- Share of the length whose traffic is known either way, 0 to 1; null where the length is not known or zero.
    case
        when exposure.road_km > 0
            then least((coalesce(known.counted_km, 0) + coalesce(known.nearest_km, 0)) / exposure.road_km, 1)
    end as known_share,
    -- The same share of the roads with a number, 0 to 1; null where their length is not known or zero.
    case
        when exposure.road_km is not null and numbered.numbered_km > 0
            then least(coalesce(known.numbered_known_km, 0) / numbered.numbered_km, 1)
    end as numbered_known_share,
    -- Motor vehicle kilometres in the year where the traffic is known; null where it is known nowhere.
    known.vehicle_km,
    -- Of these kilometres, those within what counts are published for; null where nothing is.
    known.counted_vehicle_km
from core.exposure as exposure
cross join year
left join numbered on exposure.area_level = numbered.area_level and exposure.area_code = numbered.area_code
left join known
    on exposure.area_level = known.area_level and exposure.area_code = known.area_code and year.year = known.year
