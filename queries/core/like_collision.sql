-- One row per collision on a link that schemes are held against.
-- key: collision_source, collision_id
select
    -- Source id of the collision. Never null.
    on_link.source as collision_source,
    -- Publisher's reference of the collision. Never null.
    on_link.incident_id as collision_id,
    -- Source id of the link it was on. Never null.
    on_link.link_source,
    -- Publisher's reference of that link. Never null.
    on_link.link_id,
    -- Day of the collision. Never null.
    collision.occurred_on
from core.like_link as link
inner join core.incident_link as on_link
    on on_link.incident_kind = 'collision' and link.source = on_link.link_source and link.link_id = on_link.link_id
inner join staging.collision as collision
    on on_link.source = collision.source and on_link.incident_id = collision.collision_id
