-- One row per corridor: a numbered road followed across every authority; a road in parts has several, longest first.
-- key: corridor
with class_length as (
    select piece.corridor, link.road_class, sum(piece.length_m) as length_m
    from core.corridor_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    group by all
),

class as (
    select corridor, road_class
    from class_length
    qualify row_number() over (partition by corridor order by length_m desc, road_class asc) = 1
),

tip as (
    -- The first and the last link of the longest way.
    select piece.corridor, piece.road, link.geom
    from core.corridor_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    where piece.role = 'reference' and piece.strand = 1
    window whole as (partition by piece.corridor)
    qualify least(piece.at_from_m, piece.at_to_m) = min(least(piece.at_from_m, piece.at_to_m)) over whole
        or greatest(piece.at_from_m, piece.at_to_m) = max(greatest(piece.at_from_m, piece.at_to_m)) over whole
),

met as (
    -- Null for the road itself: a WHERE would be drawn into the join, which then tries every pair.
    select distinct
        tip.corridor, tip.road, case when link.road_number <> tip.road then link.road_number end as met_road
    from tip
    inner join core.numbered_link as link on st_dwithin(tip.geom, link.geom, getvariable('corridor_gap_m'))
),

carried as (
    select met.corridor, string_agg(distinct met.met_road, ',' order by met.met_road) as carried_by
    from met
    inner join met as other
        on met.road = other.road and met.met_road = other.met_road and met.corridor <> other.corridor
    group by met.corridor
),

cut_off as (
    select piece.corridor, count(*) as end_count
    from core.road_end as road_end
    inner join (
        select distinct corridor, source, link_id from core.corridor_piece where role = 'reference'
    ) as piece on road_end.source = piece.source and road_end.link_id = piece.link_id
    where road_end.is_cut_off
    group by all
),

section as (
    select
        corridor,
        any_value(road) as road,
        count(*) as section_count,
        max(strand) as strand_count,
        count(distinct area_code) as authority_count,
        sum(length_m) as length_m,
        sum(carriageway_m) as carriageway_m
    from core.corridor_section
    group by all
)

select
    -- Corridor: road number and part (A61/1). Never null.
    section.corridor,
    -- Road number with its letter (A61). Never null.
    section.road,
    -- Class most of its length has: motorway, a, b, c or unclassified. Never null.
    class.road_class,
    -- Length, metres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    section.length_m,
    -- Length of all its carriageways, slip roads and roundabouts, metres. Never null.
    section.carriageway_m,
    -- Sections. Never null.
    section.section_count,
    -- Authorities it runs through; zero where it lies in none. Never null.
    section.authority_count,
    -- Ways it has: 1, and one more for each spur or loop. Never null.
    section.strand_count,
    -- Corridors that the road is in. Never null.
    coalesce(gap.part_count, 1) as part_count,
    -- Distance to the nearest other part of the road, metres; null where it has no other.
    gap.gap_m,
    -- Roads that this part and another of the road both end at, comma-separated: the road goes on under their number
    -- between them. Null where there is none: the road ends, or the sea or the edge of what was read cuts it.
    carried.carried_by,
    -- Ends at which it may go on beyond what was read, as in core.road_end. Never null.
    coalesce(cut_off.end_count, 0) as cut_off_count
from section
inner join class on section.corridor = class.corridor
left join core.corridor_gap as gap on section.corridor = gap.corridor
left join carried on section.corridor = carried.corridor
left join cut_off on section.corridor = cut_off.corridor
