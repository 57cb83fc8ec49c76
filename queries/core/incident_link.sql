-- One row per collision or report: the carriageway link it was most likely on, or why it has none.
-- Of the links within the snap tolerance, one of the recorded road's class and number goes before one of its class,
-- and that before any other; then the nearest, to the micrometre, and of equals the lowest source and reference.
-- Reports record no road, so theirs is the nearest.
-- key: incident_kind, source, incident_id
-- publish: rows
with ordered as (
    select rowid as link_row, row_number() over (order by source, link_id) as link_order from staging.link
),

chosen as (
    select
        best.*,
        link.source as link_source, link.link_id, link.geom as link_geom, link.length_m,
        list_transform(
            list_filter(best.ranks, lambda r: rank_grade(r) = rank_grade(best.ranks[1])), lambda r: rank_distance_m(r)
        ) as distances_m,
        nearest_link.source as nearest_link_source, nearest_link.link_id as nearest_link_id
    from core.incident_rank as best
    inner join ordered on rank_order(best.ranks[1]) = ordered.link_order
    inner join staging.link as link on ordered.link_row = link.rowid
    inner join ordered as nearest_ordered on rank_order(best.nearest_rank) = nearest_ordered.link_order
    inner join staging.link as nearest_link on nearest_ordered.link_row = nearest_link.rowid
)

select
    -- collision or report. Never null.
    incident.incident_kind,
    -- Source id of the incident. Never null.
    incident.source,
    -- Publisher's reference of the incident. Never null.
    incident.incident_id,
    -- Source id of the link; null where unmatched_reason says why.
    chosen.link_source,
    -- Publisher's reference of the link; null where unmatched_reason says why.
    chosen.link_id,
    -- Distance from the point to the link, metres, to the micrometre; null where there is no link.
    chosen.distances_m[1] as distance_m,
    -- Distance along the link, from its first point, to where the incident is nearest to it, metres; null where
    -- there is no link, or the link is of several lines.
    case
        when st_geometrytype(chosen.link_geom) = 'LINESTRING'
            then st_linelocatepoint(chosen.link_geom, incident.geom) * chosen.length_m
    end as chainage_m,
    -- What the link and the recorded road share: number (and class), class, or neither (nearest); null where there
    -- is no link.
    case rank_grade(chosen.ranks[1]) when 1 then 'number' when 2 then 'class' when 3 then 'nearest' end as matched_by,
    -- Links within the tolerance; zero where none is.
    coalesce(chosen.candidate_count, 0) as candidate_count,
    -- Distance to the next link that matches as well, metres; null where there is none within the tolerance.
    chosen.distances_m[2] as next_distance_m,
    -- Chance, 0 to 1, that of the five nearest links which match as well it is this one, if points stray from their
    -- road by a normal error of a fifth of the tolerance: 0.5 where two are equally near, as at a node between two
    -- links of one road. Null where there is no link.
    round(
        1 / list_sum(
            list_transform(
                chosen.distances_m,
                lambda d: exp((chosen.distances_m[1] ** 2 - d ** 2) * 12.5 / getvariable('snap_tolerance_m') ** 2)
            )
        ), 3
    ) as confidence,
    -- Source id of the link that is plainly nearest, whatever was recorded; null where there is none.
    chosen.nearest_link_source,
    -- Publisher's reference of that link; null where there is none.
    chosen.nearest_link_id,
    -- Distance to that link, metres; null where there is none.
    rank_distance_m(chosen.nearest_rank) as nearest_distance_m,
    -- Why there is no link; null where there is one.
    case
        when incident.geom is null then 'no usable coordinates'
        when chosen.link_id is null then 'no carriageway within the tolerance'
    end as unmatched_reason
from core.incident as incident
left join chosen on incident.rowid = chosen.incident_row
where incident.incident_kind <> 'response'
