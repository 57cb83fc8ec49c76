-- What a source tells of adds up to the same by authorities as they were, as they are and as they will be.
-- severity: fail
with total as (
    select basis, source, kind, told_by, year, sum(incident_total) as total
    from marts.count_by_basis
    group by all
),

accepted as (
    select
        incident.source, incident.incident_kind as kind, way.told_by,
        coalesce(year(incident.occurred_on), 0) as year, count(*) as total
    from core.incident as incident
    cross join (values ('located'), ('recorded')) as way (told_by)
    where incident.incident_kind <> 'response'
    group by all
    union all
    select source, 'report count', 'published', year, sum(report_count) from staging.report_count group by all
)

select
    basis.basis,
    accepted.source,
    accepted.kind,
    accepted.told_by,
    accepted.year,
    total.total,
    accepted.total as accepted
from accepted
cross join (values ('as_was'), ('as_now'), ('as_will_be')) as basis (basis)
left join total
    on basis.basis = total.basis
        and accepted.source = total.source
        and accepted.kind = total.kind
        and accepted.told_by = total.told_by
        and accepted.year = total.year
where abs(coalesce(total.total, 0) - accepted.total) > 1e-6 * accepted.total
