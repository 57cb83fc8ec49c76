-- One row per collision or report, source of links and road: all the roads it touches, as at a junction.
-- A road is touched within junction_m of the point. Two are kept however far within the snap tolerance they are: the
-- road of the incident's link, and the other road recorded of a collision at a junction, as points stray.
-- Unnumbered links of one class count as one road.
-- key: incident_kind, source, incident_id, link_source, road
-- publish: rows
with located as (
    -- Cell by cell, since neighbours look at the same links.
    select incident_kind, source, incident_id, geom
    from core.incident
    where incident_kind <> 'response'
    order by cell_of(st_x(geom)), cell_of(st_y(geom))
),

carriageway as (
    select
        source as link_source, link_id, road_class, coalesce(road_number, road_class) as road, geom,
        regexp_extract(road_number, '\d+')::bigint as road_number
    from staging.link
    where is_carriageway
),

touched as (
    -- The distance alone stands in ON, so that this stays a spatial join.
    select
        located.incident_kind, located.source, located.incident_id,
        carriageway.* exclude (geom), st_distance(located.geom, carriageway.geom) as distance_m
    from located
    inner join carriageway on st_dwithin(located.geom, carriageway.geom, junction_m())
),

matched as (
    select
        link.incident_kind, link.source, link.incident_id,
        carriageway.link_source, carriageway.link_id, carriageway.road_class, carriageway.road,
        carriageway.road_number, link.distance_m
    from core.incident_link as link
    inner join carriageway on link.link_source = carriageway.link_source and link.link_id = carriageway.link_id
),

recorded as (
    select
        'collision' as incident_kind, source, collision_id as incident_id, geom, is_at_junction,
        road_class, road_number, second_road_class, second_road_number
    from staging.collision
),

sought as (
    select
        recorded.incident_kind, recorded.source, recorded.incident_id, recorded.geom,
        recorded.second_road_class, recorded.second_road_number
    from recorded
    anti join touched
        on recorded.incident_kind = touched.incident_kind
            and recorded.source = touched.source
            and recorded.incident_id = touched.incident_id
            and recorded.second_road_class = touched.road_class
            and coalesce(recorded.second_road_number, 0) = coalesce(touched.road_number, 0)
    where recorded.second_road_class is not null and coalesce(recorded.is_at_junction, true)
),

other_road as (
    -- The road is compared after the join, which by its class and number would be a hash join.
    select
        sought.incident_kind, sought.source, sought.incident_id, carriageway.* exclude (geom),
        round(st_distance(sought.geom, carriageway.geom), 6) as distance_m,
        sought.second_road_class = carriageway.road_class
        and coalesce(sought.second_road_number, 0) = coalesce(carriageway.road_number, 0) as is_same
    from sought
    inner join carriageway on st_dwithin(sought.geom, carriageway.geom, getvariable('snap_tolerance_m'))
    qualify is_same
        and row_number() over (
            partition by sought.source, sought.incident_id
            order by not is_same, distance_m, carriageway.link_source, carriageway.link_id
        ) = 1
),

met as (
    select *, false as is_matched from touched
    union all by name
    select * exclude (is_same), false as is_matched from other_road
    union all by name
    select *, true as is_matched from matched
)

select
    -- collision or report. Never null.
    met.incident_kind,
    -- Source id of the incident. Never null.
    met.source,
    -- Publisher's reference of the incident. Never null.
    met.incident_id,
    -- Source id of the links. Never null.
    met.link_source,
    -- Number with its letter (A61), or the class of an unnumbered road. Never null.
    met.road,
    -- motorway, a, b, c or unclassified. Never null.
    min(met.road_class) as road_class,
    -- Distance from the point to the nearest link of the road, metres, to the micrometre.
    round(min(met.distance_m), 6) as distance_m,
    -- Links of the road that are touched; where none is, the one link that it is kept for.
    count(distinct met.link_id) as link_count,
    -- True for the road of the incident's link in core.incident_link.
    bool_or(met.is_matched) as is_matched,
    -- Which recorded road it is, by class and number (none is a number too): first or second; null if neither.
    case
        when
            bool_or(
                met.road_class = recorded.road_class
                and coalesce(met.road_number, 0) = coalesce(recorded.road_number, 0)
            )
            then 'first'
        when
            bool_or(
                met.road_class = recorded.second_road_class
                and coalesce(met.road_number, 0) = coalesce(recorded.second_road_number, 0)
            )
            then 'second'
    end as recorded_as
from met
left join recorded
    on met.incident_kind = recorded.incident_kind
        and met.source = recorded.source
        and met.incident_id = recorded.incident_id
group by met.incident_kind, met.source, met.incident_id, met.link_source, met.road
