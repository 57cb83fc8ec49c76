-- One row per region, kind of incident and period that outcomes are given for.
-- Only time that every source of the kind speaks for counts: each whole calendar year, and all of it pooled.
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

period as (
    select region, incident_kind, period_start, period_end from year
    union
    select region, incident_kind, period_start, period_end from common
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
    sum((part.last_on - part.first_on + 1) / part.days_in_year) as years
from part
group by all
