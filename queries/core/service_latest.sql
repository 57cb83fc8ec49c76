-- One row per service outcome (satisfaction, responsiveness, condition, reliability) and authority: the newest figure,
-- the shortest period of those that end last, against the outcome's first comparator.
-- key: outcome, area_code
with judged as (
    select
        estimate.*, definition.theme, definition.label, definition.direction, comparison.comparator_value,
        comparison.q, comparison.verdict, not area.is_context as is_own
    from core.estimate as estimate
    inner join run.outcome_definition as definition
        on estimate.outcome = definition.outcome
            and definition.theme in ('satisfaction', 'responsiveness', 'condition', 'reliability')
            and definition.direction <> 'neither'
    inner join core.area as area
        on estimate.area_level = area.area_level and estimate.area_code = area.area_code
    left join core.comparison as comparison
        on estimate.outcome = comparison.outcome
            and estimate.area_level = comparison.area_level
            and estimate.area_code = comparison.area_code
            and estimate.period_start = comparison.period_start
            and estimate.period_end = comparison.period_end
            and definition.comparator = comparison.comparator
    where estimate.area_level = getvariable('authority_level')
),

spread as (
    select
        outcome, period_start, period_end, count(value) as area_count,
        stddev_samp(value order by area_code) as spread
    from judged
    where is_own
    group by all
)

select
    -- Outcome of the register. Never null.
    judged.outcome,
    -- Theme of the outcome. Never null.
    judged.theme,
    -- Title of the outcome. Never null.
    judged.label,
    -- Which direction is better: lower or higher. Never null.
    judged.direction,
    -- Level of the authorities. Never null.
    judged.area_level,
    -- Code of the authority as published. Never null.
    judged.area_code,
    -- First day of the period. Never null.
    judged.period_start,
    -- Last day of the period. Never null.
    judged.period_end,
    -- Value, in the outcome's unit; null where suppressed or missing.
    judged.value,
    -- Lower 95 % limit; null where uncertainty is unknown.
    judged.lower,
    -- Upper 95 % limit; null likewise.
    judged.upper,
    -- Standard error; null likewise, and for rates.
    judged.standard_error,
    -- Events counted, or people asked; null where not known or hidden.
    judged.observations,
    -- Value of the comparator, same unit; null if nobody has one.
    judged.comparator_value,
    -- False-discovery-rate q-value; null where not testable.
    judged.q,
    -- Verdict against the comparator, as in core.comparison; null where it is not compared.
    judged.verdict,
    -- Authorities with a value of that period. Never null.
    spread.area_count,
    -- Standard deviation between them, same unit; null for fewer than two.
    spread.spread,
    -- Source ids, comma-separated. Never null.
    judged.source
from judged
inner join spread
    on judged.outcome = spread.outcome
        and judged.period_start = spread.period_start
        and judged.period_end = spread.period_end
where judged.is_own
qualify row_number() over (
        partition by judged.outcome, judged.area_code order by judged.period_end desc, judged.period_start desc
    ) = 1
