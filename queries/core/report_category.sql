-- One row per authority, category and period: its reports, how many were fixed in time and how long it took.
-- Small counts are still in it: publish marts.report_category.
-- key: area_code, category, period_start, period_end
select
    -- Code of the authority the reports lie in. Never null.
    of_group.area_code,
    -- What they are about, in the publisher's words; 'not said' where nothing is. Never null.
    of_group.category,
    -- First day of the period. Never null.
    of_group.period_start,
    -- Last day of the period. Never null.
    of_group.period_end,
    -- Reports made in the period. Never null.
    of_group.report_count,
    -- Of these, reports whose time to fix cannot be told. Never null.
    of_group.unusable_count,
    -- Of the others, reports followed for 28 days or more. Never null.
    of_group.followed_count,
    -- Of those followed, reports fixed within 28 days. Never null.
    of_group.fixed_in_time_count,
    -- Median days to fix; null where median_kind says why.
    median.median_days,
    -- Lower 95 % limit, days; null likewise.
    median.median_lower,
    -- Upper 95 % limit, days; null likewise.
    median.median_upper,
    -- How the interval was made, or why there is no median. Never null.
    coalesce(median.median_kind, 'none: no report whose time is known') as median_kind,
    -- Source ids, comma-separated. Never null.
    of_group.source
from core.report_group as of_group
left join core.report_median as median on of_group.group_number = median.group_number
where of_group.category is not null
