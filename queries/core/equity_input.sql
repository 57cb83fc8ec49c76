-- One row per outcome, area of a level that has deprivation scores, and period. Satisfaction in areas finer than an
-- authority is that of their own answers: the estimate published of them leans on deprivation already.
-- key: outcome, area_level, period_start, period_end, area_code
with own as (
    select outcome, area_level, area_code, period_start, period_end, direct
    from core.small_area_score
    where kind = 'eblup'
),

deprived as (
    select area_level, area_code, population, deprivation
    from core.area
    where not is_context
    qualify count(deprivation) over (partition by area_level) > 0
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    estimate.outcome,
    -- Area level, as named in the region file. Never null.
    estimate.area_level,
    -- First day of the period. Never null.
    estimate.period_start,
    -- Last day of the period. Never null.
    estimate.period_end,
    -- Code of the area as published (GSS in Britain). Never null.
    estimate.area_code,
    -- True where the outcome is a rate of events. Never null.
    estimate.scale = 'rate' as is_rate,
    -- Deprivation score, higher is more deprived; null where not known.
    deprived.deprivation,
    -- Residents; null where not known.
    deprived.population as people,
    -- Events; null but for rates.
    case when estimate.scale = 'rate' then estimate.observations end as events,
    -- What they arose in; null but for rates, or where not known.
    case when estimate.scale = 'rate' then estimate.exposure end as exposure,
    -- The rate is per so many units of exposure. Never null.
    estimate.per,
    -- Value of an outcome that is no rate; null for rates, and where suppressed or missing.
    case when estimate.scale <> 'rate' then coalesce(own.direct, estimate.value) end as score
from core.estimate as estimate
inner join deprived on estimate.area_level = deprived.area_level and estimate.area_code = deprived.area_code
left join own
    on estimate.outcome = own.outcome
        and estimate.area_level = own.area_level
        and estimate.area_code = own.area_code
        and estimate.period_start = own.period_start
        and estimate.period_end = own.period_end
