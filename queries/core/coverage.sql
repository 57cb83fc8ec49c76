-- One row per area and kind of source: whether the region's sources of that kind speak for the whole area.
-- A source speaks for all of its region unless the region file lists the areas it is complete for; an area
-- coarser than those listed is covered when all its authorities are.
-- key: kind, area_level, area_code
with kind as (
    select distinct kind from raw.source where kind in ('roads', 'collisions', 'reports')
),

covered as (
    select distinct source.kind, line.area_level, line.area_code
    from core.area_ancestor as line
    inner join core.area as area on line.area_level = area.area_level and line.area_code = area.area_code
    inner join raw.source as source
        on source.region = area.region
            and (source.complete_for is null or list_contains(source.complete_for, line.ancestor_code))
),

gathered as (
    select kind.kind, line.ancestor_level as area_level, line.ancestor_code as area_code
    from core.area_ancestor as line
    cross join kind
    left join covered
        on kind.kind = covered.kind and line.area_level = covered.area_level and line.area_code = covered.area_code
    where line.area_level = getvariable('authority_level')
    group by all
    having bool_and(covered.area_code is not null)
)

select
    -- roads, collisions or reports. Never null.
    kind.kind,
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area.area_code,
    -- True where sources of this kind are complete for the area. Never null.
    covered.area_code is not null or gathered.area_code is not null as is_covered
from core.area as area
cross join kind
left join covered
    on kind.kind = covered.kind and area.area_level = covered.area_level and area.area_code = covered.area_code
left join gathered
    on kind.kind = gathered.kind and area.area_level = gathered.area_level and area.area_code = gathered.area_code
