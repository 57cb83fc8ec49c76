-- One row per grid cell, authority and road class: roads alike enough for one rate.
-- key: site
with density as (
    select cell_x, cell_y, sum(road_km::decimal(18, 6))::double as road_km
    from core.road_part
    group by all
),

limit_mph as (
    select part.cell_x, part.cell_y, part.area_code, part.road_class, avg(collision.speed_limit_mph) as mean_limit_mph
    from staging.collision as collision
    inner join core.incident_link as on_link
        on on_link.incident_kind = 'collision'
            and collision.source = on_link.source
            and collision.collision_id = on_link.incident_id
    inner join core.road_part as part
        on on_link.link_source = part.source
            and on_link.link_id = part.link_id
            and on_link.chainage_m >= part.from_m
            and on_link.chainage_m < part.from_m + part.length_m
    where collision.speed_limit_mph is not null
    group by all
),

site as (
    select
        cell_x, cell_y, area_code, road_class,
        sum(road_km::decimal(18, 6))::double as road_km,
        sum(length_m::decimal(18, 6))::double as length_m,
        (sum(length_m::decimal(18, 6)) filter (aadf > 0))::double as known_m,
        (sum(length_m::decimal(18, 6)) filter (urban_share is not null))::double as told_m,
        sum((aadf * length_m)::decimal(18, 3))::double as flow_m,
        sum((urban_share * length_m)::decimal(18, 6))::double as urban_m
    from core.road_part
    group by all
)

select
    -- Number of the site, by cell, authority and class. Never null.
    row_number() over (
        order by site.cell_x, site.cell_y, site.area_code, site.road_class
    ) as site,
    -- Column of the grid cell. Never null.
    site.cell_x,
    -- Row of the cell. Never null.
    site.cell_y,
    -- Code of the authority. Never null.
    site.area_code,
    -- motorway, a, b, c or unclassified. Never null.
    site.road_class,
    -- Length of road, kilometres: dual carriageways once. Never null.
    site.road_km,
    -- Motor vehicles on an average day; null where they are known for less than half of its length.
    case when site.known_m >= site.length_m / 2 then site.flow_m / site.known_m end as aadf,
    -- Share of people around who live in towns, 0 to 1; null where not known.
    site.urban_m / site.told_m as urban_share,
    -- All road in the cell, kilometres: how built up it is. Never null.
    density.road_km as cell_road_km,
    -- Mean speed limit of collisions on its roads, miles an hour; null where there were none.
    limit_mph.mean_limit_mph
from site
inner join density on site.cell_x = density.cell_x and site.cell_y = density.cell_y
left join limit_mph
    on site.cell_x = limit_mph.cell_x
        and site.cell_y = limit_mph.cell_y
        and site.area_code = limit_mph.area_code
        and site.road_class = limit_mph.road_class
