-- One row per stretch of a numbered road, about 500 m, cut where the authority changes: whose it is and where it lies.
-- key: corridor, section, stretch
with middle as (
    select
        stretch.corridor, stretch.section, stretch.stretch, piece.source, piece.link_id,
        -- A piece that the measure runs against is read from its end.
        piece.from_m + piece.length_m
        * ((stretch.from_m + stretch.to_m) / 2 - piece.at_from_m) / nullif(piece.at_to_m - piece.at_from_m, 0)
            as along_m
    from core.stretch as stretch
    inner join core.corridor_piece as piece
        on stretch.corridor = piece.corridor and stretch.section = piece.section and piece.role = 'reference'
    qualify row_number() over (
            partition by stretch.corridor, stretch.section, stretch.stretch
            order by
                -- Nothing between them, or the gap that the middle lies in: the nearest.
                greatest(
                    least(piece.at_from_m, piece.at_to_m) - (stretch.from_m + stretch.to_m) / 2,
                    (stretch.from_m + stretch.to_m) / 2 - greatest(piece.at_from_m, piece.at_to_m),
                    0
                ),
                piece.source, piece.link_id, piece.piece
        ) = 1
),

located as (
    select
        middle.corridor, middle.section, middle.stretch,
        case
            when st_geometrytype(link.geom) = 'LINESTRING'
                then
                    st_lineinterpolatepoint(
                        link.geom, greatest(least(coalesce(middle.along_m, 0) / link.length_m, 1), 0)
                    )
            else st_pointonsurface(link.geom)
        end as geom
    from middle
    inner join core.numbered_link as link on middle.source = link.source and middle.link_id = link.link_id
)

select
    -- Corridor: road number and part (A61/1). Never null.
    stretch.corridor,
    -- Number of the section within the corridor. Never null.
    stretch.section,
    -- Number of the stretch within the section, from 1. Never null.
    stretch.stretch,
    -- Code: corridor, section and stretch (A61/1/12/3). Never null.
    stretch.corridor || '/' || stretch.section || '/' || stretch.stretch as site,
    -- Authority it lies in; null outside all.
    section.area_code,
    -- Length, metres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    (stretch.to_m - stretch.from_m) / (section.to_m - section.from_m) * section.length_m as length_m,
    -- Carriageways around its middle, kilometres over square kilometres, as in core.cell_density; null where unknown.
    density.around_km_per_km2,
    -- The same in the square of its middle alone, kilometres over square kilometres; null likewise.
    density.road_km / (getvariable('cell_m') / 1000) ** 2 as here_km_per_km2,
    -- Its middle, working CRS, metres. Never null.
    located.geom
from core.stretch as stretch
inner join core.corridor_section as section
    on stretch.corridor = section.corridor and stretch.section = section.section
inner join located
    on stretch.corridor = located.corridor and stretch.section = located.section and stretch.stretch = located.stretch
left join core.cell_density as density
    on cell_of(st_x(located.geom)) = density.cell_x and cell_of(st_y(located.geom)) = density.cell_y
