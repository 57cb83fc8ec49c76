-- One row per area that may be a problem and collision in it, over the period of the problem: who answers for the road.
-- All models named core.event_of_ have these columns, and core.problem picks them up.
-- key: problem, event
select
    -- Problem, as in core.candidate_area. Never null.
    candidate.problem,
    -- Source id and reference of the collision. Never null.
    place.source || ' ' || place.incident_id as event,
    -- Code of the authority that answers for the road; null where the strategic operator does, or nobody is known.
    responsible.responsible_code,
    -- Code of a neighbour that may answer for it as well, as the road runs along their border; null where none may.
    responsible.shared_with_code,
    -- True where the strategic operator answers for the road. Never null.
    responsible.is_strategic
from core.candidate_area as candidate
inner join core.incident_place as place
    on candidate.area_level = place.area_level
        and candidate.area_code = place.area_code
        and place.incident_kind = 'collision'
inner join staging.collision as collision
    on place.source = collision.source
        and place.incident_id = collision.collision_id
        and collision.occurred_on between candidate.period_start and candidate.period_end
inner join core.incident_responsible as responsible
    on place.incident_kind = responsible.incident_kind
        and place.source = responsible.source
        and place.incident_id = responsible.incident_id
