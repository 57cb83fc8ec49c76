-- Every incident is, at every level, placed once or unplaced with a reason.
-- severity: fail
with expected as (
    select incident.incident_kind, incident.source, incident.incident_id, level.area_level
    from core.incident as incident
    cross join raw.level as level
)

select
    expected.*,
    place.area_code,
    place.unplaced_reason
from expected
full join core.incident_place as place using (incident_kind, source, incident_id, area_level)
where
    place.source is null
    or expected.source is null
    or (place.area_code is null) = (place.unplaced_reason is null)
