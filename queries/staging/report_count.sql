-- One row per area and year: citizen reports already counted by the publisher, categories summed.
-- key: source, area_code, year
select
    -- Source id; joins to raw.source. Never null.
    report_count.source,
    -- Code of the area, of the vintage the source uses. Never null.
    report_count.area_code,
    -- Calendar year. Never null.
    report_count.year,
    -- Reports made in the year, all categories. Never null.
    sum(report_count.report_count)::bigint as report_count
from raw.report_count as report_count
group by all
