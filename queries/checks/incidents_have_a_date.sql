-- Every incident has a date, so that it can be counted in a period.
-- severity: warn
select incident.source, incident.incident_kind, count(*) as undated_count
from core.incident as incident
where incident.occurred_on is null
group by all
