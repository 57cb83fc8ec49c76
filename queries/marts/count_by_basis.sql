-- One row per basis, source, kind, authority and year: what a source recorded under a code, as it was, as it is
-- now and as it will be. The totals of the three are the same.
-- key: basis, source, kind, authority_code, year
with incident as (
    select
        authority.source, authority.incident_kind as kind, authority.recorded_code_now,
        case when authority.recorded_code_now is not null then authority.recorded_as end as recorded_as,
        coalesce(year(incident.occurred_on), 0) as year
    from core.incident_authority as authority
    inner join core.incident as incident using (incident_kind, source, incident_id)
),

ahead as (
    -- What a code of the basis date will be: its first change after that.
    select *
    from core.area_crosswalk
    where basis = 'as_will_be' and valid_to >= getvariable('basis_on')
    qualify valid_to = min(valid_to) over (partition by from_code)
),

counted as (
    select 'as_was' as basis, source, kind, coalesce(recorded_as, 'none') as authority_code, year, count(*) as amount
    from incident
    group by all
    union all
    select 'as_now', source, kind, coalesce(recorded_code_now, 'none'), year, count(*)
    from incident
    group by all
    union all
    select
        'as_will_be', incident.source, incident.kind,
        coalesce(ahead.to_code, incident.recorded_code_now, 'none'), incident.year, sum(coalesce(ahead.share, 1))
    from incident
    left join ahead on incident.recorded_code_now = ahead.from_code
    group by all
    union all
    select basis, source, 'report count', area_code, year, report_total from core.report_count
)

select
    -- as_was, as_now or as_will_be. Never null.
    counted.basis,
    -- Source id; joins to meta.source. Never null.
    counted.source,
    -- collision, report, or report count (counted by the publisher). Never null.
    counted.kind,
    -- Code of the authority on that basis; 'none' where none known here was recorded. Never null.
    counted.authority_code,
    -- Calendar year; zero where the source has no date. Never null.
    counted.year,
    -- Incidents; a fraction where an area was, or is to be, split. Never null.
    counted.amount as incident_total
from counted
