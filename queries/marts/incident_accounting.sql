-- One row per source, kind of incident and area level: accepted = placed + unplaced.
-- key: source, incident_kind, area_level
select
    -- Source id; joins to meta.source. Never null.
    place.source,
    -- collision, report or response. Never null.
    place.incident_kind,
    -- Area level, as named in the region file. Never null.
    place.area_level,
    -- Incidents accepted from the source.
    count(*) as accepted,
    -- Of these, lying in an area of the level.
    count(place.area_code) as placed,
    -- Of these, lying in none; marts.unplaced says why.
    count(*) - count(place.area_code) as unplaced,
    -- Of those placed, lying within the border tolerance of another area.
    count(distinct near.incident_id) filter (place.area_code is not null) as near_border,
    -- Of those placed, lying on a border exactly; given to the lowest code.
    count(*) filter (place.is_tied) as tied
from core.incident_place as place
left join (
    select distinct incident_kind, source, incident_id, area_level from core.incident_near_area
) as near using (incident_kind, source, incident_id, area_level)
group by all
