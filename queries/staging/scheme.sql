-- One row per scheme: a dated change on roads, and how its place is told.
-- key: source, scheme_id
select
    -- Source id; joins to raw.source. Never null.
    scheme.source,
    -- Publisher's reference of the scheme. Never null.
    scheme.scheme_id,
    -- Name; null if not said.
    scheme.scheme_name,
    -- Kind of change, in the publisher's words; null if not said.
    scheme.change,
    -- First day of the works, or the day of the change where there were none. Never null.
    least(coalesce(scheme.works_start_on, scheme.opened_on), scheme.opened_on) as works_start_on,
    -- First day with the change in place. Never null.
    scheme.opened_on,
    -- How its place is told: links, corridor, road, point or area; null where it is not.
    case
        when scheme.link_ids is not null then 'links'
        when scheme.corridor is not null then 'corridor'
        when scheme.road_number is not null then 'road'
        when scheme.geom is not null and scheme.radius_m is not null then 'point'
        when scheme.area_code is not null then 'area'
    end as placed_by,
    -- References of its links; empty where placed otherwise. Never null.
    list_filter(
        coalesce(string_split_regex(scheme.link_ids, '[\s;,]+'), []), lambda link_id: link_id <> ''
    ) as link_ids,
    -- Corridor; null where placed otherwise.
    scheme.corridor,
    -- Section of the corridor; null means all of it.
    scheme.section,
    -- Number of its road, as in staging.link; null where placed otherwise.
    upper(replace(scheme.road_number, ' ', '')) as road_number,
    -- Area it is in; null if not said.
    scheme.area_code,
    -- How far from its middle it reaches, metres; null where placed otherwise.
    scheme.radius_m,
    -- Its middle, working CRS, metres; null where placed otherwise, or where the file gave no usable coordinates.
    scheme.geom
from raw.scheme as scheme
