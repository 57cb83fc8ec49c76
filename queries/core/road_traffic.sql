-- One row per area, class of road and year of traffic counts: length and vehicle-kilometres where traffic is known.
-- key: area_level, area_code, road_class, year
with part as (
    -- Decimals, because their sum is the same in any order.
    select
        piece.area_level, piece.area_code, link.road_class, traffic.year,
        (least(piece.to_m, traffic.to_m) - greatest(piece.from_m, traffic.from_m))::decimal(18, 6) as known_m,
        (traffic.vehicle_km * known_m / traffic.length_m)::decimal(18, 3) as vehicle_km
    from core.link_traffic as traffic
    inner join core.link_piece as piece
        on traffic.source = piece.source
            and traffic.link_id = piece.link_id
            and traffic.from_m < piece.to_m
            and traffic.to_m > piece.from_m
    inner join staging.link as link on traffic.source = link.source and traffic.link_id = link.link_id
    where piece.area_code is not null
)

select
    -- Area level, as named in the region file. Never null.
    part.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    part.area_code,
    -- Class of the links: motorway, a, b, c or unclassified. Never null.
    part.road_class,
    -- Calendar year. Never null.
    part.year,
    -- Length of carriageways whose traffic is known, kilometres. Never null.
    sum(part.known_m)::double / 1000 as known_km,
    -- Of it, the carriageways that carry the flow of both directions, kilometres; null where none does.
    (sum(part.known_m) filter (part.vehicle_km is not null))::double / 1000 as flow_km,
    -- Motor vehicle kilometres in the year on them; null where there are none.
    sum(part.vehicle_km)::double as vehicle_km
from part
group by all
