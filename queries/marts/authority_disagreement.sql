-- One row per source, three authorities and reason: where an incident lies against what its source recorded, and who
-- answers for the road.
-- Counts of a source that is open in aggregates only are not published here, unless small_count_threshold is 0.
-- key: source, incident_kind, located_code, recorded_code, responsible_code, reason
-- counts: incident_count, former_code_count, median_distance_m
select
    -- Source id; joins to meta.source. Never null.
    authority.source,
    -- collision or report. Never null.
    authority.incident_kind,
    -- Code of the authority whose area holds the point; 'none' where it lies in none. Never null.
    coalesce(authority.located_code, 'none') as located_code,
    -- Code of the authority the source recorded, or of its successor; 'none' where it recorded none that is known
    -- here. Never null.
    coalesce(authority.recorded_code, 'none') as recorded_code,
    -- Code of the authority that answers for the road; 'strategic operator', or 'none' where not known. Never null.
    case
        when responsible.is_strategic then 'strategic operator'
        else coalesce(responsible.responsible_code, 'none')
    end as responsible_code,
    -- agree, or how the first two differ. Never null.
    authority.agreement as reason,
    -- Incidents; null where the source is open in aggregates only.
    count(*) as incident_count,
    -- Of these, recorded under a code or name that has ended since; null likewise.
    count(*) filter (authority.is_former) as former_code_count,
    -- Middle distance from the points to the recorded authority's area, metres; null likewise, and where in it.
    median(authority.recorded_distance_m) as median_distance_m
from core.incident_authority as authority
left join core.incident_responsible as responsible
    on authority.incident_kind = responsible.incident_kind
        and authority.source = responsible.source
        and authority.incident_id = responsible.incident_id
group by all
