-- One row per collision that is put on a carriageway link: the link's class, and whether its traffic is known there.
-- key: source, collision_id
with placed as (
    select
        collision.source, collision.collision_id, on_link.link_source, on_link.link_id, link.road_class,
        year(collision.occurred_on) as year,
        -- A link of several lines has no one measure; its collisions go to its middle.
        coalesce(on_link.chainage_m, link.length_m / 2) as along_m
    from staging.collision as collision
    inner join core.incident_link as on_link
        on collision.source = on_link.source
            and collision.collision_id = on_link.incident_id
            and on_link.incident_kind = 'collision'
    inner join staging.link as link on on_link.link_source = link.source and on_link.link_id = link.link_id
),

known as (
    select distinct placed.source, placed.collision_id
    from placed
    inner join core.link_traffic as traffic
        on placed.link_source = traffic.source
            and placed.link_id = traffic.link_id
            and placed.year = traffic.year
            and placed.along_m >= traffic.from_m - 0.001
            and placed.along_m <= traffic.to_m + 0.001
)

select
    -- Source id of the collision. Never null.
    placed.source,
    -- Publisher's reference of the collision. Never null.
    placed.collision_id,
    -- Class of the link: motorway, a, b, c or unclassified. Never null.
    placed.road_class,
    -- True where the traffic of the place is known for the year, see core.link_traffic. Never null.
    known.collision_id is not null as is_known
from placed
left join known on placed.source = known.source and placed.collision_id = known.collision_id
