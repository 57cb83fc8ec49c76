-- One row per carriageway link that has a road number.
-- key: source, link_id
select
    -- Source id of the link. Never null.
    link.source,
    -- Publisher's reference of the link. Never null.
    link.link_id,
    -- Number with its letter (A61). Never null.
    link.road_number,
    -- motorway, a, b, c or unclassified. Never null.
    link.road_class,
    -- Single or dual carriageway, roundabout, slip road, as published; null if not said.
    link.form_of_way,
    -- Length of the centre line, metres.
    link.length_m,
    -- Centre line, working CRS, metres. Never null.
    link.geom
from staging.link as link
where link.is_carriageway and link.road_number is not null
