-- One row per area and trait that is known of it: what satisfaction may go with, and small areas may be told by.
-- key: area_level, area_code, trait
with collision as (
    -- All years pooled: a small area has few collisions in one.
    select area_level, area_code, observations / exposure * per as value, source
    from core.rate_collision
    where outcome = 'collisions_per_km' and exposure > 0
    qualify row_number() over (
            partition by area_level, area_code order by period_end - period_start desc, period_start
        ) = 1
),

-- The facts of a code; area_fact keeps one row for each, whatever its source.
fact_source as (
    select string_agg(source, ',' order by source) as source from raw.source where kind = 'area_facts'
),

trait as (
    select
        area.area_level, area.area_code, 'deprivation' as trait, 1::bigint as position, area.deprivation as value,
        fact_source.source
    from core.area as area
    cross join fact_source
    union all
    select
        area.area_level, area.area_code, 'population_density', 2, ln(area.population / area.area_km2),
        fact_source.source
    from core.area as area
    cross join fact_source
    where area.population > 0 and area.area_km2 > 0
    union all
    select area.area_level, area.area_code, 'rural_share', 4, fact.rural_share, fact_source.source
    from core.area as area
    inner join staging.area_fact as fact on area.area_code = fact.area_code
    cross join fact_source
    union all
    select area_level, area_code, 'collisions_per_km', 3, value, source from collision
)

select
    -- Area level, as named in the region file. Never null.
    trait.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    trait.area_code,
    -- deprivation (score as given), population_density (logarithm of residents per square kilometre), rural_share (0 to
    -- 1) or collisions_per_km (a year, all years pooled). Never null.
    trait.trait,
    -- Place among traits, most wanted first. Never null.
    trait.position,
    -- How much of it there is, in the unit of the trait. Never null.
    trait.value,
    -- Source ids, comma-separated. Never null.
    trait.source
from trait
inner join core.area as area
    on trait.area_level = area.area_level and trait.area_code = area.area_code and not area.is_context
where trait.value is not null and trait.source is not null
