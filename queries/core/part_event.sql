-- One row per part of a link, authority that events on it lie in, and outcome: events of the longest period.
-- Who lies where is told by the point, not by who answers for the road or recorded it.
-- key: part_number, area_code, outcome
with happened as (
    select
        'collision' as incident_kind, source, collision_id as incident_id, occurred_on, is_ksi,
        ksi_chance::decimal(9, 6) as chance
    from staging.collision
    union all
    select 'report', source, report_id, reported_at::date, false, null from staging.report
),

near as (
    select distinct incident_kind, source, incident_id
    from core.incident_near_area
    where area_level = getvariable('authority_level')
),

on_link as (
    -- A link of several lines has no one measure; its events go to its middle.
    select
        on_link.incident_kind, on_link.source, on_link.incident_id, on_link.link_source, on_link.link_id,
        place.area_code, coalesce(on_link.chainage_m, link.length_m / 2) as along_m
    from core.incident_link as on_link
    inner join core.incident_place as place
        on on_link.incident_kind = place.incident_kind
            and on_link.source = place.source
            and on_link.incident_id = place.incident_id
            and place.area_level = getvariable('authority_level')
    inner join staging.link as link on on_link.link_source = link.source and on_link.link_id = link.link_id
    where place.area_code is not null
),

on_part as (
    select on_link.*, part.part_number
    from on_link
    inner join core.road_part as part
        on on_link.link_source = part.source
            and on_link.link_id = part.link_id
            and on_link.along_m >= part.from_m - 0.001
            and on_link.along_m <= part.from_m + part.length_m + 0.001
    qualify row_number() over (
            partition by on_link.incident_kind, on_link.source, on_link.incident_id
            order by part.area_code <> on_link.area_code, part.part_number
        ) = 1
),

event as (
    select
        on_part.part_number, on_part.area_code, period.outcome, near.incident_id is not null as is_near,
        case when period.is_adjusted then happened.chance else 1 end as events
    from on_part
    inner join happened
        on on_part.incident_kind = happened.incident_kind
            and on_part.source = happened.source
            and on_part.incident_id = happened.incident_id
    inner join raw.source as source on on_part.source = source.source
    inner join core.event_years as period
        on source.region = period.region
            and happened.occurred_on between period.period_start and period.period_end
            and (period.outcome = 'reports') = (happened.incident_kind = 'report')
            and (period.outcome <> 'ksi' or period.is_adjusted or happened.is_ksi)
    left join near
        on on_part.incident_kind = near.incident_kind
            and on_part.source = near.source
            and on_part.incident_id = near.incident_id
)

select
    -- Number of the part, as in core.road_part. Never null.
    event.part_number,
    -- Code of the authority that the points lie in. Never null.
    event.area_code,
    -- collisions, ksi or reports. Never null.
    event.outcome,
    -- Events; of adjusted severity the sum of the chances that each was fatal or serious. Never null.
    sum(event.events)::double as event_count,
    -- Of them, so near a border that the other side may be meant. Never null.
    coalesce(sum(event.events) filter (event.is_near), 0)::double as near_count
from event
group by event.part_number, event.area_code, event.outcome
