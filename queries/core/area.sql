-- One row per area and level, with what is known of it.
-- key: area_level, area_code
with added_up as (
    -- Where a population is not given, the parts' populations add up, if every part of a level has one.
    select
        line.ancestor_level as area_level,
        line.ancestor_code as area_code,
        line.area_level as part_level,
        case when bool_and(fact.population is not null) then sum(fact.population) end as population
    from core.area_ancestor as line
    left join staging.area_fact as fact on line.area_code = fact.area_code
    where line.ancestor_level <> line.area_level
    group by all
),

summed as (
    select added_up.area_level, added_up.area_code, arg_min(added_up.population, level.position) as population
    from added_up
    inner join raw.level as level on added_up.part_level = level.area_level
    where added_up.population is not null
    group by all
)

select
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published. Never null.
    area.area_code,
    -- Name; the code where no file has a name. Never null.
    coalesce(area.area_name, fact.area_name, area.area_code) as area_name,
    -- Region file the area comes from. Never null.
    source.region,
    -- Level of the area it belongs to; null at the top.
    parent.parent_level,
    -- Code of the area it belongs to; null at the top.
    parent.parent_code,
    -- True for areas beyond the region, never published as outcomes.
    area.is_context,
    -- Residents, as given or added up from its parts; null where not known.
    coalesce(fact.population, summed.population) as population,
    -- Deprivation score, higher is more deprived; null where not given.
    fact.deprivation,
    -- Area, square kilometres.
    st_area(area.geom) / 1e6 as area_km2,
    -- Source id of the boundary. Never null.
    area.source,
    -- Boundary at full resolution, working CRS, metres. Never null.
    area.geom
from staging.area as area
inner join raw.source as source on area.source = source.source
left join staging.area_fact as fact on area.area_code = fact.area_code
left join core.area_parent as parent on area.area_level = parent.area_level and area.area_code = parent.area_code
left join summed on area.area_level = summed.area_level and area.area_code = summed.area_code
