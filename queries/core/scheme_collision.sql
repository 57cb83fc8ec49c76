-- One row per scheme and collision on it, at any time that was read.
-- key: source, scheme_id, collision_source, collision_id
select
    -- Source id of the scheme. Never null.
    on_scheme.source,
    -- Publisher's reference of the scheme. Never null.
    on_scheme.scheme_id,
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
from core.scheme_link as on_scheme
inner join staging.scheme as scheme
    on on_scheme.source = scheme.source and on_scheme.scheme_id = scheme.scheme_id
inner join core.incident_link as on_link
    on on_link.incident_kind = 'collision'
        and on_scheme.link_source = on_link.link_source
        and on_scheme.link_id = on_link.link_id
inner join staging.collision as collision
    on on_link.source = collision.source and on_link.incident_id = collision.collision_id
left join core.incident_section as along
    on along.incident_kind = 'collision'
        and on_link.source = along.source
        and on_link.incident_id = along.incident_id
left join (
    select distinct source, incident_id, area_code
    from core.incident_place
    where incident_kind = 'collision' and area_code in (select area_code from staging.scheme)
) as place
    on on_link.source = place.source and on_link.incident_id = place.incident_id and scheme.area_code = place.area_code
-- Of a link that is only partly of the scheme, collisions on that part count.
where
    case scheme.placed_by
        when 'corridor'
            then along.corridor = scheme.corridor and (scheme.section is null or along.section = scheme.section)
        when 'point' then st_dwithin(collision.geom, scheme.geom, scheme.radius_m)
        when 'links' then true
        else scheme.area_code is null or place.area_code is not null
    end
