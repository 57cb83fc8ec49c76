-- One row per thing that happened at a place: a collision, a citizen report, or a survey answer given by point.
-- key: incident_kind, source, incident_id
-- publish: rows
with incident as (
    select
        'collision' as incident_kind, source, collision_id as incident_id, occurred_on, recorded_authority,
        road_class, road_number, geom
    from staging.collision
    union all
    select 'report', source, report_id, reported_at::date, recorded_authority, null, null, geom from staging.report
    union all
    select
        'response', source, concat_ws('/', respondent_id, surveyed_on, outcome), surveyed_on, null, null, null, geom
    from staging.satisfaction_response
    where area_code is null
)

select
    -- collision, report or response. Never null.
    incident.incident_kind,
    -- Source id; joins to meta.source. Never null.
    incident.source,
    -- Publisher's reference. Never null.
    incident.incident_id,
    -- Local date; null where the source has none.
    incident.occurred_on,
    -- Authority the source says, as written; null if not said.
    incident.recorded_authority,
    -- Class of the road the source says: motorway, a, b, c or unclassified; null if not said, and for reports.
    incident.road_class as recorded_road_class,
    -- Number of the road the source says (61 of the A61); null where unnumbered or not said, and for reports.
    incident.road_number as recorded_road_number,
    -- The point, working CRS, metres; null where the file gave no usable coordinates.
    incident.geom
from incident
