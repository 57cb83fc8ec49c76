-- One row per collision or report with a point: the nearest carriageway link within the snap tolerance.
-- key: incident_kind, source, incident_id
-- publish: rows
with carriageway as (
    select source as link_source, link_id, geom from staging.link where is_carriageway
),

candidate as (
    -- The distance alone stands in ON, so that this stays a spatial join.
    select
        incident.incident_kind, incident.source, incident.incident_id,
        carriageway.link_source, carriageway.link_id,
        st_distance(incident.geom, carriageway.geom) as distance_m
    from core.incident as incident
    inner join carriageway on st_dwithin(incident.geom, carriageway.geom, getvariable('snap_tolerance_m'))
),

nearest as (
    select candidate.*, count(*) over same_incident as candidate_count
    from candidate
    window same_incident as (partition by candidate.incident_kind, candidate.source, candidate.incident_id)
    qualify row_number() over (
            partition by candidate.incident_kind, candidate.source, candidate.incident_id
            order by candidate.distance_m, candidate.link_source, candidate.link_id
        ) = 1
)

select
    -- collision or report. Never null.
    incident.incident_kind,
    -- Source id of the incident. Never null.
    incident.source,
    -- Publisher's reference of the incident. Never null.
    incident.incident_id,
    -- Source id of the link; null where none is near enough.
    nearest.link_source,
    -- Publisher's reference of the link; null where none is near enough.
    nearest.link_id,
    -- Distance from the point to the link, metres; null where none is near enough.
    nearest.distance_m,
    -- Links within the tolerance; zero where none is.
    coalesce(nearest.candidate_count, 0) as candidate_count
from core.incident as incident
left join nearest
    on incident.incident_kind = nearest.incident_kind
        and incident.source = nearest.source
        and incident.incident_id = nearest.incident_id
where incident.geom is not null and incident.incident_kind <> 'response'
