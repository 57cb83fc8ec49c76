-- One row per section of a numbered road in the region: about one to three kilometres, cut where the authority changes.
-- key: corridor, section
with attached as (
    select
        section.corridor, section.section,
        count(*) as collision_count,
        count(*) filter (where collision.is_ksi) as ksi_count
    from core.incident_section as section
    inner join staging.collision as collision
        on section.source = collision.source and section.incident_id = collision.collision_id
    where section.incident_kind = 'collision'
    group by all
),

drawn as (
    select
        piece.corridor, piece.section, piece.at_from_m, piece.source, piece.link_id, piece.piece, link.geom,
        piece.from_m / link.length_m as from_share,
        least(piece.to_m / link.length_m, 1) as to_share
    from core.corridor_piece as piece
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    inner join raw.source as source on piece.source = source.source
    -- A line is a row: sources that are open as aggregates only are not drawn.
    where piece.role = 'reference' and source.publish <> 'aggregates'
),

line as (
    select
        corridor, section,
        st_collect(
            list(
                case
                    when st_geometrytype(geom) = 'LINESTRING' then st_linesubstring(geom, from_share, to_share)
                    else geom
                end
                order by at_from_m, source, link_id, piece
            )
        ) as geom
    from drawn
    group by all
)

select
    -- Corridor: road number and part (A61/1). Never null.
    section.corridor,
    -- Number of the section within the corridor, from 1, in the order of the measure. Never null.
    section.section,
    -- Road number with its letter (A61). Never null.
    section.road,
    -- Class most of the corridor has: motorway, a, b, c or unclassified. Never null.
    corridor.road_class,
    -- 1 for the longest way through the corridor, then its spurs and loops. Never null.
    section.strand,
    -- Code of the authority it lies in. Never null.
    section.area_code,
    -- Name of that authority. Never null.
    area.area_name,
    -- Authorities that hold any of its carriageways, slip roads or roundabouts, comma-separated. Never null.
    section.area_codes,
    -- Where it begins, kilometres along the corridor. Never null.
    section.from_m / 1000 as from_km,
    -- Where it ends, kilometres along the corridor. Never null.
    section.to_m / 1000 as to_km,
    -- Length, kilometres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    section.length_m / 1000 as length_km,
    -- Length of all its carriageways, slip roads and roundabouts, kilometres. Never null.
    section.carriageway_m / 1000 as carriageway_km,
    -- Collisions put on its links, over all years given. Never null.
    coalesce(attached.collision_count, 0) as collision_count,
    -- Of those, collisions with a death or serious injury. Never null.
    coalesce(attached.ksi_count, 0) as ksi_count,
    -- True where the corridor may go on beyond what was read, so that it is not whole here. Never null.
    corridor.cut_off_count > 0 as is_cut_off,
    -- Source ids of its links, comma-separated. Never null.
    section.source,
    -- Line, longitude and latitude (EPSG:4326, x first); null where its source may not be drawn.
    st_transform(line.geom, 'EPSG:4326') as geom
from core.corridor_section as section
inner join core.corridor as corridor on section.corridor = corridor.corridor
inner join core.area as area
    on area.area_level = getvariable('authority_level') and section.area_code = area.area_code and not area.is_context
left join attached on section.corridor = attached.corridor and section.section = attached.section
left join line on section.corridor = line.corridor and section.section = line.section
