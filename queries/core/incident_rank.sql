-- One row per collision or report with a link within the snap tolerance: its best candidates, each as one integer.
-- A table of its own, so that the memory of the spatial join is free again before links are looked up.
-- Incidents are taken cell by cell, since neighbours look at the same links: it makes the join four times faster.
-- key: incident_row
with snapped as (
    select rowid as incident_row, recorded_road_class, recorded_road_number, geom
    from core.incident
    where incident_kind <> 'response'
    order by cell_of(st_x(geom)), cell_of(st_y(geom))
),

ordered as (
    select rowid as link_row, row_number() over (order by source, link_id) as link_order from staging.link
),

carriageway as (
    -- The order is joined here, to each link once, and not to each candidate.
    select
        ordered.link_order, link.road_class, link.geom, regexp_extract(link.road_number, '\d+')::bigint as road_number
    from staging.link as link
    inner join ordered on link.rowid = ordered.link_row
    where link.is_carriageway
),

near as (
    -- The distance alone stands in ON, so that this stays a spatial join.
    select
        snapped.incident_row, carriageway.link_order, st_distance(snapped.geom, carriageway.geom) as distance_m,
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
    incident_row,
    -- Links within the tolerance.
    count(*) as candidate_count,
    -- The five best, best first, by grade, distance and reference; see snap_rank.
    min(snap_rank(grade, distance_m, link_order), 5) as ranks,
    -- The nearest, whatever was recorded; see snap_rank.
    min(snap_rank(0, distance_m, link_order)) as nearest_rank
from near
group by incident_row
