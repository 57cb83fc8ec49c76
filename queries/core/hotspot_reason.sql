-- One row per kind of collision and layer of hotspots: why nothing can be computed here, if nothing can.
-- key: event, layer
with layer as (
    select unnest(['grid', 'stretch']) as layer
),

event as (
    select unnest(['collisions', 'ksi']) as event
),

given as (
    select
        (select count(*) from raw.source where kind = 'collisions') as collision_source_count,
        (select count(*) from raw.source where kind = 'roads') as road_source_count,
        (select count(*) from core.corridor_section) as section_count
),

known as (
    select
        event, layer, count(distinct site) filter (expected is not null and not is_context) as site_count,
        count(distinct site) filter (not is_context) as own_count
    from core.usual_part
    group by all
)

select
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    event.event,
    -- grid (squares of one km) or stretch (of a numbered road). Never null.
    layer.layer,
    -- What stands in the way; null where nothing does.
    case
        when given.collision_source_count = 0 then 'no source of collisions'
        when given.road_source_count = 0 then 'no source of roads: nothing to set collisions against'
        when layer.layer = 'stretch' and given.section_count = 0 then 'no numbered roads to follow'
        when coalesce(known.own_count, 0) = 0
            then 'no authority of the region has a source of collisions and one of roads that are complete for it'
        when known.site_count = 0 then 'too few places or collisions to say what is usual'
    end as reason
from event
cross join layer
cross join given
left join known on event.event = known.event and layer.layer = known.layer
