-- One row per incident and area that it does not lie in but nearly does: within the border tolerance.
-- key: incident_kind, source, incident_id, area_level, area_code
with near as (
    -- The distance alone stands in ON: any other condition beside it would turn the spatial join into a hash join.
    select
        incident.incident_kind, incident.source, incident.incident_id,
        cover.area_level, cover.area_code, st_distance(incident.geom, cover.piece) as distance_m
    from core.incident as incident
    inner join core.area_cover as cover on st_dwithin(incident.geom, cover.piece, getvariable('border_tolerance_m'))
)

select
    -- collision, report or response. Never null.
    near.incident_kind,
    -- Source id. Never null.
    near.source,
    -- Publisher's reference. Never null.
    near.incident_id,
    -- Area level, as named in the region file. Never null.
    near.area_level,
    -- Code of the area that is near. Never null.
    near.area_code,
    -- Distance to that area, metres; zero on its border.
    min(near.distance_m) as distance_m
from near
inner join core.incident_place as place
    on near.incident_kind = place.incident_kind
        and near.source = place.source
        and near.incident_id = place.incident_id
        and near.area_level = place.area_level
where near.area_code is distinct from place.area_code
group by all
