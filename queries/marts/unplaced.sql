-- One row per source, kind of incident, area level and reason: incidents that lie in no area.
-- key: source, incident_kind, area_level, reason
select
    -- Source id; joins to meta.source. Never null.
    place.source,
    -- collision, report or response. Never null.
    place.incident_kind,
    -- Area level, as named in the region file. Never null.
    place.area_level,
    -- Why it lies in no area of the level. Never null.
    place.unplaced_reason as reason,
    -- Incidents.
    count(*) as incident_count
from core.incident_place as place
where place.unplaced_reason is not null
group by all
