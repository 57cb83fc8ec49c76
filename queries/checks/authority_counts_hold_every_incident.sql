-- By every way of telling whose an incident is, the authorities' counts add up to all incidents.
-- severity: fail
with incident as (
    select source, incident_kind, count(*) as incident_count
    from core.incident
    where incident_kind <> 'response'
    group by all
),

counted as (
    select
        source, incident_kind,
        sum(located_count) as located_count,
        -- Null where the source records another level.
        sum(recorded_count) as recorded_count,
        sum(responsible_count) as responsible_count,
        bool_and(located_count between located_count_low and located_count_high) as is_ordered
    from marts.authority_count
    group by all
)

select *
from incident
full join counted using (source, incident_kind)
where
    counted.located_count is distinct from incident.incident_count
    or counted.responsible_count is distinct from incident.incident_count
    or counted.recorded_count <> incident.incident_count
    or not counted.is_ordered
