-- One row per authority and financial year: what it spent on roads, and the road and people it spent it on.
-- Revenue and capital may come from two sources; of several that give either, the first by id counts.
-- key: area_code, period_start
with of_authority as (
    select
        spend.*, area.population,
        bool_or(spend.revenue_gbp is not null) over (partition by spend.source) as gives_revenue,
        bool_or(spend.capital_gbp is not null) over (partition by spend.source) as gives_capital
    from staging.spend as spend
    inner join core.area as area
        on area.area_level = getvariable('authority_level')
            and spend.area_code = area.area_code
            and not area.is_context
    where spend.period_start is not null
),

total as (
    select
        area_code,
        period_start,
        period_end,
        any_value(population) as population,
        arg_min(revenue_gbp, source) as revenue_gbp,
        arg_min(capital_gbp, source) as capital_gbp,
        arg_min(road_km, source) as stated_km,
        arg_min(prices, source) as prices,
        -- Where a source gives either elsewhere, its absence here is an amount missing.
        (not bool_or(gives_revenue) or count(revenue_gbp) > 0)
        and (not bool_or(gives_capital) or count(capital_gbp) > 0) as is_whole,
        string_agg(source, ',' order by source) as source
    from of_authority
    group by all
),

road as (
    select area_code, sum(road_km::decimal(18, 6))::double as road_km from core.maintained_road group by all
)

select
    -- Code of the authority. Never null.
    total.area_code,
    -- First day of the financial year. Never null.
    total.period_start,
    -- Last day of the financial year. Never null.
    total.period_end,
    -- Net current expenditure, pounds; null where not given.
    total.revenue_gbp,
    -- Capital expenditure, pounds; null where not given.
    total.capital_gbp,
    -- Both, or the one that its sources give, pounds; null where any is missing.
    case
        when total.is_whole and (total.revenue_gbp is not null or total.capital_gbp is not null)
            then coalesce(total.revenue_gbp, 0) + coalesce(total.capital_gbp, 0)
    end as spend_gbp,
    -- What is in the sum: revenue and capital, revenue, or capital; null where nothing is.
    case
        when total.revenue_gbp is not null and total.capital_gbp is not null then 'revenue and capital'
        when total.revenue_gbp is not null then 'revenue'
        when total.capital_gbp is not null then 'capital'
    end as scope,
    -- Road it answers for, kilometres: as the publisher of the spend says, or else measured; null where not known.
    coalesce(total.stated_km, road.road_km) as road_km,
    -- Residents, of the year that the region's facts are of; null where not known.
    total.population,
    -- nominal (each year's own pounds), real, or not stated. Never null.
    total.prices,
    -- Source ids of the spend, comma-separated. Never null.
    total.source
from total
left join road on total.area_code = road.area_code
