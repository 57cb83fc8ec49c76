-- One row per traffic count point: the carriageway link that it counts, or why it has none.
-- A point on a numbered road is only ever put on a link of that number, one on a road without only on a link without,
-- within the snap tolerance, and never on a slip road, which carries a part of its road's traffic. Plain carriageway
-- goes before a roundabout, then the nearest, to the micrometre, then the lowest source and reference.
-- key: source, count_point_id
-- publish: rows
with point as (
    -- It stands where its newest year with coordinates says.
    select source, count_point_id, road_number, is_numbered, geom
    from staging.traffic_count
    qualify row_number() over (partition by source, count_point_id order by geom is null, year desc) = 1
),

carriageway as (
    select source as link_source, link_id, road_number, form_of_way, geom
    from staging.link
    where is_carriageway
),

near as (
    -- The distance alone stands in ON, so that this stays a spatial join.
    select
        point.source, point.count_point_id, st_distance(point.geom, carriageway.geom) as distance_m,
        carriageway.link_source, carriageway.link_id,
        coalesce(carriageway.form_of_way, '') = 'Roundabout' as is_roundabout,
        point.is_numbered = (carriageway.road_number is not null)
        and coalesce(point.road_number, '') = coalesce(carriageway.road_number, '')
        and coalesce(carriageway.form_of_way, '') <> 'Slip Road' as is_its_road
    from point
    inner join carriageway on st_dwithin(point.geom, carriageway.geom, getvariable('snap_tolerance_m'))
),

chosen as (
    select
        source, count_point_id,
        count(*) filter (is_its_road) as candidate_count,
        min({
            'is_roundabout': is_roundabout,
            'distance_m': round(distance_m, 6),
            'source': link_source,
            'link_id': link_id
        }) filter (is_its_road) as best
    from near
    group by all
)

select
    -- Source id of the counts. Never null.
    point.source,
    -- Publisher's reference of the point. Never null.
    point.count_point_id,
    -- Number of its road with the letter (A61); null where the road has none, or it is not said.
    point.road_number,
    -- Source id of the link; null where unmatched_reason says why.
    link.source as link_source,
    -- Publisher's reference of the link; null where unmatched_reason says why.
    link.link_id,
    -- Distance from the point to the link, metres, to the micrometre; null where there is no link.
    chosen.best.distance_m,
    -- Distance along the link, from its first point, to where the count is nearest to it, metres; null where there is
    -- no link, or the link is of several lines.
    case
        when st_geometrytype(link.geom) = 'LINESTRING' then st_linelocatepoint(link.geom, point.geom) * link.length_m
    end as chainage_m,
    -- Links of its road within the tolerance; zero where none is.
    coalesce(chosen.candidate_count, 0) as candidate_count,
    -- Why there is no link; null where there is one.
    case
        when point.geom is null then 'no usable coordinates'
        when point.is_numbered is null then 'its road is not said'
        when link.link_id is null then 'no carriageway of its road within the tolerance'
    end as unmatched_reason
from point
left join chosen on point.source = chosen.source and point.count_point_id = chosen.count_point_id
left join staging.link as link on chosen.best.source = link.source and chosen.best.link_id = link.link_id
