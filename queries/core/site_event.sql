-- One row per site and outcome: events on its roads, and the years they are of.
-- key: site, outcome
with place as (
    select part.part_number, site.site
    from core.road_part as part
    inner join core.road_site as site
        on part.cell_x = site.cell_x
            and part.cell_y = site.cell_y
            and part.area_code = site.area_code
            and part.road_class = site.road_class
),

counted as (
    select place.site, event.outcome, sum(event.event_count::decimal(18, 6))::double as event_count
    from core.part_event as event
    inner join place on event.part_number = place.part_number
    group by all
)

select
    -- Number of the site, as in core.road_site. Never null.
    site.site,
    -- collisions, ksi or reports. Never null.
    period.outcome,
    -- Length of the period in years. Never null.
    period.years,
    -- Events of the period; null where no source speaks for the authority.
    case when coverage.is_covered then coalesce(counted.event_count, 0) end as event_count
from core.road_site as site
inner join core.area as area
    on area.area_level = getvariable('authority_level') and site.area_code = area.area_code
inner join core.event_years as period on area.region = period.region
left join core.coverage as coverage
    on coverage.kind = case when period.outcome = 'reports' then 'reports' else 'collisions' end
        and area.area_level = coverage.area_level
        and area.area_code = coverage.area_code
left join counted on site.site = counted.site and period.outcome = counted.outcome
