-- One row per source of published scores, outcome, period, area level and use: how many areas have a score of their
-- own, one put together from other areas, or none, and why.
-- key: source, outcome, period_start, period_end, area_level, use
with series as (
    select distinct source, outcome, period_start, period_end from staging.satisfaction_score
),

of_it as (
    select * from core.carried_part where is_of_it
),

used as (
    select
        series.*, area.area_level, area.area_code,
        case
            when of_it.given_code is not null and of_it.score is null then 'none: the publisher gave no value'
            when of_it.change is not null then 'published under a former code'
            when of_it.given_code is not null then 'published'
            when carried.not_computable is not null then 'not computable here: ' || carried.not_computable
            when carried.area_code is not null then 'put together from scores of other areas'
            else 'not computable here: no score is of it or its parts, and one of a larger area would invent detail'
        end as use
    from series
    inner join core.area as area on not area.is_context
    left join of_it
        on series.source = of_it.source
            and series.outcome = of_it.outcome
            and series.period_start = of_it.period_start
            and series.period_end = of_it.period_end
            and area.area_level = of_it.area_level
            and area.area_code = of_it.area_code
    left join core.carried_score as carried
        on series.source = carried.source
            and series.outcome = carried.outcome
            and series.period_start = carried.period_start
            and series.period_end = carried.period_end
            and area.area_level = carried.area_level
            and area.area_code = carried.area_code
)

select
    -- Source id; joins to meta.source. Never null.
    used.source,
    -- Outcome the scores measure. Never null.
    used.outcome,
    -- First day of the period. Never null.
    used.period_start,
    -- Last day of the period. Never null.
    used.period_end,
    -- Area level, as in marts.area_level. Never null.
    used.area_level,
    -- published, published under a former code, put together from scores of other areas, or why there is none. An
    -- outcome may come from survey answers all the same: they go before what is put together. Never null.
    used.use,
    -- Areas of the region. Never null.
    count(*) as area_count,
    -- Lowest code among them. Never null.
    min(used.area_code) as first_code
from used
group by all
