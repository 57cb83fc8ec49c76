-- One row per authority and road class: the road it answers for, without motorways and trunk roads.
-- key: area_code, road_class
select
    -- Code of the authority. Never null.
    piece.area_code,
    -- a, b, c or unclassified. Never null.
    link.road_class,
    -- Length of road, kilometres; of a dual carriageway, each of whose sides is a link, half of each side. Never null.
    sum(
        case when link.form_of_way = 'Dual Carriageway' then 0.5 else 1 end * piece.length_m
    )::decimal(18, 6)::double / 1000 as road_km
from core.link_piece as piece
inner join staging.link as link on piece.source = link.source and piece.link_id = link.link_id
inner join core.coverage as coverage
    on coverage.kind = 'roads' and piece.area_level = coverage.area_level and piece.area_code = coverage.area_code
where
    piece.area_level = getvariable('authority_level')
    and coverage.is_covered
    and link.road_class <> 'motorway'
    and not coalesce(link.is_trunk, false)
group by all
