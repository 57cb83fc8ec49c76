-- One row per basis, source, kind, way of telling, authority and year: what happened, by authorities as they were, as
-- they are on the basis date, and as they will be. The totals of the three are the same.
-- Counts of a source that is open in aggregates only are not published here, unless small_count_threshold is 0.
-- key: basis, source, kind, told_by, authority_code, year
-- counts: incident_total, by_boundary_count
with incident as (
    select
        authority.incident_kind, authority.source, authority.incident_id, authority.area_level,
        authority.recorded_code_now,
        case when authority.recorded_code_now is not null then authority.recorded_as end as recorded_as,
        place.area_code as located_code, coalesce(year(incident.occurred_on), 0) as year
    from core.incident_authority as authority
    inner join core.incident as incident using (incident_kind, source, incident_id)
    left join core.incident_place as place using (incident_kind, source, incident_id, area_level)
),

located as (
    -- A point that no coming boundary holds goes to the parts of its area by their shares.
    select
        basis.basis, incident.source, incident.incident_kind as kind, incident.year,
        coalesce(
            case when basis.basis = 'as_was' or vintage.is_by_boundary then vintage.area_code end,
            ahead.to_code, incident.located_code
        ) as authority_code,
        coalesce(ahead.share, 1) as amount, vintage.is_by_boundary
    from incident
    cross join (values ('as_was'), ('as_now'), ('as_will_be')) as basis (basis)
    left join core.incident_vintage as vintage using (basis, incident_kind, source, incident_id, area_level)
    left join core.area_successor as ahead
        on basis.basis = 'as_will_be'
            and not coalesce(vintage.is_by_boundary, false)
            and incident.located_code = ahead.area_code
),

recorded as (
    select 'as_was' as basis, source, incident_kind as kind, year, recorded_as as authority_code, 1::double as amount
    from incident
    union all
    select 'as_now', source, incident_kind, year, recorded_code_now, 1 from incident
    union all
    select
        'as_will_be', incident.source, incident.incident_kind, incident.year,
        coalesce(ahead.to_code, incident.recorded_code_now), coalesce(ahead.share, 1)
    from incident
    left join core.area_successor as ahead on incident.recorded_code_now = ahead.area_code
),

counted as (
    select basis, source, kind, 'located' as told_by, authority_code, year, amount, is_by_boundary from located
    union all
    select basis, source, kind, 'recorded', authority_code, year, amount, false from recorded
    union all
    select basis, source, 'report count', 'published', area_code, year, report_total, false from core.report_count
)

select
    -- as_was, as_now or as_will_be. Never null.
    counted.basis,
    -- Source id; joins to meta.source. Never null.
    counted.source,
    -- collision, report, or report count (counted by the publisher). Never null.
    counted.kind,
    -- located (where the point lies), recorded (what its source says), or published (a count). Never null.
    counted.told_by,
    -- Code of the authority on that basis; 'none' where there is none known here. Never null.
    coalesce(counted.authority_code, 'none') as authority_code,
    -- Calendar year; zero where the source has no date. Never null.
    counted.year,
    -- Incidents; a fraction where an area was, or is to be, split and where its parts lie is not known; null
    -- where the source is open in aggregates only.
    sum(counted.amount order by counted.amount) as incident_total,
    -- Of these, placed by boundaries of that time; others rest on the area of the basis date and on codes. Null
    -- likewise.
    count(*) filter (counted.is_by_boundary) as by_boundary_count
from counted
group by all
