-- One row per link that travel times are given for: its length, and where it lies if it is a road link.
-- key: source, link_id
with observed as (
    select distinct source, link_id from staging.travel_time
),

road as (
    -- A link cut by a border or a section's end goes to where most of it is.
    select
        piece.link_id, piece.corridor, piece.section, piece.road, piece.area_code, piece.role,
        link.length_m, piece.source as link_source
    from core.corridor_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    qualify row_number() over (
            partition by piece.link_id
            order by piece.length_m desc, piece.source asc, piece.corridor asc, piece.section asc, piece.piece asc
        ) = 1
),

plain as (
    select link_id, arg_min(length_m, source) as length_m, min(source) as link_source
    from staging.link
    where is_carriageway
    group by link_id
),

told as (
    select link_id, arg_min(length_m, source) as length_m, arg_min(link_name, source) as link_name
    from raw.observed_link
    group by link_id
)

select
    -- Source id of the travel times. Never null.
    observed.source,
    -- Publisher's reference of the link. Never null.
    observed.link_id,
    -- Name for people; null if not said.
    told.link_name,
    -- Source id of the road link with the same id; null where it is a link of the source's own.
    coalesce(road.link_source, plain.link_source) as link_source,
    -- Length, metres: as told for the link, or else of the road link; null where neither is.
    coalesce(told.length_m, road.length_m, plain.length_m) as length_m,
    -- Number of its road (A61); null without one, or off the network.
    road.road as road_number,
    -- Corridor it is part of (A61/1); null likewise.
    road.corridor,
    -- Section of the corridor that most of it lies in; null likewise.
    road.section,
    -- reference, beside (the other carriageway), slip road and so on, as in core.corridor_piece; null likewise.
    road.role,
    -- Authority that most of it lies in; null off the network, without a number, or outside all.
    road.area_code
from observed
left join told on observed.link_id = told.link_id
left join road on observed.link_id = road.link_id
left join plain on observed.link_id = plain.link_id
