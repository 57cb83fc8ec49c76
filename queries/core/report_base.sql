-- One row per area and period with a rate of reports: what may tell how readily people there report.
-- key: area_level, area_code, period_start, period_end
select
    -- Area level, as named in the region file. Never null.
    rate.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    rate.area_code,
    -- First day of the period. Never null.
    rate.period_start,
    -- Last day of the period. Never null.
    rate.period_end,
    -- Reports counted in the area. Never null.
    rate.observations as report_count,
    -- Person-years; null where the population is not known.
    rate.exposure as person_years,
    -- Deprivation score, higher is more deprived; null where not given.
    area.deprivation,
    -- Logarithm of residents per square kilometre; null where the population is not known or zero.
    case when area.population > 0 then ln(area.population / area.area_km2) end as log_density,
    -- Logarithm of the length of road for each resident, kilometres; null where either is not known or zero.
    case
        when area.population > 0 and exposure.road_km > 0 then ln(exposure.road_km / area.population)
    end as log_road_per_resident,
    -- Source ids, comma-separated. Never null.
    rate.source
from core.rate_report as rate
inner join core.area as area on rate.area_level = area.area_level and rate.area_code = area.area_code
left join core.exposure as exposure
    on rate.area_level = exposure.area_level and rate.area_code = exposure.area_code
