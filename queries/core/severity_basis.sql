-- One row per period of collisions: whether severity can be adjusted, for every collision of the period or for none.
-- Police forces went over to asking for injuries at different times, and then record more of them as serious. Adjusted
-- and recorded severity are two series: within a period all areas are given in one.
-- key: period_start, period_end
with day as (
    select occurred_on, bool_and(ksi_chance is not null) as is_known
    from staging.collision
    group by all
),

period as (
    select distinct period_start, period_end from core.period where incident_kind = 'collision'
)

select
    -- First day of the period. Never null.
    period.period_start,
    -- Last day of the period. Never null.
    period.period_end,
    -- True where every collision of the period carries its adjusted severity. Never null.
    coalesce(bool_and(day.is_known), false) as is_adjusted
from period
left join day on day.occurred_on between period.period_start and period.period_end
group by all
