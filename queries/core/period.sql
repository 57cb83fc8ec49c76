-- One row per region, kind of incident and period that outcomes are given for.
-- Only time that every source of the kind speaks for counts: each whole calendar year, and all of it pooled; where it
-- holds more whole years than the setting pooled_years (0: any number), the latest so many are pooled instead.
-- key: region, incident_kind, period_start, period_end
with spoken_for as (
    select
        source.region,
        rtrim(source.kind, 's') as incident_kind,
        source.source,
        min(file.period_start) as period_start,
        max(file.period_end) as period_end
    from raw.source as source
    inner join raw.source_file as file on source.source = file.source
    where source.kind in ('collisions', 'reports')
    group by all
),

common as (
    select region, incident_kind, max(period_start) as period_start, min(period_end) as period_end
    from spoken_for
    group by all
    having bool_and(period_start is not null) and max(period_start) <= min(period_end)
),

year as (
    select
        common.region,
        common.incident_kind,
        make_date(years.year, 1, 1) as period_start,
        make_date(years.year, 12, 31) as period_end
    from common
    cross join unnest(range(year(common.period_start), year(common.period_end) + 1)) as years (year)
    where make_date(years.year, 1, 1) >= common.period_start and make_date(years.year, 12, 31) <= common.period_end
),

ranked as (
    select
        *,
        row_number() over (partition by region, incident_kind order by period_start desc) as nth,
        count(*) over (partition by region, incident_kind) as year_count
    from year
),

latest as (
    select region, incident_kind, min(period_start) as period_start, max(period_end) as period_end
    from ranked
    where getvariable('pooled_years') between nth and year_count - 1
    group by all
),

pooled as (
    select
        common.region, common.incident_kind,
        coalesce(latest.period_start, common.period_start) as period_start,
        coalesce(latest.period_end, common.period_end) as period_end
    from common
    left join latest on common.region = latest.region and common.incident_kind = latest.incident_kind
),

period as (
    select region, incident_kind, period_start, period_end, bool_or(is_pooled) as is_pooled
    from (
        select *, false as is_pooled from year
        union all
        select *, true as is_pooled from pooled
    ) as each
    group by all
),

part as (
    -- A whole calendar year counts as one, leap or not; a part of one as its share of that year's days.
    select
        period.*,
        least(period.period_end, make_date(years.year, 12, 31)) as last_on,
        greatest(period.period_start, make_date(years.year, 1, 1)) as first_on,
        make_date(years.year + 1, 1, 1) - make_date(years.year, 1, 1) as days_in_year
    from period
    cross join unnest(range(year(period.period_start), year(period.period_end) + 1)) as years (year)
)

select
    -- Region file. Never null.
    part.region,
    -- collision or report. Never null.
    part.incident_kind,
    -- First day. Never null.
    part.period_start,
    -- Last day. Never null.
    part.period_end,
    -- Length in years: whole calendar years count as one, part years as their share of the year's days.
    sum((part.last_on - part.first_on + 1) / part.days_in_year) as years,
    -- True for the time that is put together, which may be a single year. Never null.
    part.is_pooled
from part
group by all
