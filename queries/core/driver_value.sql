-- One row per satisfaction outcome, area, period and candidate driver: what satisfaction there may go with. Authorities
-- by their published figure; finer areas by their own answers alone, since the estimate published of them is drawn
-- towards some of the very drivers.
-- key: outcome, area_level, area_code, period_start, period_end, driver
with answer as (
    select
        estimate.outcome, estimate.area_level, estimate.area_code, estimate.period_start, estimate.period_end,
        estimate.value as satisfaction, 1.0 as weight
    from core.estimate as estimate
    inner join run.outcome_definition as definition
        on estimate.outcome = definition.outcome and definition.theme = 'satisfaction'
    inner join raw.level as level on estimate.area_level = level.area_level and level.is_authority
    where estimate.value is not null
    union all
    select
        outcome, area_level, area_code, period_start, period_end, direct,
        1 / (direct_error ** 2 + model_variance)
    from core.small_area_score
    where kind = 'eblup'
),

driver as (
    select
        answer.outcome, answer.area_level, answer.area_code, answer.period_start, answer.period_end,
        trait.trait as driver, trait.value
    from answer
    inner join core.area_trait as trait
        on answer.area_level = trait.area_level and answer.area_code = trait.area_code
    where trait.trait <> 'collisions_per_km'
    union all
    select outcome, area_level, area_code, period_start, period_end, measure, value from core.measure_beside
)

select
    -- Satisfaction outcome. Never null.
    answer.outcome,
    -- Area level, as named in the region file. Never null.
    answer.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    answer.area_code,
    -- First day of the period. Never null.
    answer.period_start,
    -- Last day of the period. Never null.
    answer.period_end,
    -- Candidate driver: a fact of the area, or a measured outcome; "(none)" where nothing is known. Never null.
    coalesce(driver.driver, '(none)') as driver,
    -- Which direction of it is better: lower or higher; null where neither is, as for facts of an area.
    case when definition.direction <> 'neither' then definition.direction end as direction,
    -- Its value, in its own unit; null where nothing is known.
    driver.value,
    -- Satisfaction, in its unit. Never null.
    answer.satisfaction,
    -- How much the row tells, above zero: 1 for authorities, the inverse of its variance for finer areas. Never null.
    answer.weight
from answer
left join driver
    on answer.outcome = driver.outcome
        and answer.area_level = driver.area_level
        and answer.area_code = driver.area_code
        and answer.period_start = driver.period_start
        and answer.period_end = driver.period_end
left join run.outcome_definition as definition on driver.driver = definition.outcome
