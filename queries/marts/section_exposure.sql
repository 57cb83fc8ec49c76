-- One row per section of a numbered road in the region and year of traffic counts: its vehicle-kilometres.
-- key: corridor, section, period_start
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('roads', 'traffic_counts')
)

select
    -- Corridor: road number and part (A61/1). Never null.
    exposure.corridor,
    -- Number of the section within the corridor, as in marts.corridor_section. Never null.
    exposure.section,
    -- First day of the year. Never null.
    make_date(exposure.year, 1, 1) as period_start,
    -- Last day of the year. Never null.
    make_date(exposure.year, 12, 31) as period_end,
    -- Length, kilometres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    exposure.length_m / 1000 as length_km,
    -- Share of the length within what counts are published for, 0 to 1. Never null.
    exposure.counted_share,
    -- Share of the length whose traffic is known, there or from the nearest count on the road, 0 to 1. Never null.
    exposure.known_share,
    -- Motor vehicles on an average day, both directions, the mean over the length that is known; null where none is.
    exposure.aadf,
    -- Motor vehicle kilometres in the year on the length that is known, never scaled up; null where none is.
    exposure.vehicle_km,
    -- Source ids, comma-separated; each is in meta.source. Never null.
    source.source
from core.section_exposure as exposure
inner join core.corridor_section as section
    on exposure.corridor = section.corridor and exposure.section = section.section
inner join core.area as area
    on area.area_level = getvariable('authority_level') and section.area_code = area.area_code and not area.is_context
cross join source
