-- One row per junction at which numbered roads meet, and stretch that ends or begins a link there.
-- key: x, y, corridor, section, stretch
with tip as (
    select
        piece.corridor, piece.section, piece.at_from_m as at_m,
        st_x(st_startpoint(link.geom)) as x, st_y(st_startpoint(link.geom)) as y
    from core.corridor_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    where st_geometrytype(link.geom) = 'LINESTRING' and piece.from_m <= 0.001
    union all
    select
        piece.corridor, piece.section, piece.at_to_m,
        st_x(st_endpoint(link.geom)), st_y(st_endpoint(link.geom))
    from core.corridor_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    where st_geometrytype(link.geom) = 'LINESTRING' and piece.to_m >= link.length_m - 0.001
),

meeting as (
    select x, y
    from tip
    group by all
    having count(distinct corridor) > 1
),

met as (
    select tip.x, tip.y, tip.corridor, tip.section, greatest(tip.at_m, section.from_m) as at_m
    from tip
    semi join meeting on tip.x = meeting.x and tip.y = meeting.y
    inner join core.corridor_section as section
        on tip.corridor = section.corridor and tip.section = section.section
)

select distinct
    -- Easting of the junction, working CRS, metres. Never null.
    met.x,
    -- Northing. Never null.
    met.y,
    -- Corridor: road number and part (A61/1). Never null.
    stretch.corridor,
    -- Number of the section within the corridor. Never null.
    stretch.section,
    -- Number of the stretch within the section. Never null.
    stretch.stretch
from met
asof inner join core.stretch as stretch
    on met.corridor = stretch.corridor and met.section = stretch.section and met.at_m >= stretch.from_m
