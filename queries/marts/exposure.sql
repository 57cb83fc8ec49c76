-- One row per area and year of traffic counts: what events on its roads can be set against, and how well it is known.
-- key: area_level, area_code, period_start
with source as (
    select string_agg(source, ',' order by source) as source
    from raw.source
    where kind in ('roads', 'traffic_counts', 'area_facts')
)

select
    -- Area level, as in marts.area_level. Never null.
    exposure.area_level,
    -- Code of the area, as in marts.area. Never null.
    exposure.area_code,
    -- First day of the year. Never null.
    make_date(exposure.year, 1, 1) as period_start,
    -- Last day of the year. Never null.
    make_date(exposure.year, 12, 31) as period_end,
    -- Residents, as given or added up from its parts, not of the year; null where not known.
    area.population,
    -- Centre-line length of carriageways, kilometres; null where no road source is complete for the area.
    exposure.road_km,
    -- Of it, length of roads with a number, kilometres; null where no road source is complete for the area.
    exposure.numbered_km,
    -- Motor vehicle kilometres in the year where the traffic is known, never scaled up; null where it is known nowhere.
    exposure.vehicle_km,
    -- Of these kilometres, those within what counts are published for; null where nothing is.
    exposure.counted_vehicle_km,
    -- What the vehicle-kilometres rest on: counted, nearest count, or both; null where there are none.
    case
        when exposure.vehicle_km is null then null
        when exposure.nearest_km = 0 then 'counted'
        when exposure.counted_km = 0 then 'nearest count'
        else 'counted and nearest count'
    end as vehicle_km_basis,
    -- Share of the length within what counts are published for, 0 to 1; null where the length is not known or zero.
    exposure.counted_share,
    -- Share of the length whose traffic is known, there or from the nearest count on the road, 0 to 1; null where the
    -- length is not known or zero.
    exposure.known_share,
    -- The same share of the roads with a number, 0 to 1; null where their length is not known or zero.
    exposure.numbered_known_share,
    -- Whose areas: as-now means the areas of the basis date in meta.build.
    'as-now' as basis,
    -- Source ids, comma-separated; each is in meta.source. Never null.
    source.source
from core.traffic_exposure as exposure
inner join core.area as area
    on exposure.area_level = area.area_level and exposure.area_code = area.area_code and not area.is_context
cross join source
