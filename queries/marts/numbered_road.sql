-- One row per numbered road: its line across every authority, for drawing and as a first view of corridors.
-- key: road
with numbered as (
    select link.road_number, link.road_class, link.length_m, link.geom, link.source, link.link_id
    from staging.link as link
    inner join raw.source as source on link.source = source.source
    -- A line is a row: sources that are open as aggregates only are not drawn.
    where link.road_number is not null and link.is_carriageway and source.publish <> 'aggregates'
),

classed as (
    select road_number, road_class
    from numbered
    group by road_number, road_class
    qualify row_number() over (partition by road_number order by sum(length_m) desc, road_class) = 1
),

crossed as (
    select numbered.road_number, count(distinct piece.area_code) as authority_count
    from numbered
    inner join core.link_piece as piece
        on numbered.source = piece.source
            and numbered.link_id = piece.link_id
            and piece.area_level = getvariable('authority_level')
    group by all
),

measured as (
    select road, sum(length_m) as length_m from core.corridor group by all
)

select
    -- Number with its letter (A61). Never null.
    numbered.road_number as road,
    -- Class most of its length has: motorway, a or b. Never null.
    any_value(classed.road_class) as road_class,
    -- Length, kilometres: dual carriageways once, without slip roads, roundabouts and gaps; zero where it has no more.
    coalesce(any_value(measured.length_m), 0) / 1000 as length_km,
    -- Authorities it runs through; zero where it lies in none.
    coalesce(any_value(crossed.authority_count), 0) as authority_count,
    -- Source ids, comma-separated. Never null.
    string_agg(distinct numbered.source, ',' order by numbered.source) as source,
    -- Line, longitude and latitude (EPSG:4326, x first). Never null.
    st_transform(st_collect(list(numbered.geom order by numbered.source, numbered.link_id)), 'EPSG:4326') as geom
from numbered
inner join classed on numbered.road_number = classed.road_number
left join crossed on numbered.road_number = crossed.road_number
left join measured on numbered.road_number = measured.road
group by numbered.road_number
