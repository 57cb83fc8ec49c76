-- One row per source, authority and financial year: what was spent, all lines of the file added up.
-- key: source, area_code, financial_year
select
    -- Source id; joins to raw.source. Never null.
    spend.source,
    -- Code of the authority, as published. Never null.
    spend.area_code,
    -- Financial year as published. Never null.
    spend.financial_year,
    -- First day of the financial year; null where it is not understood.
    case
        when last_year_of(spend.financial_year) = spend.financial_year[1:4]::bigint + 1
            then make_date(spend.financial_year[1:4]::bigint, 4, 1)
    end as period_start,
    -- Last day of the financial year; null where it is not understood.
    case
        when last_year_of(spend.financial_year) = spend.financial_year[1:4]::bigint + 1
            then make_date(last_year_of(spend.financial_year), 3, 31)
    end as period_end,
    -- Net current expenditure, pounds, below 0 where income exceeds it; null where any line lacks it.
    case
        when count(spend.revenue) = count(*)
            then sum(spend.revenue::decimal(18, 4))::double * any_value(source.pounds)
    end as revenue_gbp,
    -- Capital expenditure, pounds; null where any line lacks it.
    case
        when count(spend.capital) = count(*)
            then sum(spend.capital::decimal(18, 4))::double * any_value(source.pounds)
    end as capital_gbp,
    -- Length of road the publisher sets the spend against, kilometres; null if not said.
    max(spend.road_km) as road_km,
    -- Lines added up. Never null.
    count(*) as line_count,
    -- nominal (each year's own pounds), real, or not stated. Never null.
    any_value(source.prices) as prices
from raw.spend as spend
inner join raw.source as source on spend.source = source.source
group by spend.source, spend.area_code, spend.financial_year
