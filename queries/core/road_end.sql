-- One row per end of a numbered link that no other carriageway meets: where a road ends, or what was read of it does.
-- It is taken to be cut off where it lies outside the region's own authorities or within a metre of their edge; a road
-- that really ends there, as at a quay, cannot be told from one.
-- key: source, link_id, is_start
with numbered as (
    select source, link_id, true as is_start, st_startpoint(geom) as point
    from core.numbered_link
    where st_geometrytype(geom) = 'LINESTRING'
    union all
    select source, link_id, false, st_endpoint(geom) from core.numbered_link
    where st_geometrytype(geom) = 'LINESTRING'
),

tip as (
    select *, st_x(point) as x, st_y(point) as y from numbered
),

line as (
    -- The start and end of each part, of one line or several.
    select unnest(st_dump(geom)).geom as geom from staging.link where is_carriageway
),

node as (
    select st_x(st_startpoint(geom)) as x, st_y(st_startpoint(geom)) as y from line
    union all
    select st_x(st_endpoint(geom)), st_y(st_endpoint(geom)) from line
),

met as (
    select tip.x, tip.y
    from (select distinct x, y from tip) as tip
    inner join node on tip.x = node.x and tip.y = node.y
    group by all
    having count(*) > 1
),

loose as (
    select tip.*, st_buffer(tip.point, 1) as disc
    from tip
    anti join met on tip.x = met.x and tip.y = met.y
),

own as (
    select geom from core.area where area_level = getvariable('authority_level') and not is_context
),

held as (
    select loose.source, loose.link_id, loose.is_start, sum(st_area(st_intersection(own.geom, loose.disc))) as held_m2
    from loose
    inner join own on st_intersects(own.geom, loose.disc)
    group by all
)

select
    -- Source id of the link. Never null.
    loose.source,
    -- Publisher's reference of the link. Never null.
    loose.link_id,
    -- True where the link begins there, false where it ends there. Never null.
    loose.is_start,
    -- True where the road may go on beyond what was read. Never null.
    coalesce(held.held_m2, 0) < 0.999 * st_area(loose.disc) as is_cut_off,
    -- Easting, working CRS, metres. Never null.
    loose.x,
    -- Northing, working CRS, metres. Never null.
    loose.y
from loose
left join held
    on loose.source = held.source and loose.link_id = held.link_id and loose.is_start = held.is_start
