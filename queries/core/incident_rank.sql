-- One row per collision or report with a link within the snap tolerance: its best candidates, each as one integer.
-- A table of its own, so that the memory of the spatial join is free again before links are looked up.
-- key: incident_row
with snapped as (
    select rowid as incident_row, recorded_road_class, recorded_road_number, geom
    from core.incident
    where incident_kind <> 'response'
),

carriageway as (
    select
        source as link_source, link_id, road_class, geom, rowid as link_row,
        regexp_extract(road_number, '\d+')::bigint as road_number
    from staging.link
    where is_carriageway
),

ordered as (
    select rowid as link_row, row_number() over (order by source, link_id) as link_order from staging.link
),

near as (
    -- The distance alone stands in ON, so that this stays a spatial join.
    select
        snapped.incident_row, carriageway.link_row, st_distance(snapped.geom, carriageway.geom) as distance_m,
        case
            when snapped.recorded_road_class <> carriageway.road_class then 3
            when snapped.recorded_road_class is null or carriageway.road_class is null then 3
            when snapped.recorded_road_number = carriageway.road_number then 1
            else 2
        end as grade
    from snapped
    inner join carriageway on st_dwithin(snapped.geom, carriageway.geom, getvariable('snap_tolerance_m'))
)

select
    -- Row id of the incident in core.incident of this build. Never null.
    near.incident_row,
    -- Links within the tolerance.
    count(*) as candidate_count,
    -- The five best, best first, by grade, distance and reference; see snap_rank.
    min(snap_rank(near.grade, near.distance_m, ordered.link_order), 5) as ranks,
    -- The nearest, whatever was recorded; see snap_rank.
    min(snap_rank(0, near.distance_m, ordered.link_order)) as nearest_rank
from near
inner join ordered on near.link_row = ordered.link_row
group by near.incident_row
