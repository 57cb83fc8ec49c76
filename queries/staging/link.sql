-- One row per road link, ways without motor traffic included.
-- key: source, link_id
select
    -- Source id; joins to raw.source. Never null.
    link.source,
    -- Publisher's reference of the link. Never null.
    link.link_id,
    -- motorway, a, b, c or unclassified; null for ways without motor traffic.
    link.road_class,
    -- Number with its letter (A61); null where unnumbered.
    link.road_number,
    -- Street name; null where it has none.
    link.road_name,
    -- Single or dual carriageway, roundabout, slip road, as published; null if not said.
    link.form_of_way,
    -- True where the strategic operator maintains it; null where the file does not say.
    link.is_trunk,
    -- True where motor vehicles may use it; footways, cycleways and the like are kept but measure no road.
    link.road_class is not null as is_carriageway,
    -- Length of the centre line, metres.
    st_length(link.geom) as length_m,
    -- Centre line, working CRS, metres. Never null.
    link.geom
from raw.link as link
