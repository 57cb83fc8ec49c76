-- What a source recorded by authority adds up to the same as it was, as it is now and as it will be.
-- severity: fail
with total as (
    select basis, source, kind, year, sum(incident_total) as total
    from marts.count_by_basis
    group by all
),

accepted as (
    select source, incident_kind as kind, coalesce(year(occurred_on), 0) as year, count(*) as total
    from core.incident
    where incident_kind <> 'response'
    group by all
    union all
    select source, 'report count', year, sum(report_count) from staging.report_count group by all
)

select
    basis.basis,
    accepted.source,
    accepted.kind,
    accepted.year,
    total.total,
    accepted.total as accepted
from accepted
cross join (values ('as_was'), ('as_now'), ('as_will_be')) as basis (basis)
left join total
    on basis.basis = total.basis
        and accepted.source = total.source
        and accepted.kind = total.kind
        and accepted.year = total.year
where abs(coalesce(total.total, 0) - accepted.total) > 1e-6 * accepted.total
