-- Every accepted collision and report row is an incident, and nothing else is.
-- severity: fail
with accepted as (
    select 'collision' as incident_kind, source, count(*) as row_count from raw.collision group by all
    union all
    select 'report', source, count(*) from raw.report group by all
),

incident as (
    select incident_kind, source, count(*) as incident_count
    from core.incident
    where incident_kind <> 'response'
    group by all
)

select *
from accepted
full join incident using (incident_kind, source)
where accepted.row_count is distinct from incident.incident_count
