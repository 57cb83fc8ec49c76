-- One row per source, kind of incident, recorded road class and way of matching: how incidents were put on roads,
-- and how often the plainly nearest link would have been another, or on another road.
-- key: source, incident_kind, recorded_road_class, matched_by
with link as (
    select source, link_id, road_class || ' ' || coalesce(road_number, '') as road from staging.link
)

select
    -- Source id; joins to meta.source. Never null.
    incident.source,
    -- collision or report. Never null.
    incident.incident_kind,
    -- Class of the road as recorded: motorway, a, b, c or unclassified; 'not recorded' where none was. Never null.
    coalesce(recorded.recorded_road_class, 'not recorded') as recorded_road_class,
    -- number, class or nearest; for those on no link, why. Never null.
    coalesce(incident.matched_by, incident.unmatched_reason) as matched_by,
    -- Incidents.
    count(*) as incident_count,
    -- Of these, the plainly nearest link is another one.
    count(*) filter (
        (incident.link_source, incident.link_id) <> (incident.nearest_link_source, incident.nearest_link_id)
    ) as other_link_count,
    -- Of these, the plainly nearest link is of another class or number: plain nearest would have chosen another road.
    count(*) filter (chosen.road <> nearest.road) as other_road_count,
    -- Of these, the link's confidence is below one half: it can be one of several.
    count(*) filter (incident.confidence < 0.5) as unsure_count,
    -- Median distance from the point to its link, metres; null where none has one.
    median(incident.distance_m) as median_distance_m
from core.incident_link as incident
left join core.incident as recorded
    on incident.incident_kind = recorded.incident_kind
        and incident.source = recorded.source
        and incident.incident_id = recorded.incident_id
left join link as chosen on incident.link_source = chosen.source and incident.link_id = chosen.link_id
left join link as nearest
    on incident.nearest_link_source = nearest.source and incident.nearest_link_id = nearest.link_id
group by all
