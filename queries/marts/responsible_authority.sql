-- One row per source, located authority, responsible one, neighbour that shares the road, and reason: who answers for
-- the roads that incidents were on.
-- Counts of a source that is open in aggregates only are not published here, unless small_count_threshold is 0.
-- key: source, incident_kind, located_code, responsible_code, shared_with_code, reason
-- counts: incident_count, shared_count
select
    -- Source id; joins to meta.source. Never null.
    responsible.source,
    -- collision or report. Never null.
    responsible.incident_kind,
    -- Code of the authority whose area holds the point; 'none' where it lies in none. Never null.
    coalesce(responsible.located_code, 'none') as located_code,
    -- Code of the authority that answers for the road; 'strategic operator', or 'none' where not known. Never null.
    case
        when responsible.is_strategic then 'strategic operator'
        else coalesce(responsible.responsible_code, 'none')
    end as responsible_code,
    -- Code of the neighbour that may answer for it as well, as the road runs along their border; 'none' where it does
    -- not. Never null.
    coalesce(responsible.shared_with_code, 'none') as shared_with_code,
    -- What it rests on: trunk road or motorway, authority of the link, authority of the point, not known. Never null.
    responsible.reason,
    -- Incidents; null where the source is open in aggregates only.
    count(*) as incident_count,
    -- Of these, on a stretch of road along a border, so that a neighbour may answer for it as well; null
    -- likewise.
    count(*) filter (responsible.is_shared) as shared_count
from core.incident_responsible as responsible
group by all
