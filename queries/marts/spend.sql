-- One row per source of spend, authority code and financial year as read: what was spent, and whether it is used.
-- key: source, area_code, financial_year
with authority as (
    select area_code, area_name from core.area where area_level = getvariable('authority_level') and not is_context
)

select
    -- Source id; joins to meta.source. Never null.
    spend.source,
    -- Code of the authority, as published. Never null.
    spend.area_code,
    -- Its name; null where it is no authority of this region.
    authority.area_name,
    -- Financial year as published. Never null.
    spend.financial_year,
    -- Net current expenditure, pounds, below 0 where income exceeds it; null where not given in full.
    spend.revenue_gbp,
    -- Capital expenditure, pounds; null where not given in full.
    spend.capital_gbp,
    -- nominal (each year's own pounds), real, or not stated. Never null.
    spend.prices,
    -- Lines of the file added up. Never null.
    spend.line_count,
    -- Why no outcome is made of it; null where one is.
    case
        when spend.period_start is null then 'the financial year is not understood'
        when authority.area_code is null then 'no authority of this region has the code'
        when spend.revenue_gbp is null and spend.capital_gbp is null then 'an amount is missing'
    end as not_used_because
from staging.spend as spend
left join authority on spend.area_code = authority.area_code
