-- One row per part of a carriageway link, at most 250 metres long and in one authority: what bands beside borders are
-- made of.
-- key: part_number
with flow as (
    -- Of all years counted: what is compared is the level from place to place.
    select source, link_id, sum(aadf * length_m) / sum(length_m) as aadf
    from core.link_traffic
    group by all
),

urban_level as (
    select trait.area_level
    from core.area_trait as trait
    inner join raw.level as level on trait.area_level = level.area_level
    where trait.trait = 'rural_share'
    order by level.position desc
    limit 1
),

urban as (
    select piece.source, piece.link_id, sum((1 - trait.value) * piece.length_m) / sum(piece.length_m) as urban_share
    from core.link_piece as piece
    inner join urban_level on piece.area_level = urban_level.area_level
    inner join core.area_trait as trait
        on piece.area_level = trait.area_level and piece.area_code = trait.area_code and trait.trait = 'rural_share'
    where piece.length_m > 0
    group by all
),

cut as (
    select
        piece.source, piece.link_id, piece.piece, piece.area_code, piece.shared_with, link.road_class,
        link.road_number is not null as is_numbered, link.geom, link.length_m as link_m,
        piece.length_m / greatest(ceil(piece.length_m / 250), 1) as length_m,
        unnest(range(greatest(ceil(piece.length_m / 250), 1)::bigint)) + 1 as nth,
        piece.from_m + (nth - 1) * (piece.length_m / greatest(ceil(piece.length_m / 250), 1)) as from_m
    from core.link_piece as piece
    inner join staging.link as link on piece.source = link.source and piece.link_id = link.link_id
    where piece.area_level = getvariable('authority_level') and piece.area_code is not null
),

placed as (
    select
        cut.* exclude (geom),
        case
            when st_geometrytype(cut.geom) = 'LINESTRING'
                then st_lineinterpolatepoint(cut.geom, least((cut.from_m + cut.length_m / 2) / cut.link_m, 1))
            else st_centroid(cut.geom)
        end as middle
    from cut
)

select
    -- Number of the part among all, by source, link, piece and part. Never null.
    row_number() over (order by placed.source, placed.link_id, placed.piece, placed.nth) as part_number,
    -- Source id of the link. Never null.
    placed.source,
    -- Publisher's reference of the link. Never null.
    placed.link_id,
    -- Number of the piece within the link, as in core.link_piece at the authorities' level. Never null.
    placed.piece,
    -- Number of the part within the piece, from 1. Never null.
    placed.nth,
    -- Code of the authority it lies in. Never null.
    placed.area_code,
    -- Code of the other authority where it runs along a border; null elsewhere.
    placed.shared_with,
    -- motorway, a, b, c or unclassified. Never null.
    placed.road_class,
    -- Where it begins, metres along the link. Never null.
    placed.from_m,
    -- Length, metres. Never null.
    placed.length_m,
    -- Length of road, kilometres: zero on a second carriageway, slip road, stub or roundabout of a numbered road, whose
    -- events count all the same. Never null.
    case
        when not placed.is_numbered or on_corridor.role = 'reference' then placed.length_m / 1000 else 0
    end as road_km,
    -- Corridor: road number and part (A61/1); null where unnumbered.
    on_corridor.corridor,
    -- Way of the corridor: 1 for the longest; null where unnumbered.
    on_corridor.strand,
    -- Place of its middle along the corridor, metres; null where unnumbered.
    on_corridor.at_from_m + (on_corridor.at_to_m - on_corridor.at_from_m)
    * (placed.from_m + placed.length_m / 2 - on_corridor.from_m) / nullif(on_corridor.length_m, 0) as at_m,
    -- Motor vehicles on an average day, the mean of all years counted; null where not known.
    flow.aadf,
    -- Share of people around who live in towns, 0 to 1; null where not known.
    urban.urban_share,
    -- Easting of its middle, metres. Never null.
    st_x(placed.middle) as x,
    -- Northing of its middle, metres. Never null.
    st_y(placed.middle) as y,
    -- Column of the grid cell of its middle. Never null.
    cell_of(st_x(placed.middle)) as cell_x,
    -- Row of that cell. Never null.
    cell_of(st_y(placed.middle)) as cell_y
from placed
left join core.corridor_piece as on_corridor
    on placed.source = on_corridor.source
        and placed.link_id = on_corridor.link_id
        and placed.from_m + placed.length_m / 2 >= on_corridor.from_m
        and placed.from_m + placed.length_m / 2 < on_corridor.to_m
left join flow on placed.source = flow.source and placed.link_id = flow.link_id
left join urban on placed.source = urban.source and placed.link_id = urban.link_id
