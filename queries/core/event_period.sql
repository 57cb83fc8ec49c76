-- One row per region, kind of collision and period that collisions are held against what is usual for.
-- All of it pooled, and each whole year. Where severity cannot be adjusted over all of it, fatal and serious collisions
-- are pooled over the longest run of years (two at least) where it can, the latest of equals, and of a run longer than
-- pooled_years over its latest ones.
-- key: region, event, period_start, period_end
with given as (
    select period.region, period.period_start, period.period_end, period.years, period.is_pooled, basis.is_adjusted
    from core.period as period
    inner join core.severity_basis as basis
        on period.period_start = basis.period_start and period.period_end = basis.period_end
    where period.incident_kind = 'collision'
),

whole as (
    select * from given where is_pooled
),

single as (
    select * from given
    where period_start = make_date(year(period_start), 1, 1) and period_end = make_date(year(period_start), 12, 31)
),

run as (
    select region, period_start, period_end, year(period_start) - row_number() over of_region as run
    from single
    where is_adjusted
    window of_region as (partition by region order by period_start)
),

span as (
    select
        region, max(period_end) as period_end,
        least(count(*), coalesce(nullif(getvariable('pooled_years'), 0), count(*)))::double as years,
        make_date(year(max(period_end)) - years::bigint + 1, 1, 1) as period_start
    from run
    group by region, run
    having count(*) > 1
    qualify row_number() over (partition by region order by count(*) desc, max(period_end) desc) = 1
),

pooled as (
    select
        whole.region, 'ksi' as event, coalesce(span.period_start, whole.period_start) as period_start,
        coalesce(span.period_end, whole.period_end) as period_end, coalesce(span.years, whole.years) as years,
        whole.is_adjusted or span.region is not null as is_adjusted
    from whole
    left join span on whole.region = span.region and not whole.is_adjusted
    union all
    select region, 'collisions', period_start, period_end, years, false from whole
),

every as (
    select region, event, period_start, period_end, years, is_adjusted, true as is_pooled from pooled
    union all
    select region, 'ksi', period_start, period_end, years, is_adjusted, false from single
    union all
    select region, 'collisions', period_start, period_end, years, false, false from single
)

select
    -- Region file. Never null.
    every.region,
    -- collisions, or ksi: those in which someone was killed or seriously injured. Never null.
    every.event,
    -- First day of the period. Never null.
    every.period_start,
    -- Last day of the period. Never null.
    every.period_end,
    -- Length of the period in years, as in core.period.
    any_value(every.years) as years,
    -- True where severity is adjusted, for every collision of the period; false for all collisions. Never null.
    any_value(every.is_adjusted) as is_adjusted,
    -- True for the longest period. Never null.
    bool_or(every.is_pooled) as is_pooled
from every
group by every.region, every.event, every.period_start, every.period_end
