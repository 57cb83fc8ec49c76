-- One row per area, period and class of road: how much of it should be considered for maintenance, as published.
-- Rows whose period is not understood are left out, and a check tells of them.
-- key: source, area_code, road_class, period_start, period_end
with condition as (
    select *, surveyed_from(period) as period_start, surveyed_to(period) as period_end
    from raw.road_condition
    where surveyed_from(period) is not null
    -- Two spellings of one period are one period.
    qualify row_number() over (
            partition by source, area_code, road_class, surveyed_from(period), surveyed_to(period) order by file, row
        ) = 1
)

select
    -- Source id; joins to raw.source. Never null.
    condition.source,
    -- Code of the area as published (GSS in Britain). Never null.
    condition.area_code,
    -- Class of road: a, b, c, b_and_c or unclassified. Never null.
    condition.road_class,
    -- First day of the period. Never null.
    condition.period_start,
    -- Last day of the period. Never null.
    condition.period_end,
    -- Series it belongs to, as the file says and by the breaks of its source; null where there are none.
    nullif(concat_ws(', ', condition.series, series_of(source.breaks, period_start, period_end)), '') as series,
    -- How the roads were surveyed (SCANNER, CVI ...); null if not said.
    condition.survey_method,
    -- Part of the roads surveyed that should be considered for maintenance, percent; null where not given.
    100 * condition.poor / greatest(source.lowest, source.highest) as poor_percent,
    -- True where the publisher withholds the figure. Never null.
    coalesce(condition.mark, '') = 'suppressed' as is_suppressed,
    -- Length surveyed, kilometres; null if not said.
    condition.surveyed_length_km
from condition
inner join raw.source as source on condition.source = source.source
