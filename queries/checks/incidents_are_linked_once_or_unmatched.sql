-- Every collision and report is put on one road link, or on none with a reason.
-- severity: fail
with expected as (
    select incident_kind, source, incident_id from core.incident where incident_kind <> 'response'
)

select
    incident_kind, source, incident_id,
    link.link_id,
    link.unmatched_reason
from expected
full join core.incident_link as link using (incident_kind, source, incident_id)
where (link.link_id is null) = (link.unmatched_reason is null) or expected.source is null
